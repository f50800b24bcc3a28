"""Is the advice to clean or to collect right? Situations with a known truth: it advises, then its advice is followed.

``python tests/bench/advice_situations.py --out FILE`` takes the situations of ``advice_situations.json`` one after the
other, which were fixed before any was run, and writes a line of JSON for each; those that FILE has are left out, and
what was trained is in the store. ``--table FILE`` prints what came out.

A part of a published data set is what the user has. The labels of all of it, and of the records that could be
collected, are damaged. 200 records are audited with the true labels. The advice sees 4,000 test images; what is gained
is measured on the other 6,000, by other repeats.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dqsuite import corruptions, datasets, training
from dqsuite.advice.audit import Audit, drawn
from dqsuite.advice.decision import Prices, decide
from dqsuite.advice.labels import WrongLabels
from dqsuite.advice.repairs import Repairs
from dqsuite.core.hardware import cores
from dqsuite.datasets import Dataset
from dqsuite.datasets.by_content import content, keep_arrays
from dqsuite.engines.interface import follow
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker, missing_batches
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import recipe_named
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader

SITUATIONS = Path(__file__).with_suffix(".json")
RECIPE, MODEL, PRECISION = "standard;epochs=15;measured=15", "lenet", "fp32"
AUDITED, ADVISED, REPEATS = 200, 4000, 12
TRUTH_SEED = 1  # the advice has 0: no repeat is shared


@dataclass(frozen=True)
class Situation:
    """What the user has, of which kind the damage is, what there is to spend, in labels, and what a record costs."""

    dataset: str
    records: int
    damage: str
    budget: float
    record_price: float

    @property
    def name(self) -> str:
        """What it is, in a line."""
        spent = f"budget {self.budget:g}, a record {self.record_price:g}"
        return f"{self.dataset} {self.records} {self.damage} ({spent})"


@dataclass(frozen=True, eq=False)
class Made:
    """A situation's data: the first records are the user's; the others could be collected."""

    whole: Dataset
    true: np.ndarray[Any, Any]
    records: int

    def first(self, count: int, labels: np.ndarray[Any, Any], images: slice) -> Dataset:
        """Return so many records with these labels, and some of the test images."""
        return replace(
            self.whole,
            x_train=self.whole.x_train[:count],
            y_train=labels[:count],
            x_test=self.whole.x_test[images],
            y_test=self.whole.y_test[images],
            fingerprint="",
        )


def picked(situation: Situation, rng: np.random.Generator, total: int) -> np.ndarray[Any, Any]:
    """Draw the positions of a situation's records among all."""
    count = situation.records + int(situation.budget / situation.record_price)
    return rng.permutation(total)[:count]


def labelled(
    known: Dataset, records: np.ndarray[Any, Any], damage: str, noise: np.random.SeedSequence, human: Path
) -> np.ndarray[Any, Any]:
    """Return the labels of records as damage, or as people gave them."""
    if damage.startswith("human:"):
        given: np.ndarray[Any, Any] = np.load(human)[damage.removeprefix("human:")].astype(np.int64)[records]
        return given
    return corruptions.damage_labels(corruptions.parse(damage), known.y_train[records], known.classes, noise).labels


def made(situation: Situation, number: int, human: Path) -> Made:
    """Draw the records of a situation, damage their labels, and shuffle the test images."""
    known, rng = datasets.load(situation.dataset), np.random.default_rng([15, number])
    records = picked(situation, rng, len(known.y_train))
    shown = rng.permutation(len(known.y_test))
    given = labelled(known, records, situation.damage, np.random.SeedSequence([16, number]), human)
    whole = Dataset(
        name=f"situation-{number}",
        x_train=known.x_train[records],
        y_train=given,
        x_test=known.x_test[shown],
        y_test=known.y_test[shown],
        classes=known.classes,
    )
    return Made(whole, known.y_train[records], situation.records)


