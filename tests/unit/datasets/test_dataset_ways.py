"""Every way in gives the same data set for the same pictures."""

from __future__ import annotations

import csv

import datasets as huggingface
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from PIL import Image
from pyarrow import parquet

import dqsuite as dq

CLASSES = ("1", "2", "10", "été")
SIDE = 9


@pytest.fixture
def files(tmp_path):
    """Return (path, label number, split) of 32 colour pictures, by split and class, below ``photos``."""
    rng = np.random.default_rng(0)
    found = []
    for split, count in (("train", 6), ("test", 2)):
        for label, name in enumerate(CLASSES):
            for number in range(count):
                path = tmp_path / "photos" / split / name / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(path)
                found.append((path, label, split))
    return found


def pixels(path):
    return np.asarray(Image.open(path))


class Torch(torch.utils.data.Dataset):
    """A map-style data set of images of Pillow."""

    def __init__(self, files):
        self.files, self.classes = files, list(CLASSES)

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return Image.open(self.files[index][0]).convert("RGB"), self.files[index][1]


def of_folder(files, tmp_path):
    return dq.load_dataset(f"folder:{tmp_path / 'photos'}")


def of_npz(files, tmp_path):
    arrays = {}
    for split in ("train", "test"):
        arrays[f"x_{split}"] = np.stack([pixels(path) for path, _, part in files if part == split])
        arrays[f"y_{split}"] = np.array([CLASSES[label] for _, label, part in files if part == split])
    np.savez(tmp_path / "a.npz", **arrays)
    return dq.load_dataset(f"npz:{tmp_path / 'a.npz'}")


def of_csv(files, tmp_path):
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "split"])
        rows.writerows([path.relative_to(tmp_path), CLASSES[label], split] for path, label, split in files)
    return dq.load_dataset(f"csv:{tmp_path / 't.csv'}")


def of_parquet(files, tmp_path):
    rows = {
        "image": [path.read_bytes() for path, _, _ in files],
        "label": [CLASSES[label] for _, label, _ in files],
        "split": [split for _, _, split in files],
    }
    parquet.write_table(pa.table(rows), tmp_path / "t.parquet")
    return dq.load_dataset(f"parquet:{tmp_path / 't.parquet'}")


def of_parquet_paths(files, tmp_path):
    rows = {
        "path": [str(path.relative_to(tmp_path)) for path, _, _ in files],
        "kind": [CLASSES[label] for _, label, _ in files],
        "split": [split for _, _, split in files],
    }
    parquet.write_table(pa.table(rows), tmp_path / "t.parquet")
    return dq.load_dataset(f"parquet:{tmp_path / 't.parquet'};label=kind")


def of_arrays(files, tmp_path):
    train, test = (
        (
            np.stack([pixels(path) for path, _, part in files if part == split]),
            np.array([label for _, label, part in files if part == split]),
        )
        for split in ("train", "test")
    )
    return dq.load_dataset(train, test, classes=CLASSES)


def of_make_dataset(files, tmp_path):
    halves = []
    for split in ("train", "test"):
        halves.append(np.stack([pixels(path) for path, _, part in files if part == split]))
        halves.append(np.array([label for _, label, part in files if part == split]))
    return dq.make_dataset(*halves, classes=CLASSES)


def of_torch(files, tmp_path):
    train, test = ([each for each in files if each[2] == split] for split in ("train", "test"))
    return dq.load_dataset(Torch(train), Torch(test))


def of_torch_subsets(files, tmp_path):
    whole = Torch(files)
    train, test = ([i for i, each in enumerate(files) if each[2] == split] for split in ("train", "test"))
    return dq.load_dataset(
        {"train": torch.utils.data.Subset(whole, train), "val": torch.utils.data.Subset(whole, test)}
    )


def of_tensors(files, tmp_path):
    train, test = (
        [(torch.from_numpy(pixels(path).copy()), CLASSES[label]) for path, label, part in files if part == split]
        for split in ("train", "test")
    )
    return dq.load_dataset(train, test)


def hugging(files):
    return huggingface.Dataset.from_dict(
        {"picture": [str(path) for path, _, _ in files], "kind": [label for _, label, _ in files]},
        features=huggingface.Features(
            {"picture": huggingface.Image(), "kind": huggingface.ClassLabel(names=list(CLASSES))}
        ),
    )


