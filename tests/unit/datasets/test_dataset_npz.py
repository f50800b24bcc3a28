from __future__ import annotations

import numpy as np
import pytest

from dqsuite.core.errors import DqError
from dqsuite.datasets import load
from dqsuite.experiment.card import Card

NAMES = np.array(["ant", "bee", "cat"])


def x(shape, dtype=np.uint8, value=0):
    return np.full(shape, value, dtype)


def with_(**changes):
    return lambda arrays: arrays | changes


ACCEPTED = {
    "grey": with_(),
    "one channel": lambda a: a | {key: a[key][..., None] for key in ("x_train", "x_test")},
    "int64 images": lambda a: a | {"x_train": a["x_train"].astype(np.int64)},
    "column of labels": lambda a: a | {"y_train": a["y_train"][:, None].astype(np.uint8)},
    "more keys": with_(coarse_train=np.arange(3)),
}


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED)
def test_equivalent_files_are_the_same_data_set(arrays, save, change):
    plain, dataset = load(save(arrays)), load(save(change(arrays)))
    assert dataset.fingerprint == plain.fingerprint
    assert (dataset.x_train.dtype, dataset.y_train.dtype) == (np.uint8, np.int64)
    assert (dataset.x_train.shape, dataset.y_train.shape) == ((12, 8, 9, 1), (12,))
    np.testing.assert_array_equal(dataset.x_train[..., 0], arrays["x_train"])
    np.testing.assert_array_equal(dataset.y_test, arrays["y_test"])
    assert dataset.classes == ("0", "1", "2")


def test_colour_images_keep_their_channels(arrays, save):
    rgb = {key: np.repeat(arrays[key][..., None], 3, axis=3) for key in ("x_train", "x_test")}
    assert Card.of(load(save(arrays | rgb))).image_shape == (8, 9, 3)


@pytest.mark.parametrize("key", ["classes", "class_names"])
def test_class_names_are_read_from_the_file(arrays, save, key):
    assert load(save(arrays | {key: NAMES})).classes == ("ant", "bee", "cat")


def test_names_saved_as_bytes_are_text(arrays, save):
    assert load(save(arrays | {"classes": np.array([b"ant", b"bee", "\u00fcber".encode()])})).classes == (
        "ant",
        "bee",
        "\u00fcber",
    )


def test_names_that_are_no_text_are_refused(arrays, save):
    with pytest.raises(DqError, match=r"no UTF-8.*; save them as str"):
        load(save(arrays | {"classes": np.array([b"ant", b"\xff", b"bee"])}))


@pytest.mark.parametrize("dtype", ["U", "S"])
def test_labels_that_are_names_become_positions_among_the_sorted_names(arrays, save, dtype):
    names = NAMES[::-1].astype(dtype)
    dataset = load(save(arrays | {key: names[arrays[key]] for key in ("y_train", "y_test")}))
    assert dataset.classes == ("ant", "bee", "cat")
    np.testing.assert_array_equal(dataset.y_train, 2 - arrays["y_train"])
    np.testing.assert_array_equal(dataset.y_test, 2 - arrays["y_test"])


def test_the_canonical_name_holds_the_stem_and_a_digest_but_no_folder(arrays, save):
    dataset = load(save(arrays))
    assert dataset.name == f"npz:my-data@{dataset.fingerprint[:12]}"


def without(key):
    return lambda arrays: {other: array for other, array in arrays.items() if other != key}


