"""Who lives, by /proc: a process that has ended stays there as a zombie until its new parent asks for it."""

from __future__ import annotations

from pathlib import Path


def lives(pid: int | str) -> bool:
    """Tell whether a process has not ended yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