class Bench:
    """Advises on situations, and follows the advice."""

    def __init__(self, store: Store, workers: int) -> None:
        self.worker, self.workers = Worker(store, training.train, "cpu"), workers

    def train(self, plan: Plan) -> None:
        """Have a plan trained."""
        follow(Processes(self.worker, self.workers), missing_batches(self.worker, plan, None), lambda event: None)

    def run(self, situation: Situation, number: int, human: Path) -> dict[str, Any]:
        """Return what was predicted and what was measured."""
        began, data = time.time(), made(situation, number, human)
        given = data.whole.y_train
        user = data.first(data.records, given, slice(0, ADVISED))
        audited = drawn(user, AUDITED)
        audit = Audit(audited, given[audited], data.true[audited], data.records)
        repairs = Repairs(user, MODEL, recipe_named(RECIPE), PRECISION, self.worker.store, self.train, print)
        labels = repairs.labels(audit)
        outlook = repairs.outlook(labels)
        decision = decide(outlook, Prices(situation.budget, 1, situation.record_price), recipe_named(RECIPE))
        advised = time.time() - began
        return {
            "situation": situation.name,
            "number": number,
            "labels": _labels(labels, given[: data.records] != data.true[: data.records]),
            "decision": decision.to_json(),
            "measured": self._measured(data, labels, decision.to_json()),
            "seconds_of_advice": round(advised, 1),
            "seconds": round(time.time() - began, 1),
        }

    def _measured(self, data: Made, labels: WrongLabels, decision: dict[str, Any]) -> dict[str, float]:
        """Return the accuracy as it is, and what cleaning, collecting, and the best mix gain, with standard errors."""
        now = self.right(data.first(data.records, data.whole.y_train, slice(ADVISED, None)))[..., 0]
        found = {"now": float(now.mean())}
        for name in ("clean", "collect", "best"):
            choice = decision[name]
            relabelled = data.whole.y_train.copy()
            repaired = labels.order[: choice["relabelled"]]
            relabelled[repaired] = data.true[repaired]
            count = data.records + choice["collected"]
            gains = (self.right(data.first(count, relabelled, slice(ADVISED, None)))[..., 0] - now).mean(1)
            found |= {name: float(gains.mean()), f"{name}_se": float(gains.std(ddof=1) / np.sqrt(len(gains)))}
        return found

    def right(
        self, dataset: Dataset, conditions: Sequence[str] = (), repeats: int = REPEATS, seed: int = TRUTH_SEED
    ) -> np.ndarray[Any, Any]:
        """Return which test images are predicted right: (repeat, image, condition), without damage first."""
        path, recipe = keep_arrays(content(dataset.arrays), "truth"), recipe_named(RECIPE)
        plan = plan_grid(
            f"npz:{path}", [MODEL], conditions, recipe=recipe, repeats=repeats, precision=PRECISION, seed=seed
        )
        self.train(plan)
        outcomes = Reader(self.worker.store, print).outcomes(map(plan.key, plan.cells))
        found = {(outcome.cell.corruption, outcome.cell.repeat): outcome.last == dataset.y_test for outcome in outcomes}
        names = dict.fromkeys(cell.corruption for cell in plan.cells)
        numbers = sorted({cell.repeat for cell in plan.cells})
        return np.array([[found[name, number] for name in names] for number in numbers], float).transpose(0, 2, 1)


