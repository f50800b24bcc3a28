from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from dqsuite.core.errors import DqError
from dqsuite.datasets import identify, load
from dqsuite.experiment.card import Card


def draw(path, mode="L", size=(9, 8), value=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0]) if mode in ("L", "I;16") else (size[1], size[0], 3)
    pixels = np.full(shape, value, np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(pixels)
    (image if mode == "I;16" else image.convert(mode)).save(path)


@pytest.fixture
def pets(tmp_path):
    """Return a folder with 10 cats (grey levels 0 to 9) and 5 dogs (100 to 104)."""
    root = tmp_path / "pets"
    for name, count, first in (("cat", 10, 0), ("dog", 5, 100)):
        for number in range(count):
            draw(root / name / f"{number}.png", value=first + number)
    return root


def levels(images):
    return sorted(images[:, 0, 0, 0].tolist())


def test_a_fifth_of_each_class_is_kept_for_testing(pets):
    dataset = load(f"folder:{pets}")
    assert dataset.classes == ("cat", "dog")
    assert dataset.x_train.shape == (12, 8, 9, 1)
    assert (np.bincount(dataset.y_train).tolist(), np.bincount(dataset.y_test).tolist()) == ([8, 4], [2, 1])
    assert sorted(levels(dataset.x_train) + levels(dataset.x_test)) == [*range(10), *range(100, 105)]
    np.testing.assert_array_equal(dataset.x_train[:, 0, 0, 0] >= 100, dataset.y_train == 1)


def test_another_fraction_or_seed_gives_another_data_set(pets):
    plain, half, seed = (load(f"folder:{pets}{more}") for more in ("", ";test=0.5", ";seed=1"))
    assert len({plain.fingerprint, half.fingerprint, seed.fingerprint}) == 3
    assert len(half.x_test) == 7
    assert len(seed.x_test) == len(plain.x_test)


def test_the_canonical_name_holds_the_folders_name_and_a_digest(pets, monkeypatch):
    identity = identify(f"folder:{pets}")
    assert identity.name == f"folder:pets@{identity.fingerprint[:12]}"
    monkeypatch.chdir(pets)
    assert identify("folder:.") == identity


def test_train_and_test_folders_are_taken_as_they_are(pets):
    shutil.copytree(pets, pets / "train")
    shutil.copytree(pets / "cat", pets / "test" / "cat")
    draw(pets / "test" / "dog" / "only.png", value=200)
    dataset = load(f"folder:{pets}")
    assert (len(dataset.x_train), len(dataset.x_test)) == (15, 11)
    assert dataset.x_test[-1, 0, 0, 0] == 200


def test_hidden_and_loose_files_are_ignored(pets):
    before = identify(f"folder:{pets}")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (pets / "cat" / name).touch()
    for folder in (pets / ".git", pets / "__MACOSX", pets / "dog" / "__MACOSX"):
        folder.mkdir()
    (pets / "README.txt").touch()
    assert identify(f"folder:{pets}") == before


@pytest.mark.parametrize(
    "name",
    [
        *("Desktop.ini", "THUMBS.DB", "$RECYCLE.BIN", "System Volume Information", "Icon\r", "._0.png", ".directory"),
        *("lost+found", "__pycache__", "@eaDir", "#recycle", "~$0.png"),
    ],
)
def test_what_a_desktop_or_server_leaves_is_ignored(pets, name):
    before = identify(f"folder:{pets}")
    (pets / name).mkdir()
    (pets / "cat" / name).write_text("a")
    (pets / "dog" / name).mkdir()
    assert identify(f"folder:{pets}") == before


def test_classes_are_sorted_as_people_count(tmp_path):
    for name in ("1", "10", "2", "b2", "b10", "B1"):
        for number in range(2):
            draw(tmp_path / name / f"{number}.png")
    assert load(f"folder:{tmp_path}").classes == ("1", "2", "10", "B1", "b2", "b10")


def test_names_are_compared_as_they_are_seen(tmp_path):
    for part, name in (("train", "caf\u00e9"), ("test", "cafe\u0301")):
        for other in (name, "tea"):
            draw(tmp_path / part / other / "0.png", value=len(other))
    assert load(f"folder:{tmp_path}").classes == ("caf\u00e9", "tea")


def test_two_classes_that_look_the_same_are_refused(pets):
    for name in ("caf\u00e9", "cafe\u0301"):
        draw(pets / name / "0.png")
    with pytest.raises(DqError, match=r"differ in nothing one can see; merge them"):
        load(f"folder:{pets}")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("train", "val"), "tested on val"),
        (("train", "valid"), "tested on valid"),
        (("train", "validation"), "tested on validation"),
        (("Training", "Testing"), ""),
        (("train", "test", "val"), "tested on test; left aside: val"),
    ],
)
def test_usual_names_of_the_parts_are_understood_and_it_is_said_what_tests(pets, tmp_path, parts, said):
    root = tmp_path / "parts"
    for part in parts:
        shutil.copytree(pets, root / part)
    draw(root / parts[1] / "cat" / "0.png", value=77)
    dataset = load(f"folder:{root}")
    assert 77 in levels(dataset.x_test)
    assert (len(dataset.x_train), len(dataset.x_test)) == (15, 15)
    assert len(dataset.notes) == bool(said)
    assert said in "".join(dataset.notes)


