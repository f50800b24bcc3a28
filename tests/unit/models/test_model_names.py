from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from dqsuite.core.errors import DqError
from dqsuite.models import MODELS, build, identify

SOURCE = "def net(num_classes, image_shape):\n    raise NotImplementedError\n"
DIGEST = hashlib.sha256(SOURCE.encode()).hexdigest()[:12]
TIMM = importlib.metadata.version("timm")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current directory, empty but for a user's model."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model.py").write_text(SOURCE)
    importlib.invalidate_caches()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("lenet", "lenet"),
        (" lenet ;width=1.0", "lenet"),
        ("lenet;width=0.50", "lenet;width=0.5"),
        ("resnet18;width=2", "resnet18;width=2"),
        ("my_model:net", f"my_model:net@{DIGEST}"),
        ("my_model:net;width=1", f"my_model:net@{DIGEST}"),
        ("my_model:net;width=.5", f"my_model:net@{DIGEST};width=0.5"),
        ("timm:resnet18", f"timm:resnet18@{TIMM}"),
    ],
)
def test_a_text_has_one_canonical_form_which_stays_as_it_is(here, text, canonical):
    assert identify(text).name == canonical
    assert identify(canonical).name == canonical


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_ours_has_the_version_of_its_architecture(name):
    assert MODELS[name].version >= 1


def test_naming_and_listing_models_does_not_import_torch(here):
    code = (
        "import sys; from dqsuite.models import MODELS, identify\n"
        "for text in (*MODELS, 'my_model:net', 'timm:resnet18'): identify(text)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_current_directory_leaves_the_import_path_again(here):
    before = list(sys.path)
    identify("my_model:net")
    assert sys.path == before


def test_a_factory_inside_a_package_is_identified_by_its_own_file(here):
    (here / "my_package").mkdir()
    (here / "my_package" / "__init__.py").write_text("")
    (here / "my_package" / "nets.py").write_text(SOURCE)
    importlib.invalidate_caches()
    assert identify("my_package.nets:net").name == f"my_package.nets:net@{DIGEST}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lenett", r"unknown model 'lenett'; did you mean 'lenet'"),
        ("lenet:5", r"'lenet' takes no value, but has '5'; write lenet"),
        ("lenet;depth=3", r"no parameter 'depth'; the only one is ;width=NUMBER"),
        ("lenet;width=0", r"width '0' of lenet is not a positive number"),
        ("lenet;width=-1", r"width '-1' of lenet is not a positive number"),
        ("lenet;width=nan", r"width 'nan' of lenet is not a positive number"),
        ("lenet;width=inf", r"width 'inf' of lenet is not a positive number"),
        ("my_model:net;width=wide", r"width 'wide' of my_model is not a positive number"),
        ("my_model:net@0123456789ab", rf"my_model:net has changed: it is now at {DIGEST}, not at 0123456789ab; "),
        ("no_such_module:net", r"no module 'no_such_module' for a model"),
        ("no_such.package:net", r"module 'no_such.package' does not import: ModuleNotFoundError"),
        ("sys:exit", r"module 'sys' has no source file"),
        ("timm:resnet18@0.0.1", rf"timm:resnet18 has changed: it is now at {TIMM}, not at 0.0.1"),
        ("timm:resnet18;width=2", r"timm's models have no width"),
        ("timm", r"write timm:NAME"),
    ],
)
def test_a_text_that_names_no_model_is_one_line_with_a_mend(here, text, message):
    with pytest.raises(DqError, match=message) as caught:
        identify(text)
    assert caught.value.mend
    assert "\n" not in str(caught.value)


def test_a_source_that_changed_no_longer_goes_by_its_digest(here):
    name = identify("my_model:net").name
    Path("my_model.py").write_text(SOURCE + "# another\n")
    with pytest.raises(DqError, match="my_model:net has changed"):
        identify(name)


def test_a_missing_timm_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        DqError, match=r"timm:resnet18 needs timm, which is not installed; pip install 'dqsuite\[timm\]'"
    ):
        build("timm:resnet18", 10, (32, 32, 3))
