from __future__ import annotations

import csv
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from dqsuite.charts.figures import Body, Dots, Figure, Gallery, Grids, Lines, Picture, Table
from dqsuite.report.export import export


@pytest.fixture
def exported(page, tmp_path):
    """Write one figure and nothing else into a folder, and return the folder."""

    def write(key, body):
        figure = Figure(key, "a title", "figure 1", body)
        export(replace(page, studies=(), sources=[replace(page.sources[0], drawn=[figure])]), tmp_path / "figures")
        return tmp_path / "figures"

    return write


PICTURES = Gallery({"cats": [Picture(np.zeros((8, 8, 3), np.uint8), "90%")]})
KINDS = {
    Lines: ("lie3-bird", ".csv .png .svg"),
    Dots: ("he-contrast", ".csv .png .svg"),
    Grids: ("lie3-airplane", "-1.csv .png .svg"),
    Table: ("lie2-weakest-noise", ".csv"),
    Gallery: ("pictures", ".png .svg"),
}


def test_every_kind_of_figure_is_written_by_a_test():
    assert set(KINDS) == set(get_args(Body))


@pytest.mark.parametrize("kind", KINDS)
def test_each_figure_is_written_as_svg_and_png_and_its_numbers_as_csv(exported, figures, kind):
    key, endings = KINDS[kind]
    assert isinstance(figures.get(key, PICTURES), kind)
    folder = exported(key, figures.get(key, PICTURES))
    assert sorted(path.name for path in folder.iterdir()) == [f"{key}{ending}" for ending in endings.split()]
    for picture in folder.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert b"<svg" in picture.with_suffix(".svg").read_bytes()


def test_the_numbers_of_a_figure_are_written_with_all_their_digits(exported, figures):
    body = figures["lie3-bird"]
    with (exported("lie3-bird", body) / "lie3-bird.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    points = [point for panel in body.panels for curve in panel.curves for point in curve.points]
    assert len(points) > 0
    np.testing.assert_array_equal([float(row["Impact Index"]) for row in rows], [point.y for point in points])
