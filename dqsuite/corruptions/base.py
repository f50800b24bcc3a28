"""The kinds of corruption: which records a step picks, and what its function is given and returns.

Every step first draws one permutation of its records, and damages a prefix of it. So the records of a smaller level
are among those of a larger one, and steps of different corruptions at one repeat concern the same records. Further
draws are made for every record and then indexed by the picked ones, so that a record meets the same fate at each level;
only `shuffle`, which permutes the picked among themselves, cannot. All this holds after equal steps: other records left
by a step before make another permutation.
"""

from __future__ import annotations

import builtins
import keyword
import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.core.registry import Registry
from dqsuite.corruptions.values import ClassNames, ClassPair, Context, Flag, Number, Value

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]
Indices = NDArray[np.int64]

ELIGIBLE = ClassNames(default="")
TAIL = Flag()
ALTERED = Number(low="0", high="1", default="1", example="0.5")
BLOCK = 256  # images damaged at a time: the floating-point copy of a block stays in the processor's cache


@dataclass(frozen=True)
class Records:
    """Records as the steps so far have left them; all arrays share their first axis."""

    images: Images  # uint8 (N, H, W, C)
    labels: Labels  # int64 (N,): as given now
    true: Labels  # int64 (N,): before the chain
    index: Indices  # int64 (N,): position before the chain, ascending
    altered: NDArray[np.bool_]  # (N,): whether a step altered the image

    def __len__(self) -> int:
        return len(self.labels)

    def keep(self, kept: Indices) -> Records:
        """Return the records at these positions."""
        return Records(self.images[kept], self.labels[kept], self.true[kept], self.index[kept], self.altered[kept])


@dataclass(frozen=True)
class Step:
    """One term at work: ``order`` is the permutation whose prefix is damaged, ``rng`` gives all further draws."""

    text: str  # as the user reads it
    term: Term  # the same with every default filled in
    context: Context
    order: Indices
    rng: np.random.Generator


@dataclass(frozen=True)
class Corruption(ABC):
    """A pure function and what its term may say.

    ``version`` rises when the distribution of what the function returns changes, not when it gets faster. ``agree`` is
    given a term with every default filled in, and the path of each digest, and raises DqError where its parameters,
    each allowed, do not go together.
    """

    function: Callable[..., np.ndarray]
    level: Value
    params: Mapping[str, Value] = field(default_factory=dict)
    version: int = 1
    agree: Callable[[Term, Mapping[str, str]], None] | None = None
    shared: ClassVar[Mapping[str, Value]] = {}  # parameters that every corruption of the kind takes

    @property
    def about(self) -> str:
        """What it is, in one line: the docstring of the function's file."""
        return (sys.modules[self.function.__module__].__doc__ or "").partition("\n")[0]

    def usage(self, name: str) -> str:
        """Return an example under this name, with the parameters that it takes."""
        return "".join([f"{name}:{self.level.example}", *(f"[;{key}=]" for key in self.parameters)])

    @property
    def parameters(self) -> Mapping[str, Value]:
        """All parameters by name."""
        return {**self.shared, **self.params}

    def canonical(self, term: Term, files: dict[str, str]) -> Term:
        """Check a term without any data and drop what is a default; files read are entered, digest to path.

        Raises
        ------
        DqError
            The level or a parameter is missing, unknown or outside its range, or they do not go together.
        """
        if term.params and not self.parameters:
            raise DqError(f"{term.name} takes no parameters", f"for example {term.name}:{self.level.example}")
        level = self.level.read(term.value, f"level of {term.name}", f"{term.name}:", files)
        known = Registry(f"parameter of {term.name}", self.parameters)
        texts = dict.fromkeys(known, "") | dict(term.params)
        params = [
            (key, known[key].read(text, f"parameter {key} of {term.name}", f"{key}=", files))
            for key, text in sorted(texts.items())
        ]
        found = Term(
            term.name,
            "" if level == self.level.default else level,
            tuple((key, text) for key, text in params if text != known[key].default),
        )
        if self.agree:
            self.agree(self.filled(found), files)
        return found

    def filled(self, term: Term) -> Term:
        """Return a canonical term with every default filled in."""
        params = tuple((key, term.get(key, value.default or "")) for key, value in self.parameters.items())
        return Term(term.name, term.value or self.level.default or "", params)

    def damage(self, term: Term, records: Records, context: Context, rng: np.random.Generator) -> tuple[Records, int]:
        """Return the records after a canonical term, and how many of them it picked.

        Raises
        ------
        DqError
            The term does not fit the data: a class that does not exist, a volume that leaves too little.
        """
        order = rng.permutation(len(records))
        return self._damage(records, Step(str(term), self.filled(term), context, order, rng))

    @abstractmethod
    def _damage(self, records: Records, step: Step) -> tuple[Records, int]: ...

    def _arguments(self, step: Step) -> dict[str, object]:
        """Resolve the function's own parameters by the names of its arguments."""
        return {
            _argument_name(key): value.resolve(step.term.get(key), step.context) for key, value in self.params.items()
        }


