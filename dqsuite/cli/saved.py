"""``--save NAME`` keeps a study beside the store, ``--compare`` tells what moved since, or against another store."""

from __future__ import annotations

import math
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from dqsuite.cli.summary import interval, points
from dqsuite.core.errors import DqError
from dqsuite.experiment.cells import Plan
from dqsuite.experiment.evidence import export_evidence, import_evidence
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.experiment.stores import is_url, open_store
from dqsuite.results.moved import Change, bare, changes
from dqsuite.results.reader import Reader, Say
from dqsuite.results.study import Study, studies_of


def require_name(name: str | None) -> None:
    """Raise DqError for what is no name to save under; None saves nothing."""
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", name):
        raise DqError(f"--save {name!r} is no name", "use letters, digits, dots, dashes and underscores")


def save(store: Store, plan: Plan, name: str | None) -> None:
    """Write the study of a plan, all of whose outcomes are stored, under a name as evidence; None saves nothing."""
    if name is None:
        return
    path = _path(store, name)
    with tempfile.TemporaryDirectory() as folder:
        other = Store(folder)
        for kind, names in ((OUTCOMES, map(plan.key, plan.cells)), (CARDS, [plan.fingerprint])):
            for each in names:
                other.put_if_absent(kind, each, store.get(kind, each))
        export_evidence(other, path)


def earlier(store: Store, text: str, plan: Plan, say: Say) -> Study:
    """Return the study to compare with: saved under a name, of another store, or of an evidence file.

    Where there are several, it is that of the plan's data set (by name), recipe and precision, as far as there are
    such, with the most conditions of the plan.

    Raises
    ------
    DqError
        It is none of the three, or holds no study of the plan's models.
    """
    if is_url(text):
        return _chosen(open_store(text), text, plan, say)
    saved = _path(store, text) if re.fullmatch(r"[\w.-]+", text) else Path(text)
    path = saved if saved.is_file() else Path(text)
    if path.is_dir():
        return _chosen(Store(path), text, plan, say)
    if not (path.is_file() and zipfile.is_zipfile(path)):
        names = ", ".join(sorted(each.stem for each in saved.parent.glob("*.zip"))) or "nothing"
        raise DqError(f"--compare {text}: no such study", f"saved is {names}; or name a store or an evidence file")
    with tempfile.TemporaryDirectory() as folder:
        import_evidence(Store(folder), path)
        return _chosen(Store(folder), text, plan, say)


def moved(after: Study, before: Study) -> list[Change]:
    """Return all that can be compared. Raises DqError where nothing can."""
    found = changes(after, before)
    if not found:
        raise DqError("nothing can be compared: no condition of a model stands in both", "run the same conditions")
    return found


def table(found: Sequence[Change], name: str) -> Table:
    """Return what moved beyond its interval."""
    beyond = [each for each in found if each.moved]
    title = f"beyond its interval since {name}: {len(beyond)} of {len(found)} (points; all cover at once)"
    shown = Table("model", "condition", "what", title=Text(title), title_justify="left")
    shown.add_column("change", justify="right", no_wrap=True)
    shown.add_column("95% interval", justify="right", no_wrap=True)
    for each in beyond:
        row = map(Text, (each.model, each.condition, each.what))
        shown.add_row(*row, points(each.by.mean), interval(each.by, signed=True))
    return shown


def as_json(found: Sequence[Change]) -> list[dict[str, Any]]:
    """Return every comparison as plain values that JSON can hold."""
    return [
        {"model": each.model, "condition": each.condition, "what": each.what, "moved": each.moved, "fell": each.fell}
        | {end: None if math.isnan(value) else value for end, value in each.by._asdict().items()}
        for each in found
    ]


def code(found: Sequence[Change]) -> int:
    """Return the exit code: 1 where the clean accuracy or a recall fell."""
    return int(any(each.fell for each in found))


def _path(store: Store, name: str) -> Path:
    return store.root / "saved" / f"{name}.zip"


def _chosen(store: Store, text: str, plan: Plan, say: Say) -> Study:
    reader, cell = Reader(store, say), plan.cells[0]
    models, conditions = {bare(each.model) for each in plan.cells}, {each.corruption for each in plan.cells}

    def fits(study: Study) -> tuple[bool, bool, bool, int]:
        first = study.outcomes[0].cell
        common = len(conditions & {each.cell.corruption for each in study.outcomes})
        same_data = bare(study.card.name) == bare(cell.dataset)
        return same_data, first.recipe == cell.recipe, first.precision == cell.precision, common

    found = studies_of(reader, reader.everything())
    ours = [study for study in found if models & set(map(bare, study.models))]
    if not ours:
        raise DqError(f"--compare {text} holds no study of {', '.join(sorted(models))}", "name another")
    return max(ours, key=fits)