def of_huggingface(files, tmp_path):
    parts = {split: hugging([each for each in files if each[2] == split]) for split in ("train", "test")}
    return dq.load_dataset(huggingface.DatasetDict(parts))


def of_huggingface_parquet(files, tmp_path):
    hugging(files).add_column("split", [split for _, _, split in files]).to_parquet(tmp_path / "h.parquet")
    return dq.load_dataset(f"parquet:{tmp_path / 'h.parquet'};image=picture;label=kind")


def of_dataframe(files, tmp_path):
    rows = [(str(path), CLASSES[label], split) for path, label, split in files]
    return dq.load_dataset(pd.DataFrame(rows, columns=["path", "label", "split"]))


def of_dataframe_images(files, tmp_path):
    rows = [(Image.open(path), label, split) for path, label, split in files]
    return dq.load_dataset(pd.DataFrame(rows, columns=["image", "y", "subset"]), classes=CLASSES)


WAYS = {name.removeprefix("of_"): way for name, way in list(globals().items()) if name.startswith("of_")}


@pytest.fixture
def expected(files, tmp_path):
    """Return the data set as arrays, made without dqsuite."""
    train, test = ([each for each in files if each[2] == split] for split in ("train", "test"))
    images = [np.stack([pixels(path) for path, _, _ in part]) for part in (train, test)]
    return images, [[label for _, label, _ in part] for part in (train, test)]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_way_gives_one_fingerprint(way, files, tmp_path, expected):
    dataset = way(files, tmp_path)
    (x_train, x_test), (y_train, y_test) = expected
    np.testing.assert_array_equal(dataset.x_train, x_train)
    np.testing.assert_array_equal(dataset.x_test, x_test)
    assert (dataset.y_train.tolist(), dataset.y_test.tolist()) == (y_train, y_test)
    assert dataset.classes == CLASSES
    assert dataset.fingerprint == of_folder(files, tmp_path).fingerprint


def test_every_way_gives_one_outcome_to_the_bit(files, tmp_path):
    correct = []
    for name, way in WAYS.items():
        run = {"settings": {"epochs": 1}, "repeats": 1, "workers": 1, "store": tmp_path / name}
        study = dq.run(way(files, tmp_path), "lenet5", "wrong:0.3", say=lambda line: None, **run)
        correct.append(study.matrices("last").values.tobytes())
    assert len(set(correct)) == 1


DRAWN = {
    "folder": lambda files, root: dq.load_dataset(f"folder:{root / 'photos' / 'train'};size=16"),
    "csv": lambda files, root: dq.load_dataset(f"csv:{drawn_table(files, root)};size=16"),
    "dataframe": lambda files, root: dq.load_dataset(
        pd.DataFrame([(str(p), CLASSES[label]) for p, label, _ in files[:24]], columns=["file", "class"]), size=16
    ),
    "huggingface": lambda files, root: dq.load_dataset(hugging(files[:24]), size=16),
    "torch": lambda files, root: dq.load_dataset(Torch(files[:24]), size=16),
    "arrays": lambda files, root: dq.load_dataset(
        (np.stack([pixels(p) for p, _, _ in files[:24]]), [label for _, label, _ in files[:24]]),
        classes=CLASSES,
        size=16,
    ),
}


def drawn_table(files, root):
    text = "".join(f"{path.relative_to(root)};{CLASSES[label]}\n" for path, label, _ in files[:24])
    (root / "d.csv").write_text("\N{BOM}Path;Label\n" + text, encoding="utf-8")
    return root / "d.csv"


@pytest.mark.parametrize("way", DRAWN.values(), ids=DRAWN)
def test_without_a_split_every_way_draws_the_same_one(way, files, tmp_path):
    dataset = way(files, tmp_path)
    assert (len(dataset.x_train), len(dataset.x_test)) == (20, 4)
    assert dataset.x_train.shape[1:] == (16, 16, 3)
    assert dataset.fingerprint == DRAWN["folder"](files, tmp_path).fingerprint


