"""How the plain loop may be run: it is given whichever is fastest here."""

from __future__ import annotations

from typing import NamedTuple

from dqsuite.core.hardware import cores


class Style(NamedTuple):
    """What a user may try: threads of torch, and worker processes of the DataLoader."""

    threads: int
    loaders: int

    def __str__(self) -> str:
        return f"{self.threads} threads and {self.loaders} loader workers"


STYLES = tuple(Style(threads, loaders) for threads in sorted({1, cores()}) for loaders in sorted({0, cores()}))
