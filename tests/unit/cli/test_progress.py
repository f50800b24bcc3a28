from __future__ import annotations

import io

import pytest
from fabricated import dataset, plan
from rich.console import Console

from dqsuite.cli.progress import Progress, duration
from dqsuite.engines.interface import Epoch, Finished, Started

ONE, OTHER = plan(dataset(), [], repeats=2).cells


def shown(terminal, *events, work=None):
    """Return what a console printed of these events."""
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    with Progress(console, 2, work) as progress:
        for event in events:
            progress(event)
        progress.live.refresh()
        return progress, console.file.getvalue()


def test_plain_lines_tell_each_finished_cell_and_the_time_left():
    _, text = shown(False, Started(ONE), Epoch(ONE, 1, 1, 0.5), Finished(ONE, 0.5, 3.0))
    assert text.startswith(f"[1/2] {ONE}: 50.0% after 3 s; about ")
    assert "\x1b" not in text


def test_the_time_left_goes_by_the_work_of_each_cell(monkeypatch):
    now = iter([0.0, 10.0, 10.0, 10.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now, 10.0))
    _, text = shown(False, Finished(ONE, 0.5, 10.0), work={ONE: 1.0, OTHER: 4.0})
    assert text.endswith("about 40 s left\n")


def test_a_terminal_shows_the_cells_in_training():
    _, text = shown(True, Started(ONE), Started(OTHER), Epoch(ONE, 3, 10, 0.625))
    assert "0 of 2 cells done" in text
    assert f"{ONE}: epoch 3/10, 62.5%" in text
    assert f"{OTHER}: starting" in text


def test_nothing_is_estimated_before_the_first_epoch():
    _, text = shown(True, Started(ONE))
    assert "time left not known yet" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "about 0 s"), (89, "about 89 s"), (600, "about 10 min"), (9000, "about 2.5 h")]
)
def test_durations_are_for_people(seconds, text):
    assert duration(seconds) == text
