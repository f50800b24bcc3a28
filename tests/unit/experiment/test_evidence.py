from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from fabricated import dataset, fill, outcome, plan, studies

from dqsuite.core.errors import DqError
from dqsuite.experiment import series
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.evidence import export_evidence, import_evidence
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store


@pytest.fixture
def here(tmp_path):
    store, data = Store(tmp_path / "here"), dataset()
    fill(store, data, plan(data))
    store.put_if_absent(CONFIDENCES, "abc", b"large")
    return store


@pytest.fixture
def there(tmp_path):
    return Store(tmp_path / "there")


def test_a_store_moves_whole_but_for_confidences(here, there, tmp_path):
    assert export_evidence(here, tmp_path / "e.zip").count == 6
    merge = import_evidence(there, tmp_path / "e.zip")
    assert (merge.added, merge.present, merge.differing, merge.damaged) == (6, 0, [], [])
    assert sorted(there.list(OUTCOMES)) == sorted(here.list(OUTCOMES))
    assert list(there.list(CONFIDENCES)) == []
    said = []
    assert len(studies(there, said.append)) == 1
    assert said == [
        "the card of the data set made came with evidence and is unchecked: run dqsuite on that data set once"
    ]


def test_importing_twice_adds_nothing(here, there, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    import_evidence(there, tmp_path / "e.zip")
    merge = import_evidence(there, tmp_path / "e.zip")
    assert (merge.added, merge.present, merge.differing) == (0, 6, [])


def test_merging_is_a_union(here, there, tmp_path):
    data = dataset()
    fill(there, data, plan(data, ["reduce:0.5"], repeats=1))
    export_evidence(here, tmp_path / "e.zip")
    merge = import_evidence(there, tmp_path / "e.zip")
    assert (merge.added, merge.present) == (5, 1)
    assert len(list(there.list(OUTCOMES))) == 7


def test_another_measurement_of_the_same_cell_is_told_and_the_stores_own_stays(here, there, tmp_path):
    data = dataset()
    wanted = plan(data)
    fill(there, data, wanted, lambda cell: 5 * (cell.corruption != "clean" and cell.repeat == 1))
    kept = {name: there.get(OUTCOMES, name) for name in there.list(OUTCOMES)}
    export_evidence(here, tmp_path / "e.zip")
    merge = import_evidence(there, tmp_path / "e.zip")
    assert merge.differing == ["made lenet wrong:0.5 repeat 1"]
    assert {name: there.get(OUTCOMES, name) for name in there.list(OUTCOMES)} == kept


def test_equal_stores_give_equal_files(here, tmp_path):
    export_evidence(here, tmp_path / "a.zip")
    export_evidence(here, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_records_come_back_as_the_bytes_that_they_were(here, there, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    import_evidence(there, tmp_path / "e.zip")
    for name in here.list(OUTCOMES):
        assert there.get(OUTCOMES, name) == here.get(OUTCOMES, name)


def test_the_repeats_of_a_condition_are_one_member(here, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as file:
        members = file.namelist()
    assert [member.partition("/")[0] for member in members] == [
        "evidence.json",
        "cards",
        "series",
        "series",
        "index.json",
    ]


def without_index(path, index=b""):
    """Return a copy of an evidence file whose index is another one, or none."""
    copy = path.with_name("copy.zip")
    with zipfile.ZipFile(path) as file, zipfile.ZipFile(copy, "w") as other:
        for name in file.namelist():
            if data := index if name == "index.json" else file.read(name):
                other.writestr(name, data)
    return copy


def test_what_the_store_has_to_the_byte_is_not_unpacked_again(here, tmp_path, monkeypatch):
    export_evidence(here, tmp_path / "e.zip")
    monkeypatch.setattr("dqsuite.experiment.evidence.unpack_series", lambda *_: pytest.fail("it was unpacked"))
    monkeypatch.setattr(Store, "put_all_if_absent", lambda *_: pytest.fail("it was written"))
    assert import_evidence(here, tmp_path / "e.zip").present == 6


@pytest.mark.parametrize(
    "index", [b"", b"{", b"[]", b'{"series/00000": {"../x": ""}}', b'{"series/00000": 1}', b"\xff"]
)
def test_an_index_that_is_missing_or_wrong_costs_time_alone(here, there, tmp_path, index):
    export_evidence(here, tmp_path / "e.zip")
    copy = without_index(tmp_path / "e.zip", index)
    for added, present in ((6, 0), (0, 6)):
        merge = import_evidence(there, copy)
        assert (merge.added, merge.present, merge.damaged) == (added, present, [])


def test_a_record_that_is_there_and_damaged_is_replaced_in_spite_of_the_index(here, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    name = min(here.list(OUTCOMES))
    path, whole = here.root / OUTCOMES / name[:2] / name, here.get(OUTCOMES, name)
    path.write_bytes(whole[:-1])
    assert import_evidence(here, tmp_path / "e.zip").added == 1
    assert path.read_bytes() == whole


def test_the_first_format_is_read(here, there, tmp_path):
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", json.dumps({"format": 1, "outcomes": 6}))
        for kind in (CARDS, OUTCOMES):
            for name in here.list(kind):
                file.writestr(f"{kind}/{name}", here.get(kind, name))
    assert import_evidence(there, tmp_path / "e.zip").added == 6
    export_evidence(there, tmp_path / "new.zip")
    export_evidence(here, tmp_path / "own.zip")
    assert (tmp_path / "new.zip").read_bytes() == (tmp_path / "own.zip").read_bytes()


def test_a_record_that_does_not_fit_a_series_travels_as_it_is(here, there, tmp_path):
    name = min(here.list(OUTCOMES))
    header, arrays = unpack(here.get(OUTCOMES, name))
    here.set_aside(OUTCOMES, name)
    here.put_if_absent(OUTCOMES, name, pack(header, **arrays, more=arrays["last"]))
    here.put_if_absent(OUTCOMES, "damaged", b"bytes")
    packed = export_evidence(here, tmp_path / "e.zip")
    assert (packed.count, list(packed.left_out)) == (6, ["outcomes/damaged"])
    merge = import_evidence(there, tmp_path / "e.zip")
    assert (merge.added, merge.damaged) == (6, [])
    assert there.get(OUTCOMES, name) == here.get(OUTCOMES, name)


def test_repeats_too_large_for_a_series_travel_as_they_are(here, there, tmp_path, monkeypatch):
    monkeypatch.setattr(series, "_LARGEST", 100)
    export_evidence(here, tmp_path / "e.zip")
    assert import_evidence(there, tmp_path / "e.zip").added == 6


def test_a_damaged_series_and_one_without_its_card_are_left_out(here, there, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    with zipfile.ZipFile(tmp_path / "e.zip") as file:
        members = {member: file.read(member) for member in file.namelist()}
    for name, change in {
        "cut.zip": {"series/00000": b"cut"},
        "no card.zip": {f"cards/{dataset().fingerprint}": b""},
    }.items():
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            for member, data in (members | change).items():
                file.writestr(member, data)
    with pytest.raises(DqError, match=r"nothing in .*no card.zip can be used"):
        import_evidence(there, tmp_path / "no card.zip")
    merge = import_evidence(there, tmp_path / "cut.zip")
    assert (merge.added, merge.damaged) == (3, ["series/00000"])


def test_damaged_and_misnamed_records_are_left_out(here, there, tmp_path):
    data = dataset()
    wanted = plan(data)
    good = outcome(wanted.cells[0], data).to_bytes()
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", json.dumps({"format": 1}))
        file.writestr(f"outcomes/{wanted.key(wanted.cells[0])}", good[:-20])
        file.writestr(f"outcomes/{wanted.key(wanted.cells[1])}", good)
        file.writestr("outcomes/../../escape", good)
    with pytest.raises(DqError, match=r"nothing in .* can be used"):
        import_evidence(there, tmp_path / "e.zip")
    assert list(there.list(OUTCOMES)) == []


def test_a_record_cannot_be_written_outside_the_store(there, tmp_path):
    header, arrays = unpack(Card.of(dataset()).to_bytes())
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", json.dumps({"format": 1}))
        file.writestr("cards/../../../escape", pack(header | {"fingerprint": "../../../escape"}, **arrays))
    with pytest.raises(DqError, match=r"nothing in .* can be used"):
        import_evidence(there, tmp_path / "e.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["e.zip"]


def test_a_damaged_outcome_of_the_store_gives_way_to_the_files(here, there, tmp_path):
    export_evidence(here, tmp_path / "e.zip")
    import_evidence(there, tmp_path / "e.zip")
    name = next(there.list(OUTCOMES))
    (there.root / OUTCOMES / name[:2] / name).write_bytes(b"damaged")
    merge = import_evidence(there, tmp_path / "e.zip")
    assert (merge.added, merge.present) == (1, 5)
    assert there.get(OUTCOMES, name) == here.get(OUTCOMES, name)


def test_a_bomb_is_left_out(there, tmp_path):
    bomb = io.BytesIO()
    np.savez_compressed(bomb, header=np.zeros(300 * 2**20, np.uint8))
    with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("evidence.json", json.dumps({"format": 1}))
        file.writestr("outcomes/abc", bomb.getvalue())
        file.writestr("outcomes/abd", bytes(65 * 2**20))
    with pytest.raises(DqError, match=r"nothing in .* can be used; abc, the first of it: .*too large"):
        import_evidence(there, tmp_path / "e.zip")


def test_an_endless_header_is_one_line(there, tmp_path):
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", "[" * 200_000)
    with pytest.raises(DqError, match="a zip but no evidence"):
        import_evidence(there, tmp_path / "e.zip")


@pytest.mark.parametrize("format_", [3, "x", None])
def test_an_unknown_format_is_one_line(there, tmp_path, format_):
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", json.dumps({"format": format_}))
    with pytest.raises(DqError, match=r"has evidence format .*, this version reads 2"):
        import_evidence(there, tmp_path / "e.zip")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut"])
def test_what_is_no_evidence_is_one_line(there, tmp_path, content):
    (tmp_path / "e.zip").write_bytes(content)
    with pytest.raises(DqError, match="is no readable evidence file"):
        import_evidence(there, tmp_path / "e.zip")


def test_other_mistakes_are_one_line(here, there, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("readme", "hello")
    with pytest.raises(DqError, match="a zip but no evidence"):
        import_evidence(there, tmp_path / "other.zip")
    with pytest.raises(DqError, match="there is no file"):
        import_evidence(there, tmp_path / "absent.zip")
    with pytest.raises(DqError, match="holds no outcome"):
        export_evidence(there, tmp_path / "e.zip")
    (here.root / OUTCOMES / "file").write_text("")
    with pytest.raises(DqError, match="cannot write"):
        export_evidence(here, here.root / OUTCOMES / "file" / "e.zip")
