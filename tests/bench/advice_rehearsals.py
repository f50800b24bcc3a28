"""How far from the way back to clean labels is what the advice measures of it? Rehearsals on records of no situation.

``python tests/bench/advice_rehearsals.py --out FILE`` takes one rehearsal after the other and writes a line of JSON for
each. ``--table FILE`` prints what `dqsuite.advice.response` and `dqsuite.advice.trusted` have from there: each
measurement's factor, and how far off it is beyond the noise of its repeats.

A rehearsal has 2,000 or 3,000 records, whose labels are damaged, and up to 10,000 others for the test set: all of them
training records of published data sets that no situation of ``advice_situations.json`` takes. Half of the labels, the
most suspect, are made right. By how much the logarithm of the error falls for it, for each power of the noise that is
gone, is the truth.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from advice_situations import (
    ADVISED,
    AUDITED,
    MODEL,
    PRECISION,
    RECIPE,
    SITUATIONS,
    Bench,
    Situation,
    labelled,
    picked,
)

from dqsuite import datasets
from dqsuite.advice.audit import Audit, drawn
from dqsuite.advice.noise_matrix import added, noise_of
from dqsuite.advice.outlook import Outlook
from dqsuite.advice.repairs import Repairs
from dqsuite.advice.response import DRAWS, Response, log_errors
from dqsuite.advice.trusted import Trusted, lent
from dqsuite.core.hardware import cores
from dqsuite.datasets import Dataset
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import Store
from dqsuite.statistics.joint import JointEstimate, Numbers

_MAP = "asymmetric:{};map=0-6/2-4/5-7/7-9"  # of clothes, by what looks alike
_KINDS = ("wrong:0.2", "pair_flip:0.2", "pair_flip:0.3", "asymmetric:0.4", "wrong:0.4", "pair_flip:0.1", "wrong:0.1")
_SETS = ("fashion_mnist", "mnist", "cifar10")
REHEARSALS = [(name, 2000, damage) for damage in _KINDS for name in _SETS]
REHEARSALS[3:3] = [("cifar10", 2000, "human:random_label1")]
REHEARSALS[8:8] = [("cifar10", 2000, "human:worse_label")]
REHEARSALS[12:12] = [("fashion_mnist", 3000, "pair_flip:0.2")]
_TESTED, _TRUTH, _REPEATS, _TRUSTED = 10_000, 8, 5, 4
_FEW, _QUARTERS, _QUARTERED = 500, 4, 2  # a quarter as many records as most have: parts of the test set, repeats


def unused(name: str) -> np.ndarray[Any, Any]:
    """Return the positions of a data set's training records that no situation takes."""
    free = np.ones(len(datasets.load(name).y_train), bool)
    for number, each in enumerate(json.loads(SITUATIONS.read_text())):
        if each["dataset"] == name:
            free[picked(Situation(**each), np.random.default_rng([15, number]), len(free))] = False
    return np.flatnonzero(free)