@dataclass(frozen=True)
class LabelNoise(Corruption):
    """Relabels a fraction of the records: ``function(labels, picked, rng, num_classes, **params)``.

    It gets the labels as the step finds them, int64 (N,), and the picked positions, int64 (m,), and returns the new
    labels of the picked, int64 (m,). ``classes=`` makes only records eligible whose label before the chain is one of
    these; the level is a fraction of the eligible. ``tail=1`` picks the last of them in the order of the file, as the
    program of the dataset poisoning study does.
    """

    level: Number
    shared: ClassVar[Mapping[str, Value]] = {"classes": ELIGIBLE, "tail": TAIL}

    def _damage(self, records: Records, step: Step) -> tuple[Records, int]:
        if step.context.num_classes < 2:
            raise DqError(f"{step.text} needs at least two classes", "use a data set with more classes")
        classes = ELIGIBLE.resolve(step.term.get("classes"), step.context)
        eligible = step.order[np.isin(records.true[step.order], classes)]
        if TAIL.resolve(step.term.get("tail"), step.context):
            eligible = np.sort(eligible)[::-1]
        level = self.level.resolve(step.term.value, step.context)
        picked = eligible[: round_half_up(level, len(eligible))]
        labels = records.labels.copy()
        labels[picked] = self.function(
            records.labels, picked, step.rng, step.context.num_classes, **self._arguments(step)
        )
        return replace(records, labels=labels), len(picked)


@dataclass(frozen=True)
class Relabelling(Corruption):
    """Relabels all records of one class: ``function(labels, source, target)`` returns the new labels, int64 (N,)."""

    level: ClassPair

    def _damage(self, records: Records, step: Step) -> tuple[Records, int]:
        source, target = self.level.resolve(step.term.value, step.context)
        labels = self.function(records.labels, source, target)
        return replace(records, labels=labels), int(np.count_nonzero(records.labels == source))


@dataclass(frozen=True)
class Volume(Corruption):
    """Takes records away: ``function(labels, order, level, num_classes, **params)``.

    It gets the labels as the step finds them, int64 (N,), and the permutation, int64 (N,), and returns the positions
    kept, int64, ascending. Only a corruption that ``empties_classes`` may leave a class without a record.
    What is taken away where it is ``held_out`` is there to be predicted: the probability of every class is kept.
    """

    empties_classes: bool = False
    held_out: bool = False

    def _damage(self, records: Records, step: Step) -> tuple[Records, int]:
        level = self.level.resolve(step.term.value, step.context)
        num_classes = step.context.num_classes
        kept = self.function(records.labels, step.order, level, num_classes, **self._arguments(step))
        if not kept.size:
            raise DqError(f"{step.text} leaves no record at all", "keep at least one record of each class")
        left = np.bincount(records.labels[kept], minlength=num_classes)
        lost = np.setdiff1d(records.labels, np.flatnonzero(left))
        if lost.size and not self.empties_classes:
            names = ", ".join(f"{k} ({step.context.classes[k]})" for k in lost)
            raise DqError(
                f"{step.text} leaves no record of class {names}", "keep more, or take classes out by drop_class"
            )
        return records.keep(kept), len(records) - len(kept)


@dataclass(frozen=True)
class ImageNoise(Corruption):
    """Alters images: ``function(images, level, rng, **params)``, a float level, from and to uint8 (n, H, W, C).

    It is called on one block of images after the other, so it must draw equally many numbers for each, in their order.
    ``fraction=`` is the fraction of the images that are altered, by default all of them.
    """

    level: Number
    shared: ClassVar[Mapping[str, Value]] = {"fraction": ALTERED}

    def _damage(self, records: Records, step: Step) -> tuple[Records, int]:
        fraction = ALTERED.resolve(step.term.get("fraction"), step.context)
        count = round_half_up(fraction, len(records))
        if not count:
            return records, 0
        picked = np.isin(np.arange(len(records)), step.order[:count])
        level = float(self.level.resolve(step.term.value, step.context))
        arguments = self._arguments(step)
        images, altered = np.empty_like(records.images), records.altered.copy()
        for start in range(0, len(records), BLOCK):
            block = slice(start, start + BLOCK)
            before = records.images[block]
            after = self.function(before, level, step.rng, **arguments)
            images[block] = np.where(picked[block, None, None, None], after, before)
            altered[block] |= (images[block] != before).any(axis=(1, 2, 3))
        return replace(records, images=images, altered=altered), count


def round_half_up(fraction: Decimal, total: int) -> int:
    """Return fraction × total as a count, rounded half up, without an error of floating point.

    >>> round_half_up(Decimal("0.05"), 50)
    3
    """
    return math.floor(Fraction(fraction) * total + Fraction(1, 2))


def _argument_name(key: str) -> str:
    """Return ``class_`` for ``class`` and ``map_`` for ``map``: PEP 8's way around Python's own names."""
    return f"{key}_" if keyword.iskeyword(key) or hasattr(builtins, key) else key
