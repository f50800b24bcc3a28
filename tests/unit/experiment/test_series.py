from __future__ import annotations

import lzma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dqsuite.experiment import series
from dqsuite.experiment.series import fits, pack_series, unpack_series

TRUTH = np.random.default_rng(0).integers(0, 10, 2000)
TRUTHS = {"abc": TRUTH}


def record(seed, dtype=np.uint8, classes=10, truth=TRUTH, right=0.7):
    """An outcome that is right for the easy images and takes most others for the next class."""
    rng, hard = np.random.default_rng(seed), np.random.default_rng(0).random(len(truth))
    wrong = hard + rng.normal(0, 0.1, len(truth)) > right
    last = np.where(wrong, (truth + rng.integers(1, 3, len(truth))) % classes, truth).astype(dtype)
    best = np.where(rng.random(len(truth)) < 0.1, truth, last).astype(dtype)
    header = {"fingerprint": "abc", "cell": {"repeat": seed}, "provenance": {"seconds": 0.1}}
    curves = rng.random((4, 5 + seed), np.float32)
    curves[2, 1] = np.nan
    return header, {"curves": curves, "last": last, "best_xor_last": last ^ best}


def equal(one, other):
    return len(one) == len(other) and all(
        ours == theirs
        and list(a) == list(b)
        and all(a[name].dtype == b[name].dtype and a[name].tobytes() == b[name].tobytes() for name in a)
        and all(a[name].shape == b[name].shape for name in a)
        for (ours, a), (theirs, b) in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("truths", [TRUTHS, {}, {"abc": TRUTH[:10]}], ids=["truth", "no truth", "another length"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_outcomes_come_back_to_the_bit(dtype, truths):
    records = [record(seed, dtype) for seed in range(4)]
    assert equal(unpack_series(pack_series(records, truths), truths), records)
    assert pack_series(records, truths) == pack_series(records, truths)


@given(st.data())
def test_whatever_was_predicted_comes_back(data):
    n, k = data.draw(st.integers(1, 8)), data.draw(st.sampled_from([1, 2, 10, 300]))
    truth = data.draw(arrays(np.int64, n, elements=st.integers(0, k - 1)))
    labels = arrays(np.uint16, n, elements=st.integers(0, k + 2))
    curves = arrays(np.float32, (4, data.draw(st.integers(1, 3))), elements=st.floats(width=32))
    records = []
    for _ in range(data.draw(st.integers(1, 4))):
        last, best = data.draw(labels), data.draw(labels)
        made = {"curves": data.draw(curves), "last": last, "best_xor_last": last ^ best}
        records.append(({"fingerprint": "abc"}, made))
    assert equal(unpack_series(pack_series(records, {"abc": truth}), {"abc": truth}), records)


def test_repeats_tell_of_each_other():
    one, four = (len(pack_series([record(seed) for seed in range(count)], TRUTHS)) for count in (1, 4))
    assert four < 3 * one
    assert one < len(pack_series([record(0)], {})) - 300


@given(st.data())
def test_one_altered_byte_is_noticed_or_changes_nothing(data):
    records = [record(seed, truth=TRUTH[:50]) for seed in range(2)]
    truths = {"abc": TRUTH[:50]}
    good = pack_series(records, truths)
    bad = bytearray(good)
    bad[data.draw(st.integers(0, len(good) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        back = unpack_series(bytes(bad), truths)
    except ValueError:
        return
    assert equal(back, records)


def test_another_truth_is_noticed():
    packed = pack_series([record(0), record(1)], TRUTHS)
    for truths in ({}, {"abc": TRUTH[::-1]}, {"abc": TRUTH[:-1]}):
        with pytest.raises(ValueError, match="damaged series"):
            unpack_series(packed, truths)


@pytest.mark.parametrize("data", [b"", b"x" * 11, b"x" * 100, bytes(12), bytes(200)])
def test_what_is_no_series_is_a_value_error(data):
    with pytest.raises(ValueError, match="damaged series"):
        unpack_series(data, TRUTHS)


def test_a_bomb_is_a_value_error():
    bomb = lzma.compress(bytes(series._LARGEST + 1), lzma.FORMAT_RAW, filters=series._TEXT)
    with pytest.raises(ValueError, match="too large"):
        unpack_series(series._HEAD.pack(len(bomb), 0, 0, 0) + bomb, TRUTHS)


def test_more_than_a_series_can_hold_is_refused(monkeypatch):
    monkeypatch.setattr(series, "_LARGEST", 100)
    with pytest.raises(ValueError, match="too large"):
        pack_series([record(0)], TRUTHS)


def test_what_has_other_arrays_does_not_fit():
    header, good = record(0)
    assert fits((header, good))
    assert not fits((header, good | {"more": good["last"]}))
    assert not fits((header, good | {"last": good["last"].astype(np.int64)}))
    assert not fits((header, good | {"best_xor_last": good["last"][1:]}))
    assert not fits((header, good | {"curves": good["curves"].astype(np.float64)}))
    assert not fits((header, good | dict.fromkeys(("last", "best_xor_last"), good["last"][:0])))