@pytest.mark.parametrize(
    ("parts", "cause", "mend"),
    [
        (("train",), "has train and nothing to test with", "write folder:.*train to split it"),
        (("train", "Training", "test"), "has both Training and train", "keep one"),
    ],
)
def test_parts_that_are_not_clear_are_refused(pets, tmp_path, parts, cause, mend):
    for part in parts:
        shutil.copytree(pets, tmp_path / "parts" / part)
    with pytest.raises(DqError, match=f"{cause}; {mend}"):
        load(f"folder:{tmp_path / 'parts'}")


def test_a_changed_or_added_file_is_seen(pets):
    before = identify(f"folder:{pets}").fingerprint
    draw(pets / "cat" / "more.png")
    assert identify(f"folder:{pets}").fingerprint != before


def test_one_coloured_image_makes_all_of_them_coloured(pets):
    draw(pets / "dog" / "0.png", "RGB", value=50)
    dataset = load(f"folder:{pets}")
    assert Card.of(dataset).image_shape == (8, 9, 3)
    assert (dataset.x_train == dataset.x_train[..., :1]).all()


@pytest.mark.parametrize(("mode", "channels"), [("1", 1), ("L", 1), ("LA", 1), ("P", 3), ("RGBA", 3), ("CMYK", 3)])
def test_every_mode_is_read_as_grey_or_rgb(tmp_path, mode, channels):
    for name, value in (("a", 0), ("b", 255)):
        for number in range(2):
            draw(tmp_path / name / f"{number}.{'tif' if mode == 'CMYK' else 'png'}", mode, value=value)
    dataset = load(f"folder:{tmp_path}")
    assert Card.of(dataset).image_shape == (8, 9, channels)
    assert [dataset.x_train[label].mean() for label in (0, 1)] == [0, 255]


def test_of_16_bit_grey_the_upper_byte_is_kept(pets):
    for file in (pets / "dog").iterdir():
        draw(file, "I;16", value=0x1234)
    dataset = load(f"folder:{pets}")
    assert (dataset.x_train[dataset.y_train == 1] == 0x12).all()


HIDDEN = {
    "colour": (Image.new("RGBA", (9, 8), (200, 30, 10, 0)), {}, [255, 255, 255]),
    "half": (Image.new("RGBA", (9, 8), (0, 0, 0, 128)), {}, [127, 127, 127]),
    "grey": (Image.new("LA", (9, 8), (30, 0)), {}, [255]),
    "palette": (Image.new("RGB", (9, 8), (200, 30, 10)).convert("P"), {"transparency": bytes(256)}, [255, 255, 255]),
}


