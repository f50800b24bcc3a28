"""The compiled library: loaded once in each process, or the reason why torch's layers have to do."""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache
from typing import NamedTuple

from dqsuite.core.errors import DqError
from dqsuite.training.kernels.build import Build, build

SWITCH = "DQSUITE_KERNELS"
_ON = {"on": True, "off": False}


class Loaded(NamedTuple):
    """The functions of a library, and what it was compiled by."""

    library: ctypes.CDLL
    build: Build


def compiled() -> bool:
    """Tell whether there is a `library` and it is to be used; it is compiled now, if need be, which takes seconds."""
    return turned_on() and isinstance(loaded(), Loaded)


def turned_on() -> bool:
    """Tell whether the user wants compiled layers: ``DQSUITE_KERNELS`` is not ``off``.

    Raises
    ------
    DqError
        It says neither ``on`` nor ``off``.
    """
    text = os.environ.get(SWITCH) or "on"
    if text not in _ON:
        raise DqError(f"{SWITCH} is {text!r}", f"set it to {' or '.join(_ON)}")
    return _ON[text]


def problem() -> str:
    """Return in one line why there is no library and what to do, or nothing where there is one or none is wanted."""
    found = loaded() if turned_on() else ""
    return found if isinstance(found, str) else ""


def provenance() -> dict[str, str]:
    """Return the digest of the library and what compiled it; empty where there is none or it is turned off."""
    found = loaded() if turned_on() else ""
    return {} if isinstance(found, str) else {"kernels": found.build.digest, "compiler": found.build.compiler}


def library() -> ctypes.CDLL:
    """Return the functions that the C++ of this package exports, whether or not they are turned off.

    Raises
    ------
    DqError
        There are none: what `problem` says.
    """
    found = loaded()
    if isinstance(found, str):
        raise DqError(found)
    return found.library


@lru_cache(maxsize=1)  # what fails once is not tried again with every cell
def loaded() -> Loaded | str:
    """Return the library, or what keeps it from being there."""
    try:
        made = build()
    except (DqError, OSError) as error:
        return str(error)
    try:
        found = ctypes.CDLL(str(made.path))
        found.kept_floats.restype = ctypes.c_ssize_t
    except (OSError, AttributeError) as error:
        return f"the compiled library cannot be loaded ({error}); set DQSUITE_CACHE to a folder that may hold programs"
    return Loaded(found, made)
