from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dqsuite.core.errors import DqError
from dqsuite.datasets import load


@pytest.mark.parametrize("name", ["folder", "npz"])
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a;b", "cannot read the parameters of .*a path cannot contain ';'"),
        ("~nosuchuser/a", "home folder in which ~nosuchuser/a would be; write the whole path"),
        ("a" * 300, "cannot read a*: File name too long; check the path"),
    ],
)
def test_a_path_that_cannot_be_is_refused_in_one_line(name, path, message):
    with pytest.raises(DqError, match=message) as error:
        load(f"{name}:{path}")
    assert "\n" not in str(error.value)


@pytest.fixture
def shared(arrays):
    """Return a folder that others can read: two classes, and an npz file beside them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file in (folder / kind / f"{number}.png" for kind in ("cat", "dog") for number in range(2)):
            file.parent.mkdir(exist_ok=True)
            Image.new("L", (8, 8)).save(file)
        np.savez(folder / "my.npz", **arrays)
        yield folder


@contextlib.contextmanager
def closed(path):
    """Take all rights to a path away, and this process's right as root to ignore that."""
    mode, user = path.stat().st_mode, os.geteuid()
    path.chmod(0)
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


@pytest.mark.skipif(os.name != "posix", reason="rights to read are POSIX")
@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("folder:{}", "."),
        ("folder:{}", "cat"),
        ("folder:{}", "cat/0.png"),
        ("npz:{}/my.npz", "."),
        ("npz:{}/my.npz", "my.npz"),
    ],
)
def test_what_may_not_be_read_is_refused_in_one_line(shared, text, without):
    text = text.format(shared)
    load(text)  # as the right to import goes too
    with closed(shared / without), pytest.raises(DqError, match=r"cannot read .*Permission denied"):
        load(text)
