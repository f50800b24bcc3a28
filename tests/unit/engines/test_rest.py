"""Workers that hold still on request."""

from __future__ import annotations

import dataclasses
import threading
import time

import pytest
from trainings import note

from dqsuite.engines.interface import Epoch, in_batches
from dqsuite.engines.rest import Rest
from dqsuite.engines.worker import Worker
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.experiment.store import OUTCOMES, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def slow(cell, dataset, device, watch):
    """Train nothing, and say that it took five seconds."""
    made = note(cell, dataset, device, watch)
    outcome = dataclasses.replace(made.outcome, provenance={**made.outcome.provenance, "seconds": 5.0})
    return made._replace(outcome=outcome)


def later(rest, seconds):
    timer = threading.Timer(seconds, rest.ask, [0])
    timer.start()
    return timer


def test_the_first_workers_hold_still_as_long_as_they_are_asked_to(store):
    rest = Rest(store)
    assert rest.asked == 0
    rest.ask(2)
    assert rest.asked == 2
    assert rest.keep(2) == 0
    timer = later(rest, 0.3)
    assert rest.keep(1) >= 0.2
    timer.join()
    assert rest.asked == 0


def test_what_cannot_be_read_asks_nobody(store):
    store.write_note("rest", "workers", b"many")
    assert Rest(store).asked == 0


@pytest.mark.parametrize("place", [0, None])
def test_a_training_goes_on_after_the_rest_which_is_not_counted_as_its_time(tmp_path, store, place):
    plan = plan_grid("digits", ["lenet"], ["clean"], recipe=RECIPES["quick"], repeats=1, precision="fp32")
    rest, timers = Rest(store), []
    began = time.monotonic()

    def report(event):
        if isinstance(event, Epoch):
            rest.ask(1)
            timers.append(later(rest, 1))

    Worker(store, slow, str(tmp_path / "log"), place=place).work(in_batches(plan), report)
    took = time.monotonic() - began
    for timer in timers:
        timer.join()
    (name,) = store.list(OUTCOMES)
    seconds = Outcome.from_bytes(store.get(OUTCOMES, name)).provenance["seconds"]
    if place is None:
        assert seconds == 5
    else:
        assert took >= 1
        assert seconds <= 5 - 0.8  # the stand-in says 5, whatever it took
