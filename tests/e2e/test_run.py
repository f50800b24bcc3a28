"""From a damaged training set to a report, as a user types it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from command_line import run, start

from dqsuite.outcome import Outcome
from dqsuite.store import OUTCOMES, Store

SMALL = ("--corrupt", "shuffle:0.5", "--repeats", "2", "--epochs", "2")
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
    assert set(clean["tpr"]) == set("0123456789")
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


@pytest.mark.parametrize(
    "command", [("plan", *SMALL), ("report",), ("list", "models"), ("evidence", "export", "e.zip")]
)
def test_no_command_but_training_imports_torch(trained, tmp_path, command):
    result = run(*command, cwd=trained[0], PYTHONPATH=str(poisoned(tmp_path)))
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


def test_the_plan_says_what_is_stored_and_how_long_the_rest_takes(trained):
    done = run("plan", *SMALL, cwd=trained[0]).stdout
    assert "2 of 2" in done
    assert "4 cells, 0 to train; nothing to do" in done
    more = run("plan", "--corrupt", "shuffle:0.5,0.6", "--repeats", "3", "--epochs", "2", cwd=trained[0]).stdout
    assert "0 of 3" in more
    assert "9 cells, 5 to train; about" in more
    other = run("plan", *SMALL, "--model", "custom", cwd=trained[0]).stdout
    assert "4 cells, 4 to train; the time is not known" in other


def test_evidence_moves_to_another_store_and_the_report_is_drawn_from_it(trained, tmp_path):
    exported = run("evidence", "export", str(tmp_path / "e.zip"), cwd=trained[0])
    assert f"{CELLS} outcomes in" in exported.stdout
    imported = run("evidence", "import", str(tmp_path / "e.zip"), cwd=tmp_path)
    assert f"{CELLS} outcomes added, 0 were there already" in imported.stdout
    drawn = run("report", cwd=tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    assert "shuffle:0.5" in (tmp_path / drawn.stdout.strip()).read_text()


def test_a_damaged_outcome_is_said_and_trained_again(trained, tmp_path):
    folder = copied(trained[0], tmp_path)
    store = Store(folder / ".dqsuite" / "store")
    name = sorted(store.list(OUTCOMES))[0]
    whole = Outcome.from_bytes(store.get(OUTCOMES, name))
    (store.root / OUTCOMES / name[:2] / name).write_bytes(b"PK damaged")
    result = run("run", *SMALL, "--json", cwd=folder)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["trained"] == 1
    assert "is damaged" in result.stderr
    assert "set aside" in result.stderr
    assert Outcome.from_bytes(store.get(OUTCOMES, name)).same_measurement(whole)


def copied(folder: Path, target: Path) -> Path:
    """Return a copy that a test may harm."""
    shutil.copytree(folder / ".dqsuite", target / ".dqsuite")
    return target


def wait_for(store: Store, cells: int) -> None:
    """Wait until so many cells are stored."""
    deadline = time.monotonic() + 120
    while len(list(store.list(OUTCOMES))) < cells:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killing_a_run_loses_no_stored_cell_and_the_next_run_goes_on(tmp_path, workers):
    options = ("--corrupt", "shuffle:0.1,0.2,0.3", "--repeats", "2", "--epochs", "4", "--workers", workers)
    store = Store(tmp_path / ".dqsuite" / "store")
    first = start("run", *options, cwd=tmp_path)
    wait_for(store, 3)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    kept = {name: store.get(OUTCOMES, name) for name in store.list(OUTCOMES)}
    assert 3 <= len(kept) < 8
    second = run("run", *options, "--json", cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["trained"] == 8 - len(kept)
    assert {name: store.get(OUTCOMES, name) for name in kept} == kept


def test_a_worker_dies_with_its_parent(tmp_path):
    options = ("--corrupt", "shuffle:0.1", "--repeats", "2", "--epochs", "200", "--workers", "2")
    parent = start("run", *options, cwd=tmp_path)
    crew = wait_for_children(parent.pid)
    time.sleep(5)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in crew):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_for_children(pid: int, count: int = 2) -> list[str]:
    """Return the process numbers of the workers, once there are so many."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(children) >= count:
            return children
        time.sleep(0.05)
    raise AssertionError("no workers were started")


def test_an_interrupted_run_says_that_it_can_go_on(tmp_path):
    store = Store(tmp_path / ".dqsuite" / "store")
    process = start("run", "--epochs", "4", "--workers", "2", cwd=tmp_path)
    wait_for(store, 1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == (
        "dqsuite: stopped; what is trained is stored, and the same command goes on from there"
    )
    assert "Traceback" not in err


def test_two_runs_on_one_store_share_the_work(tmp_path):
    options = ("--corrupt", "shuffle:0.1,0.2", "--repeats", "2", "--epochs", "3", "--workers", "1", "--json")
    runs = [start("run", *options, cwd=tmp_path) for _ in range(2)]
    results = [process.communicate(timeout=300) for process in runs]
    assert [process.returncode for process in runs] == [0, 0], results
    trained = sum(err.count("after") for _, err in results)
    assert trained == 6
    printed = [json.loads(out)["conditions"] for out, _ in results]
    assert printed[0] == printed[1]


def test_a_folder_of_images_runs(tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    for split, count in (("train", 12), ("test", 6)):
        for k, name in enumerate(["dark", "light"]):
            folder = tmp_path / "pictures" / split / name
            folder.mkdir(parents=True)
            for i in range(count):
                pixels = rng.integers(120 * k, 120 * k + 60, (16, 16, 3), np.uint8)
                Image.fromarray(pixels).save(folder / f"{i}.png")
    options = ("--dataset", "folder:pictures", "--corrupt", "wrong:0.25", "--repeats", "2", "--epochs", "60", "--json")
    result = run("run", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    clean = json.loads(result.stdout)["conditions"][0]
    assert set(clean["tpr"]) == {"dark", "light"}
    assert clean["accuracy"]["mean"] == 1.0


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_the_published_data_sets_run(name, tmp_path):
    if not (Path(os.environ.get("DQSUITE_DATA", "/nowhere")) / f"{name}.npz").exists():
        pytest.skip(f"no {name}.npz in $DQSUITE_DATA")
    options = ("--corrupt", "first:2000+wrong:0.5", "--repeats", "1", "--epochs", "1", "--json")
    result = run("run", "--dataset", name, "--model", "lenet;width=0.5", *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    clean, noisy = json.loads(result.stdout)["conditions"]
    assert clean["accuracy"]["mean"] > noisy["accuracy"]["mean"]
