"""Every mistake is one line that names cause and mend, exit code 2, and harms nothing."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import numpy as np
import pytest
from command_line import complaint, run

from dqsuite.cli import commands
from dqsuite.experiment.store import OUTCOMES, Store

FACTORIES = """
import torch
from torch import nn
def no_module(num_classes, image_shape): return 7
def too_large(num_classes, image_shape): return nn.Sequential(nn.Conv2d(1, num_classes, 32), nn.Flatten())
def wrong_shape(num_classes, image_shape): return nn.Sequential(nn.Flatten(), nn.Linear(64, num_classes + 1))
def leaves(num_classes, image_shape): raise SystemExit(0)

class Odd(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.how, self.inner = how, nn.Linear(64, 10)
    def forward(self, x):
        logits = self.inner(x.flatten(1))
        if self.training and self.how == "raises":
            raise ZeroDivisionError("in training")
        if self.training and self.how == "greedy":
            return logits + torch.empty(2**55, device="cpu").sum()
        if self.training and self.how == "detached":
            return logits.detach()
        return logits.repeat(1, 2) if self.how == "wide" and not self.training and len(x) > 2 else logits

def raises(num_classes, image_shape): return Odd("raises")
def greedy(num_classes, image_shape): return Odd("greedy")
def detached(num_classes, image_shape): return Odd("detached")
def wide(num_classes, image_shape): return Odd("wide")
"""

OPTIONS = {
    "an unknown data set": (("--dataset", "digit"), "unknown data set 'digit'; did you mean 'digits'"),
    "an unknown model": (("--model", "lent"), "unknown model 'lent'; did you mean 'lenet'"),
    "an unknown corruption": (("--corrupt", "shufle:0.1"), "unknown corruption 'shufle'; did you mean 'shuffle'"),
    "an unknown recipe": (("--recipe", "standart"), "unknown recipe 'standart'; did you mean 'standard'"),
    "an unknown device": (("--device", "tpu"), "unknown device 'tpu'; use auto, cpu or cuda"),
    "an unknown option": (("--corupt", "shuffle:0.1"), "unrecognized arguments"),
    "an unknown parameter": (("--corrupt", "wrong:0.1;tial=1"), "did you mean 'tail'"),
    "a level above its range": (("--corrupt", "shuffle:1.5"), "number from 0 to 1, not '1.5'"),
    "a level that is no number": (("--corrupt", "shuffle:lots"), "number from 0 to 1, not 'lots'"),
    "a level left out": (("--corrupt", "shuffle"), "is missing"),
    "no repeats": (("--repeats", "0"), "no number from 1 to 999999"),
    "a width of nothing": (("--model", "lenet;width=0"), "width"),
    "a class beyond the last": (("--corrupt", "drop_class:10"), "no class '10' among the K=10 classes"),
    "all classes dropped": (("--corrupt", "drop_class:0/1/2/3/4/5/6/7/8/9"), "leaves no record at all"),
    "nothing left": (("--corrupt", "reduce:1"), "leaves no record"),
    "a class left empty": (("--corrupt", "first:5"), "leaves no record of class"),
    "more records than there are": (("--corrupt", "first:9999999"), "first:9999999"),
    "no matrix": (("--corrupt", "transition:1;matrix=absent.npy"), "absent.npy"),
    "a missing folder": (("--dataset", "folder:absent"), "absent"),
    "an empty folder": (("--dataset", "folder:empty"), "empty"),
    "an unreadable image": (("--dataset", "folder:unreadable"), "b.png"),
    "a missing npz": (("--dataset", "npz:absent.npz"), "absent.npz"),
    "an npz of wrong shapes": (("--dataset", "npz:shapes.npz"), "x_train"),
    "an npz of floats": (("--dataset", "npz:floats.npz"), "uint8"),
    "an npz with NaN": (("--dataset", "npz:nan.npz"), "NaN"),
    "labels beyond the classes": (("--dataset", "npz:beyond.npz"), "label"),
    "an npz of objects": (("--dataset", "npz:objects.npz"), "object"),
    "a truncated npz": (("--dataset", "npz:cut.npz"), "cut.npz"),
    "a file that is no zip": (("--dataset", "npz:text.npz"), "text.npz"),
    "a factory that does not import": (("--model", "absent_module:factory"), "absent_module"),
    "a factory that is not there": (("--model", "factories:absent"), "absent"),
    "a factory of no module": (("--model", "factories:no_module"), "built a int"),
    "a model that cannot take the size": (("--model", "factories:too_large"), "cannot take 8x8x1 images"),
    "a model of the wrong shape": (("--model", "factories:wrong_shape"), "returns shape (2, 11)"),
    "a factory that leaves": (("--model", "factories:leaves"), "SystemExit"),
    "a model that raises in training": (("--model", "factories:raises"), "ZeroDivisionError: in training"),
    "a batch too large": (("--model", "factories:greedy"), "does not fit into memory with batches of 64 images"),
    "a model without a gradient": (("--model", "factories:detached"), "cannot be trained"),
    "a model of a changing shape": (("--model", "factories:wide"), "the model returned (500, 20)"),
    "too many repeats": (("--repeats", "9999999999"), "from 1 to 999999"),
    "a store without a name": (("--store", ""), "empty name"),
    "a store of too long a name": (("--store", "a" * 300), "cannot read the store"),
    "markup in a name": (("--corrupt", "wrong:0.1;classes=[bold]"), "no class '[bold]'"),
    "a store of 4,000 letters": (("--store", "a" * 4000), "cannot read the store"),
    "a data set of 4,000 letters": (("--dataset", f"npz:{'a' * 4000}"), "File name too long"),
    "a matrix of 4,000 letters": (("--corrupt", f"transition:1;matrix={'a' * 4000}"), "File name too long"),
    "a model of 4,000 letters": (("--model", "a" * 4000), "unknown model"),
    "a report of 4,000 letters": (("--out", "a" * 4000, "--epochs", "999"), "File name too long"),
    "an escape sequence in a name": (("--model", "\x1b[2J"), r"unknown model '\x1b[2J'"),
    "a store that is a file": (("--store", "text.npz"), "is a file"),
    "a report that cannot be written anywhere": (
        ("--out", "/proc/x.html", "--epochs", "999"),
        "cannot write the report",
    ),
    "a report that cannot be written": (("--out", "text.npz/report.html"), "cannot write"),
}
SMALL = ("--epochs", "1", "--repeats", "1", "--workers", "1")
IN_TRAINING = {  # what nobody can know of a model that has not been built
    mistake for mistake, (options, _) in OPTIONS.items() if any(text.startswith("factories:") for text in options)
}


def write_npz(path, **changed):
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (20, 8, 8), np.uint8),
        "y_train": np.arange(20) % 2,
        "x_test": rng.integers(0, 256, (10, 8, 8), np.uint8),
        "y_test": np.arange(10) % 2,
    }
    np.savez(path, **arrays | changed)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with a small trained store and everything that is wrong."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "factories.py").write_text(FACTORIES)
    (folder / "empty").mkdir()
    (folder / "text.npz").write_text("hello")
    write_npz(folder / "whole.npz")
    (folder / "cut.npz").write_bytes((folder / "whole.npz").read_bytes()[:700])
    write_npz(folder / "shapes.npz", x_train=np.zeros((20, 64), np.uint8))
    write_npz(folder / "floats.npz", x_train=np.zeros((20, 8, 8)))
    write_npz(folder / "nan.npz", x_train=np.full((20, 8, 8), np.nan))
    write_npz(folder / "beyond.npz", classes=np.array(["only", "two"]), y_train=np.arange(20) % 3)
    write_npz(folder / "objects.npz", y_train=np.array([None] * 20, object))
    for name in ("a", "b"):
        (folder / "unreadable" / "train" / name).mkdir(parents=True)
        (folder / "unreadable" / "test" / name).mkdir(parents=True)
        for split in ("train", "test"):
            (folder / "unreadable" / split / name / "b.png").write_bytes(b"no image")
    trained = run("run", *SMALL, "--corrupt", "shuffle:0.1", cwd=folder)
    assert trained.returncode == 0, trained
    return folder


def content(folder):
    store = Store(folder / ".dqsuite" / "store")
    return {name: store.get(OUTCOMES, name) for name in store.list(OUTCOMES)}


@pytest.mark.parametrize("mistake", OPTIONS)
def test_a_mistake_is_one_line(desk, call, monkeypatch, mistake):
    options, told = OPTIONS[mistake]
    if mistake not in IN_TRAINING:
        monkeypatch.setattr(commands, "train", too_late)
    before = content(desk)
    given = options if "--corrupt" in options else (*options, "--corrupt", "shuffle:0.1")
    line = complaint(call("run", *SMALL, *given, cwd=desk))
    assert told in line
    assert "; " in line, "no mend is named"
    assert "cells untrained" not in line
    after = content(desk)
    assert {name: after[name] for name in before} == before


def too_late(cell, dataset, device, watch):
    raise AssertionError("torch is imported before the mistake is told")


@pytest.mark.parametrize("mistake", ["an unknown option", "a level above its range", "nothing left"])
def test_a_mistake_is_told_without_torch(desk, tmp_path, mistake):
    (tmp_path / "torch.py").write_text("raise SystemError('torch was imported')\n")
    options, told = OPTIONS[mistake]
    assert told in complaint(run("run", *SMALL, *options, cwd=desk, PYTHONPATH=str(tmp_path)))


LONG = "a" * 4000
TOO_LONG = ["evidence import {}", "evidence check {}", "evidence import e.zip --store {}", "store merge {}"]
TOO_LONG += ["report --store {}", "claims --store {}", "store list --store {}", "store verify --store {}"]


@pytest.mark.parametrize("command", TOO_LONG)
def test_a_path_of_4000_letters_is_one_line_of_every_command(command, call, tmp_path):
    line = complaint(call(*command.format(LONG).split(), cwd=tmp_path))
    assert "File name too long" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["report", "evidence"])
def test_an_empty_store_is_one_line(command, call, tmp_path):
    arguments = ("export", "e.zip") if command == "evidence" else ()
    assert "holds no outcome; train some with dqsuite run" in complaint(call(command, *arguments, cwd=tmp_path))


def test_evidence_of_an_unknown_format_is_one_line(call, tmp_path):
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as file:
        file.writestr("evidence.json", '{"format": 7}')
    assert "format 7" in complaint(call("evidence", "import", "e.zip", cwd=tmp_path))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--budget", "soon"), "the budget 'soon' is no duration; write 90s, 30m or 8h"),
        (("--scale", "huge"), "unknown scale 'huge'"),
        (("--nice", "20"), "--nice"),
        (("--out", "/dev/null/e.zip"), "/dev/null"),
    ],
)
def test_a_mistaken_training_of_evidence_is_one_line(call, tmp_path, options, told):
    assert told in complaint(call("evidence", "train", "--nice", "0", *options, cwd=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_data_set_that_cannot_be_downloaded_is_one_line(tmp_path):
    """Its environment has no data, and a proxy that refuses every connection."""
    nowhere = {"DQSUITE_DATA": str(tmp_path), "DQSUITE_CACHE": str(tmp_path / "cache")}
    proxy = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    line = complaint(run("run", "--dataset", "cifar10", cwd=tmp_path, **nowhere, **proxy))
    assert "cifar10" in line
    assert "DQSUITE_DATA" in line


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("megabytes", [200, 300, 400, 700, 1200, 2000])
def test_too_little_address_space_is_one_line(desk, tmp_path, megabytes, workers):
    """What is missing is another library each time, in this process or in its workers."""
    train = dqsuite("run", *SMALL[:-1], workers, "--dataset", str(f"npz:{desk}/whole.npz"), "--corrupt", "wrong:0.1")
    script = f"ulimit -v {megabytes * 1024}; exec {train}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120
    )
    if done.returncode:
        assert "memory" in complaint(done)
    else:
        assert megabytes > 1000  # there are smaller builds of torch


def mounted(command: str, folder, options: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command in which `folder` is a mount of its own, if the system lets us."""
    script = f"mount {options} {folder} && {{ {command}; }}"
    result = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    if result.returncode == 32 or "unshare" in result.stderr:
        pytest.skip("this system lets nobody mount")
    return result


def dqsuite(*arguments: str) -> str:
    return " ".join([sys.executable, "-m", "dqsuite", *arguments])


def test_a_full_disk_is_one_line_and_keeps_what_is_stored(call, tmp_path):
    store, keep = tmp_path / "store", tmp_path / "kept"
    store.mkdir()
    options = ("run", "--corrupt", "shuffle:0.1,0.2", "--repeats", "2", "--epochs", "1", "--workers", "1")
    train = dqsuite(*options, "--store", str(store), "--out", str(tmp_path) + "/")
    result = mounted(
        f"{train}; code=$?; cp -r {store} {keep}; exit $code", store, "-t tmpfs -o size=32k,mode=777 tmpfs"
    )
    assert result.returncode == 2, result
    assert result.stderr.splitlines()[-1].endswith(
        "free some space and run the same command again: what is stored is kept"
    )
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
    kept = list(Store(keep).list(OUTCOMES))
    assert kept
    again = call(*options, "--store", str(keep), "--json", cwd=tmp_path)
    assert again.returncode == 0
    assert f'"trained": {6 - len(kept)}' in again.stdout


def test_a_read_only_store_shows_what_it_has_and_refuses_to_train(desk):
    store = desk / ".dqsuite"
    bind = f"--bind {store} {store} && mount -o remount,bind,ro"
    common = ("--epochs", "1", "--repeats", "1", "--store", f"{store}/store", "--out", f"{desk}/reports/")
    shown = mounted(dqsuite("run", *common, "--corrupt", "shuffle:0.1"), store, bind)
    assert shown.returncode == 0, shown
    assert "0 cells trained" in shown.stdout
    refused = mounted(dqsuite("run", *common, "--corrupt", "shuffle:0.2"), store, bind)
    assert refused.returncode == 2, refused
    assert "make it writable or name another with --store" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
