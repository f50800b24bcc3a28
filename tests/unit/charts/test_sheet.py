from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from dqsuite.charts import raster, style, svg
from dqsuite.charts.figures import (
    Curve,
    Dots,
    Figure,
    Gallery,
    Grids,
    Lines,
    Panel,
    Picture,
    Point,
    Row,
    confusion,
    differences,
    told,
)
from dqsuite.charts.grids import cells, grid_drawing, surest
from dqsuite.charts.pictures import data_uri
from dqsuite.charts.sheet import sheet
from dqsuite.statistics.simultaneous import Cells

SVG = "{http://www.w3.org/2000/svg}"
ODD = [
    "$",
    "$x^2$",
    "<b>",
    "&amp; \"'",
    "كلب",
    "狗",
    "two\nlines",
    "\x00\x1b",
    "",
    "a name longer than any matrix has room for" * 3,
]
COUNTS = confusion("before", ODD, np.arange(len(ODD) ** 2).reshape(len(ODD), -1).astype(float))
CHANGE = replace(confusion("after", ODD, COUNTS.values - 30), signed=True)
KNOWN = differences(CHANGE, Cells(CHANGE.values, CHANGE.values - 20, CHANGE.values + 20))
PHOTO = Picture(np.full((4, 4, 3), (200, 30, 90), np.uint8), "pink")


def panel(title):
    return Panel(
        title, [Curve(name, tone, [Point(0, 1), Point(1, 2)]) for name, tone in zip(ODD[:8], style.TONES, strict=True)]
    )


BODIES = {
    "lines": Lines([panel(name) for name in ODD], "level", "accuracy, %", "a note & more"),
    "one panel": Lines([Panel("", [Curve("$", "noise", [Point(0, 1, 0, 2)])])], "level", "accuracy, %"),
    "dots": Dots([Row(name, 1, 0.5, 1.5, 2) for name in ODD], "accuracy, %"),
    "bands": Lines(
        [Panel("", [Curve("$", "noise", [Point(x, 1, 0, 2, "", -1, 3) for x in (0, 1)])])], "level", "points"
    ),
    "grids": Grids([COUNTS, CHANGE], "a note"),
    "marked grids": Grids([CHANGE, KNOWN], "a note"),
    "gallery": Gallery({name: [PHOTO] * number for number, name in enumerate(ODD)}),
}


def draw(name):
    return sheet(Figure("key", "$ <title> & more", "figure 1", BODIES[name]))


@pytest.fixture(params=BODIES)
def drawn(request):
    return draw(request.param)


def texts(drawn):
    return {text.text for text in ET.fromstring(drawn.text).iter(f"{SVG}text")}


def test_a_sheet_has_its_title(drawn):
    assert ET.fromstring(drawn.text).find(f"{SVG}title").text == "$ <title> & more"
    assert {"$ <title> & more", "figure 1"} <= texts(drawn)


@pytest.mark.parametrize("name", ["lines", "dots", "grids", "gallery"])
def test_names_of_any_kind_are_drawn(name):
    shown = texts(draw(name))
    assert {"$", "$x^2$", "<b>", "&amp; \"'", "كلب", "狗", "\ufffd\ufffd"} <= shown
    assert any(text and text.startswith("a name longer") for text in shown)


def test_nothing_is_drawn_beyond_the_sheet(drawn):
    root = ET.fromstring(drawn.text)
    for child in root.findall(f"{SVG}svg"):
        assert float(child.get("x")) + float(child.get("width")) <= drawn.width
        assert float(child.get("y")) + float(child.get("height")) <= drawn.height


def test_a_picture_has_twice_the_size_of_its_drawing_and_is_not_blank(drawn):
    picture = Image.open(io.BytesIO(raster.picture(drawn.text, drawn.width, drawn.height)))
    assert picture.size == (2 * drawn.width, 2 * drawn.height)
    pixels = np.array(picture.convert("RGB"))
    assert (pixels[0] == 255).all()
    assert (pixels != 255).any(axis=-1).mean() > 0.01


