"""What the header of a record may hold, whoever wrote it: types, lengths and ranges, as msgspec checks them.

A name that this version does not know is no fault: a later one may have added it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Raw, Struct, to_builtins

from dqsuite.core.foreign import json_as

T = TypeVar("T")
LONGEST_CURVE = 100_000  # epochs
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PLAIN = bytes(set(range(0x20, 0x7F)) - {ord("\\")})
_COUNT = 2**50

Text = Annotated[str, Meta(max_length=1000)]
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_]{1,64}$")]
Number = Annotated[int, Meta(ge=0, le=10**9)]
Count = Annotated[int, Meta(ge=0, le=_COUNT)]
Size = Annotated[int, Meta(ge=1, le=2**31)]


class CellHeader(Struct):
    """Of a training, as `dqsuite.experiment.cells` writes it."""

    dataset: Name
    corruption: Name
    model: Name
    precision: Name
    recipe: dict[Name, Any]
    recipe_name: Text
    repeat: Number
    versions: list[tuple[Name, Count]]


class Step(Struct):
    """Of a damage, as `dqsuite.corruptions.manifest` writes it."""

    term: Name
    level: Text
    touched: Count
    labels_changed: Count
    removed: Count


class ManifestHeader(Struct):
    """The realised damage, as `dqsuite.corruptions.manifest` writes it."""

    transitions: list[list[Count]]
    histogram_before: list[Count]
    images_changed: Count
    steps: list[Step]


class OutcomeHeader(Struct):
    """Of an outcome: its parts as they stand there, each of which is looked at by itself."""

    format: Any = None
    cell: Raw = Raw()
    fingerprint: Raw = Raw()
    manifest: Raw = Raw()
    stopped: Raw = Raw()
    provenance: Raw = Raw()


class Repeat(Struct):
    """Of a training, what differs between those of one condition."""

    repeat: Number


Provenance = dict[Name, Text | int | float | bool | None]


class CardHeader(Struct):
    """Of a card."""

    name: Name
    fingerprint: Fingerprint
    classes: list[Name]
    n_train: Count
    train_histogram: list[Count]
    image_shape: tuple[Size, Size, Size]


def header_of(text: bytes, kind: type[T]) -> T:
    """Return a header in JSON as one of the types here. Raises ValueError where it is not, or a text is not visible."""
    known = json_as(text, kind)
    if not is_plain(text):
        require_visible(to_builtins(known))
    return known


def is_plain(text: bytes) -> bool:
    """Tell whether JSON has nothing but visible letters of ASCII: to ask that of each text would take longer."""
    return not text.translate(None, _PLAIN)


def require_visible(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Raise ValueError where a text in a value has what moves the cursor, breaks lines, or is no letter."""
    if isinstance(value, str) and _HIDDEN.search(value):
        raise ValueError("a text in it has letters that nobody can see")
    for each in value if isinstance(value, dict | list | tuple) else ():
        require_visible(each)
        if isinstance(value, dict):
            require_visible(value[each])
