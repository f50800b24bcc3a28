from __future__ import annotations

import io

import numpy as np
import pytest

from dqsuite.datasets import Dataset, load
from dqsuite.experiment.card import Card


def of(arrays, classes=("a", "b", "c")):
    images = {key: arrays[key][..., None] for key in ("x_train", "x_test")}
    labels = {key: arrays[key].astype(np.int64) for key in ("y_train", "y_test")}
    return Dataset(name="mine", classes=classes, **images, **labels)


def flip(array):
    changed = array.copy()
    changed.flat[0] ^= 1
    return changed


def test_a_fingerprint_is_16_hex_digits_and_the_same_for_the_same_content(arrays):
    assert of(arrays).fingerprint == of({key: array.copy() for key, array in arrays.items()}).fingerprint
    assert len(bytes.fromhex(of(arrays).fingerprint)) == 8


@pytest.mark.parametrize("key", ["x_train", "y_train", "x_test", "y_test"])
def test_a_fingerprint_changes_with_one_bit_of_any_array(arrays, key):
    assert of(arrays | {key: flip(arrays[key])}).fingerprint != of(arrays).fingerprint


def test_a_fingerprint_changes_with_a_class_name(arrays):
    assert of(arrays, ("a", "b", "d")).fingerprint != of(arrays).fingerprint


def test_a_fingerprint_changes_with_the_shape_of_the_same_bytes(arrays):
    turned = {key: arrays[key].reshape(len(arrays[key]), 9, 8) for key in ("x_train", "x_test")}
    assert of(arrays | turned).fingerprint != of(arrays).fingerprint


def test_a_fingerprint_does_not_hang_on_the_memory_layout(arrays):
    assert of(arrays | {"x_train": np.asfortranarray(arrays["x_train"])}).fingerprint == of(arrays).fingerprint


def test_a_known_fingerprint_is_not_computed_again(arrays):
    known = {"x_train": arrays["x_train"][..., None], "x_test": arrays["x_test"][..., None]}
    dataset = Dataset(name="mine", classes=("a",), fingerprint="0" * 16, **arrays | known)
    assert dataset.fingerprint == "0" * 16


def test_a_card_says_what_is_in_the_data_set(arrays):
    card = Card.of(of(arrays))
    assert (card.name, card.classes) == ("mine", ("a", "b", "c"))
    assert (card.n_train, card.train_histogram, card.image_shape) == (12, (4, 4, 4), (8, 9, 1))
    assert (card.fingerprint, card.variant) == (of(arrays).fingerprint, "")


def test_a_card_survives_its_bytes():
    card = Card.of(load("planted;classes=3;train=30;test=15"))
    copy = Card.from_bytes(card.to_bytes())
    np.testing.assert_array_equal(copy.y_test, card.y_test)
    assert copy.y_test.dtype == np.int64
    assert copy.to_bytes() == card.to_bytes()
    assert vars(copy) | {"y_test": 0} == vars(card) | {"y_test": 0}


def npz(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"not a zip",
        lambda data: data[: len(data) // 2],
        lambda data: data[:60] + bytes(20) + data[80:],
        lambda data: npz(x=np.zeros(3)),
        lambda data: npz(header=np.array("{}"), y_test=np.zeros(3, np.int64)),
        lambda data: npz(header=np.array("not JSON"), y_test=np.zeros(3, np.int64)),
        lambda data: npz(header=np.array([{}], dtype=object), y_test=np.zeros(3, np.int64)),
        lambda data: npz(**dict(np.load(io.BytesIO(data))) | {"y_test": np.zeros(3)}),
    ],
    ids=["empty", "not a zip", "cut", "zeros inside", "other keys", "empty header", "no JSON", "objects", "dtype"],
)
def test_a_damaged_card_is_a_value_error(damage):
    data = Card.of(load("planted;classes=3;train=30;test=15")).to_bytes()
    with pytest.raises(ValueError, match=r"damaged (card|record)"):
        Card.from_bytes(damage(data))
