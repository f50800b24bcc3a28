"""The repeats that would decide, in worlds where they can be computed."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from dqsuite.claims import CLAIMS
from dqsuite.claims.claim import Claim
from dqsuite.claims.evaluate import Evaluator
from dqsuite.claims.power import Power, further, power_of
from dqsuite.claims.statements import gain
from dqsuite.cli import power as command
from dqsuite.datasets.named import CLASSES
from dqsuite.results.predictions import Predictions
from dqsuite.statistics.criteria import below, inside
from dqsuite.statistics.judgement import Judgement
from dqsuite.statistics.verdict import Status

IMAGES = 10_000


class World:
    """Five repeats: clean ones of 90% on the average, damaged ones some points below that, a point apart.

    Of the images, every repeat finds others wrong, so that they tell nothing; but those that ``fixed`` counts, in
    points, are wrong in every damaged repeat.
    """

    def __init__(self, loss, spread=1.0, images=IMAGES, fixed=0.0):
        self.loss, self.spread, self.images, self.fixed = loss, spread, images, fixed

    def at(self, model, condition="clean", *, data="cifar10", epoch=""):
        rng = np.random.default_rng(len(condition))
        truth = np.arange(self.images) % 10
        spreads = self.spread * np.array([-1, -0.5, 0, 0.5, 1]) / np.std([-1, -0.5, 0, 0.5, 1], ddof=1)
        losses = 10 + (self.loss + spreads if condition != "clean" else np.zeros(5))
        predicted = np.tile(truth, (5, 1))
        fixed = round(self.fixed / 100 * self.images) if condition != "clean" else 0
        for row, lost in zip(predicted, losses, strict=True):
            wrong = fixed + rng.choice(self.images - fixed, round(lost / 100 * self.images) - fixed, replace=False)
            row[[*range(fixed), *wrong]] += 1
        return Predictions(truth, CLASSES["cifar10"], predicted % 10, np.ones((5, 1)))


def claim(judge):
    return Claim("made-up", "a finding", "a criterion", [{}], judge)


def changes(measured):
    return gain(measured.at("lenet", "shuffle:0.1"), measured.at("lenet"))


@pytest.mark.parametrize(("loss", "repeats"), [(1.0, 10), (0.66, 20), (0.4, 51)])
def test_the_repeats_are_those_of_a_paired_t_test(loss, repeats):
    """A loss of one standard deviation of the repeats takes ten of them; one of .66 takes 20, and one of .4, 51."""
    found = power_of(claim(lambda measured: below(changes(measured))), {}, World(loss))
    assert found.stored == 5
    assert found.status is Status.HOLDS
    assert repeats / 1.5 <= found.repeats <= repeats * 1.5


def test_what_would_be_refuted_is_said_to_be():
    found = power_of(claim(lambda measured: below(changes(measured), -2)), {}, World(1.0))
    assert found.status is Status.REFUTED
    assert 10 / 1.5 <= found.repeats <= 10 * 1.5
    assert found.describe() == f"{found.repeats} repeats: refuted"


@pytest.mark.parametrize(
    "judge", [lambda measured: below(changes(measured), -1), lambda measured: inside(changes(measured), -1, 1)]
)
def test_an_effect_on_the_edge_is_never_decided(judge):
    found = power_of(claim(judge), {}, World(1.0))
    assert (found.repeats, found.status) == (None, Status.INCONCLUSIVE)
    assert found.describe().startswith("never")


def test_what_too_few_images_cannot_tell_no_repeats_do():
    """Three points of difference on the same three of a hundred images, in every repeat: p is about .1."""
    found = power_of(claim(lambda measured: below(changes(measured))), {}, World(3, 0, images=100, fixed=13))
    assert found.describe().startswith("never")


def test_a_judge_with_statistics_of_its_own_is_not_known():
    own = Judgement(0.5, 0.4, 0.6, 5, 0.2, 0.2)
    found = power_of(claim(lambda measured: changes(measured) and own), {}, World(1.0))
    assert found.describe().startswith("not known")


def test_the_fewest_further_repeats_come_first():
    found = [Power(5, None), Power(5, 40), Power(5, 5), Power(10, 12)]
    assert sorted(found, key=further) == [Power(5, 5), Power(10, 12), Power(5, 40), Power(5, None)]


def test_the_command_shows_the_inconclusive_cases_and_says_each(reader):
    said, claims = [], [CLAIMS[name] for name in ("lie1-bird-10k", "lie1-unequal-resistance")]
    evaluator = Evaluator(reader, "full")
    open_cases = {
        each.id
        for each in claims
        for case in each.cases
        if evaluator.judge(each, case).verdict.status is Status.INCONCLUSIVE
    }
    written = io.StringIO()
    command.show(evaluator, claims, Console(file=written, width=200), said.append)
    assert len(said) == len(open_cases)
    assert all(name in written.getvalue() for name in open_cases)


def test_the_command_prints_json(reader, capsys):
    claims = [CLAIMS["lie1-bird-10k"], CLAIMS["lie1-unequal-resistance"]]
    command.show(Evaluator(reader, "full"), claims, Console(file=io.StringIO()), lambda line: None, "json")
    printed = json.loads(capsys.readouterr().out)
    assert printed["scale"] == "full"
    assert all(each["repeats"] is None or each["repeats"] >= each["stored"] for each in printed["cases"])


def test_the_command_prints_a_table_in_markdown(reader, capsys):
    claims = [CLAIMS["lie1-bird-10k"], CLAIMS["lie1-unequal-resistance"]]
    command.show(Evaluator(reader, "full"), claims, Console(file=io.StringIO()), lambda line: None, "markdown")
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("| finding | case |")
    assert set(rule) == {"|", "-"}
    assert {row.split("`")[1] for row in rows} <= {claim.id for claim in claims}
    assert {row.count("|") for row in (head, *rows)} == {6}
