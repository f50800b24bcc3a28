"""Each corruption on an example small enough to work out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from sklearn.datasets import load_digits, load_sample_images

from dqsuite.core.errors import DqError
from dqsuite.core.seeds import streams
from dqsuite.corruptions import Damaged, apply, parse
from dqsuite.corruptions.cifar100 import SUPERCLASSES
from dqsuite.corruptions.class_maps import CIFAR10, DIGITS

FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress")
FINE = tuple(sorted(name for members in SUPERCLASSES.values() for name in members))


def damage(text: str, labels, classes: tuple[str, ...] = CIFAR10, images: np.ndarray | None = None) -> Damaged:
    labels = np.array(labels, dtype=np.int64)
    images = np.zeros((len(labels), 2, 2, 1), dtype=np.uint8) if images is None else images
    return apply(parse(text), images, labels, classes, streams(0).noise)


EVERY = range(10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("first_wrong:1", [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("to_class:1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("to_class:1;class=frog", [6, 6, 6, 6, 6, 6, 6, 6, 6, 6]),
        ("pair_flip:1", [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]),
        ("asymmetric:1", [0, 1, 0, 5, 7, 3, 6, 7, 8, 1]),
        ("asymmetric:1;map=cat-deer/0-9", [9, 1, 2, 4, 4, 5, 6, 7, 8, 9]),
        ("asymmetric:1;classes=cat/dog", [0, 1, 2, 5, 4, 3, 6, 7, 8, 9]),
        ("pair_flip:0.5;classes=6/7/8/9;tail=1", [0, 1, 2, 3, 4, 5, 6, 7, 9, 0]),
        ("pair_flip:0.25;tail=1", [0, 1, 2, 3, 4, 5, 6, 8, 9, 0]),
        ("relabel_class:3", [0, 1, 2, 4, 4, 5, 6, 7, 8, 9]),
        ("relabel_class:truck", [0, 1, 2, 3, 4, 5, 6, 7, 8, 0]),
        ("relabel_class:cat-dog", [0, 1, 2, 5, 4, 5, 6, 7, 8, 9]),
        ("relabel_class:3-4+relabel_class:4-5", [0, 1, 2, 5, 5, 5, 6, 7, 8, 9]),
        ("relabel_class:4-5+relabel_class:3-4", [0, 1, 2, 4, 5, 5, 6, 7, 8, 9]),
        ("relabel_class:3-5+pair_flip:1;classes=5", [0, 1, 2, 5, 4, 6, 6, 7, 8, 9]),
    ],
)
def test_labels_become_what_the_map_says(text, expected):
    assert damage(text, EVERY).labels.tolist() == expected


@pytest.mark.parametrize(("text", "to"), [("biased:1", {0, 1}), ("wrong:1", set(EVERY)), ("symmetric:1", set(EVERY))])
def test_random_labels_take_every_value_they_may(text, to):
    given = np.repeat(EVERY, 200)
    drawn = damage(text, given).labels
    for k in EVERY:
        excluded = set() if text.startswith("symmetric") else {k}
        assert set(drawn[given == k].tolist()) == to - excluded


def test_shuffle_gives_the_picked_each_others_labels():
    assert sorted(damage("shuffle:1", [3, 3, 5, 8]).labels.tolist()) == [3, 3, 5, 8]


def test_the_map_of_digits():
    assert damage("asymmetric:1", EVERY, DIGITS).labels.tolist() == [0, 1, 7, 8, 4, 6, 5, 1, 8, 9]


def test_the_map_of_cifar100_goes_round_within_each_superclass():
    mapped = damage("asymmetric:1", range(100), FINE).labels
    assert len(FINE) == len(set(FINE)) == 100
    for members in SUPERCLASSES.values():
        assert len(members) == 5
        assert [FINE[mapped[FINE.index(name)]] for name in members] == [*members[1:], members[0]]


def test_transition_follows_the_rows_of_the_matrix(tmp_path):
    np.save(tmp_path / "t.npy", [[0, 1, 0], [0, 0.5, 0.5], [0, 1, 0]])
    given = np.repeat([0, 1, 2], 4000)
    damaged = damage(f"transition;matrix={tmp_path / 't.npy'}", given, ("a", "b", "c"))
    counts = damaged.manifest.transitions
    assert counts[[0, 2]].tolist() == [[0, 4000, 0], [0, 4000, 0]]
    assert counts[1, 0] == 0
    assert counts[1, 1] == pytest.approx(2000, abs=5 * np.sqrt(1000))


def test_a_matrix_with_truth_in_columns_does_what_its_transpose_does(tmp_path):
    by_row = np.array([[0.7, 0.3, 0], [0.1, 0.5, 0.4], [0, 0.2, 0.8]])
    np.save(tmp_path / "rows.npy", by_row)
    np.save(tmp_path / "columns.npy", by_row.T)  # as noise_matrix[k_s][k_y] of cleanlab
    given = np.repeat([0, 1, 2], 100)
    rows = damage(f"transition;matrix={tmp_path / 'rows.npy'}", given, ("a", "b", "c"))
    columns = damage(f"transition;matrix={tmp_path / 'columns.npy'};truth=columns", given, ("a", "b", "c"))
    assert (columns.labels == rows.labels).all()
    assert 0 < rows.manifest.labels_changed < 300


def test_transition_never_gives_a_label_of_probability_zero_where_a_row_sums_to_a_little_less(tmp_path):
    np.save(tmp_path / "t.npy", [[1 - 9e-7, 0], [0, 1]])
    damaged = damage(f"transition;matrix={tmp_path / 't.npy'}", np.zeros(200_000), ("a", "b"))
    assert damaged.manifest.labels_changed == 0


@pytest.mark.parametrize(
    ("text", "labels", "kept"),
    [
        ("first:3", [0, 1, 0, 1], [0, 1, 2]),
        ("drop_class:1", [0, 1, 2, 1], [0, 2]),
        ("drop_class:bird/automobile", [0, 1, 2, 1], [0]),
        ("drop_class:1+first:2", [0, 1, 2, 1], [0, 2]),
        ("long_tail:1", [0, 1, 2, 0, 1, 2], [0, 1, 2, 3, 4, 5]),
        ("reduce:0", [0, 1], [0, 1]),
    ],
)
def test_volume_keeps_these_records(text, labels, kept):
    assert damage(text, labels, ("airplane", "automobile", "bird")).kept.tolist() == kept


def test_stratified_reduction_takes_the_same_fraction_of_each_class():
    manifest = damage("reduce:0.25;stratified=1", np.repeat([0, 1, 2], [40, 20, 6]), CIFAR10[:3]).manifest
    assert manifest.histogram_after.tolist() == [30, 15, 4]  # 1.5 of 6 is rounded up to 2


def test_long_tail_follows_the_exponential_profile():
    manifest = damage("long_tail:100", np.repeat([0, 1, 2], [100, 100, 5]), CIFAR10[:3]).manifest
    assert manifest.histogram_after.tolist() == [100, 10, 1]


@pytest.mark.parametrize("classes", [10, 100])
@pytest.mark.parametrize("factor", [10, 50, 100, 200])
def test_long_tail_keeps_as_many_of_cifar_as_cui_et_al(classes, factor):
    """As ``get_img_num_per_cls`` of their program has it, which names the inverse of our factor."""
    inverse = {10: 0.1, 50: 0.02, 100: 0.01, 200: 0.005}[factor]
    expected = [int(50_000 / classes * (inverse ** (k / (classes - 1.0)))) for k in range(classes)]
    names = tuple(f"c{k}" for k in range(classes))
    damaged = damage(f"long_tail:{factor}", np.arange(50_000) % classes, names, np.zeros((50_000, 1, 1, 1), np.uint8))
    assert damaged.manifest.histogram_after.tolist() == expected


def test_long_tail_keeps_at_least_one_and_takes_no_more_than_there_are():
    manifest = damage("long_tail:1000", np.repeat([0, 1, 2], [40, 1, 30]), CIFAR10[:3]).manifest
    assert manifest.histogram_after.tolist() == [40, 1, 1]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("contrast:2", [0, 64, 100, 128, 192, 255], [0, 0, 72, 128, 255, 255]),
        ("contrast:0.5", [0, 64, 101, 128, 131, 255], [64, 96, 114, 128, 130, 192]),  # 114.5, 129.5, 191.5: to even
        ("gamma:2", [0, 16, 128, 255], [0, 1, 64, 255]),
        ("gamma:0.5", [0, 1, 64, 255], [0, 16, 128, 255]),
    ],
)
def test_values_of_images_become(text, before, after):
    images = np.array(before, dtype=np.uint8).reshape(-1, 1, 1, 1)
    assert damage(text, [0] * len(before), images=images).images.ravel().tolist() == after


def test_contrast_around_the_mean_takes_each_image_s_own():
    images = np.array([[77, 77], [50, 100], [0, 11]], dtype=np.uint8).reshape(3, 1, 2, 1)
    stronger = damage("contrast:2;pivot=mean", [0] * 3, images=images).images.reshape(3, 2)
    assert stronger.tolist() == [[77, 77], [25, 125], [0, 16]]  # around 77, 75 and 6, which is 5.5 rounded half up


def grey() -> np.ndarray:
    """Return real grey images, uint8 (200, 8, 8, 1)."""
    return (load_digits().images[:200, ..., None] * (255 / 16)).astype(np.uint8)


def coloured() -> np.ndarray:
    """Return real coloured images, uint8 (520, 32, 32, 3): the tiles of two photographs."""
    photographs = np.stack(load_sample_images().images)[:, :416, :640]
    tiles = photographs.reshape(2, 13, 32, 20, 32, 3).swapaxes(2, 3)
    return tiles.reshape(-1, 32, 32, 3)


@pytest.mark.parametrize("images", [grey(), coloured()], ids=["grey", "coloured"])
@pytest.mark.parametrize("factor", [0.25, 0.5, 2, 4])
def test_contrast_around_the_mean_is_that_of_pillow(images, factor):
    """Pillow cuts off fractions where we round, so a value is the same or one more."""
    ours = damage(f"contrast:{factor};pivot=mean", [0] * len(images), images=images).images.astype(int)
    pictures = [Image.fromarray(image.squeeze()) for image in images]
    theirs = np.stack([np.asarray(ImageEnhance.Contrast(picture).enhance(factor)) for picture in pictures])
    difference = ours - theirs.reshape(ours.shape)
    assert set(np.unique(difference)) <= ({0, 1} if factor < 1 else {0})


@pytest.mark.parametrize("text", ["gaussian:8", "salt_pepper:0.2"])
def test_pixel_noise_is_shared_by_the_channels(text):
    images = np.full((20, 8, 8, 3), 128, dtype=np.uint8)
    noisy = damage(text, [0] * 20, images=images).images
    assert (noisy[..., :1] == noisy).all()
    assert len(np.unique(noisy[0, ..., 0])) > 1


def test_gaussian_noise_has_its_mean_and_deviation():
    images = np.full((100, 32, 32, 1), 128, dtype=np.uint8)
    difference = damage("gaussian:8", [0] * 100, images=images).images - 128.0
    assert difference.mean() == pytest.approx(0, abs=0.15)
    assert difference.std() == pytest.approx(np.hypot(8, np.sqrt(1 / 12)), abs=0.1)  # rounding adds 1/12


def test_gaussian_noise_is_clipped_not_wrapped():
    images = np.tile(np.array([0, 255], dtype=np.uint8).reshape(2, 1, 1, 1), (1, 50, 50, 1))
    black, white = damage("gaussian:16", [0, 0], images=images).images
    assert black.max() < 128 < white.min()
    assert (black == 0).mean() == pytest.approx(0.5, abs=0.06)


def test_salt_and_pepper_hit_equally_many_pixels():
    images = np.full((100, 32, 32, 1), 77, dtype=np.uint8)
    noisy = damage("salt_pepper:0.1", [0] * 100, images=images).images
    assert set(np.unique(noisy)) == {0, 77, 255}
    assert [(noisy == value).mean() for value in (0, 255)] == pytest.approx([0.1, 0.1], abs=0.005)


def test_the_strongest_salt_and_pepper_leaves_no_pixel():
    images = np.full((10, 32, 32, 1), 77, dtype=np.uint8)
    assert set(np.unique(damage("salt_pepper:0.5", [0] * 10, images=images).images)) == {0, 255}


def test_a_name_that_is_a_number_wins_over_an_index():
    assert damage("relabel_class:1-3", [0, 1, 2], ("1", "2", "3")).labels.tolist() == [2, 1, 2]
    assert damage("relabel_class:1-2", [0, 1, 2], ("01", "02", "03")).labels.tolist() == [1, 1, 2]


TWINS = ("01", "02", "1", "2")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("drop_class:1", "; write the index 0 for '01' or rename the classes"),
        ("drop_class:01", "; write the index 0 for '01' or rename the classes"),
        ("relabel_class:0-2", "'02', '2'; write the index 3 for '2' or rename the classes"),
        ("asymmetric:1;classes=3/1", "'01', '1'; "),
    ],
)
def test_a_number_that_could_be_two_classes_is_refused_and_an_index_offered(text, mend):
    with pytest.raises(DqError, match="could be any of the classes") as error:
        damage(text, [0, 1, 2, 3], TWINS)
    assert mend in str(error.value)


def test_the_index_of_a_class_whose_name_is_not_unique_as_a_number_names_it():
    assert damage("drop_class:0/3", [0, 1, 2, 3], TWINS).labels.tolist() == [1, 2]


def test_classes_whose_names_hold_a_separator_go_by_index():
    assert damage("drop_class:0/Dress", [0, 1, 2, 3], FASHION).labels.tolist() == [1, 2]