REFUSED = {
    "a missing key": (without("y_test"), "lacks y_test and has x_train", "np.savez"),
    "flat images": (with_(x_train=x((12, 64))), r"shape \(12, 64\)", "save it as"),
    "channels first": (with_(x_train=x((12, 3, 8, 9))), "shape", "transpose"),
    "four channels": (with_(x_train=x((12, 8, 9, 4))), "shape", "save it as"),
    "different sizes": (with_(x_test=x((6, 9, 9))), "x_train .* 8x9 pixels, .* x_test .* 9x9", "same height"),
    "fewer labels": (with_(y_train=np.arange(11) % 3), "12 images, y_train 11 labels", "one label"),
    "fewer test labels": (with_(y_test=np.arange(5) % 3), "6 images, y_test 5 labels", "one label"),
    "float images": (
        with_(x_train=x((12, 8, 9), np.float32, 0.5)),
        "float32",
        r"\(x \* 255\).round\(\).astype\('uint8'\)",
    ),
    "NaN": (with_(x_train=x((12, 8, 9), float, np.nan)), "NaN", "replace them"),
    "boolean images": (with_(x_train=x((12, 8, 9), bool)), "bool", "integers from 0 to 255"),
    "negative pixels": (with_(x_train=x((12, 8, 9), int, -1)), "from -1 to -1", "rescale"),
    "bright pixels": (with_(x_test=x((6, 8, 9), np.uint16, 256)), "x_test .* to 256", "rescale"),
    "object images": (with_(x_train=np.array([None] * 12)), "x_train .* Python objects", "one shape"),
    "object labels": (with_(y_train=np.array(["a", 1] * 6, object)), "y_train .* Python objects", "dtype=str"),
    "no image": (with_(x_train=x((0, 8, 9))), "x_train .* is empty", "at least one image"),
    "no label": (with_(y_test=np.arange(0)), "y_test .* is empty", "label"),
    "small images": (with_(x_train=x((12, 7, 9)), x_test=x((6, 7, 9))), "7x9 pixels", "smallest side is 8"),
    "one-hot labels": (with_(y_train=np.eye(12, 3, dtype=int)), r"shape \(12, 3\)", "argmax"),
    "float labels": (with_(y_train=np.arange(12.0)), "float64", "astype"),
    "names against numbers": (with_(y_train=NAMES[np.arange(12) % 3]), "y_test int64", "save both"),
    "a negative label": (with_(y_train=np.arange(12) % 3 - 1), "negative label -1", "from 0"),
    "a huge label": (with_(y_train=np.arange(12) * 10**12), "highest label", "without gaps"),
    "labels from 1": (with_(y_train=np.arange(12) % 3 + 1), "no training image of class '0'", "without gaps"),
    "a gap": (with_(y_train=np.arange(12) % 2 * 2), "no training image of class '1'", "add some"),
    "too few names": (with_(classes=NAMES[:2]), "4 labels of y_train .* beyond the 2 class names", "name every"),
    "too many names": (with_(classes=np.array([*NAMES, "dog"])), "no training image of class 'dog'", "remove"),
    "a name twice": (with_(classes=NAMES[[0, 1, 1]]), "twice", "of its own"),
    "an empty name": (with_(classes=np.array(["ant", " ", "cat"])), "class without a name, ' '", "give each"),
    "an escape sequence": (with_(classes=np.array(["ant", "\x1b[1m", "cat"])), r"name '\\x1b\[1m'", "rename the class"),
    "a broken line": (with_(classes=np.array(["ant", "b\nb", "cat"])), r"name 'b\\nb'", "rename the class"),
    "a surrogate": (with_(classes=np.array(["ant", "\udcff", "cat"])), r"name '\\udcff'", "rename the class"),
    "an unknown test label": (with_(y_test=np.arange(6) % 4), "1 labels of y_test .* do not occur", "training images"),
    "an unknown test name": (
        with_(y_train=NAMES[np.arange(12) % 3], y_test=np.array(["ant", "dog"] * 3)),
        "3 labels of y_test .* do not occur",
        "training images",
    ),
    "one class": (with_(y_train=x(12, int), y_test=x(6, int)), "only one class, '0'", "two"),
}


@pytest.mark.parametrize(("change", "cause", "mend"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_data_set_is_refused_in_one_line_with_a_way_out(arrays, save, change, cause, mend):
    text = save(change(arrays))
    with pytest.raises(DqError) as error:
        load(text)
    error.match(cause)
    error.match(mend)
    assert "\n" not in str(error.value)


def truncated(path, arrays):
    np.savez(path, **arrays)
    path.write_bytes(path.read_bytes()[:1000])


def overwritten(path, arrays):
    np.savez_compressed(path, **arrays)
    data = path.read_bytes()
    path.write_bytes(data[:100] + bytes(300) + data[400:])


def single(path, arrays):
    with path.open("wb") as file:
        np.save(file, arrays["x_train"])


FILES = {
    "nothing": (lambda path, arrays: None, "there is no file"),
    "a folder": (lambda path, arrays: path.mkdir(), "is a folder"),
    "an empty file": (lambda path, arrays: path.touch(), "not an npz file, or a truncated one"),
    "a text": (lambda path, arrays: path.write_text("x_train"), "not an npz file, or a truncated one"),
    "a truncated file": (truncated, "not an npz file, or a truncated one"),
    "a damaged file": (overwritten, "damaged"),
    "a single array": (single, "single array"),
}


@pytest.mark.parametrize(("write", "cause"), FILES.values(), ids=FILES)
def test_a_file_that_cannot_be_read_is_named(arrays, tmp_path, write, cause):
    path = tmp_path / "my.npz"
    write(path, arrays)
    with pytest.raises(DqError, match=cause) as error:
        load(f"npz:{path}")
    assert str(path) in error.value.cause
    assert error.value.mend
