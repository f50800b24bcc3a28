"""Mutated evidence, stores and costs: one line or a named skip, and what is accepted works.

``DQSUITE_MUTATIONS`` says how many; the worst time and memory are printed, see them with ``-s``.
"""

from __future__ import annotations

import json
import os
import resource
import time
from unittest import mock

import mutations
import pytest
from fabricated import dataset, fill, outcome, plan

from dqsuite import cli
from dqsuite.core.errors import DqError
from dqsuite.experiment.evidence import export_evidence, import_evidence
from dqsuite.experiment.runtime import Costs
from dqsuite.experiment.store import CARDS, OUTCOMES, Store
from dqsuite.report.store_report import draw_store
from dqsuite.results.loading import load_study
from dqsuite.results.reader import Reader

COUNT = int(os.environ.get("DQSUITE_MUTATIONS", "200"))
SECONDS, MEGABYTES = 20, 1000
pytestmark = pytest.mark.thorough


@pytest.fixture
def worst():
    """Return a dict to note times in; the bounds of the issue hold for them."""
    times: dict[str, float] = {}
    before = _peak()  # other tests may have been in this process
    yield times
    more = _peak() - before
    print(f"worst: {max(times.values(), default=0):.2f} s, {more:.0f} MB more; {len(times)} mutations")
    assert max(times.values(), default=0) < SECONDS
    assert more < MEGABYTES


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@pytest.fixture
def here(tmp_path):
    store, data = Store(tmp_path / "here"), dataset()
    fill(store, data, plan(data, ["wrong:0.5"], repeats=2))
    return store


def mutated(whole: dict[str, bytes], rng) -> bytes:
    """Return an evidence file with a mutation: of a record, a name, or the bytes of the zip."""
    members = dict(whole)
    name = rng.choice(list(members))
    match rng.randrange(6):
        case 0:
            return mutations.bytes_of(mutations.zip_of(members), rng)
        case 1:
            members[rng.choice(["outcomes/\x1b]0;x\x07", "cards/../../x", "\u202egnp", "a" * 60_000])] = members.pop(
                name
            )
        case 2 if name == "evidence.json":
            members[name] = mutations.json_bytes(mutations.value_of(json.loads(members[name]), rng))
        case _ if name.startswith(("cards/", "outcomes/")):
            members[name] = mutations.record_of(members[name], rng)
        case _:
            members[name] = mutations.bytes_of(members[name], rng)
    return mutations.zip_of(members)


def as_format(store: Store, tmp_path, number: int) -> dict[str, bytes]:
    if number == 2:
        export_evidence(store, tmp_path / "whole.zip")
        return mutations.members_of((tmp_path / "whole.zip").read_bytes())
    records = {f"{kind}/{name}": store.get(kind, name) for kind in (CARDS, OUTCOMES) for name in store.list(kind)}
    return {"evidence.json": b'{"format": 1}', **records}


def usable(store: Store, folder) -> None:
    """Draw the report of a store, which judges the claims, and read the plan's study, as a run does."""
    said: list[str] = []
    try:
        draw_store(Reader(store, said.append), folder / "index.html", "quick", other=None, figures=None)
    except DqError as error:  # where the one card is what was hurt, nothing is left to draw
        if "holds no outcome" not in str(error):
            raise
    data = dataset()
    wanted = plan(data, ["wrong:0.5"], repeats=2)
    if Reader(store, said.append).card(data.fingerprint):
        with mock.patch("dqsuite.datasets.load", return_value=data):
            load_study(store, wanted, said.append)
    assert all(len(line) < 2000 for line in said)


@pytest.mark.parametrize("format_", [1, 2])
def test_mutated_evidence(here, tmp_path, worst, format_):
    whole = as_format(here, tmp_path, format_)
    accepted = 0
    for number, rng in enumerate(mutations.rngs(format_, COUNT)):
        (tmp_path / "e.zip").write_bytes(mutated(whole, rng))
        there, began = Store(tmp_path / f"there-{number}"), time.monotonic()
        try:
            import_evidence(there, tmp_path / "e.zip")
        except DqError:
            worst[f"{number}"] = time.monotonic() - began
            continue
        worst[f"{number}"] = time.monotonic() - began
        accepted += 1
        usable(there, tmp_path / f"report-{number}")
    assert accepted


def test_mutated_stores(here, tmp_path, worst):
    records = {(kind, name): here.get(kind, name) for kind in (CARDS, OUTCOMES) for name in here.list(kind)}
    for number, rng in enumerate(mutations.rngs(3, COUNT)):
        store, chosen = Store(tmp_path / f"store-{number}"), rng.choice(list(records))
        for (kind, name), data in records.items():
            store.put_if_absent(kind, name, mutations.record_of(data, rng) if (kind, name) == chosen else data)
        began = time.monotonic()
        usable(store, tmp_path / f"report-{number}")
        worst[f"{number}"] = time.monotonic() - began


def test_mutated_costs(tmp_path, worst):
    store, data = Store(tmp_path), dataset()
    wanted = plan(data, repeats=1)
    costs = Costs(store, "cpu")
    for cell in wanted.cells:
        costs.note(outcome(cell, data))
    costs.note_start(1.0)
    notes = {path: path.read_bytes() for path in (store.root / "costs").rglob("*.json")}
    assert len(notes) == 3
    for number, rng in enumerate(mutations.rngs(4, COUNT)):
        for path, whole in notes.items():
            changed = mutations.json_bytes(mutations.value_of(json.loads(whole), rng))
            path.write_bytes(changed if number % 2 else mutations.bytes_of(whole, rng))
        began = time.monotonic()
        costs.left(wanted, None, 2)
        costs.seconds(wanted, None, unlike=True)
        costs.note_start(1.0)
        worst[f"{number}"] = time.monotonic() - began


def test_a_refused_file_is_one_line_of_the_command_line(here, tmp_path, capsys):
    whole = as_format(here, tmp_path, 2)
    for rng in mutations.rngs(5, COUNT // 4):
        (tmp_path / "e.zip").write_bytes(mutated(whole, rng))
        code = cli.main(["evidence", "import", str(tmp_path / "e.zip"), "--store", str(tmp_path / "there")])
        told = capsys.readouterr()
        assert code in (0, 2)
        assert code == 0 or len(told.err.splitlines()) == 1
        assert (told.err + told.out).replace("\n", "").isprintable()
