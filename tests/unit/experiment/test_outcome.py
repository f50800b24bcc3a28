from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dqsuite.corruptions import Chain
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.encoding import OtherVersionError, pack, unpack
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.experiment.recipes import RECIPES

CELL = Cell("digits", Chain(), "lenet", RECIPES["standard"], "fp32", 0, (("train", 1),))


def damage(classes):
    kept = np.eye(classes, dtype=int).tolist()
    return {"transitions": kept, "histogram_before": [1] * classes, "images_changed": 0, "steps": []}


def outcome(seed=0, images=1000, classes=10, dtype=np.uint8):
    rng = np.random.default_rng(seed)
    last = rng.integers(0, classes, images).astype(dtype)
    best = np.where(rng.random(images) < 0.1, rng.integers(0, classes, images), last).astype(dtype)
    curves = {name: rng.random(5).astype(np.float32) for name in CURVES}
    return Outcome(CELL, "f" * 16, curves, last, best, damage(classes), "epochs", {"seconds": 1.0})


@pytest.mark.parametrize(("classes", "dtype"), [(10, np.uint8), (300, np.uint16)])
def test_an_outcome_comes_back_as_it_was(classes, dtype):
    made = outcome(classes=classes, dtype=dtype)
    back = Outcome.from_bytes(made.to_bytes())
    assert back.cell == made.cell
    assert back.key == made.key
    assert back.same_measurement(made)
    assert back.last.dtype == dtype
    assert (back.stopped, back.provenance) == (made.stopped, made.provenance)


def test_equal_outcomes_are_equal_bytes():
    assert outcome().to_bytes() == outcome().to_bytes()


def test_provenance_is_no_part_of_the_measurement_and_every_bit_else_is():
    made = outcome()
    assert made.same_measurement(dataclasses.replace(made, provenance={"seconds": 9.0}))
    assert not made.same_measurement(dataclasses.replace(made, last=made.last + np.uint8(1)))
    assert not made.same_measurement(dataclasses.replace(made, best=made.last))
    assert not made.same_measurement(dataclasses.replace(made, manifest={"steps": [1]}))
    curves = {**made.curves, "train_loss": made.curves["train_loss"] + 1e-7}
    assert not made.same_measurement(dataclasses.replace(made, curves=curves))


def test_a_record_of_ten_thousand_images_is_small():
    """A classifier that is right in two of three cases, as LeNet on CIFAR-10."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 10, 10_000)
    last = np.where(rng.random(10_000) < 2 / 3, truth, rng.integers(0, 10, 10_000)).astype(np.uint8)
    made = dataclasses.replace(outcome(), last=last, best=last)
    assert len(made.to_bytes()) < 7000


@given(st.data())
def test_one_altered_byte_is_noticed_or_changes_nothing(data):
    good = outcome(images=50).to_bytes()
    position = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[position] ^= data.draw(st.integers(1, 255))
    try:
        back = Outcome.from_bytes(bytes(bad))
    except ValueError:
        return
    assert back.same_measurement(outcome(images=50))


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all", outcome().to_bytes()[:-40], pack({"format": 1})])
def test_what_is_no_outcome_is_a_value_error(data):
    with pytest.raises(ValueError, match=r"damaged record|not an outcome"):
        Outcome.from_bytes(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, arrays: header.update(provenance={}),
        lambda header, arrays: header["provenance"].update(seconds="soon"),
        lambda header, arrays: arrays.update(last=arrays["last"].astype(np.int64)),
        lambda header, arrays: arrays.update(best_xor_last=arrays["best_xor_last"][1:]),
        lambda header, arrays: arrays.update(curves=arrays["curves"][:, :0]),
        lambda header, arrays: header.update(cell=3),
    ],
    ids=["no provenance", "no seconds", "signed", "lengths", "no epoch", "no cell"],
)
def test_a_record_whose_parts_do_not_fit_is_a_value_error(change):
    header, arrays = unpack(outcome().to_bytes())
    change(header, arrays)
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs from part to part
        Outcome.from_bytes(pack(header, **arrays))


def test_an_unknown_format_is_named():
    header, arrays = unpack(outcome().to_bytes())
    with pytest.raises(OtherVersionError, match="format 99, this version reads 1"):
        Outcome.from_bytes(pack({**header, "format": 99}, **arrays))
