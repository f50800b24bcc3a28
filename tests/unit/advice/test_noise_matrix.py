from __future__ import annotations

import numpy as np
import pytest
from label_worlds import KINDS, World, drawn, matrix

from dqsuite.advice.noise_matrix import LEAST, SIGNAL, Noise, added, noise_of
from dqsuite.corruptions import damage_labels, parse

EVEN = np.full(10, 0.1)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", [0.05, 0.2, 0.4])
def test_an_audit_shows_the_noise(kind, rate):
    world = drawn(World(rate, kind, records=5000), 0)
    joint = np.full((10, 10), 0.01)
    found = noise_of(world.rate, joint, world.audit(5000))
    assert np.abs(found.matrix - matrix(kind, rate)).max() < 0.08
    assert found.rate == pytest.approx(world.rate, abs=1e-9)


@pytest.mark.parametrize("rate", [0.0, 0.9, 1.0])
def test_hardly_any_noise_and_nothing_but_noise_have_powers_all_the_same(rate):
    found = noise_of(rate, np.full((10, 10), 0.01))
    assert LEAST <= found.rate <= 0.8
    level = added(found)
    assert np.isfinite(level.power)
    assert level.power > 0


@pytest.mark.parametrize("kind", KINDS)
def test_powers_leave_so_much_of_the_signal(kind):
    noise = Noise(matrix(kind, 0.2), EVEN)
    level = added(noise)
    raised = np.load(level.path)
    assert (raised >= 0).all()
    assert Noise(raised, EVEN).log_signal == pytest.approx(np.log(SIGNAL), rel=0.1)
    assert level.power == pytest.approx(np.log(SIGNAL) / noise.log_signal, rel=0.1)


def test_one_power_is_the_noise_itself():
    noise = Noise(matrix("asymmetric", 0.2), EVEN)
    level = added(noise, 1.0)
    np.testing.assert_allclose(np.load(level.path), noise.matrix, atol=1e-9)
    assert level.power == pytest.approx(1)


def test_added_noise_is_a_condition_that_does_what_it_says():
    noise = Noise(matrix("uniform", 0.1), EVEN)
    level = added(noise)
    labels = np.arange(20_000) % 10
    damaged = damage_labels(parse(level.condition), labels, tuple("abcdefghij"), np.random.SeedSequence(0))
    assert damaged.manifest.effective_rate == pytest.approx(Noise(np.load(level.path), EVEN).rate, abs=0.01)


@pytest.mark.parametrize("rate", [0.01, 0.3, 0.7])
def test_noise_of_the_same_shape_has_the_rate_asked_for(rate):
    found = Noise(matrix("uniform", 0.1), EVEN).at_rate(rate)
    assert found.rate == pytest.approx(rate)
    np.testing.assert_allclose(found.matrix.sum(1), 1)


def test_labels_swapped_half_of_the_time_have_a_signal_that_is_a_number():
    assert np.isfinite(Noise(matrix("pair", 0.5), EVEN).log_signal)
