from __future__ import annotations

import pytest

from dqsuite import datasets
from dqsuite.claims.backlog import Backlog, ranked
from dqsuite.claims.claim import Claim
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.scales import SCALES, Scale
from dqsuite.claims.source import Setup
from dqsuite.core.errors import DqError
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader
from dqsuite.sources.lie3.claims import noise_hurts_more

TINY = Setup("digits", "lenet", RECIPES["standard"].with_settings(epochs=1), volume="first:300", repeats=2)
CASES = [(noise_hurts_more, {"model": "lenet", "level": level}) for level in ("0.1", "0.2")]


@pytest.fixture
def backlog(tmp_path):
    with SCALES.temporary("full", Scale({("cifar10", "lenet"): TINY})):
        yield Backlog(Evaluator(Reader(Store(tmp_path), pytest.fail), "full"), "fp32")


def test_a_case_lacks_what_is_not_stored_and_one_without_a_place_lacks_nothing(backlog):
    elsewhere = Claim("lie9-elsewhere", "no place", "never", [{}], lambda measured: measured.at("resnet18"))
    first, second, third = backlog.lacking([*CASES, (elsewhere, {})])
    assert [cell.corruption for cell in first] == ["first:300+shuffle:0.1"] * 2 + ["first:300+reduce:0.1"] * 2
    assert (len(second), third) == (4, [])
    assert backlog.models(CASES) == ["lenet"]
    assert backlog.absent() == []


def test_time_is_known_from_the_models_multiplications_at_the_least(backlog):
    cells = backlog.of(*CASES[0])
    seconds = backlog.seconds([*cells, *cells], "cpu")
    assert seconds.keys() == set(cells)
    assert all(each > 0 for each in seconds.values())


def test_the_nearest_case_comes_first(backlog):
    first, second = backlog.lacking(CASES)
    cells = ranked([first, second[:2]], backlog.seconds([*first, *second], "cpu"))
    assert cells == [*second[:2], *first]


def test_a_data_set_that_is_not_at_hand_is_told_and_its_cases_lack_nothing(backlog, monkeypatch):
    def absent(text):
        raise DqError("there is no network", "wait")

    monkeypatch.setattr(datasets, "identify", absent)
    assert backlog.lacking(CASES) == [[], []]
    assert [str(error) for error in backlog.absent()] == ["there is no network; wait"]
    with pytest.raises(DqError, match="no network"):
        backlog.batches(backlog.of(*CASES[0]))
