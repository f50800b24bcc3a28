"""Labelled pictures that a Python program has in hand. Each way is a file here, and a line in `_WAYS`.

Their packages are not imported: what an object is, is told by what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dqsuite.core.errors import DqError
from dqsuite.datasets.objects import arrays, frame, huggingface, mapped
from dqsuite.datasets.records import Record, Records
from dqsuite.datasets.splits import Parts, parts

# What each returns is None for an object that is none of its own.
_WAYS: tuple[Callable[[Any, Mapping[str, str], Sequence[str], str], Records | None], ...] = (
    arrays.records,
    frame.records,
    huggingface.records,
    mapped.records,
)


def records_of(
    data: Any,  # noqa: ANN401 - whatever a way takes
    test: Any = None,  # noqa: ANN401
    *,
    columns: Mapping[str, str],
    classes: Sequence[str],
    where: str,
) -> Records:
    """Return the labelled pictures of an object, or of a mapping of ``train`` and ``test`` to objects.

    Parameters
    ----------
    data, test
        Arrays (images, labels), a pandas DataFrame, a data set of Hugging Face, or anything with a length whose items
        are pairs of image and label, such as a map-style data set of torch; `test` None if `data` holds all.
    columns
        The names of the columns: ``image``, ``label``, ``split``; usual names are found.
    classes
        The class names, where labels are numbers; by default what the object says.
    where
        What messages call it.

    Raises
    ------
    DqError
        It is none of these, or lacks a column.
    """
    chosen = Parts("train", "test")
    if test is not None:
        data = {"train": data, "test": test}
    elif isinstance(data, Mapping):
        found = parts(map(str, data), where)
        if found is None:
            raise DqError(f"{where} has {', '.join(map(str, data)) or 'nothing'}", "give it a train and a test")
        chosen = found
    else:
        return _records(data, columns, classes, where)
    train, tested = (
        _records(data[name], columns, classes, f"{name} of {where}") for name in (chosen.train, chosen.test)
    )
    items = _joined([(train, "train"), (tested, "test")])
    return Records(where, items, train.classes, (*chosen.notes, *train.notes, *tested.notes))


def _joined(halves: Sequence[tuple[Records, str]]) -> Iterator[Record]:
    for half, split in halves:
        for record in half.items:
            yield record._replace(split=split)


def _records(data: Any, columns: Mapping[str, str], classes: Sequence[str], where: str) -> Records:  # noqa: ANN401
    for way in _WAYS:
        if (found := way(data, columns, classes, where)) is not None:
            return found
    raise DqError(
        f"{where} is a {type(data).__name__}, which is no data set that dqsuite knows",
        "give arrays (images, labels), a DataFrame, a Hugging Face Dataset, or what has a length and pairs as items",
    )