def run(bench: Bench, number: int, human: Path) -> dict[str, Any]:
    """Return the true slope and each measurement of it, with standard deviations."""
    name, count, damage = REHEARSALS[number]
    known, rng = datasets.load(name), np.random.default_rng([77, number])
    pool = rng.permutation(unused(name))[: count + _TESTED]
    records, tested = pool[:count], pool[count:]
    damage = _MAP.format(damage.partition(":")[2]) if name == "fashion_mnist" and "asym" in damage else damage
    true, given = known.y_train[records], labelled(known, records, damage, np.random.SeedSequence([78, number]), human)

    def data(labels: np.ndarray[Any, Any], images: slice) -> Dataset:
        return Dataset(
            name=f"rehearsal-{number}",
            x_train=known.x_train[records],
            y_train=labels,
            x_test=known.x_train[tested][images],
            y_test=known.y_train[tested][images],
            classes=known.classes,
        )

    user = data(given, slice(ADVISED))
    audited = drawn(user, AUDITED)
    repairs = Repairs(user, MODEL, recipe_named(RECIPE), PRECISION, bench.worker.store, bench.train, print)
    labels = repairs.labels(Audit(audited, given[audited], true[audited], count))
    noise = noise_of(labels.rate.mean, labels.mixture.joint, labels.audit)
    more, same = added(noise), added(noise, 1.0)
    joint = _joint(bench.right(user, ["reduce:0.5;stratified=1", more.condition], _REPEATS, 0))
    now, _, further = log_errors(joint.draws(DRAWS)).T
    outlook = Outlook(Response.fit(joint, more.power, count), labels, noise, _REPEATS)
    repaired, relabelled = given.copy(), labels.order[: count // 2]
    repaired[relabelled] = true[relabelled]
    rest = slice(ADVISED, None)
    truth = [bench.right(data(each, rest), repeats=_TRUTH)[..., 0].mean(1) for each in (given, repaired)]
    gone = -float(np.median(outlook.power(len(relabelled))))
    fallen = np.log(1 - truth[0]) - np.log(1 - truth[1])
    halves = [_part(user, ADVISED // 2, part) for part in range(2)]
    parts = [_joint(bench.right(half, [same.condition], _TRUSTED, 0)) for half in halves]
    few = [bench.right(_part(user, _FEW, part), [same.condition], _QUARTERED, 0) for part in range(_QUARTERS)]
    errors = [log_errors(each.mean((0, 1))) for each in few]
    slopes = [float(noisy - clean) / same.power for clean, noisy in errors]
    return {
        "number": number,
        "rehearsal": f"{name} {count} {damage}",
        "true": [float(fallen.mean() / gone), float(fallen.std(ddof=1) / gone / np.sqrt(_TRUTH))],
        "further": _spread((further - now) / more.power),
        "trusted": _spread(Trusted(parts, same.power, count).slope(count, DRAWS).draws),
        "trusted, a quarter": [float(np.mean(slopes)), float(np.std(slopes, ddof=1) / np.sqrt(_QUARTERS))],
    }


def constants(rows: list[dict[str, Any]]) -> str:
    """Return each measurement's factor, and how far off it is with it, beyond the noise of the repeats."""
    lines = []
    true, true_noise = np.array([row["true"] for row in rows]).T
    for name in ("further", "trusted", "trusted, a quarter"):
        found, noise = np.array([row[name] for row in rows]).T
        factor, off = fitted(true, true_noise, found, noise)
        lines.append(f"{name}: factor {factor:.2f}, off {off:.2f}")
    return "\n".join(lines)


def fitted(true: Numbers, true_noise: Numbers, found: Numbers, noise: Numbers) -> tuple[float, float]:
    """Fit true = factor · found · (1 + off · normal), each side known with noise: residuals are as large as expected.

    All have one number a rehearsal. The factor is that of weighted least squares; ``off`` is found by bisection.
    """
    low, high, factor = 0.0, 2.0, 1.0
    for _ in range(40):
        off = (low + high) / 2
        for _ in range(20):
            weight = 1 / (true_noise**2 + (factor * noise) ** 2 + (off * factor * found) ** 2)
            factor = float((weight * true * found).sum() / (weight * found**2).sum())
        expected = (weight * (true - factor * found) ** 2).sum() / (len(true) - 1)
        low, high = (off, high) if expected > 1 else (low, off)
    return factor, off


def _part(user: Dataset, size: int, part: int) -> Dataset:
    """Return what trains on one part of the test set, of this size, and tests on the rest of it."""
    images = np.arange(len(user.y_test))
    inside = images // size == part
    return lent(user, images[inside], images[~inside])


def _joint(right: np.ndarray[Any, Any]) -> JointEstimate:
    return JointEstimate.of([right], low=0, high=1)


def _spread(draws: np.ndarray[Any, Any]) -> list[float]:
    low, middle, high = np.quantile(draws, [0.16, 0.5, 0.84])
    return [float(middle), float(high - low) / 2]


def main() -> None:
    """Run, or sum up, the rehearsals."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="a line of JSON is added for each rehearsal")
    parser.add_argument("--table", type=Path, help="print the constants from what was run")
    parser.add_argument("--store", default=".dqsuite/advice-rehearsals")
    human = Path(os.environ.get("DQSUITE_DATA", ".")) / "cifar10n.npz"
    parser.add_argument("--human", type=Path, default=human, help="labels of CIFAR-10N")
    parser.add_argument("--workers", type=int, default=cores())
    options = parser.parse_args()
    if options.table:
        print(constants([json.loads(line) for line in options.table.read_text().splitlines()]))
        return
    text = options.out.read_text() if options.out.exists() else ""
    done = {json.loads(line)["number"] for line in text.splitlines()}
    bench = Bench(Store(options.store), options.workers)
    for number in sorted(set(range(len(REHEARSALS))) - done):
        began, row = time.time(), run(bench, number, options.human)
        with options.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(number, row["rehearsal"], round(time.time() - began), flush=True)


if __name__ == "__main__":
    main()
