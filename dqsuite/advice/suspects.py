"""The suspect labels as a table and as a page of pictures, most suspect first."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from dqsuite.advice.labels import WrongLabels
from dqsuite.charts.figures import Picture
from dqsuite.charts.pictures import data_uri
from dqsuite.core.errors import DqError
from dqsuite.core.escapes import csv_cell, line
from dqsuite.core.files import replacing
from dqsuite.datasets import Dataset

SHOWN = 200
"""Pictures on the page: it stays readable, and at 64 pixels below some megabytes."""
_NAME = 60  # letters of a class name on the page
_PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }}
body {{ margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }}
ol {{ display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); padding: 0; }}
img {{ display: block; height: 7rem; image-rendering: pixelated; object-fit: contain; width: 7rem; }}
li {{ list-style: none; overflow-wrap: anywhere; }}
</style></head><body><h1>{title}</h1><p>{about}</p>
<ol>
{rows}
</ol></body></html>
""")
_ROW = Markup('<li><img alt="record {record}" src="{image}"><b>{given}</b><br>{text}</li>')


def write_table(path: Path, labels: WrongLabels, dataset: Dataset) -> None:
    """Write all records, most suspect first, with our chance of each label to be wrong and cleanlab's quality.

    Raises
    ------
    DqError
        The file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["record", "given", "suggested", "chance_wrong", "cleanlab_quality", "cleanlab_suspect"])
    suspects = set(labels.cleanlab.suspects.tolist())
    for record in labels.order.tolist():
        names = (dataset.classes[each[record]] for each in (dataset.y_train, labels.suggested))
        chance, quality = labels.chances[record], labels.cleanlab.quality[record]
        cells = [*map(csv_cell, names), f"{chance:.4f}", f"{quality:.4f}", int(record in suspects)]
        writer.writerow([record, *cells])
    _write(path, text.getvalue())


def write_page(path: Path, labels: WrongLabels, dataset: Dataset, shown: int = SHOWN) -> None:
    """Write one HTML file with the pictures of the most suspect records; it needs no network and no script.

    Raises
    ------
    DqError
        The file cannot be written.
    """
    texts = {
        record: f"perhaps {_name(dataset, labels.suggested[record])}: {labels.chances[record]:.0%}, record {record}"
        for record in labels.order[:shown].tolist()
    }
    about = (
        f"The {len(texts)} most suspect of {len(labels.order):,} records, ranked with cleanlab: the label as given, "
        "the likeliest other class, and by the model alone the chance that the label is wrong."
    )
    _write_pictures(path, f"Suspect labels of {line(dataset.name, _NAME)}", about, texts, dataset)


def write_audit_page(path: Path, dataset: Dataset, records: NDArray[np.int64]) -> None:
    """Write the pictures of the records that an audit's sheet lists, in its order; nothing is suggested.

    Raises
    ------
    DqError
        The file cannot be written.
    """
    texts = {record: f"record {record}" for record in records.tolist()}
    about = f"Write the true class of each of the {len(texts)} records into the sheet, from the first on."
    _write_pictures(path, f"Audit of {line(dataset.name, _NAME)}", about, texts, dataset)


def _write_pictures(path: Path, title: str, about: str, texts: Mapping[int, str], dataset: Dataset) -> None:
    rows = [
        _ROW.format(
            record=record,
            image=data_uri(Picture(dataset.x_train[record], "")),
            given=_name(dataset, dataset.y_train[record]),
            text=text,
        )
        for record, text in texts.items()
    ]
    _write(path, _PAGE.format(title=title, about=about, rows=Markup("\n").join(rows)))


def _name(dataset: Dataset, label: int) -> str:
    return line(dataset.classes[label], _NAME)


def _write(path: Path, text: str) -> None:
    try:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DqError(f"cannot write {path}: {error.strerror}", "name a file in a folder of yours") from error
