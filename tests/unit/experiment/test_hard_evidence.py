"""Evidence that a stranger made to hurt: bounded before it is read, refused in one short line."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import zipfile
import zlib

import mutations
import numpy as np
import pytest
from fabricated import dataset, outcome, plan
from fabricated import studies as studies_of

from dqsuite.cli import main
from dqsuite.core.errors import DqError
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import pack, unpack
from dqsuite.experiment.evidence import import_evidence
from dqsuite.experiment.store import OUTCOMES, Store
from dqsuite.report.studies import provenance

MANIFEST = {"evidence.json": b'{"format": 1}'}


@pytest.fixture
def data():
    return dataset()


def refused(tmp_path, content: bytes, most: float = 1e9) -> str:
    """Import a file that nothing can be used of, in `most` bytes of memory, and return what is told."""
    (tmp_path / "e.zip").write_bytes(content)
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(DqError) as caught:
        import_evidence(Store(tmp_path / "there"), tmp_path / "e.zip")
    seconds, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 20
    assert peak < most
    assert len(str(caught.value)) < 2100
    assert str(caught.value).isprintable()
    return str(caught.value)


def deflated(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_that_declares_less_than_it_holds(tmp_path):
    content = bytes(100 * 2**20)
    whole = deflated(MANIFEST | {"outcomes/a-b-c": content})
    size, crc = len(content).to_bytes(4, "little"), zlib.crc32(content).to_bytes(4, "little")
    lying = whole.replace(size, (1000).to_bytes(4, "little")).replace(
        crc, zlib.crc32(bytes(1000)).to_bytes(4, "little")
    )
    assert "nothing in" in refused(tmp_path, lying, most=len(content) / 2)


def test_a_huge_header(tmp_path):
    whole = pack({"x": [{}] * 18_000_000}, last=np.zeros(3, np.uint8))
    assert "too large" in refused(tmp_path, mutations.zip_of(MANIFEST | {"outcomes/a-b-c": whole}))
    assert "no evidence" in refused(tmp_path, deflated({"evidence.json": b"[" + b"{}," * 18_000_000 + b"{}]"}))


def test_many_members_of_zeros(tmp_path):
    zeros = pack({}, last=np.zeros(60 * 2**20, np.uint8))
    assert "nothing in" in refused(tmp_path, mutations.zip_of(MANIFEST | {f"outcomes/{n}": zeros for n in range(200)}))


def test_many_names_are_a_short_message(tmp_path, capsys):
    (tmp_path / "e.zip").write_bytes(mutations.zip_of(MANIFEST | {f"outcomes/{n}\x1b[2J": b"" for n in range(30_000)}))
    assert main(["evidence", "import", str(tmp_path / "e.zip"), "--store", str(tmp_path / "there")]) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert len(told) < 1000
    assert told.strip().isprintable()


def test_a_list_of_members_that_is_too_long(tmp_path):
    assert "list of members" in refused(tmp_path, mutations.zip_of({"a" * 60_000 + str(n): b"" for n in range(600)}))


def test_another_version_of_zip(tmp_path):
    whole = mutations.zip_of(MANIFEST)
    at = whole.index(b"PK\x01\x02")
    assert "no readable" in refused(tmp_path, whole[: at + 6] + b"\xff" + whole[at + 7 :])


def test_a_name_that_is_no_utf8(tmp_path):
    whole = mutations.zip_of(MANIFEST | {"outcomes/\u00e9\u00e9": b""})
    assert "no readable" in refused(tmp_path, whole.replace("\u00e9\u00e9".encode(), b"\xff\xfe\xff\xfe"))


HEADERS = {
    "a data set that is none": lambda h: h["cell"].update(dataset={}),
    "a repeat that is none": lambda h: h["cell"].update(repeat="x"),
    "a name of 100,000 letters": lambda h: h["cell"].update(model="a" * 100_000),
    "a name with an escape sequence": lambda h: h["cell"].update(model="\x1b[2J"),
    "damage beyond a float": lambda h: h["manifest"].update(transitions=1e999),
    "damage of texts": lambda h: h["manifest"].update(transitions=[["x"]]),
    "no seconds": lambda h: h.update(provenance={}),
    "seconds beyond a float": lambda h: h["provenance"].update(seconds=10**400),
    "provenance that is a list": lambda h: h.update(provenance=[]),
    "a recipe of texts": lambda h: h["cell"]["recipe"].update(epochs="many"),
    "versions that are none": lambda h: h["cell"].update(versions=7),
    "a fingerprint that is a path": lambda h: h.update(fingerprint="../../x"),
    "steps that are none": lambda h: h["manifest"].update(steps=[3]),
}
ARRAYS = {
    "curves of two million epochs": lambda a: a.update(curves=np.zeros((4, 2_000_000), np.float32)),
    "curves of no dimension": lambda a: a.update(curves=np.zeros((), np.float32)),
    "predictions of no dimension": lambda a: a.update(last=np.zeros((), np.uint8)),
    "predictions of no image": lambda a: a.update(last=np.zeros(0, np.uint8), best_xor_last=np.zeros(0, np.uint8)),
    "predictions beyond the classes": lambda a: a.update(last=a["last"] + np.uint8(100)),
    "fewer images than the data set": lambda a: a.update(last=a["last"][1:], best_xor_last=a["best_xor_last"][1:]),
    "accuracies beyond one": lambda a: a.update(curves=a["curves"] + np.float32(1)),
}


@pytest.mark.parametrize("change", HEADERS.values(), ids=HEADERS)
def test_a_header_that_would_break_a_report_is_left_out(tmp_path, data, change):
    left_out(tmp_path, data, lambda header, arrays: change(header))


@pytest.mark.parametrize("change", ARRAYS.values(), ids=ARRAYS)
def test_arrays_that_would_break_a_report_are_left_out(tmp_path, data, change):
    left_out(tmp_path, data, lambda header, arrays: change(arrays))


def left_out(tmp_path, data, change):
    """Import two outcomes of which one is changed, and make sure that the other alone is stored."""
    wanted = plan(data, repeats=1)
    good, other = (outcome(cell, data) for cell in wanted.cells)
    header, arrays = unpack(other.to_bytes())
    change(header, arrays)
    members = {
        f"cards/{data.fingerprint}": Card.of(data).to_bytes(),
        f"outcomes/{good.key}": good.to_bytes(),
        f"outcomes/{other.key}": pack(header, **arrays),
    }
    (tmp_path / "e.zip").write_bytes(mutations.zip_of(MANIFEST | members))
    merge = import_evidence(Store(tmp_path / "there"), tmp_path / "e.zip")
    assert (merge.added, merge.damaged) == (1, [other.key])
    assert "not what its name says" not in merge.reasons[other.key]  # what it holds is the fault, whatever its name
    assert list(Store(tmp_path / "there").list(OUTCOMES)) == [good.key]


def test_provenance_without_torch_is_no_fault(tmp_path, data):
    cell = plan(data, repeats=1).cells[0]
    header, arrays = unpack(outcome(cell, data).to_bytes())
    del header["provenance"]["torch"]
    record = pack(header, **arrays)
    members = {f"cards/{data.fingerprint}": Card.of(data).to_bytes(), f"outcomes/{cell.key(data.fingerprint)}": record}
    (tmp_path / "e.zip").write_bytes(mutations.zip_of(MANIFEST | members))
    there = Store(tmp_path / "there")
    assert import_evidence(there, tmp_path / "e.zip").added == 1
    (found,) = studies_of(there, [].append)
    assert ["torch", "not told"] in [list(row) for row in provenance(found).rows]


@pytest.mark.parametrize("manifest", [[1], 3, None, "x", {"format": 1e999}, {"format": 10**400}, {"format": [1]}])
def test_a_manifest_that_is_none(tmp_path, manifest):
    told = refused(tmp_path, mutations.zip_of({"evidence.json": json.dumps(manifest).encode()}))
    assert "no evidence" in told or "has evidence format" in told
