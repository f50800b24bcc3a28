"""Pictures as people see them, whatever their files hold."""

from __future__ import annotations

import io
import resource
import shutil
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from dqsuite.core.errors import DqError
from dqsuite.datasets import identify, load, records

SLOPE = np.linspace(0, 255, 16 * 16).reshape(16, 16).astype(np.uint8)
TURNED = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM]
TURNED += [Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_90, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_270]


@pytest.fixture
def root(tmp_path):
    """Return a folder with two classes of four equal pictures each, a slope of grey levels."""
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(SLOPE).save(tmp_path / "photos" / name / f"{number}.png")
    return tmp_path / "photos"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "webp"])
def test_a_picture_that_is_stored_turned_is_seen_upright(root, orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(SLOPE)
    if orientation > 1:
        stored = stored.transpose(TURNED[orientation - 1])
    for file in sorted(root.glob("*/*.png")):
        file.unlink()
        stored.save(file.with_suffix(f".{kind}"), exif=exif, **({"lossless": True} if kind == "webp" else {}))
    seen = load(f"folder:{root}").x_train.mean(axis=3)
    assert np.abs(seen - SLOPE).max() <= (12 if kind == "jpg" else 0)


@pytest.mark.parametrize(
    ("stored", "seen", "said"),
    [
        (SLOPE.astype(np.uint16), SLOPE, "use the values 0 to 255 of 65,535"),
        (SLOPE.astype(np.uint16) * 16, SLOPE, "use the values 0 to 4,080 of 65,535"),
        (SLOPE.astype(np.uint16) * 2 + 20_000, SLOPE, "use the values 20,000 to 20,510 of 65,535"),
        (SLOPE.astype(np.uint16) * 257, SLOPE, ""),
    ],
    ids=["8 bits", "12 bits", "dim", "16 bits"],
)
@pytest.mark.parametrize("kind", ["png", "tif"])
def test_16_bit_pictures_are_scaled_by_what_they_use_and_that_is_said(root, stored, seen, said, kind):
    for file in sorted(root.glob("*/*.png")):
        file.unlink()
        Image.fromarray(stored).save(file.with_suffix(f".{kind}"))
    dataset = load(f"folder:{root}")
    assert (dataset.x_train[..., 0] == seen).all()
    assert len(dataset.notes) == bool(said)
    assert said in "".join(dataset.notes)
    assert identify(f"folder:{root}").notes == load(f"folder:{root}").notes == dataset.notes


def test_one_bright_pixel_does_not_hide_the_range(root):
    for number, file in enumerate(root.glob("*/*.png")):
        large = np.kron(SLOPE, np.ones((16, 16))).astype(np.uint16) * 8
        large[0, 0] = 65_535 if number == 3 else 0
        Image.fromarray(large).save(file)
    dataset = load(f"folder:{root}")
    assert dataset.x_train[0, ::16, ::16, 0].tolist() == SLOPE.tolist()


def test_16_bit_pictures_are_resized_before_they_are_scaled(root):
    for file in sorted(root.glob("*/*.png")):
        Image.fromarray(np.kron(SLOPE, np.ones((4, 4))).astype(np.uint16)).save(file)
    seen = load(f"folder:{root};size=16").x_train[0, ..., 0].astype(int)
    assert np.abs(seen - SLOPE).max() < 12
    assert seen.max() > 240


def test_that_the_lower_bits_of_colours_are_not_read_is_said(root):
    rows = b"".join(b"\0" + bytes(16 * 6) for _ in range(16))
    (root / "a" / "0.png").write_bytes(_png(16, 16, 16, 2, rows))
    assert load(f"folder:{root}").notes == ("images with 16 bits for each colour, of which the upper 8 are read: 1",)


def _png(width, height, depth, colour, rows):
    """Return a PNG file as bytes; Pillow writes no RGB of 16 bits, and no false sizes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 16 16\n%%EndComments\n{ } loop\n%%EOF\n"
NO_PIXELS = {
    "PostScript": (POSTSCRIPT, "no image of a known format"),
    "PDF": (b"%PDF-1.4\n", "no image of a known format"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no image of a known format"),
    "169 megapixels": (_png(13_000, 13_000, 8, 0, b""), "169 megapixels, more than 100"),
    "a billion": (_png(2**31 - 1, 2**31 - 1, 8, 0, b""), "damaged|megapixels"),
    "nothing": (b"", "no image of a known format"),
    "a cut header": (b"\x89PNG\r\n\x1a\n\0\0", "damaged|no image"),
}


@pytest.mark.parametrize(("content", "reason"), NO_PIXELS.values(), ids=NO_PIXELS)
def test_nothing_but_decoders_of_pixels_run_and_they_are_told_no_more_than_they_can_hold(root, content, reason):
    (root / "a" / "2.png").write_bytes(content)
    began, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(DqError, match=rf"cannot read 1 of 8 images: .*a.2.png \(({reason})") as error:
        load(f"folder:{root}")
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 300_000  # KiB


def test_twenty_huge_pictures_are_refused_at_once(root):
    for number in range(20):
        (root / "a" / f"h{number}.png").write_bytes(_png(13_000, 13_000, 8, 0, b""))
    with pytest.raises(DqError, match="cannot read 20 of 28 images: ") as error:
        load(f"folder:{root};size=16")
    assert str(error.value).count("169 megapixels") == 20


def test_all_that_cannot_be_read_is_named_at_once_and_skipped_if_that_is_asked_for(root):
    whole = load(f"folder:{root}").fingerprint
    (root / "a" / "8.png").write_bytes((root / "a" / "0.png").read_bytes()[:40])
    (root / "b" / "9.txt").write_text("a")
    (root / "b" / "x").mkdir()
    with pytest.raises(
        DqError, match=r"cannot read 3 of 11 images: .*a.8.png \(.*b.9.txt \(.*b.x \(a folder\)"
    ) as error:
        load(f"folder:{root}")
    assert ";skip=unreadable" in error.value.mend
    dataset = load(f"folder:{root};skip=unreadable")
    assert dataset.fingerprint == whole
    [note] = dataset.notes
    assert note.startswith("left out 3 of 11 images, which cannot be read: ")
    assert identify(f"folder:{root};skip=unreadable").notes == dataset.notes


def test_of_very_many_that_cannot_be_read_a_hundred_are_named(root):
    for number in range(150):
        (root / "a" / f"x{number}.png").write_bytes(b"")
    with pytest.raises(DqError, match=r"cannot read 150 of 158 images: .* and 50 more; "):
        load(f"folder:{root}")


def test_what_decoders_warn_of_is_no_output(root):
    odd = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 1
    Image.fromarray(SLOPE).save(odd, "TIFF", exif=exif)
    Image.new("P", (16, 16)).save(root / "b" / "p.png", transparency=b"\0\1\2")  # Pillow: convert it to RGBA
    content = bytearray(odd.getvalue())
    (root / "a" / "odd.tif").write_bytes(bytes(content) + b"\0")
    Image.new("1", (9_600, 9_500)).save(root / "a" / "large.png")  # Pillow: could be a bomb
    code = f"from dqsuite import datasets; datasets.load('folder:{root};size=16')"
    ended = subprocess.run([sys.executable, "-W", "always", "-c", code], check=True, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("", "")


def test_a_jpeg_is_decoded_near_the_wanted_size_and_looks_the_same(root):
    smooth = np.kron(SLOPE, np.ones((16, 16))).astype(np.uint8)
    for file in sorted(root.glob("*/*.png")):
        Image.fromarray(smooth).save(file.with_suffix(".jpg"), quality=95)
        file.unlink()
    seen = load(f"folder:{root};size=16").x_train.astype(int)
    assert np.abs(seen[0, ..., 0] - SLOPE).max() <= 6


def test_pictures_that_do_not_fit_into_memory_are_refused(root, monkeypatch):
    monkeypatch.setattr("os.sysconf", lambda name: 40)
    with pytest.raises(DqError, match=r"more than half of this machine's memory; add ;size=64"):
        load(f"folder:{root}")


def test_pictures_that_will_not_fit_are_refused_after_the_first(root, monkeypatch):
    seen = []
    decoded = records._in_threads

    def counted(items, size):
        for each in decoded(items, size):
            seen.append(each)
            yield each

    monkeypatch.setattr(records, "_in_threads", counted)
    monkeypatch.setattr("os.sysconf", lambda name: 40)  # room for 800 bytes: for one picture, and not for all
    with pytest.raises(DqError, match="more than half of this machine's memory"):
        load(f"folder:{root}")
    assert seen[0][1].values.nbytes < 800
    assert len(seen) == 1


def test_pictures_are_decoded_once_whatever_the_folder_is_called(root, monkeypatch):
    first = load(f"folder:{root}")
    monkeypatch.setattr("dqsuite.datasets.picture.read", None)
    again = load(f"folder:{root}")
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert (again.classes, again.fingerprint) == (first.classes, first.fingerprint)


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_kept_pictures_that_are_damaged_are_decoded_again(root, cache, damage):
    first = load(f"folder:{root}")
    [kept] = (cache / "decoded").glob("*.npz")
    if damage == "cut":
        kept.write_bytes(kept.read_bytes()[:-30])
    elif damage == "other":
        Image.fromarray(255 - SLOPE).save(root / "a" / "0.png")
        load(f"folder:{root}")
        [other] = (path for path in (cache / "decoded").glob("*.npz") if path != kept)
        shutil.copy(other, kept)
        Image.fromarray(SLOPE).save(root / "a" / "0.png")
    else:
        shutil.rmtree(cache / "decoded")
    assert load(f"folder:{root}").fingerprint == first.fingerprint


def test_kept_pictures_that_were_not_used_make_room(root, cache, monkeypatch):
    monkeypatch.setattr("dqsuite.datasets.kept._ALL", 20_000)
    for size in range(16, 28):
        load(f"folder:{root};size={size}")
    left = list((cache / "decoded").glob("*.npz"))
    assert 1 <= len(left) < 12
    assert sum(path.stat().st_size for path in left) < 25_000