@pytest.mark.parametrize(("image", "options", "seen"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_transparent_is_laid_on_white(pets, image, options, seen):
    for file in pets.glob("*/*"):
        image.save(file, **options)
    dataset = load(f"folder:{pets}")
    assert (dataset.x_train == seen).all()
    assert dataset.x_train.shape[3] == len(seen)


def test_an_image_of_which_pillow_warns_is_read(pets, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9 * 8 - 1)
    assert len(load(f"folder:{pets}").x_train) == 12


def test_a_size_resizes_every_image(pets):
    draw(pets / "cat" / "0.png", size=(20, 30))
    assert Card.of(load(f"folder:{pets};size=16")).image_shape == (16, 16, 1)


def empty(pets):
    shutil.rmtree(pets / "cat")
    shutil.rmtree(pets / "dog")


def differ(pets):
    shutil.copytree(pets, pets / "train")
    shutil.copytree(pets / "train", pets / "test")
    (pets / "test" / "dog").rename(pets / "test" / "hog")


def cut(pets):
    file = pets / "cat" / "3.png"
    file.write_bytes(file.read_bytes()[:40])


def grey32(dtype, value):
    return lambda pets: Image.fromarray(np.full((8, 9), value, dtype)).save(pets / "dog" / "5.tif")


def not_utf8(pets):
    (pets / "cat").rename(os.fsdecode(os.fsencode(pets) + b"/\xff\xfe"))


REFUSED = {
    "32-bit integers": (
        grey32(np.int32, 255),
        "",
        r"dog.5.tif \(grey of 32 bits .*mode I: save it with 8 bits",
        "skip=unreadable",
    ),
    "32-bit floats": (
        grey32(np.float32, 3.5),
        "",
        r"dog.5.tif \(grey of 32 bits .*mode F: save it with 8 bits",
        "skip=unreadable",
    ),
    "a name not in UTF-8": (not_utf8, "", r"class name '\\udcff\\udcfe'", "in UTF-8"),
    "a control character": (lambda pets: (pets / "cat").rename(pets / "c\x1bt"), "", r"'c\\x1bt'", "rename"),
    "a folder in a class": (lambda pets: (pets / "dog" / "more").mkdir(), "", r"dog.more \(a folder\)", "remove"),
    "a broken link": (lambda pets: (pets / "dog" / "a").symlink_to("gone"), "", r"dog.a \(No such file", "remove"),
    "a broken class": (lambda pets: (pets / "eel").symlink_to("gone"), "", "pets.eel is no image file", "remove it"),
    "a pipe": (lambda pets: os.mkfifo(pets / "dog" / "pipe"), "", r"dog.pipe \(no file\)", "remove"),
    "no folder": (shutil.rmtree, "", "there is no folder .*pets", "check the path"),
    "an empty folder": (empty, "", "pets has no class folder", "sub-folder"),
    "one class": (lambda pets: shutil.rmtree(pets / "cat"), "", "only one class folder, 'dog'", "sub-folder"),
    "a class without image": (lambda pets: (pets / "eel").mkdir(), "", "eel has no image", "add some"),
    "different classes": (differ, "", "'dog' in only one of train and test", "same sub-folders"),
    "different sizes": (
        lambda pets: draw(pets / "dog" / "4.png", size=(10, 10)),
        "",
        "differ in size: .* 8x9, .*dog.4.png 10x10",
        "size=32",
    ),
    "a truncated image": (cut, "", "cannot read .*cat.3.png", "repair or remove"),
    "no image": (lambda pets: (pets / "dog" / "a.txt").write_text("a"), "", "cannot read .*dog.a.txt", "remove"),
    "small images": (
        lambda pets: [draw(file, size=(7, 7)) for file in pets.glob("*/*")],
        "",
        "7x7 pixels",
        "smallest side is 8",
    ),
    "a small size": (lambda pets: None, ";size=4", "size=4 .* from 8", ";size=32"),
    "all for testing": (lambda pets: None, ";test=1", "test=1 .* between 0 and 1", ";test=0.2"),
    "a seed in words": (lambda pets: None, ";seed=one", "seed=one", ";seed=0"),
}


@pytest.mark.parametrize(("change", "more", "cause", "mend"), REFUSED.values(), ids=REFUSED)
def test_a_folder_that_is_no_data_set_is_refused_with_a_way_out(pets, change, more, cause, mend):
    change(pets)
    with pytest.raises(DqError) as error:
        load(f"folder:{pets}{more}")
    error.match(cause)
    error.match(mend)
