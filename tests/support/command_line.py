"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Start ``dqsuite ARGUMENTS`` in its own process group, which Ctrl-C reaches as it does from a terminal.

    What a shell starts in the background ignores Ctrl-C, and so would all that our tests start there.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "dqsuite", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=None if os.name == "nt" else _hear_interrupts,  # noqa: PLW1509 - it makes one system call
    )


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``dqsuite ARGUMENTS`` to its end."""
    process = start(*arguments, cwd=cwd, **environment)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a refused command, after making sure that it is one."""
    assert result.returncode == 2, result
    assert result.stdout == "", result
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result
    assert lines[0].startswith("dqsuite: "), result
    assert "Traceback" not in lines[0]
    return lines[0]
