"""What a large store costs: ``DQSUITE_LOAD=100000`` has it as large as the limits are meant for."""

from __future__ import annotations

import os

from speed.load import measure_in

COUNT = int(os.environ.get("DQSUITE_LOAD", "8000"))


def test_a_large_store_stays_within_its_limits(tmp_path):
    missed = [str(figure) for figure in measure_in(tmp_path, COUNT) if not figure.met]
    assert not missed
