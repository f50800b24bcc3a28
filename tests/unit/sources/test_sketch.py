from __future__ import annotations

from dataclasses import replace

import full_study
import pytest

from dqsuite.claims.measurements import in_each_precision
from dqsuite.experiment.store import Store
from dqsuite.results.reader import Reader
from dqsuite.sources.lie3.figures import accuracy
from dqsuite.sources.sketch import Missing, drawn

CELLS = [cell for cell in full_study.cells_of_claims(ids=["lie3-noise-hurts-more"]) if cell.model == "lenet"]


def views(store, precision="any"):
    return in_each_precision(Reader(store, pytest.fail, precision), "full")


def test_a_figure_takes_the_precision_with_most_of_it_and_says_so(tmp_path):
    store = Store(tmp_path)
    full_study.fill(store, CELLS, per_class=5)
    (only,) = views(store)
    assert drawn(accuracy, [only]).redraws == "lie3, figure 1"
    full_study.fill(store, [replace(cell, precision="bf16") for cell in CELLS[:10]], per_class=5)
    both = views(store)
    assert [view.selection.precision for view in both] == ["fp32", "bf16"]
    assert drawn(accuracy, both).redraws == "lie3, figure 1; trained in fp32"
    assert len(both[0].used) == len(CELLS)
    assert not both[1].used


def test_a_reader_of_one_precision_shows_no_other(tmp_path):
    store = Store(tmp_path)
    full_study.fill(store, CELLS, per_class=5)
    (other,) = views(store, "bf16")
    assert isinstance(drawn(accuracy, [other]), Missing)
