from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from dqsuite.charts.figures import Body, Dots, Figure, Gallery, Grids, Lines, Picture, Table, confusion
from dqsuite.report import render
from dqsuite.report.export import export


@pytest.fixture
def written(page, tmp_path):
    """Write some figures and nothing else into a folder, and return the paths."""

    def write(*bodies):
        figures = [Figure(key, "a title", "figure 1", body) for key, body in bodies]
        return export(
            replace(page, studies=(), sources=[replace(page.sources[0], drawn=figures)]), tmp_path / "figures"
        )

    return write


@pytest.fixture
def exported(written, tmp_path):
    """Write one figure and nothing else into a folder, and return the folder."""

    def write(key, body):
        written((key, body))
        return tmp_path / "figures"

    return write


PICTURES = Gallery({"cats": [Picture(np.zeros((8, 8, 3), np.uint8), "90%")]})
KINDS = {
    Lines: ("lie3-bird", ".csv .png .svg"),
    Dots: ("he-contrast", ".csv .png .svg"),
    Grids: ("lie3-airplane", "-1-from.csv -1-to.csv -1.csv .png .svg"),
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
    for path in folder.glob("*.png"):
        root = ET.parse(path.with_suffix(".svg")).getroot()
        picture = Image.open(path)
        assert picture.size == (2 * int(root.get("width")), 2 * int(root.get("height")))
        assert len(picture.getcolors(picture.width * picture.height)) > 5


@pytest.mark.parametrize("key", ["lie3-bird", "he-contrast"])
def test_a_file_has_the_drawings_that_the_page_shows(exported, figures, page, key):
    text = (exported(key, figures[key]) / f"{key}.svg").read_text("utf-8")
    shown = render.html(page).split(f'id="figure-{key}"')[1].split("</section>")[0]
    drawings = re.findall(r"</title>(.*?)</svg>", shown, re.DOTALL)
    assert len(drawings) > 0
    assert all(drawing in text for drawing in drawings)


def test_a_class_may_have_any_name(exported):
    names = ["$", "<b>", "&", "כלב", "long " * 40, "$\\frac{"]
    body = Grids([confusion("$", names, np.eye(len(names)))])
    folder = exported("$", body)
    texts = {text.text for text in ET.parse(folder / "_.svg").iter("{http://www.w3.org/2000/svg}text")}
    assert {"$", "<b>", "&", "כלב", "$\\frac{"} <= texts
    with (folder / "_-1.csv").open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)][1:] == names


def test_figures_whose_names_are_alike_are_all_written(written, figures):
    lines, table, grids = figures["lie3-bird"], figures["lie2-weakest-noise"], figures["lie3-airplane"]
    paths = written(("a b", lines), ("a/b", lines), ("A?B", lines), ("g", grids), ("g-1", table))
    names = [path.name for path in paths]
    assert {"a_b.svg", "a_b-2.svg", "A_B-3.svg", "g-1.csv", "g-1-2.csv"} <= set(names)
    assert len({name.lower() for name in names}) == len(names) == len(list(paths[0].parent.iterdir()))


@pytest.mark.parametrize(
    ("cell", "as_written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-x", "'-x"),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("cat = dog", "cat = dog"),
    ],
)
def test_no_cell_is_a_formula(exported, cell, as_written):
    folder = exported("table", Table(["name", cell], [[cell, cell]]))
    with (folder / "table.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["name", as_written], [as_written, as_written]]


def test_the_numbers_of_a_figure_are_written_with_all_their_digits(exported, figures):
    body = figures["lie3-bird"]
    with (exported("lie3-bird", body) / "lie3-bird.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    points = [point for panel in body.panels for curve in panel.curves for point in curve.points]
    assert len(points) > 0
    np.testing.assert_array_equal([float(row["Impact Index"]) for row in rows], [point.y for point in points])