def _labels(labels: WrongLabels, wrong: np.ndarray[Any, Any]) -> dict[str, Any]:
    suspects = labels.cleanlab.suspects
    return {
        "true": float(wrong.mean()),
        "audit": list(labels.rate[:3]),
        "range": list(labels.range[:3]),
        "cleanlab": labels.cleanlab.rate,
        "suspects": len(suspects),
        "precision": float(wrong[suspects].mean()) if len(suspects) else None,
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return what the table as a whole says, in points of accuracy where it is no count."""
    gains = [(row["decision"][name]["gain"], row["measured"][name]) for row in rows for name in ("clean", "collect")]
    advised = [(row["decision"]["best"]["gain"], row["measured"]["best"]) for row in rows]
    told = [row for row in rows if row["decision"]["verdict"] in ("clean", "collect")]
    measured = [row["measured"] for row in rows]
    rates = [row["labels"] for row in rows]

    def covered(pairs: list[tuple[dict[str, float], float]]) -> float:
        return float(np.mean([gain["low"] <= found <= gain["high"] for gain, found in pairs]))

    return {
        "situations": len(rows),
        "covered, advised": covered(advised),
        "covered, clean and collect": covered(gains),
        "median width, advised": 100 * float(np.median([gain["high"] - gain["low"] for gain, _ in advised])),
        "median absolute error, advised": 100
        * float(np.median([abs(gain["mean"] - found) for gain, found in advised])),
        "the better named": len(told),
        "of these right": sum(
            (row["decision"]["verdict"] == "clean") == (row["measured"]["clean"] > row["measured"]["collect"])
            for row in told
        ),
        "mean gain, advised": 100 * float(np.mean([each["best"] for each in measured])),
        "mean gain, always clean": 100 * float(np.mean([each["clean"] for each in measured])),
        "mean gain, always collect": 100 * float(np.mean([each["collect"] for each in measured])),
        "rate covered by the audit": float(np.mean([r["audit"][1] <= r["true"] <= r["audit"][2] for r in rates])),
        "rate covered by the range": float(np.mean([r["range"][1] <= r["true"] <= r["range"][2] for r in rates])),
        "median width of the range": 100 * float(np.median([r["range"][2] - r["range"][1] for r in rates])),
        "median error of the range's middle": 100 * float(np.median([abs(r["range"][0] - r["true"]) for r in rates])),
        "median error of cleanlab": 100 * float(np.median([abs(r["cleanlab"] - r["true"]) for r in rates])),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows in Markdown, in points."""
    lines = [
        "| situation | wrong | cleanlab | clean: predicted, measured | collect | said |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        parts = []
        for name in ("clean", "collect"):
            gain = {key: 100 * row["decision"][name]["gain"][key] for key in ("mean", "low", "high")}
            parts.append(
                "{mean:+.1f} ({low:+.1f} to {high:+.1f})".format(**gain) + f", {100 * row['measured'][name]:+.1f}"
            )
        rates = [f"{100 * row['labels'][name]:.0f}%" for name in ("true", "cleanlab")]
        lines.append(f"| {row['situation']} | {' | '.join([*rates, *parts])} | {row['decision']['verdict']} |")
    return "\n".join(lines)


def main() -> None:
    """Run, or print, the situations."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="a line of JSON is added for each situation")
    parser.add_argument("--table", type=Path, help="print the table of what was run")
    parser.add_argument("--store", default=".dqsuite/advice-situations")
    human = Path(os.environ.get("DQSUITE_DATA", ".")) / "cifar10n.npz"
    parser.add_argument(
        "--human", type=Path, default=human, help="labels of CIFAR-10N; beside the data sets by default"
    )
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--most", type=int, default=10**6, help="situations to run now")
    options = parser.parse_args()
    if options.table:
        rows = [json.loads(line) for line in options.table.read_text().splitlines()]
        print(table(rows), json.dumps(summary(rows), indent=1), sep="\n\n")
        return
    text = options.out.read_text() if options.out.exists() else ""
    done = {json.loads(line)["number"] for line in text.splitlines()}
    listed = [Situation(**each) for each in json.loads(SITUATIONS.read_text())]
    left = [number for number in range(len(listed)) if number not in done][: options.most]
    bench = Bench(Store(options.store), options.workers)
    for number in left:
        row = bench.run(listed[number], number, options.human)
        with options.out.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(number, row["situation"], row["seconds"], flush=True)


if __name__ == "__main__":
    main()
