"""Cells and sweeps beside the plain loop: the same cells, in turn, as a ratio with its spread."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dqsuite.experiment.cells import Cell, Plan
from dqsuite.statistics.criteria import inside
from dqsuite.statistics.estimate import Estimate, change
from dqsuite.statistics.verdict import Status
from speed.cases import CASES
from speed.data import told
from speed.figure import Figure, number
from speed.settings import Settings
from speed.sides import Timed, ours_one, ours_sweep, plain_sweep
from speed.styles import STYLES, Style
from speed.turns import Call, in_turn, process

Right = NDArray[np.bool_]


def measure(settings: Settings) -> Iterator[Figure]:
    """Yield the ratios of each case, for one cell and for a sweep."""
    for name in settings.cases or CASES:
        with tempfile.TemporaryDirectory() as folder, process() as ours, process() as plain:
            yield from Contest(name, settings, Path(folder), (ours, plain)).figures()


class Contest:
    """The two sides of one case. Both have trained once, untimed, before they are timed."""

    def __init__(self, name: str, settings: Settings, folder: Path, sides: tuple[Call, Call]) -> None:
        self.name, self.case, self.settings = name, CASES[name], settings
        self.ours, self.plain = sides
        self.plan = self.case.plan(settings, folder)
        self.single = [cell for cell in self.plan.cells if cell.corruption == self.case.conditions[0]]

    def figures(self) -> Iterator[Figure]:
        """Yield the ratio of one cell, and of the sweep."""
        device = self.settings.device
        self.ours(ours_one, self.plan, self.single[0], device)
        self._plain(self.single[:1], STYLES[0])
        tried = {style: self._plain(self.single[:1], style).seconds for style in STYLES}
        self.style = min(tried, key=lambda style: tried[style])
        self.about = ", ".join(
            [
                told(self.case.dataset, self.plan.dataset),
                self.plan.cells[0].recipe.name,
                f"ours {self.settings.precision}",
                f"plain in its best way of {', '.join(f'{style} ({number(tried[style])} s)' for style in STYLES)}",
            ]
        )
        yield self._one_cell()
        yield self._sweep()

    def _one_cell(self) -> Figure:
        turns = in_turn(
            self.settings.turns,
            lambda turn: self.ours(ours_one, self.plan, self.single[turn], self.settings.device),
            lambda turn: self._plain([self.single[turn]], self.style),
        )
        return self._figure(
            "one cell on one thread" if self.settings.device == "cpu" else "one cell",
            [(one.seconds, other.seconds) for one, other in turns],
            [Accuracies(*(np.concatenate([timed.right for timed in side]) for side in zip(*turns, strict=True)))],
        )

    def _sweep(self) -> Figure:
        plan = dataclasses.replace(self.plan, cells=self.plan.cells[: self.settings.cells])
        shared = plan.cells[: self.settings.plain_cells]
        turns = in_turn(
            self.settings.turns,
            lambda turn: self.ours(ours_sweep, plan, self.settings.device, self.settings.workers),
            lambda turn: self._plain(shared, self.style),
        )
        scale = len(plan.cells) / len(shared)
        extrapolated = f", the plain loop's time taken from {len(shared)} of them" if scale > 1 else ""
        return self._figure(
            f"{len(plan.cells)} cells, {self.settings.workers} workers{extrapolated}",
            [(one.seconds, other.seconds * scale) for one, other in turns],
            list(_by_condition(plan, shared, *turns[0])),
            self.case.least,
        )

    def _plain(self, cells: Sequence[Cell], style: Style) -> Timed:
        found: Timed = self.plain(plain_sweep, self.plan, cells, self.settings.device, style)
        return found

    def _figure(
        self, what: str, seconds: list[tuple[float, float]], accuracies: list[Accuracies], least: float = -np.inf
    ) -> Figure:
        one, other = (number(float(np.median(side))) for side in zip(*seconds, strict=True))
        return Figure(
            name=f"{self.name}, {what}",
            values=[other / one for one, other in seconds],
            unit="×",
            least=least,
            note=f"{one} s against {other} s; accuracy {'; '.join(map(str, accuracies))}; {self.about}",
            sound=all(each.agree for each in accuracies),
        )


@dataclasses.dataclass(frozen=True, eq=False)
class Accuracies:
    """What both sides got right on the same cells, bool (n, N) each."""

    ours: Right
    plain: Right

    @property
    def agree(self) -> bool:
        """Whether nothing says that they differ: the 95% interval of the difference does not lie outside ±1 point.

        That it lies inside takes more and longer trainings than are timed: `test_same_accuracy` and
        `test_plain_accuracy` have those. Of a single training nothing can be said.
        """
        return len(self.ours) > 1 and inside(self._difference, -1, 1).verdict().status is not Status.REFUTED

    def __str__(self) -> str:
        mean, low, high, _ = self._difference.interval()
        verdict = "" if self.agree else " DIFFERS"
        return f"{self.ours.mean():.1%}, {mean:+.1f} points ({low:+.1f} to {high:+.1f}) from the plain one{verdict}"

    @property
    def _difference(self) -> Estimate:
        return change(self.ours, self.plain).scaled(100)


def _by_condition(plan: Plan, shared: Sequence[Cell], ours: Timed, plain: Timed) -> Iterator[Accuracies]:
    """Yield both sides' results on the cells of each condition that both have trained."""
    ran = dict(zip(plan.cells, ours.right, strict=True))
    for condition in dict.fromkeys(cell.corruption for cell in shared):
        pairs = [(ran[c], right) for c, right in zip(shared, plain.right, strict=True) if c.corruption == condition]
        yield Accuracies(*(np.stack(side) for side in zip(*pairs, strict=True)))
