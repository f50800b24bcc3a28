"""From a damaged training set to a report, as a user types it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import run

from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import OUTCOMES, Store

SMALL = ("--corrupt", "shuffle:0.5", "--repeats", "2", "--epochs", "2", "--workers", "1")
CELLS = 4


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which the small run was done once, and its result."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, run("run", *SMALL, "--json", cwd=folder)


def test_a_run_prints_json_and_leaves_a_report(trained):
    folder, result = trained
    assert result.returncode == 0, result.stderr
    printed = json.loads(result.stdout)
    assert printed["trained"] == CELLS
    assert [condition["name"] for condition in printed["conditions"]] == ["clean", "shuffle:0.5"]
    clean = printed["conditions"][0]
    assert clean["accuracy"]["n"] == 2
    assert clean["accuracy"]["low"] < clean["accuracy"]["mean"] < clean["accuracy"]["high"]
    assert set(clean["recall"]) == set("0123456789")
    assert clean["vs_clean"] is None
    assert printed["conditions"][1]["vs_clean"]["n"] == 2
    report = folder / printed["report"]
    assert report.parent.name == "reports"
    assert "confusion matrix" in report.read_text()


def test_progress_is_plain_lines_where_there_is_no_terminal(trained):
    lines = trained[1].stderr.splitlines()
    assert [line.split("]")[0] for line in lines] == [f"[{n}/{CELLS}" for n in range(1, CELLS + 1)]
    assert all("left" in line and "%" in line for line in lines)
    assert "\x1b" not in trained[1].stderr


def test_a_second_run_trains_nothing_and_imports_no_torch(trained, tmp_path):
    folder, first = trained
    began = time.monotonic()
    second = run("run", *SMALL, "--json", cwd=folder, PYTHONPATH=str(poisoned(tmp_path)))
    assert time.monotonic() - began < 10
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout) == json.loads(first.stdout) | {"trained": 0}


def test_no_command_but_training_imports_torch(trained, tmp_path):
    named = [("plan", *SMALL), ("report",), ("list", "models"), ("evidence", "export", "e.zip")]
    script = f"from dqsuite.cli import main; raise SystemExit(sum(main([*each]) for each in {named}))"
    command, poison = [sys.executable, "-c", script], {"PYTHONPATH": str(poisoned(tmp_path))}
    result = subprocess.run(
        command, cwd=trained[0], env=os.environ | poison, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def poisoned(folder: Path) -> Path:
    """Return a folder whose torch fails to import."""
    (folder / "torch.py").write_text("raise SystemError('torch was imported')\n")
    return folder


def test_the_table_shows_accuracy_interval_and_the_most_hit_classes(trained):
    result = run("run", *SMALL, cwd=trained[0], COLUMNS="120")
    assert result.returncode == 0, result.stderr
    assert "test accuracy after the last epoch" in result.stdout
    noisy = next(line for line in result.stdout.splitlines() if "shuffle:0.5" in line)
    assert noisy.count("%") == 1
    assert " to " in noisy
    assert "0 cells trained, 4 taken from the store" in result.stdout


def test_the_plan_says_what_is_stored_and_how_long_the_rest_takes(trained, call):
    done = call("plan", *SMALL, cwd=trained[0]).stdout
    assert "2 of 2" in done
    assert "4 cells, 0 to train; nothing to do" in done
    more = call(
        "plan", "--corrupt", "shuffle:0.5,0.6", "--repeats", "3", "--epochs", "2", "--workers", "1", cwd=trained[0]
    ).stdout
    assert "0 of 3" in more
    assert "9 cells, 5 to train; about" in more
    other = call("plan", *SMALL, "--model", "custom", cwd=trained[0]).stdout
    assert "4 cells, 4 to train; about" in other
    assert "by a few steps timed just now" in other
    assert "as others took" in call("plan", *SMALL, "--model", "custom", cwd=trained[0]).stdout


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("--corrupt", "reduce:0.999"), "leaves no record"),
        (("--corrupt", "drop_class:cat"), "no class 'cat'"),
        (("--model", "broken:make"), "cannot take 8x8x1 images"),
    ],
)
def test_the_plan_refuses_what_run_refuses(call, tmp_path, monkeypatch, options, cause):
    (tmp_path / "broken.py").write_text(
        "from torch import nn\n\ndef make(num_classes, image_shape):\n    return nn.Linear(3, num_classes)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    planned, done = (call(command, *options, "--workers", "1", cwd=tmp_path) for command in ("plan", "run"))
    assert (planned.returncode, done.returncode) == (2, 2)
    assert cause in planned.stderr
    assert planned.stdout == ""


def test_a_loss_that_is_no_number_is_shown_and_ends_with_2(tmp_path):
    (tmp_path / "wild.py").write_text(
        "from torch import nn\n\n\nclass Wild(nn.Module):\n"
        "    def __init__(self, classes):\n        super().__init__()\n"
        "        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, classes))\n\n"
        "    def forward(self, x):\n        return self.layers(x) * 1e38 * 1e38\n\n\n"
        "def make(num_classes, image_shape):\n    return Wild(num_classes)\n"
    )
    options = ("--model", "wild:make", "--corrupt", "wrong:0.5", "--repeats", "2", "--epochs", "1", "--workers", "1")
    result = run("run", *options, "--json", cwd=tmp_path)
    assert result.returncode == 2
    assert "the loss of 4 of 4 trainings is not a number" in result.stderr.splitlines()[-1]
    printed = json.loads(result.stdout)
    assert printed["warnings"][0]["kind"] == "diverged"
    assert "is not a number" in (tmp_path / printed["report"]).read_text()
    again = run("run", *options, cwd=tmp_path)
    assert again.returncode == 2
    assert "warning: wild:make" in again.stdout


def test_equal_updates_are_an_option_and_no_reason_to_warn(call, tmp_path):
    options = ("--corrupt", "reduce:0.5", "--repeats", "1", "--epochs", "2", "--workers", "1", "--json")
    more = ((), ("--updates",), ("--updates", "30"))
    fewer, equal, counted = (json.loads(call("run", *options, *each, cwd=tmp_path).stdout) for each in more)
    kinds = [{each["kind"] for each in found["warnings"]} for found in (fewer, equal, counted)]
    assert ["updates" in each for each in kinds] == [True, False, False]
    assert equal["recipe"] == "standard,epochs=2,counted=clean"
    assert equal["trained"] == counted["trained"] == 2


def test_what_can_be_chosen_is_listed_with_what_it_takes(call, tmp_path, monkeypatch):
    listed = call("list", "corruptions", cwd=tmp_path).stdout
    assert "level a number from 0 to 1\n" in listed
    assert "pivot= 128 or mean (default 128)\n" in listed
    assert "lie3-noise-hurts-more" in call("list", "claims", cwd=tmp_path).stdout


def test_evidence_moves_to_another_store_and_the_report_is_drawn_from_it(trained, call, tmp_path):
    exported = call("evidence", "export", str(tmp_path / "e.zip"), cwd=trained[0])
    assert f"{CELLS} outcomes in" in exported.stdout
    imported = call("evidence", "import", str(tmp_path / "e.zip"), cwd=tmp_path)
    assert f"{CELLS} outcomes added, 0 were there already" in imported.stdout
    drawn = call("report", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    assert "shuffle:0.5" in (tmp_path / drawn.stdout.strip()).read_text()


def test_a_damaged_outcome_is_said_and_trained_again(trained, call, tmp_path):
    folder = copied(trained[0], tmp_path)
    store = Store(folder / ".dqsuite" / "store")
    name = sorted(store.list(OUTCOMES))[0]
    whole = Outcome.from_bytes(store.get(OUTCOMES, name))
    (store.root / OUTCOMES / name[:2] / name).write_bytes(b"PK damaged")
    result = call("run", *SMALL, "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["trained"] == 1
    assert "a damaged record" in result.stderr
    assert "set aside" in result.stderr
    assert Outcome.from_bytes(store.get(OUTCOMES, name)).same_measurement(whole)


def copied(folder: Path, target: Path) -> Path:
    """Return a copy that a test may harm."""
    shutil.copytree(folder / ".dqsuite", target / ".dqsuite")
    return target


@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_a_model_prints_is_no_part_of_the_json(tmp_path, workers):
    (tmp_path / "chatty.py").write_text(
        "from torch import nn\nprint('hello')\n"
        "def make(num_classes, image_shape):\n    print('building')\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(64, num_classes))\n"
    )
    options = ("--model", "chatty:make", "--corrupt", "shuffle:0.5", "--repeats", "1", "--epochs", "1")
    result = run("run", *options, "--workers", workers, "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["trained"] == 2
    assert "building" in result.stderr


def test_names_that_look_like_markup_are_shown_as_they_are(tmp_path):
    x, y = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8), np.array(["[/]", "[bold]x"] * 20)
    np.savez(tmp_path / "odd.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    options = ("--dataset", "npz:odd.npz", "--corrupt", "drop_class:[bold]x", "--repeats", "1", "--epochs", "1")
    result = run("run", *options, "--workers", "1", cwd=tmp_path, COLUMNS="160")
    assert result.returncode == 0, result.stderr
    assert "drop_class:[bold]x" in result.stdout
    assert "test images stand in the training set too" in result.stdout
    assert run("plan", *options, cwd=tmp_path).stdout.count("drop_class:[bold]x") == 1


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_terminal_of_another_encoding_is_served(tmp_path, encoding):
    result = run("list", "datasets", cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert result.returncode == 0, result.stderr
    assert "cifar10" in result.stdout


def test_a_reader_that_leaves_and_a_full_disk_end_without_a_traceback(tmp_path):
    for target in ("| head -0", "> /dev/full", ">&-"):
        command = f"{sys.executable} -m dqsuite list models {target}"
        result = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Traceback" not in result.stderr, result.stderr


def test_a_report_written_to_a_device_leaves_the_device(trained, call, tmp_path):
    target = tmp_path / "link.html"
    target.symlink_to(tmp_path / "real.html")
    assert call("report", "--out", str(target), cwd=trained[0]).returncode == 0
    assert target.is_symlink()
    assert "confusion matrix" in (tmp_path / "real.html").read_text()
    assert call("report", "--out", "/dev/null", cwd=trained[0]).returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_record_that_is_a_link_to_nowhere_is_replaced(trained, call, tmp_path):
    folder = copied(trained[0], tmp_path)
    store = Store(folder / ".dqsuite" / "store")
    name = sorted(store.list(OUTCOMES))[0]
    path = store.root / OUTCOMES / name[:2] / name
    path.unlink()
    path.symlink_to("/nowhere")
    result = call("run", *SMALL, "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["trained"] == 1
    assert path.is_file()


def test_a_folder_of_images_runs(call, tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    for split, count in (("train", 12), ("test", 6)):
        for k, name in enumerate(["dark", "light"]):
            folder = tmp_path / "pictures" / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(120 * k, 120 * k + 60, (16, 16, 3), np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    options = ("--dataset", "folder:pictures", "--corrupt", "wrong:0.25", "--repeats", "2", "--epochs", "60")
    result = call("run", *options, "--workers", "1", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    clean = json.loads(result.stdout)["conditions"][0]
    assert set(clean["recall"]) == {"dark", "light"}
    assert clean["accuracy"]["mean"] == 1.0


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_the_published_data_sets_run(name, call, tmp_path):
    if not (Path(os.environ.get("DQSUITE_DATA", "/nowhere")) / f"{name}.npz").exists():
        pytest.skip(f"no {name}.npz in $DQSUITE_DATA")
    options = ("--corrupt", "first:2000+wrong:0.5", "--repeats", "1", "--epochs", "1", "--workers", "1", "--json")
    result = call("run", "--dataset", name, "--model", "lenet;width=0.5", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    clean, noisy = json.loads(result.stdout)["conditions"]
    assert clean["accuracy"]["mean"] > noisy["accuracy"]["mean"]
