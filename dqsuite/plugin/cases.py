"""A claim as a test: its cases as parameters, its verdict as the outcome."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core import scales
from dqsuite.core.errors import DqError
from dqsuite.plugin import options
from dqsuite.statistics.verdict import Status

if TYPE_CHECKING:  # the claims and what they judge with are imported by the tests that use them: pytest starts fast
    from dqsuite.claims import Claim
    from dqsuite.claims.claim import Case
    from dqsuite.claims.evaluate import Judged
    from dqsuite.claims.runner import Runner
    from dqsuite.claims.source import Setups

_PREFIX, _FIRST = "dqsuite.", "claim"
_CLAIM = "__dqsuite_claim__"  # of a test function: a plain name could be its author's own
_SETUPS = "__dqsuite_setups__"
_PLAINER = {"n": "repeats"}


class ClaimRefuted(AssertionError):  # noqa: N818 - the name that a reviewer reads in xfail(raises=...)
    """What was measured contradicts the finding."""


def case_of(claim: Claim, setups: Mapping[str, Setups] | None = None) -> Callable[..., None]:
    """Make the test of a claim, parametrized over its cases, with the finding as its docstring.

    Parameters
    ----------
    claim : Claim
    setups : mapping
        For a claim of a test file's own: scale to (data set, model), as its judge asks for them, to the `Setup` that
        stands for them. A claim of an installed source needs none.
    """

    @pytest.mark.parametrize("case", [pytest.param(case, id=name or "claim") for name, case in claim.named_cases()])
    def test(case: Case, dq_runner: Runner, request: pytest.FixtureRequest) -> None:
        with options.in_terms_of_pytest(), contextlib.chdir(request.config.rootpath):
            judged = dq_runner.judge(claim, case)
            if judged.verdict.status is Status.NOT_APPLICABLE:
                _require_known(claim, case)
        request.node.user_properties.extend(properties(judged))
        _express(claim, case, judged, dq_runner, strict=request.config.getoption("--dq-strict"))

    for name in scales.ABOUT:
        getattr(pytest.mark, name)(test)
    test.__doc__ = f"{claim.finding}. Holds when: {claim.criterion}"
    setattr(test, _CLAIM, claim)  # read when tests are collected
    setattr(test, _SETUPS, setups or {})
    return test


def claim_and_case(item: pytest.Item) -> tuple[Claim, Case] | None:
    """Return what a collected test judges, None for a test of another kind."""
    claim = getattr(getattr(item, "function", None), _CLAIM, None)
    return claim and (claim, item.callspec.params["case"])  # type: ignore[attr-defined] # of a parametrized item


def bring_own(items: Iterable[pytest.Item]) -> None:
    """Have the claims that bring setups of their own judged by them. Raises DqError as `scales.bring`."""
    own = {claim.id: (claim, setups) for item in items for claim, setups in _own(item)}
    if own:
        from dqsuite.claims import scales as judged_scales

        judged_scales.bring(own.values())


def _own(item: pytest.Item) -> list[tuple[Claim, Mapping[str, Setups]]]:
    function, found = getattr(item, "function", None), claim_and_case(item)
    setups = getattr(function, _SETUPS, None)
    return [(found[0], setups)] if found and setups else []


def _require_known(claim: Claim, case: Case) -> None:
    """Raise DqError for a case that is applicable at no scale: nobody would ever judge it."""
    from dqsuite.claims.requirements import known

    if not known(claim, case):
        raise DqError(
            f"no scale knows {claim.id}: nothing says on what its models are trained",
            "give case_of(claim, setups={'quick': {(data, model): Setup(...)}}), or install its source",
        )


def properties(judged: Judged) -> list[tuple[str, Any]]:
    """Return a verdict as properties of its test, which JUnit files show: ``dqsuite.status``, ``dqsuite.effect``..."""
    plain = {key: value for key, value in judged.to_json().items() if value not in (None, "") and value is not False}
    return [(_PREFIX + _PLAINER.get(key, key), value) for key, value in plain.items()]


def judged_in(told: Iterable[tuple[str, Any]]) -> list[Judged]:
    """Return the verdicts among the properties of a test: each begins with its claim."""
    found: list[dict[str, Any]] = []
    fields = {plainer: key for key, plainer in _PLAINER.items()}
    for name, value in told:
        if not name.startswith(_PREFIX):
            continue
        plain = name.removeprefix(_PREFIX)
        if plain == _FIRST:
            found.append({})
        found[-1][fields.get(plain, plain)] = value
    if not found:
        return []
    from dqsuite.claims.evaluate import Judged

    return [Judged.from_json(each) for each in found]


def _express(claim: Claim, case: Case, judged: Judged, runner: Runner, *, strict: bool) -> None:
    """Turn a verdict into the outcome of a test."""
    verdict = judged.verdict
    line = f"{claim.id}{' (a case of ours)' if judged.ours else ''}: {verdict.describe()}"
    told = f"{line}\n{claim.finding}\nholds when: {claim.criterion}"
    if verdict.status is Status.REFUTED:
        from dqsuite.claims.refutations import entry

        raise ClaimRefuted(f"{told}\nonce reviewed, with its reason:\n{entry(judged)}")
    if strict and verdict.status is Status.INCONCLUSIVE:
        pytest.fail(told, pytrace=False)  # an expected refutation would hide a ClaimRefuted
    if verdict.status is not Status.HOLDS:
        pytest.skip(line)