FLOATS = torch.rand(3, SIDE, SIDE)
BYTES = (FLOATS * 255).byte()
WRONG = {
    "float arrays": ((np.full((4, SIDE, SIDE), 0.5), [0, 1, 0, 1]), r"; \(x \* 255\).round\(\).astype\('uint8'\)$"),
    "float arrays, channels first": (
        (np.full((4, 3, SIDE, SIDE), 0.5), [0, 1, 0, 1]),
        r"; \(x \* 255\).round\(\).astype\('uint8'\).transpose\(0, 2, 3, 1\)$",
    ),
    "float arrays to 255": ((np.full((4, SIDE, SIDE), 7.0), [0, 1, 0, 1]), r"; x.round\(\).astype\('uint8'\)$"),
    "channels first": ((np.zeros((4, 3, SIDE, SIDE), np.uint8), [0, 1, 0, 1]), r"x.transpose\(0, 2, 3, 1\)$"),
    "tensors of ToTensor": ([(FLOATS, 0), (FLOATS, 1)], r"; \(x \* 255\).round\(\).byte\(\).permute\(1, 2, 0\)$"),
    "tensors, channels first": ([(BYTES, 0), (BYTES, 1)], r"x.permute\(1, 2, 0\)$"),
    "cells of floats": (
        pd.DataFrame({"image": [np.full((SIDE, SIDE), 0.5)] * 2, "label": [0, 1]}),
        r"; \(x \* 255\).round\(\).astype\('uint8'\)$",
    ),
    "normalised": ([(FLOATS - 0.5, 0), (FLOATS, 1)], "undo their normalisation"),
}


@pytest.mark.parametrize(("data", "mend"), WRONG.values(), ids=WRONG)
def test_floats_and_channels_first_are_refused_with_the_line_that_mends_them(data, mend):
    with pytest.raises(dq.DqError, match=mend) as error:
        dq.load_dataset(data)
    assert "\n" not in str(error.value)


class Stream(torch.utils.data.IterableDataset):
    def __iter__(self):
        return iter(())


class Endless(Stream):
    def __len__(self):
        return 3


IMAGE = Image.new("L", (9, 9))
NO_DATA = {
    "a number": (7, "a int, which is no data set", "DataFrame"),
    "a stream": (Stream(), "has no length", "map-style"),
    "a stream with a length": (Endless(), "no items by number", "map-style"),
    "no pairs": ([IMAGE, IMAGE], "item 0 of data is no pair", "return"),
    "no picture": ([(7, 0)], "is no image but a int", "uint8"),
    "no label": ([(IMAGE, None), (IMAGE, 1)], "has no label, but None", "number of its class"),
    "nothing": ([], "has no image", "add some"),
    "parts of other names": ({"a": [], "b": []}, "has a, b", "train and a test"),
    "no label column": (
        pd.DataFrame({"path": ["a"], "kind": [1]}),
        "no column called label, and has path, kind",
        "name",
    ),
    "a missing label": (pd.DataFrame({"path": ["a", "b"], "label": [1, None]}), "has no label, but nan", "each image"),
    "a missing picture": (pd.DataFrame({"path": ["a", None], "label": [1, 1]}), "has no image, but", "path"),
    "an unknown split": (
        pd.DataFrame({"path": ["a"], "label": [1], "split": ["dev"]}),
        "data has the split 'dev'",
        "train and test",
    ),
    "one split": (
        pd.DataFrame({"path": ["a"], "label": [1], "split": ["train"]}),
        "only the split 'train'",
        "no split",
    ),
    "labels of another length": ((np.zeros((4, 9, 9), np.uint8), [0]), "4 images and 1 labels", "one label"),
    "a label beyond the names": (([(IMAGE, 5)]), "label 5, beyond the 2 class names", "name every class"),
}


@pytest.mark.parametrize(("data", "cause", "mend"), NO_DATA.values(), ids=NO_DATA)
def test_what_is_no_data_set_is_refused_with_a_way_out(data, cause, mend):
    with pytest.raises(dq.DqError, match=cause) as error:
        dq.load_dataset(data, classes=("a", "b") if "beyond" in cause else ())
    assert mend in error.value.mend


def test_a_run_takes_what_can_be_loaded_and_says_what_there_is_to_say(files, tmp_path):
    said = []
    parts = {"train": Torch(files[:24]), "valid": Torch(files[24:])}
    options = {"settings": {"epochs": 1}, "repeats": 1, "workers": 1, "store": tmp_path}
    study = dq.run(parts, "lenet5", say=said.append, **options)
    assert study.card.fingerprint == of_torch(files, tmp_path).fingerprint
    assert said[0] == "data: trained on train, tested on valid"
    assert all(line.startswith("warning: ") for line in said[1:])
