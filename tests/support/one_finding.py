"""The test file of one finding, as a package that has it would write it, and a store that shows what one likes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fabricated import dataset, fill

from dqsuite.claims.requirements import cells_of
from dqsuite.core.hardware import training_precision
from dqsuite.datasets import Dataset
from dqsuite.datasets.named import CLASSES
from dqsuite.experiment.cells import Cell, Plan
from dqsuite.experiment.store import Store
from dqsuite.sources.lie3.claims import noise_hurts_more

CASE = "lenet-0.1"

FILE = """
from dqsuite.sources.lie3 import claims as lie3
from dqsuite.plugin import case_of

test_noise_hurts_more = case_of(lie3.noise_hurts_more)
"""

TINY = """
import pytest

from dqsuite.claims.scales import SCALES, Scale
from dqsuite.claims.source import Setup
from dqsuite.experiment.recipes import RECIPES

@pytest.fixture(scope="session", autouse=True)
def tiny():
    setup = Setup("digits", "lenet", RECIPES["standard"].with_settings(epochs=1), volume="first:300", repeats=2)
    with SCALES.temporary("full", Scale({("cifar10", "lenet"): setup})):
        yield
"""


def world(folder: Path, noise: int, less: int) -> Path:
    """Put the test file into a folder, and a store in which noise and less data cost so many images."""
    (folder / "test_it.py").write_text(FILE)
    data = Dataset(**{**vars(dataset(CLASSES["cifar10"])), "name": "cifar10"})
    case = dict(zip(("model", "level"), CASE.split("-"), strict=True))
    cells = cells_of(noise_hurts_more, case, "full", training_precision("auto", "cpu"))

    def wrong(cell: Cell) -> int:
        return cell.repeat % 2 + (noise if "shuffle" in cell.corruption else less)

    fill(Store(folder / "store"), data, Plan("cifar10", data.fingerprint, tuple(cells)), wrong)
    return folder


def pytest_of(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the one case in a process of its own, from the store alone."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", "-m", "full", "-k", f"{CASE}]"]
    command += ["--dq-store", "store", "--dq-budget", "0s", "--dq-device", "cpu", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def review(folder: Path, *entries: dict[str, object]) -> None:
    """Put a file of reviewed refutations in place of ours."""
    listed = folder / "refutations.json"
    listed.write_text(json.dumps(entries))
    patch = f"from dqsuite.claims import refutations\nrefutations.FILE = type(refutations.FILE)({str(listed)!r})\n"
    (folder / "conftest.py").write_text(patch)
