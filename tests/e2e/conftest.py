from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

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
