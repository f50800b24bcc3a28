"""The command ``dqsuite bench``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from dqsuite.benchmark import BENCHES, Figure, Settings
from dqsuite.benchmark.machine import load, machine
from dqsuite.benchmark.results import save
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cores, resolve_device, training_precision

_DEFAULT = ("training", "scaling", "around")
_IDLE = 0.25  # of the cores, taken by others, from which on threads wait for each other and ratios mislead


def measure(options: Namespace, out: Console, say: Callable[[str], None]) -> None:
    """Measure what is asked for, print each figure as it comes, and save all.

    Raises
    ------
    DqError
        A name is unknown, something that a benchmark needs is missing, or two sides that are compared reached different
        accuracies.
    """
    wanted = [BENCHES[name] for name in options.what or _DEFAULT]
    settings = _settings(options)
    here = machine(settings.device)
    if load() > _IDLE * cores():
        say(f"others use this machine (load {load():.1f} on {cores()} cores): publish nothing that is measured now")
    figures: list[Figure] = []
    for benchmark in wanted:
        for figure in benchmark.measure(settings):
            figures.append(figure)
            out.print(str(figure), markup=False, highlight=False, soft_wrap=True)
            if options.out:
                save(figures, here, Path(options.out))
    if unsound := [figure.name for figure in figures if not figure.sound]:
        raise DqError(
            f"both sides did not reach the same accuracy in {'; '.join(unsound)}",
            "believe no ratio before that is explained",
        )


def _settings(options: Namespace) -> Settings:
    from dqsuite.benchmark.cases import CASES

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
    )
