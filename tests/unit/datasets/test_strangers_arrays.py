"""Mutated npz and matrix files and pictures: one line, or what was meant."""

from __future__ import annotations

import io
import os
import random
import resource
import time
import zipfile

import mutations
import numpy as np
import pytest
from PIL import Image

from dqsuite.core.errors import DqError
from dqsuite.corruptions.matrix_file import load_matrix
from dqsuite.datasets import load, npz

COUNT = int(os.environ.get("DQSUITE_MUTATIONS", "200"))
SECONDS, MEGABYTES = 20, 1000


def npy(array, **options) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def members() -> dict[str, bytes]:
    images, labels = np.zeros((6, 8, 8), np.uint8), np.arange(6) % 2
    arrays = {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels}
    return {f"{key}.npy": npy(array) for key, array in arrays.items()} | {"classes.npy": npy(np.array(["ant", "bee"]))}


def mutated(rng: random.Random) -> bytes:
    whole = members()
    name = rng.choice(list(whole))
    match rng.randrange(5):
        case 0:
            return mutations.bytes_of(mutations.zip_of(whole), rng)
        case 1:
            whole[name] = npy(rng.choice(mutations.ARRAYS))
        case 2:
            whole[rng.choice(["\x1b[2J", "\u202e", "a" * 60_000])] = whole.pop(name)
        case _:
            whole[name] = mutations.bytes_of(whole[name], rng)
    return mutations.zip_of(whole)


def tried(read, path, contents) -> None:
    worst, before = 0.0, _peak()  # other tests may have been in this process
    for content in contents:
        path.write_bytes(content)
        began = time.monotonic()
        try:
            read(path)
        except DqError as error:
            told = str(error)
            assert told.isprintable()
            assert len(told) < 2100
        worst = max(worst, time.monotonic() - began)
    more = _peak() - before
    print(f"worst: {worst:.2f} s, {more:.0f} MB more")
    assert worst < SECONDS
    assert more < MEGABYTES


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@pytest.mark.thorough
def test_mutated_npz(tmp_path):
    tried(npz.read, tmp_path / "d.npz", map(mutated, mutations.rngs(6, COUNT)))


@pytest.mark.thorough
def test_mutated_matrices(tmp_path):
    whole = npy(np.eye(10))
    changed = (mutations.bytes_of(whole, rng) for rng in mutations.rngs(7, COUNT))
    tried(lambda path: load_matrix(str(path)), tmp_path / "m.npy", changed)
    others = map(npy, mutations.ARRAYS)
    tried(lambda path: load_matrix(str(path)), tmp_path / "m.npy", others)


def pictures() -> dict[str, bytes]:
    """Return a picture in each format that a folder may hold, by its suffix."""
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    found = {}
    for suffix, options in {"png": {}, "jpg": {"exif": exif}, "gif": {}, "bmp": {}, "webp": {}, "tif": {}}.items():
        image.save(buffer := io.BytesIO(), Image.registered_extensions()[f".{suffix}"], **options)
        found[suffix] = buffer.getvalue()
    return found


