"""What may stand after a colon or an equals sign: each kind checks its text and resolves it against the data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import canonical_number


@dataclass(frozen=True)
class Context:
    """What a value is resolved against: the names of the K classes, and the path of each digest that names a file."""

    classes: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def num_classes(self) -> int:
        """K."""
        return len(self.classes)


@dataclass(frozen=True, kw_only=True)
class Value(ABC):
    """One kind of value.

    ``default`` is the canonical text that an omitted value stands for; a value without one must be given.
    """

    default: str | None = None
    example: str

    def read(self, text: str, what: str, form: str, files: dict[str, str]) -> str:
        """Return the canonical text, without any data.

        Parameters
        ----------
        text
            What the user wrote, empty if nothing.
        what, form
            How an error names the value (``level of wrong``) and begins an example of it (``wrong:``).
        files
            Path of each digest; a file that is read is entered.

        Raises
        ------
        DqError
            The text is not allowed, or missing where there is no default.
        """
        if not text and self.default is not None:
            return self.default
        try:
            return self._canonical(text, files)
        except ValueError:
            found = f"not {text!r}" if text else "and is missing"
            raise DqError(f"the {what} must be {self._allowed}, {found}", f"for example {form}{self.example}") from None

    @property
    def allowed(self) -> str:
        """Complete the sentence "must be ...": the range, for a list."""
        return self._allowed

    @abstractmethod
    def resolve(self, text: str, context: Context) -> object:
        """Return what a canonical text means for this data. Raises DqError if it means nothing there."""

    @property
    @abstractmethod
    def _allowed(self) -> str:
        """Complete the sentence "must be ..."."""

    @abstractmethod
    def _canonical(self, text: str, files: dict[str, str]) -> str:
        """Return the canonical text. Raises ValueError if the text is not allowed."""


@dataclass(frozen=True, kw_only=True)
class Number(Value):
    """A decimal from ``low`` to ``high``, both included."""

    low: str
    high: str

    @property
    def _allowed(self) -> str:
        return f"a number from {self.low} to {self.high}"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError(text) from None
        if not (number.is_finite() and Decimal(self.low) <= number <= Decimal(self.high)):
            raise ValueError(text)
        return text

    def resolve(self, text: str, context: Context) -> Decimal:
        """Return the number, exactly."""
        return Decimal(text)


FRACTION = Number(low="0", high="1", example="0.1")
FACTOR = Number(low="0.001", high="1000", example="2")


@dataclass(frozen=True, kw_only=True)
class Count(Value):
    """A whole number of records, at least 1."""

    @property
    def _allowed(self) -> str:
        return "a whole number, at least 1"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        if not text.isdecimal() or not text.strip("0"):
            raise ValueError(text)
        return text

    def resolve(self, text: str, context: Context) -> int:
        """Return the number."""
        return int(text)


@dataclass(frozen=True, kw_only=True)
class Flag(Value):
    """0 (the default) or 1."""

    default: str | None = "0"
    example: str = "1"

    @property
    def _allowed(self) -> str:
        return "0 or 1"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        if text not in {"0", "1"}:
            raise ValueError(text)
        return text

    def resolve(self, text: str, context: Context) -> bool:
        """Return whether it is set."""
        return text == "1"


@dataclass(frozen=True, kw_only=True)
class Choice(Value):
    """One of a few words; the first is the default."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, *words: str) -> Choice:
        """Return the choice between these, in their canonical spelling."""
        return cls(default=words[0], example=words[-1], words=words)

    @property
    def _allowed(self) -> str:
        return " or ".join(self.words)

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        if text not in self.words:
            raise ValueError(text)
        return text

    def resolve(self, text: str, context: Context) -> str:
        """Return the word."""
        return text


@dataclass(frozen=True, kw_only=True)
class ClassName(Value):
    """One class, by name or index."""

    example: str = "0"

    @property
    def _allowed(self) -> str:
        return "the name or the index of a class"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        return _fields(text, "/", {1})[0]

    def resolve(self, text: str, context: Context) -> int:
        """Return its index."""
        return class_index(text, context.classes)


