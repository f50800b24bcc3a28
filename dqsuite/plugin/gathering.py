"""Gathers the verdicts of a session in its controller, tells them on the terminal, and writes them down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.plugin import summary
from dqsuite.plugin.cases import judged_in

if TYPE_CHECKING:
    from dqsuite.claims.evaluate import Judged
    from dqsuite.claims.refutations import Refutation

OURS = "dqsuite"  # the key of ours in what xdist carries to a worker and back


class Gathering:
    """The verdicts at a scale, and what else a user should read, each once however many workers say it.

    Attributes
    ----------
    outdated : set of str
        The outcomes of another version of dqsuite in place of which none of ours is stored.
    """

    def __init__(self, scale: str) -> None:
        self.scale = scale
        self._judged: dict[tuple[str, str], Judged] = {}
        self.outdated: set[str] = set()
        self._said: dict[str, None] = {}

    def say(self, text: str) -> None:
        """Keep a line for the summary."""
        self._said[text] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdicts of a test, each once however many workers run it (``--dist each``)."""
        if report.when == "call":
            self._judged |= {(each.claim, each.case): each for each in judged_in(report.user_properties)}

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what a worker has to say."""
        if (output := getattr(session.config, "workeroutput", None)) is not None:
            output[OURS] = list(self._said), list(self.outdated)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - xdist's WorkerController
        """Take it from a worker that was not killed."""
        said, outdated = getattr(node, "workeroutput", {}).get(OURS, ((), ()))
        self._said.update(dict.fromkeys(said))
        self.outdated.update(outdated)

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401
        """Show the verdicts and what flipped, and write them down."""
        if not self._judged:
            return
        from dqsuite.claims import CLAIMS, refutations, verdict_files
        from dqsuite.results.reader import told_of_outdated

        judged = sorted(self._judged.values(), key=lambda each: (each.claim, each.case))
        published = [each for each in judged if each.claim in CLAIMS]
        flips = refutations.flips(published, reviewed())
        terminalreporter.section(f"findings at scale {self.scale}")
        for line in (*summary.lines(judged, flips), *self._said, *told_of_outdated(self.outdated)):
            terminalreporter.write_line(line)
        if target := config.getoption("--dq-report"):
            verdict_files.write(Path(target), self.scale, judged)
            terminalreporter.write_line(f"verdicts: {target}")
        if target := config.getoption("--dq-markdown"):
            with replacing(Path(target)) as temporary:
                temporary.write_text(summary.markdown(self.scale, judged, flips), encoding="utf-8")


def reviewed() -> list[Refutation]:
    """Return the reviewed refutations. Raises UsageError where their file is not as it should be."""
    from dqsuite.claims import refutations

    try:
        return refutations.read(refutations.FILE)
    except DqError as error:
        raise pytest.UsageError(str(error)) from None
