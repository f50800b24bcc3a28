"""Measures how fast dqsuite is on this machine, beside what it replaces: ``python tests/bench/table.py --help``.

It prints each figure as it comes, and at the end the table of the README.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from speed import BENCHES
from speed.cases import CASES
from speed.figure import Figure
from speed.machine import load, machine
from speed.results import markdown, save
from speed.settings import Settings

from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cores, resolve_device, training_precision

_DEFAULT = ("training", "kernels", "scaling", "around")
_IDLE = 0.25  # of the cores, taken by others, from which on threads wait for each other and ratios mislead


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for; return 2 for what the user can mend."""
    try:
        _measure(_parse(arguments))
    except DqError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _measure(options: argparse.Namespace) -> None:
    """Measure, print and save. Raises DqError where a name is unknown, something is missing, or sides are unequal."""
    wanted = [BENCHES[name] for name in options.what or _DEFAULT]
    settings = _settings(options)
    here = machine(settings.device)
    if load() > _IDLE * cores():
        busy = f"others use this machine (load {load():.1f} on {cores()} cores)"
        print(f"{busy}: publish nothing that is measured now", file=sys.stderr)
    figures: list[Figure] = []
    for benchmark in wanted:
        for figure in benchmark.measure(settings):
            figures.append(figure)
            print(figure, flush=True)
            if options.out:
                save(figures, here, Path(options.out))
    print(f"\n{markdown(figures, here)}")
    if unsound := [figure.name for figure in figures if not figure.sound]:
        raise DqError(
            f"both sides did not reach the same accuracy in {'; '.join(unsound)}",
            "believe no ratio before that is explained",
        )


def _settings(options: argparse.Namespace) -> Settings:
    device = resolve_device(options.device)
    return Settings(
        device=device,
        precision=training_precision("auto", device),
        workers=options.workers or (cores() if device == "cpu" else 1),
        cases=tuple(name for name in options.case or () if CASES[name]),
        turns=options.turns,
        cells=options.cells,
        plain_cells=min(options.plain_cells, options.cells),
        images=options.images or 0,
        epochs=options.epochs or 0,
        python=options.python,
        beside=options.beside,
    )


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="table.py", description="Measure how fast dqsuite is on this machine.")
    add = parser.add_argument
    add("what", nargs="*", help=f"{', '.join(BENCHES)} (default: {' '.join(_DEFAULT)})")
    add("--case", action="append", help=f"a model to train; repeatable (default: {' '.join(CASES)})")
    add("--turns", type=_turns, default=3, help="how often the two sides take turns (default: 3)")
    add("--cells", type=_count, default=30, help="cells of a sweep (default: 30)")
    add("--plain-cells", type=_count, default=6, help="those that the plain loop trains; the rest is extrapolated")
    add("--images", type=_count, help="training images of a cell, instead of the case's")
    add("--epochs", type=_count, help="instead of the case's")
    add("--device", default="auto", help="auto, cpu or cuda (default: auto)")
    add("--workers", type=_count, help="processes of our side in a sweep (default: as for dqsuite run)")
    add("--python", default="", metavar="PATH", help="a Python that has TensorFlow, for keras")
    add("--beside", default="", metavar="CHECKOUT", help="another checkout to measure too, for load")
    add("--out", metavar="FILE", help="write the results as JSON, and as a Markdown table beside it")
    return parser.parse_args(arguments)


def _turns(text: str) -> int:
    if (turns := _count(text)) < 2:
        raise argparse.ArgumentTypeError("one turn has no spread; give 2 or more")
    return turns


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
