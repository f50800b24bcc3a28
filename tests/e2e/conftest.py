from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import command_line
import one_finding
import pytest

from dqsuite import cli


@pytest.fixture
def call(capsys, monkeypatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``dqsuite ARGUMENTS`` in this process, which has no need to import torch for each."""

    def called(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        code = cli.main([*arguments])
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return called


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start ``dqsuite ARGUMENTS`` in a process group of its own, which ends with the test, however that ends."""
    begun = []

    def started(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
        begun.append(command_line.start(*arguments, cwd=cwd))
        return begun[-1]

    yield started
    for process in begun:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def desk(tmp_path) -> Callable[[int, int], Path]:
    """A folder with one test file, and a way to make its store show more or less harm by noise."""
    return functools.partial(one_finding.world, tmp_path)


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    """The repository of somebody who has data, a model and tests of their own, its data made by its script."""
    folder = tmp_path_factory.mktemp("shop") / "repository"
    source = Path(__file__).parents[1] / "support" / "shop"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "make_data.py"], cwd=folder, check=True)
    return folder
