"""What nests: what of the damage at a lower level is part of the damage at a higher one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from corruption_rows import REPEATS, TABLE, K, data, prefix
from hypothesis import given, settings

from dqsuite.corruptions import Damaged


def that_nest(*what: str) -> list[str]:
    return [name for name, row in TABLE.items() if row.nesting in what]


def at_both_levels(name: str, damage: Callable[..., Damaged], repeat: int) -> tuple[Damaged, Damaged]:
    images, labels = data(200, repeat)
    small, large = (damage(text, images, labels, repeat) for text in (TABLE[name].small, TABLE[name].large))
    return small, large


def test_what_nests_is_stated_of_every_corruption():
    assert that_nest("picks") == ["shuffle"]
    assert that_nest("nothing") == ["fold", "relabel_class"]
    assert that_nest("left") == ["reduce", "first", "drop_class", "long_tail"]
    assert set(that_nest("fates", "picks", "left", "nothing")) == set(TABLE)


@pytest.mark.parametrize("name", that_nest("fates", "picks"))
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_the_records_of_a_lower_level_are_among_those_of_a_higher_one(name, damage, repeat):
    images, labels = data(200, repeat)
    for damaged, count in zip(at_both_levels(name, damage, repeat), (20, 90), strict=True):
        assert damaged.manifest.steps[0]["touched"] == count
        changed = (damaged.labels != labels) | (damaged.images != images).any(axis=(1, 2, 3))
        assert set(np.flatnonzero(changed)) <= set(prefix(200, count, repeat))
    assert set(prefix(200, 20, repeat)) < set(prefix(200, 90, repeat))


@pytest.mark.parametrize("name", that_nest("fates"))
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_a_record_meets_the_same_fate_at_each_level(name, damage, repeat):
    small, large = at_both_levels(name, damage, repeat)
    picked = prefix(200, 20, repeat)
    assert (small.images[picked] == large.images[picked]).all()
    assert (small.labels[picked] == large.labels[picked]).all()


@pytest.mark.parametrize("name", that_nest("picks"))
def test_a_record_meets_another_fate_at_each_level(name, damage):
    small, large = at_both_levels(name, damage, 0)
    picked = prefix(200, 20, 0)
    assert (small.labels[picked] != large.labels[picked]).any()


@pytest.mark.parametrize("name", that_nest("left"))
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_less_data_are_part_of_more(name, damage, repeat):
    small, large = at_both_levels(name, damage, repeat)
    assert set(large.kept) < set(small.kept)


@pytest.mark.parametrize("choice", [";tail=1", ";classes=cat/dog"])
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_levels_nest_whichever_records_are_eligible(choice, damage, repeat):
    images, labels = data(200, repeat)
    small, large = (damage(f"wrong:{level}{choice}", images, labels, repeat).labels for level in ("0.1", "0.45"))
    changed = small != labels
    assert 0 < changed.sum() < (large != labels).sum()
    assert (large[changed] == small[changed]).all()


@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_a_stratified_reduction_nests(damage, repeat):
    small, large = (damage(f"reduce:{level};stratified=1", *data(200, repeat), repeat) for level in ("0.1", "0.45"))
    assert set(large.kept) < set(small.kept)


def test_a_stronger_noise_of_pixels_is_the_same_noise(damage):
    grey, labels = np.full((50, 8, 8, 3), 128, np.uint8), np.arange(50) % K
    weak, strong = (damage(f"gaussian:{sigma}", grey, labels).images - 128.0 for sigma in (8, 16))
    assert np.abs(strong - 2 * weak).max() <= 1.5  # both are rounded
    few, many = (damage(f"salt_pepper:{a}", grey, labels).images for a in ("0.1", "0.3"))
    assert (many[few != 128] == few[few != 128]).all()
    assert (few != 128).sum() < (many != 128).sum()
