from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from dqsuite import corruptions
from dqsuite.core.seeds import streams
from dqsuite.experiment.recipes import Recipe
from dqsuite.training.batches import Batches, Scaling

PLAIN = Recipe(epochs=1, batch_size=4)
IMAGES = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3), np.uint8)
LABELS = np.arange(10)


@pytest.fixture(params=["on", "off"], autouse=True)
def compiled_or_not(request, monkeypatch):
    """Prepare batches by the compiled function, where there is a compiler, and by torch."""
    monkeypatch.setenv("DQSUITE_KERNELS", request.param)


def batches_of(images, recipe=PLAIN, condition="clean"):
    labels, classes = LABELS[: len(images)], tuple(map(str, LABELS))
    damaged = corruptions.apply(corruptions.parse(condition), images, labels, classes, streams(0).noise)
    return Batches(damaged, recipe, Scaling.of(images, "unit", "cpu"), "cpu")


def epoch(recipe, images=IMAGES, seed=0, condition="clean"):
    return list(batches_of(images, recipe, condition).epoch(np.random.default_rng(seed)))


def by_label(parts):
    """Return the images in the order of their labels, as uint8 (N, H, W, C)."""
    images, labels = (torch.cat(column) for column in zip(*parts, strict=True))
    return (images * 255).round().permute(0, 2, 3, 1)[labels.argsort()].numpy()


def test_an_epoch_shows_every_record_once_with_its_label():
    parts = epoch(PLAIN)
    assert [len(labels) for _, labels in parts] == [4, 4, 2]
    assert sorted(torch.cat([labels for _, labels in parts]).tolist()) == LABELS.tolist()
    np.testing.assert_array_equal(by_label(parts), IMAGES)


def test_the_order_is_drawn_from_the_generator_alone():
    labels = [torch.cat([labels for _, labels in epoch(PLAIN, seed=seed)]).tolist() for seed in (1, 1, 2)]
    assert labels[0] == labels[1] != labels[2]


def test_conditions_meet_the_records_that_they_share_in_the_same_order_and_turned_alike():
    recipe = dataclasses.replace(PLAIN, flip=0.5, crop=1)
    whole, part = epoch(recipe), epoch(recipe, condition="drop_class:2/5/7")
    labels = [torch.cat([labels for _, labels in parts]).tolist() for parts in (whole, part)]
    assert labels[1] == [label for label in labels[0] if label not in (2, 5, 7)]
    shared = [label not in (2, 5, 7) for label in range(10)]
    np.testing.assert_array_equal(by_label(part), by_label(whole)[shared])


def test_images_reach_the_model_in_channels_last_memory():
    images, _ = epoch(PLAIN)[0]
    assert images.shape == (4, 3, 8, 8)
    assert images.is_contiguous(memory_format=torch.channels_last)


def test_a_flip_mirrors_about_half_of_the_images_left_to_right():
    flipped = by_label(epoch(dataclasses.replace(PLAIN, flip=0.5)))
    mirrored = [bool((new == old[:, ::-1]).all()) for new, old in zip(flipped, IMAGES, strict=True)]
    same = [bool((new == old).all()) for new, old in zip(flipped, IMAGES, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True))
    assert 1 <= sum(mirrored) <= 9
    np.testing.assert_array_equal(by_label(epoch(dataclasses.replace(PLAIN, flip=1.0))), IMAGES[:, :, ::-1])


def test_a_crop_is_a_window_of_the_image_with_a_black_border():
    cropped = by_label(epoch(dataclasses.replace(PLAIN, crop=2)))
    padded = np.pad(IMAGES, ((0, 0), (2, 2), (2, 2), (0, 0)))
    corners = set()
    for new, old in zip(cropped, padded, strict=True):
        found = [(y, x) for y in range(5) for x in range(5) if (old[y : y + 8, x : x + 8] == new).all()]
        assert len(found) == 1
        corners |= set(found)
    assert len(corners) > 3


def test_a_shift_moves_by_at_most_its_fraction_and_repeats_the_border():
    ramp = np.broadcast_to((np.arange(8, dtype=np.uint8) * 20)[None, None, :, None], (10, 8, 8, 1)).copy()
    moved = by_label(epoch(dataclasses.replace(PLAIN, shift=0.25), ramp))
    change = moved - ramp
    assert np.abs(change).max() <= 40 + 1
    assert np.ptp(change[:, 4, 4, 0]) > 10
    assert (moved >= 0).all()
    assert (moved <= 140).all()


def test_a_rotation_keeps_the_centre_and_turns_the_rest():
    dot = np.zeros((10, 9, 9, 1), np.uint8)
    dot[:, 4, 4], dot[:, 4, 8] = 255, 255
    turned = by_label(epoch(dataclasses.replace(PLAIN, rotation=90.0), dot))
    np.testing.assert_allclose(turned[:, 4, 4, 0], 255, atol=1)
    assert (turned[:, 4, 8, 0] < 250).any()


@pytest.mark.parametrize("kind", ["unit", "zscore", "channel"])
def test_scaling_is_what_its_name_says(kind):
    scaled = Scaling.of(IMAGES, kind, "cpu")(torch.from_numpy(IMAGES)).numpy()
    if kind == "unit":
        np.testing.assert_allclose(scaled, IMAGES.transpose(0, 3, 1, 2) / 255, rtol=1e-6)
    else:
        axes = (0, 2, 3) if kind == "channel" else (0, 1, 2, 3)
        np.testing.assert_allclose(scaled.mean(axes), 0, atol=1e-5)
        np.testing.assert_allclose(scaled.std(axes), 1, rtol=1e-4)


def test_images_of_one_colour_do_not_divide_by_zero():
    flat = np.full((4, 8, 8, 1), 7, np.uint8)
    assert torch.isfinite(Scaling.of(flat, "channel", "cpu")(torch.from_numpy(flat))).all()


@pytest.mark.parametrize(("records", "batches"), [(8, 2), (9, 2), (10, 3), (1, 1)])
def test_a_last_batch_of_one_record_is_left_out(records, batches):
    assert len(epoch(PLAIN, IMAGES[:records])) == batches


class Knowing(torch.nn.Module):
    """Predicts the label of every record of `IMAGES` but of some, in evaluation mode alone."""

    def __init__(self, *unknown: int) -> None:
        super().__init__()
        self.unknown, self.asked = unknown, 0
        self.known = torch.from_numpy(IMAGES).float().flatten(1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.asked += len(images)
        pixels = (images * 255).round().permute(0, 2, 3, 1).flatten(1)
        found = torch.cdist(pixels, self.known).argmin(1)
        wrong = torch.tensor([int(each) in self.unknown or self.training for each in found])
        return torch.nn.functional.one_hot((found + wrong) % 10, 10).float()


@pytest.mark.parametrize("recipe", [PLAIN, dataclasses.replace(PLAIN, crop=2)])
@pytest.mark.parametrize(
    ("unknown", "sample", "fitted", "asked"),
    [
        ((), 0, True, 10),
        ((9,), 0, False, 10),
        ((0,), 0, False, 4),
        ((1,), 4, True, 4),
        ((3,), 4, False, 4),
        ((), 99, True, 10),
    ],
)
def test_a_set_is_fitted_where_all_records_or_a_sample_spread_evenly_are_right(recipe, unknown, sample, fitted, asked):
    model = Knowing(*unknown)  # a sample of 4 are the records 0, 3, 6 and 9
    assert batches_of(IMAGES, recipe).fitted(model, 4, sample) == fitted
    assert model.asked == asked
    assert model.training
