"""Demands on a study, from Python."""

from __future__ import annotations

from contextvars import Context
from functools import wraps

import pytest
from fabricated import dataset, fill

import dqsuite as dq
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import Store
from dqsuite.results.loading import load_study
from dqsuite.statistics.demands import collected


@pytest.fixture
def study(tmp_path):
    """A clean baseline in which one image in fifty is wrong, and a condition in which ten are."""
    data = dataset(tuple("0123456789"))
    data = dq.Dataset(**{**vars(data), "name": "digits"})
    plan = plan_grid("digits", ["lenet"], ["wrong:0.2"], recipe=RECIPES["standard"], repeats=4, precision="fp32")
    plan = type(plan)("digits", data.fingerprint, plan.cells)
    fill(Store(tmp_path), data, plan, lambda cell: cell.repeat % 2 + (1 if cell.corruption == "clean" else 10))
    return load_study(Store(tmp_path), plan, print)


def apart(test):
    """Let a test make demands that are not its own: pytest collects those of its tests."""

    @wraps(test)
    def run(study):
        Context().run(test, study)

    return run


@apart
def test_a_demand_holds_is_refuted_or_cannot_be_told(study):
    cost = study["wrong:0.20"].cost
    assert cost.must_be_above(0.0).status is dq.Status.HOLDS
    with pytest.raises(dq.Refuted, match=r"^wrong:0.2 cost below 0: refuted "):
        cost.must_be_below(0)
    with pytest.raises(dq.Inconclusive, match="inconclusive"):
        cost.must_be_below(cost.interval.mean + 1e-9)
    assert cost.must_be_between(0, 1).status is dq.Status.HOLDS


def test_collected_demands_go_on_where_they_cannot_be_told(study):
    cost = study["wrong:0.2"].cost
    with collected() as found:
        cost.must_be_below(cost.interval.mean + 1e-9)
        with pytest.raises(AssertionError):
            cost.must_be_below(0)
    assert [each.verdict.status.value for each in found] == ["inconclusive", "refuted"]


def test_the_numbers_are_those_of_the_study(study):
    found, shown = study["wrong:0.2"], study.accuracy("lenet", "wrong:0.2")
    assert found.accuracy.interval == shown
    assert found.cost.interval.mean == pytest.approx(-study.accuracy_change("lenet", "wrong:0.2").mean)
    assert found.recall("3").interval.mean == pytest.approx(
        float(study.recalls().sel(model="lenet", condition="wrong:0.2").mean("repeat").sel({"class": "3"}))
    )


def test_what_there_is_not_is_one_line(study):
    with pytest.raises(dq.DqError, match=r"the study has no 'wrong:0.3' of lenet; it has lenet clean"):
        study["wrong:0.3"]
    with pytest.raises(dq.DqError, match="no class 'cat' in the data set; its classes are 0"):
        study["clean"].recall("cat")
