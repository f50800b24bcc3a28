"""A store that several processes read is read as by one: the same outcomes, and the same is said and set aside."""

import os

import pytest
from fabricated import dataset, fill, plan

from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.results import reader
from dqsuite.results.reader import Reader


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Take a few records for many."""
    monkeypatch.setattr(reader, "_MANY", 4)
    monkeypatch.setattr(reader, "_TOGETHER", 3)


def filled(folder):
    store = Store(folder)
    fill(store, dataset(), plan(dataset(), ["wrong:0.5", "reduce:0.5"], repeats=6), lambda cell: cell.repeat)
    return store


def spoil(store):
    """Spoil eight records, each in another way."""
    paths = [store.root / OUTCOMES / name[:2] / name for name in sorted(store.list(OUTCOMES))[:8]]
    header, arrays = unpack(paths[0].read_bytes())
    paths[0].write_bytes(paths[-1].read_bytes())
    paths[1].write_bytes(b"PK no zip")
    paths[2].write_bytes(pack(header | {"format": 99}, **arrays))
    paths[3].write_bytes(pack(header | {"manifest": {}}, **arrays))
    for path in paths[4:]:
        path.unlink()
    os.mkfifo(paths[4])
    paths[5].symlink_to("/dev/zero")
    with paths[6].open("wb") as file:
        file.truncate(2**27)
    paths[7].mkdir()


def read(folder, processes):
    store, said = filled(folder), []
    spoil(store)
    found = Reader(store, said.append, processes=processes).everything()
    told = sorted(line.partition(": it was set aside")[0] for line in said)
    return [(outcome.key, outcome.cell, outcome.to_bytes()) for outcome in found], told


def test_what_is_whole_is_read_and_what_is_not_is_named_whoever_reads_it(tmp_path):
    alone, together = read(tmp_path / "alone", 1), read(tmp_path / "together", 2)
    assert alone == together
    outcomes, said = together
    assert len(outcomes) == 18 - 8
    assert len(said) == 8
    assert sum("damaged record in outcomes" in line for line in said) == 7
    assert "1 outcomes were written by another version of dqsuite and are not used" in said


def test_what_the_repeats_of_a_condition_share_is_one_object(tmp_path):
    found = Reader(filled(tmp_path), print, processes=2).everything()
    assert len({id(outcome.cell.recipe) for outcome in found}) == len({outcome.cell.condition for outcome in found})
