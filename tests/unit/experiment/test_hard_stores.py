"""What stands in a store's way, and cards that would change the truth."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
from fabricated import dataset, fill, plan, studies

from dqsuite.core.errors import DqError
from dqsuite.engines.leases import Leases
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.evidence import export_evidence, import_evidence
from dqsuite.experiment.store import CARDS, FOREIGN_CARDS, OUTCOMES, Store
from dqsuite.results.loading import load_study
from dqsuite.results.reader import Reader

WAYS = {
    "a link to nowhere": lambda path: path.symlink_to(path.parent / "unmounted"),
    "a file": lambda path: path.write_text(""),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("place", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("shelf", ["outcomes", "outcomes/ab"])
def test_what_cannot_be_read_back_is_no_record(tmp_path, place, shelf):
    store = Store(tmp_path)
    (tmp_path / shelf).parent.mkdir(exist_ok=True)
    place(tmp_path / shelf)
    for call in (lambda: store.make_room(OUTCOMES, "abc"), lambda: store.put_if_absent(OUTCOMES, "abc", b"data")):
        with pytest.raises(DqError, match="is in the way, which is no record or folder of a store"):
            call()


@pytest.mark.parametrize("place", [*WAYS.values(), lambda path: path.mkdir()], ids=[*WAYS, "a folder"])
def test_what_stands_in_place_of_a_record_is_told(tmp_path, place):
    store = Store(tmp_path)
    store.make_room(OUTCOMES, "abc")
    place(tmp_path / "outcomes" / "ab" / "abc")
    if not (tmp_path / "outcomes" / "ab" / "abc").is_file():  # an empty file is read back, and found damaged later
        with pytest.raises(DqError, match="is in the way"):
            store.put_if_absent(OUTCOMES, "abc", b"data")
        with pytest.raises(ValueError, match="no re"):
            store.get(OUTCOMES, "abc")


def test_a_lease_that_is_a_folder_is_one_line(tmp_path):
    leases = Leases(Store(tmp_path))
    (tmp_path / "scratch" / "abc.lease").mkdir()
    with pytest.raises(DqError, match=r"the lease .* cannot be taken"), leases.hold("abc"):
        pass


@pytest.mark.parametrize("place", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["a pipe", "a device"])
def test_what_stands_in_place_of_a_note_is_neither_waited_for_nor_written_to(tmp_path, place):
    store = Store(tmp_path)
    (tmp_path / "costs").mkdir()
    place(tmp_path / "costs" / "a.json")
    store.write_note("costs", "a.json", b"lost")
    assert store.read_note("costs", "a.json") is None
    store.forget_notes("costs", "a")
    assert list((tmp_path / "costs").iterdir()) == []


def test_records_and_notes_beyond_all_bounds_are_not_read(tmp_path):
    store = Store(tmp_path)
    store.make_room(OUTCOMES, "abc")
    (tmp_path / "costs").mkdir()
    for path in (tmp_path / "outcomes" / "ab" / "abc", tmp_path / "costs" / "a"):
        with path.open("wb") as file:
            file.truncate(2**40)
    with pytest.raises(ValueError, match="more than"):
        store.get(OUTCOMES, "abc")
    assert store.read_note("costs", "a") is None


def test_a_lease_of_another_user_is_one_line(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    leases = Leases(Store(tmp_path))
    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(DqError, match=r"the lease .* cannot be taken \(Permission denied\)"), leases.hold("abc"):
        pass
    leases.sweep()


def test_stray_files_are_no_outcomes(tmp_path):
    store, data = Store(tmp_path), dataset()
    fill(store, data, plan(data, repeats=1))
    (tmp_path / "outcomes" / "notes").write_text("stray")
    (tmp_path / "outcomes" / "no").mkdir()
    (tmp_path / "outcomes" / "no" / "notes").write_text("stray")
    (tmp_path / "outcomes" / "xx").mkdir()
    (tmp_path / "outcomes" / "xx" / "a-b-c").write_text("stray")
    reader = Reader(store, pytest.fail)
    assert len(reader.names) == 2
    reader.stored(plan(data, ["reduce:0.5"]).cells, reader.choose(plan(data).cells))
    assert len(studies(store, pytest.fail)) == 1


def test_a_record_that_is_a_link_to_another_file_does_not_go_out(tmp_path):
    store, data = Store(tmp_path / "here"), dataset()
    fill(store, data, plan(data, repeats=1))
    name = min(store.list(OUTCOMES))
    (tmp_path / "secret").write_text("secret")
    path = store.root / OUTCOMES / name[:2] / name
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    packed = export_evidence(store, tmp_path / "e.zip")
    assert list(packed.left_out) == [f"outcomes/{name}"]
    assert b"secret" not in (tmp_path / "e.zip").read_bytes()


def shifted(store: Store, data, tmp_path):
    """Return evidence of a store whose card has other labels."""
    header, arrays = unpack(store.get(CARDS, data.fingerprint))
    store.set_aside(CARDS, data.fingerprint)
    labels = (arrays["y_test"] + 1) % len(data.classes)
    store.put_if_absent(CARDS, data.fingerprint, pack(header, y_test=labels))
    export_evidence(store, tmp_path / "false.zip")
    return tmp_path / "false.zip"


def test_a_false_card_is_unchecked_until_the_data_are_at_hand(tmp_path, monkeypatch):
    data, here, there = dataset(), Store(tmp_path / "here"), Store(tmp_path / "there")
    wanted = plan(data)
    fill(here, data, wanted)
    import_evidence(there, shifted(here, data, tmp_path))
    assert (list(there.list(CARDS)), list(there.list(FOREIGN_CARDS))) == ([], [data.fingerprint])
    said = []
    reader = Reader(there, said.append)
    assert reader.card(data.fingerprint)
    assert reader.unchecked == {data.fingerprint}
    assert "is unchecked: run dqsuite on that data set once" in said[0]
    monkeypatch.setattr("dqsuite.datasets.load", lambda text: data)
    found = load_study(there, wanted, said.append)
    assert "the card of made that came with evidence is false: the labels of the data set are used" in said
    assert found.accuracy("lenet", "clean").mean == 1
    again = Reader(there, pytest.fail)
    assert np.array_equal(again.card(data.fingerprint).y_test, data.y_test)


def test_a_false_card_does_not_take_the_place_of_the_stores_own(tmp_path):
    data, here, there = dataset(), Store(tmp_path / "here"), Store(tmp_path / "there")
    fill(here, data, plan(data))
    fill(there, data, plan(data, repeats=1))
    merge = import_evidence(there, shifted(here, data, tmp_path))
    assert merge.reasons == {data.fingerprint: "the store has another card of that data set"}
    assert Card.from_bytes(there.get(CARDS, data.fingerprint)).same(Card.of(data))


def test_a_training_puts_its_own_card_in_place_of_another(tmp_path):
    store, data = Store(tmp_path), dataset()
    store.put_if_absent(CARDS, data.fingerprint, b"damaged")
    Card.of(data).keep(store)
    assert Card.from_bytes(store.get(CARDS, data.fingerprint)).same(Card.of(data))


def test_the_card_of_a_published_data_set_is_bound_to_its_fingerprint(tmp_path):
    header, arrays = unpack(Card.of(dataset()).to_bytes())
    with pytest.raises(ValueError, match="not the card of the data set with this fingerprint"):
        Card.from_bytes(pack(header | {"name": "cifar10", "fingerprint": "363fca3952f04674"}, **arrays))
