"""How fast dqsuite is, measured beside what its user would write instead, in turn, in one run on one machine.

torch is imported by the processes that train, not here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dqsuite.core.registry import Registry
from speed.figure import Figure
from speed.settings import Settings

__all__ = ["BENCHES", "Bench", "Figure", "Settings"]


@dataclass(frozen=True)
class Bench:
    """One benchmark: its function as ``package.module:function``, and one line about it."""

    function: str
    about: str

    def measure(self, settings: Settings) -> Iterator[Figure]:
        """Yield the figures as they are measured. Raises DqError where something that it needs is missing."""
        measure: Callable[[Settings], Iterator[Figure]] = pkgutil.resolve_name(self.function)
        return measure(settings)


BENCHES: Registry[Bench] = Registry(
    "benchmark",
    {
        "training": Bench("speed.training:measure", "one cell and a sweep, beside a plain PyTorch loop"),
        "kernels": Bench("speed.kernels:measure", "the compiled layers on against off, model by model"),
        "scaling": Bench("speed.scaling:measure", "workers, threads, and what the engine itself costs"),
        "around": Bench("speed.around:measure", "start, plan, store, claims, fingerprints"),
        "load": Bench("speed.load:measure", "a store of 100,000 outcomes; --beside CHECKOUT: in another one too"),
        "keras": Bench("speed.poisoning:measure", "the poisoning protocol beside Keras; needs --python"),
        "steps": Bench("speed.steps:measure", "a step of training, model by model"),
        "gpu": Bench("speed.gpu:measure", "share of the card's limit, and the time of the full study"),
    },
)
