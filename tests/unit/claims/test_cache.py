from __future__ import annotations

import dataclasses

import pytest
from test_requirements import CELLS, cifar10, put

from dqsuite.claims import CLAIMS, cache
from dqsuite.experiment.store import Store
from dqsuite.statistics.verdict import Status


def judged(store, say=pytest.fail):
    found = {(each.claim, each.case): each for each in cache.cached_verdicts(store, "full", "any", say)}
    return found["lie3-noise-hurts-more", "lenet-0.1"].verdict


def kept(store):
    return [path.name for path in (store.root / "verdicts").glob("*")]


def test_verdicts_are_kept_until_the_store_holds_something_else(tmp_path, monkeypatch):
    store = Store(tmp_path)
    put(store, cifar10(), CELLS[:-1])
    assert judged(store).status is Status.NOT_MEASURED
    before = kept(store)
    put(store, cifar10(), CELLS[-1:])
    found = judged(store)
    assert found.n == 5
    assert len(kept(store)) == 1
    assert kept(store) != before
    monkeypatch.setattr(cache, "Evaluator", pytest.fail)
    assert judged(store) == found


def test_kept_verdicts_are_in_the_order_of_the_findings(tmp_path):
    store = Store(tmp_path)
    put(store, cifar10(), CELLS)
    first, second = (
        [(each.claim, each.case) for each in cache.cached_verdicts(store, "full", "any", pytest.fail)] for _ in range(2)
    )
    assert first == second
    assert list(dict.fromkeys(claim for claim, _ in first)) == list(CLAIMS)


def test_verdicts_of_other_code_are_not_used(tmp_path, monkeypatch):
    store = Store(tmp_path)
    put(store, cifar10(), CELLS)
    judged(store)
    before = kept(store)
    monkeypatch.setattr(cache.metadata, "version", lambda name: "another")
    judged(store)
    assert kept(store) != before


def test_what_has_something_to_say_says_it_each_time_and_is_kept_too(tmp_path, monkeypatch):
    store = Store(tmp_path)
    put(store, cifar10(), [dataclasses.replace(cell, versions=(("train", 0),)) for cell in CELLS])
    for _ in range(2):
        said = []
        assert judged(store, said.append).status is Status.NOT_MEASURED
        assert said == ["at least 5 outcomes of another version of dqsuite are not used"]
        monkeypatch.setattr(cache, "Evaluator", pytest.fail)


@pytest.mark.parametrize("text", ["", "[]", "[1]\n{}", '["said"]', "\x00", '[]\n{"scale": "full", "verdicts": 1}'])
def test_a_damaged_note_is_written_anew(tmp_path, text):
    store = Store(tmp_path)
    put(store, cifar10(), CELLS)
    found = judged(store)
    (note,) = (store.root / "verdicts").glob("*")
    whole = note.read_bytes()
    note.write_text(text)
    assert judged(store) == found
    assert note.read_bytes() == whole


def test_an_empty_store_is_left_as_it_is(tmp_path):
    assert judged(Store(tmp_path / "none")).status is Status.NOT_MEASURED
    assert not (tmp_path / "none").exists()
