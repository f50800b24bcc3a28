"""The reviewed table of scale medium: what it may change, and which findings it leaves to full."""

from __future__ import annotations

import pytest

from dqsuite import models
from dqsuite.claims import CLAIMS
from dqsuite.claims.requirements import cells_of, taken_cases
from dqsuite.claims.scales import SCALES
from dqsuite.core.grammar import parse_term

FULL, MEDIUM = SCALES["full"].setups, SCALES["medium"].setups
ABSOLUTE = {
    "lie1-cats-as-frogs",
    "lie2-baselines",
    "poisoning-mnist-80",
    "poisoning-robust-half",
    "poisoning-cifar100-small-untrainable",
    "he-mnist-label-plateau",
    "he-mnist-label-collapse",
}
ABOUT_NUMBERS_OF_RECORDS = {
    "lie1-10k-cheap",
    "lie1-bird-10k",
    "he-cifar-10k-knee",
    "he-more-is-better",
    "he-mnist-size-mild",
    "poisoning-small-earlier",
    "poisoning-more-beats-better",
}
CUT = {"epochs", "milestones", "repaired", "counted"}  # the last two are the volume of the scale


def width(model):
    return float(dict(parse_term(model).params).get("width", 1))


def test_it_judges_every_finding_but_absolute_numbers_and_those_about_numbers_of_records():
    left_out = {claim.id for claim in CLAIMS.values() if not taken_cases(claim, "medium")}
    assert left_out == (ABSOLUTE | ABOUT_NUMBERS_OF_RECORDS) & set(CLAIMS)
    partly = [each.id for each in CLAIMS.values() if 0 < len(taken_cases(each, "medium")) < len(each.cases)]
    assert partly == []


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_it_has_a_place_for_all_that_these_findings_ask_for(claim):
    if taken_cases(claim, "medium"):
        assert all(cells_of(claim, case, "medium", "fp32") for case in claim.cases)


@pytest.mark.parametrize("name", FULL, ids="-".join)
def test_it_has_the_sources_own_data_model_and_recipe_smaller(name):
    full, medium = FULL[name], MEDIUM[name]
    assert medium.dataset == full.dataset
    assert parse_term(medium.model).name == parse_term(full.model).name
    assert models.identify(medium.model).name == medium.model
    assert 1 / 8 <= width(medium.model) <= width(full.model)
    assert medium.epoch == full.epoch
    assert medium.recipe.epochs < full.recipe.epochs
    changed = {key for key, value in medium.recipe.settings().items() if value != full.recipe.settings()[key]}
    assert changed <= CUT
    assert medium.volume in ("", "first:5000", "first:10000")
