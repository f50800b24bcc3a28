"""What the header of a record may hold, whoever wrote it: types, lengths and ranges, as msgspec checks them.

A name that this version does not know is no fault: a later one may have added it.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

LONGEST_CURVE = 100_000  # epochs
_VISIBLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*$"
_COUNT = 2**50

Text = Annotated[str, Meta(max_length=1000, pattern=_VISIBLE)]
Name = Annotated[str, Meta(min_length=1, max_length=500, pattern=_VISIBLE)]
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_]{1,64}$")]
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
    repeat: Annotated[int, Meta(ge=0, le=10**9)]
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
    """Of an outcome."""

    cell: CellHeader
    fingerprint: Fingerprint
    manifest: ManifestHeader
    stopped: Text
    provenance: dict[Name, Text | int | float | bool | None]


class CardHeader(Struct):
    """Of a card."""

    name: Name
    fingerprint: Fingerprint
    classes: list[Name]
    n_train: Count
    train_histogram: list[Count]
    image_shape: tuple[Size, Size, Size]
