"""One of the planted data sets whose truth is known, really trained."""

import pytest
from advice_planted import PAIR, advised, summary, worlds
from caches import cache_at


@pytest.mark.thorough
def test_a_planted_pair_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("DQSUITE_CACHE", cache_at(tmp_path / "cache"))
    known = worlds()
    assert len(known) == 24
    name, planted, truth = next(each for each in known if each[1] == PAIR)
    row = advised(name, planted, truth, tmp_path / "store")
    assert summary([row], "pair") == {"data sets": 1, "named": 1, "rightly": 1, "in the set": 1}
