"""What a user's module is made of, read from its imports without running it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dqsuite.core.errors import DqError
from dqsuite.models import identify
from dqsuite.models.sources import digest_of, local_sources

NET = "def net(num_classes, image_shape):\n    raise NotImplementedError\n"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return put


@pytest.mark.parametrize(
    ("imports", "names"),
    [
        ("import blocks", {"blocks"}),
        ("from blocks import conv", {"blocks"}),
        ("def net():\n    import blocks", {"blocks"}),
        ("try:\n    import blocks\nexcept ImportError:\n    pass", {"blocks"}),
        ("from parts import heads", {"parts", "parts.heads", "parts.sizes"}),
        ("import parts.heads as heads", {"parts", "parts.heads", "parts.sizes"}),
        ("import torch, json, math", set()),
        ("import chain", {"chain", "blocks"}),
        ("import circle", {"circle"}),
        ("this is no Python", set()),
    ],
)
def test_local_imports_are_followed(write, imports, names):
    write("blocks.py", "import torch")
    write("chain.py", "import blocks")
    write("circle.py", "import nets")
    write("parts/__init__.py", "")
    write("parts/heads.py", "from . import sizes\nfrom .sizes import SIZE")
    write("parts/sizes.py", "SIZE = 3")
    found = local_sources("nets", write("nets.py", imports))
    assert set(found) == names | {"nets"}


def test_of_an_installed_package_only_its_own_modules_count(write):
    write("site-packages/other.py", "")
    write("site-packages/zoo/blocks.py", "")
    write("site-packages/zoo/__init__.py", "import other")
    file = write("site-packages/zoo/nets.py", "import other\nfrom zoo import blocks")
    assert set(local_sources("zoo.nets", file)) == {"zoo", "zoo.nets", "zoo.blocks"}


def test_a_module_alone_goes_by_the_digest_of_its_file(write):
    assert digest_of(local_sources("nets", write("nets.py", NET))) == hashlib.sha256(NET.encode()).hexdigest()[:12]


@pytest.mark.parametrize("text", ["nets:net", "nets.py:net"])
def test_an_edit_in_an_imported_file_makes_another_model(write, text):
    write("nets.py", "from blocks import SIZE\n" + NET)
    write("blocks.py", "SIZE = 3\n")
    before = identify(text).name
    write("blocks.py", "SIZE = 5\n")
    assert identify(text).name != before
    with pytest.raises(DqError, match="has changed"):
        identify(before)


def test_a_factory_in_a_file_anywhere_is_named_by_its_path(write, tmp_path):
    write("deep/nets.py", NET)
    assert identify("deep/nets.py:net").name.startswith("deep/nets.py:net@")
    with pytest.raises(DqError, match=r"no file deep/net.py for a model; write path/to/file.py:factory"):
        identify("deep/net.py:net")
    assert Path.cwd() == tmp_path
