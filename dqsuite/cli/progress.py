"""Progress on a terminal: cells done, time left, the cells in training. Plain lines where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import isnan
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from dqsuite.core.escapes import line
from dqsuite.engines.interface import Epoch, Event, Finished, Started
from dqsuite.experiment.cells import Cell

_PLAIN_EVERY_S = 30.0  # between two lines about the same cell


class Progress:
    """Shows the events of an engine; use it as a context manager and call it with each event.

    Parameters
    ----------
    console : Console
    total : int
        The number of cells.
    work : mapping, optional
        How much of it each cell is, such as the seconds that it is expected to take; by default all are alike.
    """

    def __init__(self, console: Console, total: int, work: Mapping[Cell, float] | None = None) -> None:
        self.console, self.total, self.done = console, total, 0
        self.work = work or {}
        self.whole = sum(self.work.values()) + (total - len(self.work)) * self._usual()
        self.worked = 0.0
        self.training: dict[Cell, Epoch | None] = {}
        self.began = self.spoke = time.monotonic()
        self.live = Live(console=console, transient=True, get_renderable=self._picture, refresh_per_second=4)

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()

    def __call__(self, event: Event) -> None:
        """Take note of an event, and say a line if it deserves one."""
        match event:
            case Started(cell):
                self.training[cell] = None
            case Epoch(cell, done, of, accuracy):
                self.training[cell] = event
                if not self.console.is_terminal and time.monotonic() - self.spoke > _PLAIN_EVERY_S:
                    self._line(f"{cell}: epoch {done}/{of}, {_percent(accuracy)} so far")
            case Finished(cell, accuracy, seconds):
                self.training.pop(cell, None)
                self.done += 1
                self.worked += self._work_of(cell)
                self._line(f"{cell}: {accuracy:.1%} after {seconds:.0f} s")

    def _line(self, text: str) -> None:
        self.spoke = time.monotonic()
        told = f"[{self.done}/{self.total}] {line(text)}; {self._left()}"
        self.console.print(told, markup=False, highlight=False, soft_wrap=True)

    def _picture(self) -> Text:
        current = [
            f"  {cell}: epoch {seen.done}/{seen.of}, {_percent(seen.accuracy)}" if seen else f"  {cell}: starting"
            for cell, seen in self.training.items()
        ]
        return Text("\n".join([f"{self.done} of {self.total} cells done, {self._left()}", *map(line, current)]))

    def _left(self) -> str:
        """Estimate from the speed so far, counting the epochs of cells in training as parts of a cell."""
        in_training = [self._work_of(cell) * seen.done / seen.of for cell, seen in self.training.items() if seen]
        worked = self.worked + sum(in_training)
        if not worked:
            return "time left not known yet"
        return f"{duration((time.monotonic() - self.began) * (self.whole - worked) / worked)} left"

    def _work_of(self, cell: Cell) -> float:
        return self.work.get(cell, self._usual())

    def _usual(self) -> float:
        return sum(self.work.values()) / len(self.work) if self.work else 1.0


def _percent(accuracy: float) -> str:
    return "not measured" if isnan(accuracy) else f"{accuracy:.1%}"


def duration(seconds: float) -> str:
    """Return a length of time for a person: ``about 40 s``, ``about 12 min``, ``about 3.5 h``."""
    if seconds < 90:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"
