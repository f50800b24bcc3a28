from __future__ import annotations

import re
import subprocess
import sys

import pytest

from dqsuite.core.errors import DqError
from dqsuite.datasets import DATASETS, identify, load

PATHS = [name for name, kind in DATASETS.items() if kind.about.startswith(f"{name}:")]


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_offers_its_parameters_or_says_that_it_has_none(name):
    with pytest.raises(DqError, match=r"unknown parameter of \w+ 'sead'|takes no parameters") as error:
        identify(f"{name}:x;sead=1" if name in PATHS else f"{name};sead=1")
    assert error.value.mend


@pytest.mark.parametrize("name", DATASETS)
def test_a_path_is_needed_by_some_and_refused_by_the_others(name):
    text, cause = (name, "lacks a path") if name in PATHS else (f"{name}:5", "takes no value")
    with pytest.raises(DqError, match=cause):
        identify(text)


def test_an_unknown_data_set_offers_the_nearest():
    with pytest.raises(DqError, match="did you mean 'cifar10' or 'cifar100'"):
        load("cifar_10")


@pytest.mark.parametrize("text", ["digits", "planted;classes=4;train=40;test=20;pairs=1"])
def test_identify_agrees_with_load(text):
    before, dataset, after = identify(text), load(text), identify(text)
    assert before == after
    assert (before.name, before.fingerprint) == (dataset.name, dataset.fingerprint)


def test_a_path_that_looks_like_a_number_stays_as_typed():
    with pytest.raises(DqError, match=re.escape("no file 010.50;")):
        identify("npz:010.50")


def modules_after(code):
    script = f"{code}\nimport sys; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    )


def test_importing_the_data_sets_imports_only_numpy():
    heavy = {"torch", "torchvision", "sklearn", "scipy", "PIL", "platformdirs", "filelock"}
    assert not heavy & modules_after("import dqsuite.datasets")


def test_identifying_a_known_data_set_imports_neither_torch_nor_scikit_learn():
    identify("digits")
    modules = modules_after("from dqsuite.datasets import identify; identify('digits')")
    assert "numpy" in modules
    assert not {"torch", "sklearn"} & modules
