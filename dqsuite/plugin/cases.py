"""A claim as a test: its cases as parameters, its verdict as the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from dqsuite.core import scales
from dqsuite.statistics.verdict import Status

if TYPE_CHECKING:  # the claims and what they judge with are imported by the tests that use them: pytest starts fast
    from dqsuite.claims import Claim
    from dqsuite.claims.claim import Case
    from dqsuite.claims.evaluate import Judged
    from dqsuite.claims.runner import Runner

_PREFIX = "dqsuite."
_CLAIM = "__dqsuite_claim__"  # of a test function, which may have a claim of its own
_PLAINER = {"n": "repeats"}


class ClaimRefuted(AssertionError):  # noqa: N818 - the name that a reviewer reads in xfail(raises=...)
    """What was measured contradicts the finding."""


def case_of(claim: Claim) -> Callable[..., None]:
    """Make the test of a claim, parametrized over its cases, with the finding as its docstring."""

    @pytest.mark.parametrize("case", [pytest.param(case, id=name or "claim") for name, case in claim.named_cases()])
    def test(case: Case, dq_runner: Runner, request: pytest.FixtureRequest) -> None:
        judged = dq_runner.judge(claim, case)
        request.node.user_properties.extend(properties(judged))
        _express(claim, case, judged, dq_runner, strict=request.config.getoption("--dq-strict"))

    for name in scales.ABOUT:
        getattr(pytest.mark, name)(test)
    test.__doc__ = f"{claim.finding}. Holds when: {claim.criterion}"
    setattr(test, _CLAIM, claim)
    return test


def claim_and_case(item: pytest.Item) -> tuple[Claim, Case] | None:
    """Return what a collected test judges, None for a test of another kind."""
    claim = getattr(getattr(item, "function", None), _CLAIM, None)
    return claim and (claim, item.callspec.params["case"])  # type: ignore[attr-defined] # of a parametrized item


def properties(judged: Judged) -> list[tuple[str, Any]]:
    """Return a verdict as properties of its test, which JUnit files show: ``dqsuite.status``, ``dqsuite.effect``..."""
    plain = {key: value for key, value in judged.to_json().items() if value not in (None, "") and value is not False}
    return [(_PREFIX + _PLAINER.get(key, key), value) for key, value in plain.items()]


def judged_of(told: Iterable[tuple[str, Any]]) -> Judged | None:
    """Return the verdict among the properties of a test, None where there is none."""
    names = {name.removeprefix(_PREFIX): value for name, value in told if name.startswith(_PREFIX)}
    if not names:
        return None
    from dqsuite.claims.evaluate import Judged

    fields = {plainer: key for key, plainer in _PLAINER.items()}
    return Judged.from_json({fields.get(name, name): value for name, value in names.items()})


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
