"""What the sources of labelled pictures share: their parameters, their stamp, and that nothing is decoded twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from dqsuite.core.grammar import Term
from dqsuite.datasets import kept, params
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import file_stamp, recall
from dqsuite.datasets.checks import SMALLEST
from dqsuite.datasets.names import plain
from dqsuite.datasets.paths import expanded
from dqsuite.datasets.records import Options, Records, assembled

_VERSION = 3  # rises when the same files give other arrays
_PARAMETERS = ("test", "seed", "size", "skip")


class Listing(Protocol):
    """Labelled pictures on a disk."""

    @property
    def files(self) -> Iterable[Path]:
        """All files that they are read from."""

    def records(self) -> Records:
        """Return them."""


@dataclass(frozen=True)
class Pictures:
    """Labelled pictures, as `open` lists what is at a path.

    `arguments` are the parameters of the term; of these, `options` says how pictures are read.
    """

    kind: str
    path: Path
    options: Options
    arguments: tuple[tuple[str, str], ...]
    open: Callable[[Path, Term], Listing]

    @cached_property
    def _listing(self) -> Listing:
        return self.open(self.path, Term(self.kind, str(self.path), self.arguments))

    def stamp(self) -> str:
        """Return the stamps of all files, the parameters and the version of Pillow, which decodes them."""
        return self._stamp

    @cached_property
    def _stamp(self) -> str:
        import PIL

        return json.dumps([_VERSION, PIL.__version__, self.kind, self.arguments, file_stamp(self._listing.files)])

    def read(self) -> Arrays:
        """Return the content, from the cache if the same files were decoded before."""
        known = recall(self.stamp())
        if known and (found := kept.find(known.fingerprint)):
            return found._replace(notes=known.notes)
        arrays = assembled(self._listing.records(), self.options)
        kept.keep(arrays.fingerprint(), arrays)
        return arrays

    def name(self, fingerprint: str) -> str:
        """Return ``folder:NAME@DIGEST``; the digest covers the split and the size."""
        path = self.path.resolve()
        return f"{self.kind}:{plain(path.stem if path.is_file() else path.name)}@{fingerprint[:12]}"


def pictures(open_: Callable[[Path, Term], Listing], *more: str) -> Callable[[Term], Pictures]:
    """Return what opens a term ``KIND:PATH[;test=0.2][;seed=0][;size=32][;skip=unreadable]`` as a source.

    `more` are parameters that `open_` takes beside these.
    """

    def source(term: Term) -> Pictures:
        params.only(term, (*_PARAMETERS, *more), value=True)
        return Pictures(term.name, expanded(term.value), _options(term), term.params, open_)

    return source


def _options(term: Term) -> Options:
    return Options.checked(
        test=params.between(term, "test", Options.test, 0, 1),
        seed=params.integer(term, "seed", Options.seed, 0, 2**32 - 1),
        size=params.integer(term, "size", 32, SMALLEST, 4096) if term.get("size") else 0,
        skip=term.get("skip"),
    )
