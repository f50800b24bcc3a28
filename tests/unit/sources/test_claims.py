"""What holds for the claims of every source."""

from __future__ import annotations

import pytest
from planted_worlds import World

from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import Requirements, cells_of
from dqsuite.claims.scales import SCALES
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import DATASETS
from dqsuite.statistics.verdict import Status

CASES = [
    pytest.param(each, case, id=f"{each.id}-{name}") for each in CLAIMS.values() for name, case in each.named_cases()
]
SETUPS = sorted({setup.dataset for scale in SCALES.values() for setup in scale.setups.values()})


class Noting:
    """Notes what is asked of measurements."""

    def __init__(self, measured):
        self.measured, self.asked = measured, []

    def at(self, *names, **options):
        self.asked.append((names, options))
        return self.measured.at(*names, **options)


@pytest.mark.parametrize(("each", "case"), CASES)
def test_a_judge_decides_nothing_on_one_repeat(each, case):
    judgement = each.judge(Requirements("full", "fp32"), **case)
    assert judgement.verdict().status is (Status.INCONCLUSIVE if judgement.expected else Status.REPORTED)


@pytest.mark.parametrize(("each", "case"), CASES)
def test_a_case_has_cells_to_train_at_full_scale(each, case):
    assert cells_of(each, case, "full", "fp32")


@pytest.mark.parametrize("each", CLAIMS.values(), ids=CLAIMS)
def test_a_judge_asks_for_the_same_whatever_it_is_shown(each):
    noted = [Noting(Requirements("full", "fp32")), Noting(World(0.5))]
    for measured in noted:
        for case in (each.cases[0], each.cases[-1]):
            each.judge(measured, **case)
    assert noted[0].asked == noted[1].asked


@pytest.mark.parametrize("each", CLAIMS.values(), ids=CLAIMS)
def test_case_names_are_unique_and_criteria_are_written(each):
    names = [name for name, _ in each.named_cases()]
    assert len(names) == len(set(names))
    assert each.finding
    assert each.criterion


@pytest.mark.parametrize("each", [each for each in CLAIMS.values() if each.contradicts], ids=lambda each: each.id)
def test_contradictions_are_mutual(each):
    assert CLAIMS[each.contradicts].contradicts == each.id


@pytest.mark.parametrize("name", SETUPS)
def test_a_setup_names_its_data_set_as_the_cards_do(name):
    term = parse_term(name)
    assert DATASETS[term.name].open(term).name("0" * 16) == name
