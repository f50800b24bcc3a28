"""What a user's own model is identified by: its file, and the local modules that it imports."""

from __future__ import annotations

import importlib

import pytest

from dqsuite.core.errors import DqError
from dqsuite.models import build, identify

NET = """
from torch import nn
from widths_{tag} import HIDDEN

def net(num_classes, image_shape):
    height, width, channels = image_shape
    return nn.Sequential(nn.Flatten(), nn.Linear(height * width * channels, HIDDEN), nn.Linear(HIDDEN, num_classes))
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    importlib.invalidate_caches()
    return tmp_path


def hidden(text):
    return build(text, 3, (8, 8, 1))[1].out_features


@pytest.mark.parametrize("form", ["net_{tag}:net", "nets/net_{tag}.py:net"])
def test_an_edit_in_an_imported_file_is_another_model_and_its_code_runs(here, form):
    tag = "path" if ".py" in form else "module"
    folder = here / "nets" if ".py" in form else here
    folder.mkdir(exist_ok=True)
    (folder / f"net_{tag}.py").write_text(NET.format(tag=tag))
    (folder / f"widths_{tag}.py").write_text(f"from deeper_{tag} import HIDDEN\n")
    (folder / f"deeper_{tag}.py").write_text("HIDDEN = 4\n")
    importlib.invalidate_caches()
    text = form.format(tag=tag)
    before = identify(text).name
    assert hidden(text) == 4
    (folder / f"deeper_{tag}.py").write_text("HIDDEN = 5\n")  # as long, and in the same second
    assert identify(text).name != before
    assert hidden(text) == 5
    with pytest.raises(DqError, match="has changed"):
        identify(before)


def test_relative_imports_and_packages_around_them_count(here):
    package = here / "packed"
    (package / "parts").mkdir(parents=True)
    for name in ("__init__.py", "parts/__init__.py"):
        (package / name).write_text("")
    (package / "net.py").write_text("from .parts import sizes\n")
    (package / "parts" / "sizes.py").write_text("A = 1\n")
    names = {identify("packed.net:net").name}
    for changed in ("__init__.py", "parts/__init__.py", "parts/sizes.py"):
        (package / changed).write_text("# edited\n")
        names.add(identify("packed.net:net").name)
    assert len(names) == 4


def test_two_folders_may_have_helpers_of_one_name(here):
    for name, width in (("one", 6), ("two", 7)):
        (here / name).mkdir()
        (here / name / "net.py").write_text(NET.format(tag="twin"))
        (here / name / "widths_twin.py").write_text(f"HIDDEN = {width}\n")
    importlib.invalidate_caches()
    assert [hidden(f"{name}/net.py:net") for name in ("one", "two", "one")] == [6, 7, 6]


def test_a_path_that_is_no_file_is_one_line(here):
    with pytest.raises(DqError, match=r"no file 'nets/none\.py' for a model; write its path"):
        identify("nets/none.py:net")
