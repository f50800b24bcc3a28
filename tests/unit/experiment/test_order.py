from __future__ import annotations

import pkgutil

import pytest

from dqsuite.experiment.cells import Cell
from dqsuite.experiment.order import MULTIPLICATIONS, effort, most_telling_first
from dqsuite.experiment.plan import versions
from dqsuite.experiment.recipes import RECIPES
from dqsuite.models import MODELS

SECONDS = {"a": 1.0, "b": 10.0, "c": 3.0, "d": 8.0}


@pytest.mark.parametrize(
    ("needs", "order"),
    [
        ([["b"], ["a"]], "ab"),
        ([["b"], ["c", "a"]], "cab"),
        ([["b", "c"], ["b", "a"], ["d", "c", "a"]], "bac" + "d"),
        ([["d"], ["b", "c"], ["c", "a"], ["b"]], "cadb"),
        ([[], ["a"], []], "a"),
        ([], ""),
    ],
    ids=["the cheaper", "by their sums", "what others have trained", "no longer than alone", "decided cases", "none"],
)
def test_the_case_that_lacks_the_least_training_comes_next(needs, order):
    assert "".join(most_telling_first(needs, SECONDS)) == order


def cell(corruption="clean", model="lenet", recipe="standard", dataset="cifar10"):
    return Cell(dataset, corruption, model, RECIPES[recipe], "fp32", 0, versions(corruption, model))


@pytest.mark.parametrize(
    ("cheap", "times"),
    [
        (cell("first:1000"), 50),
        (cell("reduce:0.9"), 10),
        (cell("reduce:0.5+shuffle:0.2"), 2),
        (cell("first:1000+wrong:0.4"), 50),
        (cell("shuffle:0.2"), 1),
    ],
    ids=str,
)
def test_fewer_records_take_less_time(cheap, times):
    assert effort(cell()) / effort(cheap) == pytest.approx(times)


def test_wider_models_and_more_epochs_take_longer():
    assert effort(cell(model="poison_cnn;width=2")) == 4 * effort(cell(model="poison_cnn"))
    assert effort(cell(recipe="lie-lenet")) == pytest.approx(125 / 20 * effort(cell()))


def test_the_multiplications_of_every_model_are_those_that_torch_counts():
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    assert set(MULTIPLICATIONS) == set(MODELS)
    for name, expected in MULTIPLICATIONS.items():
        with torch.device("meta"):
            model = pkgutil.resolve_name(MODELS[name].factory)(10, (32, 32, 3)).eval()
            with FlopCounterMode(display=False) as counter:
                model(torch.zeros(1, 3, 32, 32))
        assert counter.get_total_flops() / 2e6 == pytest.approx(expected, rel=0.01)