@pytest.mark.thorough
def test_mutated_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "cache"))
    whole = pictures()
    for number in range(8):
        for name in ("ant", "bee"):
            (tmp_path / "d" / name).mkdir(parents=True, exist_ok=True)
            (tmp_path / "d" / name / f"{number}.png").write_bytes(whole["png"])

    def read(_):
        load(f"folder:{tmp_path / 'd'};size=8")

    for number, (suffix, content) in enumerate(whole.items()):
        path = tmp_path / "d" / "ant" / f"x.{suffix}"
        changed = (mutations.bytes_of(content, rng) for rng in mutations.rngs(8 + number, COUNT // len(whole)))
        tried(read, path, changed)
        path.unlink()


NAMED = {
    "header tokens": lambda m: m | {"y_test.npy": b"\x93NUMPY\x01\x00\x10\x00" + b"(((((((((((((((\n"},
    "a header that is a tuple": lambda m: m | {"y_test.npy": b"\x93NUMPY\x01\x00\x10\x00" + b"(1, 2, 3)      \n"},
    "more than memory": lambda m: m | {"y_test.npy": npy(np.arange(6)).replace(b"(6,), ", b"(9999999999999,), ")},
    "a member that is no array": lambda m: m | {"y_test.npy": b"hello"},
    "an empty member": lambda m: m | {"y_test.npy": b""},
    "no dimension": lambda m: m | {"y_test.npy": npy(np.array(3))},
    "records": lambda m: m | {"y_test.npy": npy(np.zeros(6, "i4,f4"))},
    "beyond Unicode": lambda m: (
        m | {"classes.npy": npy(np.array(["ant", "bee"])).replace(b"a\0\0\0", b"a\xff\xff\xff")}
    ),
    "of Python 2": lambda m: m | {"y_test.npy": npy(np.arange(6)).replace(b"(6,), ", b"(6L,),")},
}


@pytest.mark.parametrize("change", NAMED.values(), ids=NAMED)
def test_a_named_npz_is_one_line(tmp_path, change):
    (tmp_path / "d.npz").write_bytes(mutations.zip_of(change(members())))
    with pytest.raises(DqError) as caught:
        npz.read(tmp_path / "d.npz")
    assert "d.npz" in str(caught.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_compression_that_nothing_bounds_is_refused(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "d.npz", "w", method) as file:
        for name, data in members().items():
            file.writestr(name, data)
    with pytest.raises(DqError, match="compressed in a way that dqsuite does not read"):
        npz.read(tmp_path / "d.npz")


def test_a_bomb_is_refused_by_its_header(tmp_path):
    whole = members()
    with zipfile.ZipFile(tmp_path / "d.npz", "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in whole.items():
            file.writestr(name, data if name != "x_train.npy" else npy(np.zeros((300, 1024, 1024), np.uint8)))
    with pytest.raises(DqError, match=r"unpacks to 314,57.* bytes from"):
        npz.read(tmp_path / "d.npz")


def test_many_members_are_a_short_line(tmp_path):
    (tmp_path / "d.npz").write_bytes(mutations.zip_of({f"member-{number}": b"" for number in range(30_000)}))
    with pytest.raises(DqError) as caught:
        npz.read(tmp_path / "d.npz")
    assert len(str(caught.value)) < 500


MATRICES = {
    "header tokens": b"\x93NUMPY\x01\x00\x10\x00" + b"(((((((((((((((\n",
    "a header that is a tuple": b"\x93NUMPY\x01\x00\x10\x00" + b"(1, 2, 3)      \n",
    "a header that is longer than the file": b"\x93NUMPY\x01\x00\xff\xff{",
    "a header of no known version": npy(np.eye(3)).replace(b"NUMPY\x01", b"NUMPY\x09"),
    "more than memory": npy(np.eye(9)).replace(b"(9, 9), ", b"(9999999999, 9), ")[:-8],
    "fewer numbers than it says": npy(np.eye(9))[:-1],
    "nothing": b"",
    "a text": b"hello",
    "objects": npy(np.array([[None]])),
    "no dimension": npy(np.array(1.0)),
    "three dimensions": npy(np.ones((1, 1, 1))),
    "no class": npy(np.zeros((0, 0))),
    "complex numbers": npy(np.eye(2) * 1j),
    "beyond a float": npy(np.full((2, 2), np.inf)),
    "records": npy(np.zeros((2, 2), "f4,f4")),
}


@pytest.mark.parametrize("content", MATRICES.values(), ids=MATRICES)
def test_a_named_matrix_is_one_line(tmp_path, content):
    (tmp_path / "m.npy").write_bytes(content)
    with pytest.raises(DqError) as caught:
        load_matrix(str(tmp_path / "m.npy"))
    assert "m.npy" in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_pipe_is_no_matrix(tmp_path):
    os.mkfifo(tmp_path / "m.npy")
    with pytest.raises(DqError, match="it is no regular file"):
        load_matrix(str(tmp_path / "m.npy"))


def test_a_matrix_beyond_all_bounds_is_not_read(tmp_path):
    with (tmp_path / "m.npy").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DqError, match="more than"):
        load_matrix(str(tmp_path / "m.npy"))
