"""What a large store costs is measured; on a machine of one's own ``DQSUITE_LOAD=100000`` asks for its aims too.

How long a command takes on a machine that others use says nothing about the program, so a run without it asks for none.
"""

from __future__ import annotations

import os

from speed.load import measure_in

ASKED = os.environ.get("DQSUITE_LOAD")


def test_what_a_large_store_costs_is_measured_and_where_it_is_asked_for_within_its_aims(tmp_path):
    figures = list(measure_in(tmp_path, int(ASKED or 4000)))
    assert len({figure.name for figure in figures}) == len(figures) > 5
    assert all(figure.values for figure in figures)
    assert not [str(figure) for figure in figures if ASKED and not figure.met]
