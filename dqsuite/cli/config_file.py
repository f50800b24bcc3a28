"""The options of ``run`` and ``plan`` in a file: ``dqsuite.toml``, or ``[tool.dqsuite]`` of ``pyproject.toml``.

The file lies in the current folder. Its keys are the options' names without the dashes before; what the command line
gives takes their place.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from dqsuite.core.errors import DqError


def arguments(
    given: Sequence[str], known: Collection[str], flags: Collection[str], elsewhere: Collection[str]
) -> list[str]:
    """Return the options of the file that the command line does not give, as it would give them.

    Parameters
    ----------
    given : sequence of str
        The command line after the command.
    known, flags, elsewhere : collections of str
        The options of the command, such as ``--batch-size``; those of them that take no value; and those of other
        commands, which the file may have as well.

    Raises
    ------
    DqError
        The file cannot be read, or has an unknown key or a value of another kind.
    """
    path, settings = _read()
    found: list[str] = []
    for key, value in settings.items():
        option = f"--{key.replace('_', '-')}"
        if option not in known:
            if option not in elsewhere:
                near = difflib.get_close_matches(option, [*known, *elsewhere], n=1)
                mend = f"did you mean {near[0][2:]}?" if near else "its keys are the options of dqsuite run"
                raise DqError(f"{path}: unknown key {key!r}", mend)
        elif not any(each == option or each.startswith(f"{option}=") for each in given):
            found += _texts(path, key, option, value, flag=option in flags)
    return found


def _texts(path: str, key: str, option: str, value: object, *, flag: bool) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if flag:
        if not isinstance(value, bool):
            raise DqError(f"{path}: {key} is {value!r}", "write true or false")
        return [option] * value
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in values):
        raise DqError(f"{path}: {key} is {value!r}", "write a text, a number or a list of texts")
    return [f"{option}={each}" for each in values]


def _read() -> tuple[str, Mapping[str, Any]]:
    """Return the name of the file and what it sets."""
    if Path("dqsuite.toml").is_file():
        return "dqsuite.toml", _parsed("dqsuite.toml")
    if not Path("pyproject.toml").is_file():
        return "", {}
    tool = _parsed("pyproject.toml").get("tool", {})
    found = tool.get("dqsuite", {}) if isinstance(tool, dict) else {}
    if not isinstance(found, dict):
        raise DqError("pyproject.toml: tool.dqsuite is no table", "write [tool.dqsuite] and a line for each option")
    return "pyproject.toml", found


def _parsed(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DqError(f"cannot read {name} ({error})", "mend it") from error
