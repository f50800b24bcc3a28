"""The command line: ``dqsuite COMMAND``, and how each mistake ends in one line."""

from __future__ import annotations

import contextlib
import io
import os
import sys

from dqsuite.cli import advice_command, commands, evidence_commands, listing, parser, planning, store_commands
from dqsuite.core.errors import DqError
from dqsuite.core.foreign import said

_COMMANDS = {
    "run": commands.run,
    "plan": planning.plan,
    "advise": advice_command.advise,
    "report": commands.report,
    "claims": commands.claims,
    "list": listing.listing,
    "evidence": evidence_commands.evidence,
    "store": store_commands.store,
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: its own, 2 for what the user can mend, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that the terminal cannot show is no reason to stop
    try:
        options = parser.parse(arguments)
        code = _COMMANDS[options.command](options)
        if sys.stdout:
            sys.stdout.flush()
    except DqError as error:
        commands.say(str(error))
        return 2
    except KeyboardInterrupt:
        commands.say("stopped; what is trained is stored, and the same command goes on from there")
        return 130
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        _discard_output()
        return 0
    except (MemoryError, ImportError) as error:  # too little address space for torch, among others
        commands.say(f"a library or its memory is missing ({said(error)}); allow more, or install dqsuite anew")
        _discard_output()
        return 2
    except OSError as error:
        commands.say(f"the system refused ({error}); mend that and run the same command again")
        _discard_output()
        return 2
    return code or 0


def _discard_output() -> None:
    """Keep Python from failing once more when it flushes what could not be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
