"""What is planted in a data set is found by the judges of the claims, from real trainings."""

from __future__ import annotations

import numpy as np
import pytest

from dqsuite.claims import CLAIMS
from dqsuite.claims.statements import CIFAR10
from dqsuite.datasets.planted import truth
from dqsuite.engines.interface import follow, in_batches
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import Store
from dqsuite.results.loading import load_study
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.joint import JointEstimate
from dqsuite.statistics.orders import lowest
from dqsuite.statistics.verdict import Status
from dqsuite.training import train

pytestmark = pytest.mark.thorough

EPOCHS, REPEATS = 8, 5  # as a pilot on repeats 1000 to 1004 needed


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Clean and noisy trainings on the planted data set."""
    recipe = RECIPES["standard"].with_settings(epochs=EPOCHS)
    plan = plan_grid("planted", ["lenet"], ["shuffle:0.3"], recipe=recipe, repeats=REPEATS, precision="fp32")
    store = Store(tmp_path_factory.mktemp("planted"))
    follow(Processes(Worker(store, train, "cpu"), 1), in_batches(plan), lambda event: None)
    return load_study(store, plan, pytest.fail)


class RenamedLab:
    """Shows the planted classes under names of CIFAR-10, so that the claims on these are about them."""

    def __init__(self, found, names):
        others = [index for index, name in enumerate(CIFAR10) if name not in names.values()]
        named = {index: CIFAR10.index(name) for index, name in names.items()}
        self.renamed = np.array([named[index] if index in named else others.pop() for index in range(len(CIFAR10))])
        self.found = found

    def at(self, model, condition="clean", *, data="", epoch=""):
        predicted = self.renamed[self.found.predicted("lenet", condition).values]
        return Predictions(self.renamed[self.found.card.y_test], CIFAR10, predicted, predicted[:, :1])


((ONE, OTHER),), (FRAGILE,) = truth("planted").look_alike, truth("planted").fragile


@pytest.mark.parametrize(
    ("identity", "case", "names", "otherwise"),
    [
        ("lie1-look-alike", {}, {ONE: "cat", OTHER: "dog"}, {4: "cat", 5: "dog"}),
        ("lie2-bird-problematic-clean", {"model": "lenet"}, {FRAGILE: "bird"}, {3: "bird"}),
    ],
)
def test_claims_hold_of_what_is_planted_and_of_no_others(found, identity, case, names, otherwise):
    claim = CLAIMS[identity]
    verdicts = [claim.judge(RenamedLab(found, each), **case).verdict() for each in (names, otherwise)]
    assert verdicts[0].status is Status.HOLDS
    assert verdicts[1].status is not Status.HOLDS


def test_the_fragile_class_is_the_weakest_of_those_that_look_like_no_other(found):
    predictions = RenamedLab(found, {ONE: "cat", OTHER: "dog", FRAGILE: "bird"}).at("lenet")
    names = [name for name in CIFAR10 if name not in ("cat", "dog")]
    rates = JointEstimate.of([predictions.recall(name) for name in names], names, low=0, high=1)
    assert lowest(rates, "bird").verdict().status is Status.HOLDS
    assert lowest(rates, "ship").verdict().status is Status.REFUTED
