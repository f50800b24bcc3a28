from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fabricated import dataset, outcome, plan

from dqsuite.results.reproduced import Reproduced, room

DATA = dataset(per_class=200)


def repeats(*wrong):
    cells = [cell for cell in plan(DATA, repeats=len(wrong)).cells if cell.corruption == "clean"]
    return [outcome(cell, DATA, count) for cell, count in zip(cells, wrong, strict=True)]


def test_equal_bits_are_the_same_and_any_other_is_not():
    (stored,) = repeats(20)
    assert Reproduced(stored, stored, None).is_same
    turned = replace(stored, best=stored.best[::-1].copy())
    lower = replace(stored, curves=stored.curves | {"train_loss": stored.curves["train_loss"] + 1})
    longer = replace(stored, curves={name: np.append(curve, curve[-1:]) for name, curve in stored.curves.items()})
    for other in (turned, lower, longer, replace(stored, stopped="cap"), replace(stored, manifest={})):
        assert not Reproduced(stored, other, None).is_same


def test_what_is_further_off_than_repeats_are_is_beyond():
    stored = repeats(20, 22, 24, 26)
    width = room(stored, 1)
    # by hand: the spread of 20, 22, 24, 26 of 200 is 0.0129, the 97.5% point of Student's t with 3 degrees is 3.182
    assert width == pytest.approx(3.182 * 2**0.5 * 0.01291, rel=1e-3)
    near, far = repeats(30)[0], repeats(40)[0]
    assert not Reproduced(stored[0], near, width).is_beyond
    assert Reproduced(stored[0], near, width).change == pytest.approx(-0.05)
    assert Reproduced(stored[0], far, width).is_beyond


def test_one_repeat_has_no_spread_and_decides_nothing():
    assert room(repeats(20), 1) is None
    assert not Reproduced(*repeats(20), *repeats(150), None).is_beyond


def test_normal_repeats_are_beyond_as_often_as_is_said():
    rng = np.random.default_rng(0)
    beyond = 0
    for _ in range(400):
        *stored, again = repeats(*np.clip(np.round(rng.normal(100, 8, 6)), 0, 200).astype(int).tolist())
        beyond += Reproduced(stored[0], again, room(stored, 1)).is_beyond
    assert beyond / 400 < 0.05