def test_a_huge_drawing_makes_a_picture_that_can_be_opened():
    text = '<svg xmlns="http://www.w3.org/2000/svg" width="40000" height="100"><rect width="40000" height="100"/></svg>'
    picture = Image.open(io.BytesIO(raster.picture(text, 40000, 100)))
    assert picture.size == (raster.LARGEST, 20)


def test_a_file_needs_no_style_sheet_but_its_own(drawn):
    assert "var(" not in drawn.text
    sheet_of_file = ET.fromstring(drawn.text).find(f"{SVG}style").text
    classes = set(" ".join(re.findall(r'class="([^"]*)"', drawn.text)).split()) - {"chart", "words", "name"}
    assert {name for name in classes if not re.search(rf"\.{name}\b", sheet_of_file)} == set()


@pytest.mark.parametrize("name", ["lines", "one panel", "bands", "dots"])
def test_a_file_has_the_drawings_of_the_page(name):
    body = BODIES[name]
    of_page = [svg.dots(body)] if isinstance(body, Dots) else [drawing for _, drawing in svg.lines(body)]
    text = draw(name).text
    for drawing in of_page:
        assert drawing.parts.replace("\x00\x1b", "\ufffd\ufffd") in text
        assert drawing.parts in drawing.__html__()


def test_a_grid_is_drawn_with_the_numbers_and_shades_of_the_page():
    values = np.array([[0, 10, -3.5], [30, np.nan, 1], [-30, 2, 3]])
    change = replace(confusion("after", list("$<&"), values), signed=True)
    root = ET.fromstring(grid_drawing(change, 30).__html__())
    numbers = [text for text in root.iter("text") if "cell" in text.get("class", "")]
    expected = [cell for _, line in cells(change, 30) for cell in line]
    assert [number.text for number in numbers] == [cell.text for cell in expected]
    assert [rect.get("class") for rect in root.iter("rect")] == [cell.shade for cell in expected]
    corners = {(float(rect.get("x")), float(rect.get("y"))) for rect in root.iter("rect")}
    assert len(corners) == change.values.size


def test_a_difference_that_is_not_0_is_framed_and_one_that_may_be_is_pale():
    values = np.array([[9.0, -9.0], [9.0, np.nan]])
    low, high = np.array([[4, -14], [-1, np.nan]]), np.array([[14, -4], [19, np.nan]])
    change = differences(confusion("after", ["a", "b"], values), Cells(values, low, high))
    (_, first), (_, second) = cells(change, 9)
    assert [cell.shade for cell in (*first, *second)] == ["p9 sure", "m9 sure", "p2 faint", "none"]
    assert [cell.ends for cell in (*first, *second)] == ["+4 to +14", "−14 to −4", "−1 to +19", ""]
    assert [found[:2] for found in surest(change)] == [("a", "a"), ("a", "b")]
    assert grid_drawing(change, 9).parts.count('class="frame"') == 2
    note = told(Grids([change], "Images."))
    assert note.startswith("Images. Framed: not 0, at 95%")
    assert told(Grids([COUNTS], "Images.")) == "Images."


def test_a_gallery_holds_its_images():
    text = draw("gallery").text
    assert text.count(f'href="{data_uri(PHOTO)}"') == sum(range(len(ODD)))
    pixels = np.array(Image.open(io.BytesIO(raster.picture(text, 100, 100))).convert("RGB"))
    assert (pixels == PHOTO.image[0, 0]).all(axis=-1).any()


def test_every_tone_and_shade_has_a_colour_on_the_page_and_in_a_file():
    for tone in style.TONES:
        assert f".line.{tone}{{stroke:var(--" in style.page()
        assert f".line.{tone}{{stroke:#" in style.file()
    for name in ("s0", "s9", "p5", "m9"):
        assert f".{name}{{background:#" in style.page()
        assert f"rect.{name}{{fill:#" in style.file()
