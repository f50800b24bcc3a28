from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dqsuite.core.errors import DqError
from dqsuite.experiment.store import CARDS, OUTCOMES, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_what_is_put_is_there(store):
    assert store.put_if_absent(OUTCOMES, "abc", b"one")
    assert store.get(OUTCOMES, "abc") == b"one"
    assert store.has_many(OUTCOMES, ["abc", "xyz"]) == {"abc"}
    assert list(store.list(OUTCOMES)) == ["abc"]
    assert list(store.list(CARDS)) == []


def test_the_first_write_wins(store):
    assert store.put_if_absent(OUTCOMES, "abc", b"one")
    assert not store.put_if_absent(OUTCOMES, "abc", b"two")
    assert store.get(OUTCOMES, "abc") == b"one"


def test_many_are_put_at_once(store):
    store.put_if_absent(OUTCOMES, "abc", b"one")
    records = {f"name{i}": str(i).encode() for i in range(100)}
    assert store.put_all_if_absent(OUTCOMES, records | {"abc": b"two"}) == set(records)
    assert store.put_all_if_absent(OUTCOMES, {}) == set()
    assert {name: store.get(OUTCOMES, name) for name in records} == records
    assert store.get(OUTCOMES, "abc") == b"one"
    assert list(store.scratch().iterdir()) == []


@pytest.mark.parametrize("asked", [3, 50])
def test_of_few_names_and_of_many_those_are_told_that_are_there(store, asked):
    """Whatever stands under a name: a link to nowhere is in the way of a record."""
    names = [f"ab{number}" for number in range(asked)]
    for name in names[1:]:
        store.put_if_absent(OUTCOMES, name, b"x")
    store.put_if_absent(OUTCOMES, "abother", b"x")
    (store.root / OUTCOMES / "ab" / names[0]).symlink_to("nowhere")
    assert store.has_many(OUTCOMES, [*names, "absent", "cd1"]) == set(names)
    assert store.has_many(CARDS, names) == set()


def test_what_is_there_is_not_written_first(store, monkeypatch):
    store.put_if_absent(OUTCOMES, "abc", b"one")
    monkeypatch.setattr("os.fsync", lambda _: pytest.fail("it was written"))
    assert not store.put_if_absent(OUTCOMES, "abc", b"two")


def test_nothing_temporary_stays(store):
    store.put_if_absent(OUTCOMES, "abc", b"one")
    store.put_if_absent(OUTCOMES, "abc", b"two")
    assert list(store.scratch().iterdir()) == []


def test_a_missing_record_is_a_key_error(store):
    with pytest.raises(KeyError, match="abc"):
        store.get(OUTCOMES, "abc")


def test_a_record_set_aside_is_kept_but_not_there(store):
    store.put_if_absent(OUTCOMES, "abc", b"bad")
    aside = Path(store.set_aside(OUTCOMES, "abc"))
    assert aside.read_bytes() == b"bad"
    assert store.has_many(OUTCOMES, ["abc"]) == set()
    assert store.put_if_absent(OUTCOMES, "abc", b"good")


def test_reading_an_absent_store_makes_no_folder(store):
    assert store.has_many(OUTCOMES, ["abc"]) == set()
    assert not store.root.exists()


def test_a_file_in_place_of_the_folder_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DqError, match="is a file; name a folder"):
        Store(tmp_path / "file")


def _write(root, start, mine):
    start.wait()
    store = Store(root)
    mine.send([store.put_if_absent(OUTCOMES, f"name{i}", str(i).encode() * 1000) for i in range(50)])


def test_many_processes_write_each_record_exactly_once(store):
    context = multiprocessing.get_context("fork")
    start, pipes = context.Event(), [context.Pipe() for _ in range(4)]
    crew = [context.Process(target=_write, args=(store.root, start, mine)) for _, mine in pipes]
    for process in crew:
        process.start()
    start.set()
    wrote = [theirs.recv() for theirs, _ in pipes]
    for process in crew:
        process.join()
    assert [sum(column) for column in zip(*wrote, strict=True)] == [1] * 50
    assert all(store.get(OUTCOMES, f"name{i}") == str(i).encode() * 1000 for i in range(50))


def test_a_record_that_appears_while_it_is_looked_for_was_not_there(store, monkeypatch):
    def late(path, most):
        monkeypatch.undo()
        store.put_if_absent(OUTCOMES, "abc", b"of another process")
        raise FileNotFoundError(path)

    monkeypatch.setattr("dqsuite.experiment.store.read_file", late)
    with pytest.raises(KeyError):
        store.get(OUTCOMES, "abc")
    assert store.get(OUTCOMES, "abc") == b"of another process"


def test_a_record_that_goes_while_another_is_put_is_put(store, monkeypatch):
    store.put_if_absent(OUTCOMES, "abc", b"damaged")

    def late(path, most):
        monkeypatch.undo()
        store.set_aside(OUTCOMES, "abc")  # by another process
        raise FileNotFoundError(path)

    monkeypatch.setattr("dqsuite.experiment.store.read_file", late)
    assert store.put_if_absent(OUTCOMES, "abc", b"whole")
    assert store.get(OUTCOMES, "abc") == b"whole"


_ENDLESS = """
import sys
from dqsuite.experiment.store import OUTCOMES, Store
store = Store(sys.argv[1])
for i in range(10**6):
    store.put_if_absent(OUTCOMES, f"name{i}", b"x" * 100_000)
"""


def test_a_killed_writer_leaves_whole_records_only(store):
    writer = subprocess.Popen([sys.executable, "-c", _ENDLESS, str(store.root)])
    while len(list(store.list(OUTCOMES))) < 20:
        time.sleep(0.01)
    writer.kill()
    writer.wait()
    names = list(store.list(OUTCOMES))
    assert {len(store.get(OUTCOMES, name)) for name in names} == {100_000}


def test_notes_are_written_over_and_forgotten_by_their_beginning(tmp_path):
    store = Store(tmp_path / "new")
    assert store.read_note("costs", "machine/a.json") is None
    for data in (b"one", b"other"):
        store.write_note("costs", "machine/a.json", data)
    assert store.read_note("costs", "machine/a.json") == b"other"
    assert (store.root / "costs" / "machine" / "a.json").read_bytes() == b"other"
    store.write_note("costs", "machine/b.json", b"kept")
    store.forget_notes("costs", "machine/a")
    store.forget_notes("none", "a")
    assert store.read_note("costs", "machine/a.json") is None
    assert store.read_note("costs", "machine/b.json") == b"kept"


def test_a_store_that_cannot_be_written_keeps_no_note(tmp_path):
    (tmp_path / "costs").write_text("a file where a folder should be")
    store = Store(tmp_path)
    store.write_note("costs", "a", b"lost")
    assert store.read_note("costs", "a") is None
