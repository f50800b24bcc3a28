"""From names to cells: the repeats."""

from __future__ import annotations

import pytest

from dqsuite.core.errors import DqError
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES


def test_another_seed_makes_other_repeats_and_the_first_keeps_its_keys():
    def repeats(**options):
        made = plan_grid("digits", ["lenet"], [], recipe=RECIPES["quick"], repeats=2, precision="fp32", **options)
        return [cell.repeat for cell in made.cells]

    assert repeats() == repeats(seed=0) == [0, 1]
    assert repeats(seed=3) == [30_000, 30_001]
    with pytest.raises(DqError, match="the seed is below 0"):
        repeats(seed=-1)
