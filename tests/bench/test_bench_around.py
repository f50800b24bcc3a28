"""Limits of what surrounds the training, each doubled: these tests share the cores with others."""

from __future__ import annotations

import pytest
from speed import Settings, around

SETTINGS = Settings(turns=2, images=2000)
SLACK = 2
FEW = 10_000  # a tenth of what the limits are for, and of each limit


def planning(settings):
    return around.planning(settings, FEW)


def opening(settings):
    return around.opening(settings, FEW)


@pytest.mark.parametrize("part", [planning, opening, around.fingerprint])
def test_what_surrounds_the_training_stays_within_its_limits(part, benchmark):
    for figure in benchmark.pedantic(lambda: list(part(SETTINGS)), rounds=1):
        assert min(figure.values) <= SLACK * figure.most, figure
