from __future__ import annotations

import json
from math import inf

import pytest
from speed import Figure
from speed.results import save


def test_a_figure_shows_median_range_and_aim():
    figure = Figure("lenet", [6.0, 4.0, 5.5], "×", least=5)
    assert str(figure) == "lenet: 5.5× (4 to 6 of 3), aim ≥ 5×"
    assert figure.met


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("slow", [3.0], "×", least=5), False),
        (Figure("long", [3.0], "s", most=2), False),
        (Figure("short", [1.0], "s", most=2), True),
        (Figure("no aim", [1.0], "s"), True),
        (Figure("unsound", [9.0], "×", least=5, sound=False), False),
    ],
)
def test_an_aim_is_met_by_the_median_of_a_sound_figure(figure, met):
    assert figure.met is met
    assert ("missed" in str(figure)) is (not met)
    assert bool(figure.aim) is (figure.least > -inf or figure.most < inf)


def test_results_are_saved_as_json_and_as_a_table_for_the_readme(tmp_path):
    figures = [Figure("a|b", [0.25, 0.75], "s", most=2, note="one note"), Figure("c", [120.0], "cells a minute")]
    save(figures, {"cores": "2"}, tmp_path / "bench.json")
    found = json.loads((tmp_path / "bench.json").read_text())
    assert found["machine"] == {"cores": "2"}
    assert [figure["median"] for figure in found["figures"]] == [0.5, 120.0]
    table = (tmp_path / "bench.md").read_text().splitlines()
    assert table[0] == "cores 2"
    assert table[4] == "| a\\|b | 0.5 s | 0.25 to 0.75 of 2 | ≤ 2 s | one note |"
    assert table[5] == "| c | 120 cells a minute |  |  |  |"
