"""The command line: ``dqsuite COMMAND``, and how each mistake ends in one line."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from dqsuite.core.errors import DqError, lack
from dqsuite.core.escapes import line

_COMMANDS = {
    "run": ("commands", "run"),
    "plan": ("planning", "plan"),
    "advise": ("advice_command", "advise"),
    "report": ("commands", "report"),
    "claims": ("commands", "claims"),
    "list": ("listing", "listing"),
    "evidence": ("evidence_commands", "evidence"),
    "store": ("store_commands", "store"),
}
"""The module and the function of each, imported when it is run: what an import meets is told in a line too."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: its own, 2 for what the user can mend, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no reason to stop
    try:
        code = _run(arguments)
        if sys.stdout:
            sys.stdout.flush()
    except DqError as error:
        return _end(str(error), 2)
    except KeyboardInterrupt:
        return _end("stopped; what is trained is stored, and the same command goes on from there", 130)
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        return _end(f"the system refused ({error}); mend that and run the same command again", 2)
    except Exception as error:
        if told := lack(error):
            _discard_output()
            return _end(str(told), 2)
        raise
    return code


def _run(arguments: list[str] | None) -> int:
    """Import what a command needs, and run it."""
    _save_address_space()
    from dqsuite.cli import parser

    options = parser.parse(arguments)
    module, name = _COMMANDS[options.command]
    command: Callable[[Namespace], int | None] = getattr(import_module(f"dqsuite.cli.{module}"), name)
    return command(options) or 0


def _save_address_space() -> None:
    """Where a process may not have all the addresses that it likes, let numpy's and scipy's OpenBLAS ask for few.

    It asks for some for each core, and where it gets none it asks again without an end.
    """
    with contextlib.suppress(ImportError):  # Windows
        import resource

        if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _end(told: str, code: int) -> int:
    """Tell why a command ends, and return its exit code."""
    if sys.stderr:
        print(f"dqsuite: {line(told)}", file=sys.stderr)
    return code


def _discard_output() -> None:
    """Keep Python from failing once more when it flushes what could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
