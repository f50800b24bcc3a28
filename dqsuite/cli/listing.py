"""What there is to choose from."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import Any

from rich.markup import escape

from dqsuite import corruptions, datasets, models
from dqsuite.cli.commands import out, say
from dqsuite.core.errors import DqError
from dqsuite.core.escapes import line
from dqsuite.corruptions.base import Corruption
from dqsuite.corruptions.values import Value
from dqsuite.experiment.recipes import RECIPES

_NARROW = 100  # columns: below, what a name means stands under it

Lines = list[tuple[str, str, list[str]]]
"""Names, what they are, and more of it in lines of their own."""


def listing(options: Namespace) -> None:
    """List what is known by name, with what it is, and what another package brings and cannot be used."""
    found, problems = _LISTS[options.what]()
    below = out.width < _NARROW
    width = 0 if below else max((len(name) for name, _, _ in found), default=0)
    for name, about, more in found:
        first, *rest = (
            ([f"[bold]{escape(line(name))}[/]", f"  {escape(line(about))}"])
            if below
            else [f"[bold]{escape(f'{line(name):<{width}}')}[/]  {escape(line(about))}"]
        )
        for told in (first, *rest, *(f"    {escape(line(each))}" for each in more)):
            out.print(told, highlight=False, soft_wrap=not below)
    for problem in problems:
        say(str(problem))


def _registry(registry: Any) -> Callable[[], tuple[Lines, Iterable[DqError]]]:  # noqa: ANN401 - of anything with `about`
    def listed() -> tuple[Lines, Iterable[DqError]]:
        found, problems = registry.usable()
        return [(name, entry.about, []) for name, entry in found.items()], problems

    return listed


def _corruptions() -> tuple[Lines, Iterable[DqError]]:
    found, problems = corruptions.CORRUPTIONS.usable()
    return [(entry.usage(name), entry.about, _values(entry)) for name, entry in found.items()], problems


def _values(corruption: Corruption) -> list[str]:
    """Return what may stand for the level and for each parameter."""
    named = {"level": corruption.level, **{f"{key}=": value for key, value in corruption.parameters.items()}}
    return [f"{name} {_value(value)}" for name, value in named.items()]


def _value(value: Value) -> str:
    return f"{value.about} (default {value.default})" if value.default else value.about


def _claims() -> tuple[Lines, Iterable[DqError]]:
    from dqsuite.claims import CLAIMS
    from dqsuite.claims.source import SOURCES

    found: Lines = [(each.id, f"{each.finding} ({_cases(len(each.cases))})", []) for each in CLAIMS.values()]
    return found, SOURCES.usable()[1]


def _cases(count: int) -> str:
    return f"{count} case" if count == 1 else f"{count} cases"


_LISTS: dict[str, Callable[[], tuple[Lines, Iterable[DqError]]]] = {
    "datasets": _registry(datasets.DATASETS),
    "corruptions": _corruptions,
    "models": _registry(models.MODELS),
    "recipes": _registry(RECIPES),
    "claims": _claims,
}
