"""Limits of what surrounds the training, each doubled: these tests share the cores with others."""

from __future__ import annotations

import pytest

from dqsuite.benchmark import Settings, around

SETTINGS = Settings(turns=2, images=2000)
SLACK = 2


def opening(settings):
    """Open a store of a tenth of what the limit is for, which would take most of the time to fill."""
    return around.opening(settings, 10_000)


@pytest.mark.parametrize("part", [around.planning, opening, around.fingerprint])
def test_what_surrounds_the_training_stays_within_its_limits(part, benchmark):
    for figure in benchmark.pedantic(lambda: list(part(SETTINGS)), rounds=1):
        assert min(figure.values) <= SLACK * figure.most, figure
