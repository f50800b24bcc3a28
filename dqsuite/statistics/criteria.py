"""Criteria on one estimate: the claim holds where the 95% interval lies on its side, or inside its band."""

from __future__ import annotations

from dqsuite.statistics.estimate import Estimate
from dqsuite.statistics.judgement import ALPHA, Judgement


def below(estimate: Estimate, threshold: float = 0.0, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean lies below a threshold."""
    holds, refuted = 2 * estimate.p_below(threshold), 2 * estimate.p_above(threshold)
    return Judgement.on(estimate, holds, refuted, label=label, unit=unit, below=threshold)


def above(estimate: Estimate, threshold: float = 0.0, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean lies above a threshold."""
    holds, refuted = 2 * estimate.p_above(threshold), 2 * estimate.p_below(threshold)
    return Judgement.on(estimate, holds, refuted, label=label, unit=unit, above=threshold)


def inside(estimate: Estimate, low: float, high: float, *, label: str = "", unit: str = "") -> Judgement:
    """Judge equivalence: holds where the interval lies in the band, refuted where it lies wholly outside."""
    holds = 2 * max(estimate.p_above(low), estimate.p_below(high))
    refuted = 2 * min(estimate.p_below(low), estimate.p_above(high))
    return Judgement.on(estimate, holds, refuted, label=label, unit=unit, above=low, below=high)


def differs(estimate: Estimate, negligible: float = 0.0, *, label: str = "", unit: str = "") -> Judgement:
    """Judge that a mean is not 0: refuted where the interval lies within ± what is negligible, if anything is."""
    holds = 2 * min(estimate.p_above(), estimate.p_below())
    refuted = 2 * max(estimate.p_above(-negligible), estimate.p_below(negligible)) if negligible else 1.0
    return Judgement.on(estimate, holds, refuted, label=label, unit=unit)


def lies_below(estimate: Estimate, *, label: str = "", unit: str = "") -> Judgement:
    """Judge one comparison of an order: that a difference is below 0, one-sided, at the whole error."""
    holds, refuted = estimate.p_below(), estimate.p_above()
    return Judgement.on(estimate, holds, refuted, label=label, unit=unit, error=2 * ALPHA, below=0.0)


def reported(estimate: Estimate, label: str, unit: str) -> Judgement:
    """Report a mean with its 95% interval, without an expectation."""
    mean, low, high, n = estimate.interval()
    return Judgement(mean, low, high, n, 1.0, 1.0, label, unit, expected=False)