@dataclass(frozen=True, kw_only=True)
class ClassNames(Value):
    """Several classes joined by ``/``; an empty default stands for all of them."""

    example: str = "3/5"

    @property
    def _allowed(self) -> str:
        return "names or indices of classes, joined by '/'"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        return "/".join(_fields(text, "/"))

    def resolve(self, text: str, context: Context) -> tuple[int, ...]:
        """Return their indices."""
        if not text:
            return tuple(range(context.num_classes))
        return tuple(class_index(name, context.classes) for name in text.split("/"))


@dataclass(frozen=True, kw_only=True)
class ClassPair(Value):
    """``A-B``, from class A to class B; ``A`` alone goes to the class after it, and from the last to the first."""

    example: str = "3-5"

    @property
    def _allowed(self) -> str:
        return "one class or two joined by '-', by name or index"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        return "-".join(_fields(text, "-", {1, 2}))

    def resolve(self, text: str, context: Context) -> tuple[int, int]:
        """Return both indices."""
        source, *rest = (class_index(name, context.classes) for name in text.split("-"))
        target = rest[0] if rest else (source + 1) % context.num_classes
        if source == target:
            raise DqError(
                f"{text!r} leads from class {context.classes[source]!r} to itself", "name two different classes"
            )
        return source, target


@dataclass(frozen=True, kw_only=True)
class ClassMap(Value):
    """``A-B/C-D``: the class that each named class turns into; an empty default stands for the ``published`` map."""

    published: Callable[[tuple[str, ...]], dict[str, str]]
    default: str | None = ""
    example: str = "3-5/5-3"

    @property
    def _allowed(self) -> str:
        return "pairs of classes as A-B, joined by '/'"

    def _canonical(self, text: str, files: dict[str, str]) -> str:
        return "/".join("-".join(_fields(pair, "-", {2})) for pair in _fields(text, "/"))

    def resolve(self, text: str, context: Context) -> NDArray[np.int64]:
        """Return the target of every class, shape (K,); a class that is not named stays."""
        pairs = [pair.split("-") for pair in text.split("/")] if text else self.published(context.classes).items()
        indices = [tuple(class_index(name, context.classes) for name in pair) for pair in pairs]
        if len({source for source, _ in indices}) < len(indices):
            raise DqError(f"the map {text!r} names a class twice before '-'", "give every class one target")
        targets = np.arange(context.num_classes)
        for source, target in indices:
            targets[source] = target
        return targets


def class_index(text: str, classes: tuple[str, ...]) -> int:
    """Return the index of a class given by name or index; where a text is both, the name wins.

    Raises
    ------
    DqError
        There is no such class, or several: a chain writes ``01`` as ``1``, which could be either.
    """
    names = [canonical_number(name) for name in classes]
    if names.count(text) > 1:
        raise _ambiguous(text, names, classes)
    for spelling in (names, [str(index) for index in range(len(classes))]):
        if text in spelling:
            return spelling.index(text)
    named = enumerate(classes[:20])
    listed = ", ".join(name if name == str(index) else f"{index} {name}" for index, name in named)
    more = ", ..." if len(classes) > 20 else ""
    raise DqError(f"no class {text!r} among the K={len(classes)} classes", f"known are {listed}{more}")


def _ambiguous(text: str, names: list[str], classes: tuple[str, ...]) -> DqError:
    """Offer the indices that are not themselves the name of a class."""
    meant = [index for index, name in enumerate(names) if name == text]
    offers = [f"{index} for {classes[index]!r}" for index in meant if str(index) not in names]
    cause = f"{text!r} could be any of the classes {', '.join(repr(classes[index]) for index in meant)}"
    return DqError(cause, " or ".join([*(f"write the index {offer}" for offer in offers), "rename the classes"]))


def _fields(text: str, separator: str, numbers: set[int] | None = None) -> list[str]:
    """Split into stripped canonical fields. Raises ValueError if one is empty or there are not as many as allowed."""
    fields = [canonical_number(field.strip()) for field in text.split(separator)]
    if not all(fields) or (numbers and len(fields) not in numbers):
        raise ValueError(text)
    return fields
