from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from label_worlds import KINDS, World, drawn

from dqsuite.advice.assisted import AuditedRate, exact_ends
from dqsuite.advice.audit import Audit
from dqsuite.advice.calibration import Calibration, logits_of


def audit_of(wrong, size, seed=0):
    records = np.random.default_rng(seed).permutation(len(wrong))[:size]
    return Audit(records, wrong[records].astype(np.int64), np.zeros(size, np.int64), len(wrong))


def world(rate, told, records, seed):
    """Which labels are wrong, and logits that are `told` times as far from chance as they should be."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1, 2.5, records)
    shift = np.quantile(logits - rng.logistic(size=records), 1 - rate)
    return rng.random(records) < 1 / (1 + np.exp(shift - logits)), told * logits + rng.normal(size=records)


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("size", [20, 200])
def test_the_exact_interval_covers_as_it_says(rate, size):
    wrong = np.random.default_rng(size).binomial(size, rate, 2000)
    covered = np.mean([low <= rate <= high for low, high in (exact_ends(each, size) for each in wrong)])
    assert covered >= 0.95 - 2 * np.sqrt(0.95 * 0.05 / 2000)


@pytest.mark.parametrize(("rate", "half"), [(0.0, 0.019), (0.02, 0.031), (0.05, 0.041), (0.4, 0.072)])
def test_two_hundred_records_tell_as_much_as_a_binomial_allows(rate, half):
    low, high = exact_ends(200 * rate, 200)
    assert max(high - rate, rate - low) <= half


@pytest.mark.parametrize("told", [0.3, 2.0])
@pytest.mark.parametrize("size", [30, 200])
def test_the_assisted_interval_and_its_draws_cover_however_bold_the_model(told, size):
    worlds = [(rate, seed) for rate in (0.01, 0.05, 0.2, 0.4) for seed in range(60)]
    hits, drawn_hits = 0, 0
    for rate, seed in worlds:
        wrong, logits = world(rate, told, 2000, seed)
        found = AuditedRate.of(audit_of(wrong, size, seed), logits)
        _, low, high, _ = found.interval()
        hits += low <= wrong.mean() <= high
        low, high = np.quantile(found.draws(400), [0.025, 0.975])
        drawn_hits += low <= wrong.mean() <= high
    assert hits >= len(worlds) * 0.95
    assert drawn_hits >= len(worlds) * 0.92


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.3])
def test_draws_of_the_rate_cover_without_a_model_too(rate):
    hits = 0
    for seed in range(300):
        true = np.zeros(1000, np.int64)
        given = (np.random.default_rng(seed).random(1000) < rate).astype(np.int64)
        found = AuditedRate.of(Audit(np.arange(100), given[:100], true[:100], 1000), np.zeros(1000))
        low, high = np.quantile(found.draws(500), [0.025, 0.975])
        hits += low <= given.mean() <= high or (rate == 0 and low < 0.001)
    assert hits >= 300 * 0.92


def test_a_model_that_knows_makes_checked_records_worth_more():
    for kind in KINDS:
        data = drawn(World(0.2, kind, skill=4), 0)
        wrong = data.given != data.true
        chances = 1 - data.found.train[np.arange(len(wrong)), data.given]
        found = AuditedRate.of(data.audit(200), logits_of(chances))
        assert found.worth > 400
        narrow, plain = found.interval(), exact_ends(data.audit(200).wrong, 200)
        assert narrow.high - narrow.low < 0.75 * (plain[1] - plain[0])
        assert narrow.low <= data.rate <= narrow.high


def test_a_model_that_tells_nothing_leaves_the_binomial():
    wrong = np.random.default_rng(0).random(1000) < 0.2
    found = AuditedRate.of(audit_of(wrong, 100), np.zeros(1000))
    count = found.audit.wrong
    assert found.worth == 100
    assert found.interval() == (count / 100, *exact_ends(count, 100), 100)
    guessed = AuditedRate.of(audit_of(wrong, 100), np.random.default_rng(1).normal(size=1000))
    assert guessed.worth == pytest.approx(100, rel=0.1)


def test_what_is_audited_whole_is_known():
    small = drawn(World(0.3, records=8, tests=8, classes=2), 1)
    _, low, high, _ = AuditedRate.of(small.audit(8), np.zeros(8)).interval()
    assert low == high == small.rate


def test_no_surprise_among_few_is_no_certainty():
    wrong = np.arange(1000) < 500
    found = AuditedRate.of(audit_of(wrong, 20), np.where(wrong, 9.0, -9.0))
    assert found.worth <= 20 * 21 * 0.25
    _, low, high, _ = found.interval()
    assert low < 0.5 < high


@example(18, 40, 18, 0.0)  # 1 - 22 / 40 is not 18 / 40
@given(st.integers(0, 40), st.integers(10, 40), st.integers(0, 10**6), st.floats(-30, 30))
@settings(max_examples=60, deadline=None)
def test_it_is_possible_whatever_was_found(count, size, seed, boldness):
    wrong = np.random.default_rng(seed).permutation(np.arange(40) < count)
    logits = boldness * (wrong - 0.5) + np.random.default_rng(seed).normal(size=40)
    found = AuditedRate.of(audit_of(wrong, size, seed), logits)
    value, low, high, n = found.interval()
    assert n == size
    assert 0 <= low <= value <= high <= 1
    drawn_rates = found.draws(50)
    assert (drawn_rates >= found.audit.wrong / 40 - 1e-12).all()
    assert (drawn_rates <= 1 - (size - found.audit.wrong) / 40 + 1e-12).all()
    if size == 40:
        assert low == high == wrong.mean()
        assert np.allclose(drawn_rates, wrong.mean())


def test_a_calibration_finds_how_bold_the_chances_are():
    wrong, logits = world(0.3, 1.0, 5000, 0)
    for told in (0.6, 1.0, 1.6):
        found = Calibration.fit(told * logits, wrong)
        chances = found.chances(told * logits)
        assert chances.mean() == pytest.approx(wrong.mean(), abs=0.002)
        assert found.slope == pytest.approx(Calibration.fit(logits, wrong).slope / told, rel=0.1)
    assert Calibration.fit(logits[:10], wrong[:10]).slope_error > found.slope_error
