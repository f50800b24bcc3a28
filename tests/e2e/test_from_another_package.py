"""A package that is installed beside dqsuite, and what its entry points add."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from caches import cache_at

import dqsuite

STRANGER = Path(__file__).parents[1] / "support" / "stranger"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder into which the package was installed."""
    source, target = tmp_path_factory.mktemp("source") / "stranger", tmp_path_factory.mktemp("site")
    shutil.copytree(STRANGER, source, ignore=shutil.ignore_patterns("__pycache__"))
    install = "-m pip install --quiet --no-deps --no-build-isolation --no-index --disable-pip-version-check --target"
    subprocess.run([sys.executable, *install.split(), str(target), str(source)], check=True)
    return target


@pytest.fixture
def say(site, tmp_path):
    """Call the command line in a process that sees the package; return its exit code and what it wrote."""
    path = os.pathsep.join([str(site), str(Path(dqsuite.__file__).parents[1])])
    environment = os.environ | {"PYTHONPATH": path, "DQSUITE_CACHE": cache_at(tmp_path / "cache"), "COLUMNS": "160"}

    def call(*arguments):
        command = [sys.executable, "-m", "dqsuite", *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return call


RUN = (
    "run --dataset few_digits --model linear --corrupt next_class:0.5 --recipe brief --repeats 2 --store s --workers 1"
)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("corruptions", "next_class:0.1[;classes=][;tail=]  The next class, from another package."),
        ("models", "linear      one layer"),
        ("datasets", "few_digits     200 handwritten digits"),
        ("recipes", "brief                 2 epochs at most, batch 20, sgd 0.05"),
    ],
)
def test_its_entries_are_listed_beside_ours(say, what, line):
    code, text = say("list", what)
    assert code == 0
    assert " ".join(line.split()) in [" ".join(each.split()) for each in text.splitlines()]


def test_its_data_model_corruption_and_recipe_are_trained_with(say):
    code, text = say(*RUN.split())
    assert code == 0, text
    assert "next_class" in text


def test_its_finding_is_judged_from_what_was_trained(say):
    code, text = say(*RUN.split())
    assert code == 0, text
    code, text = say("claims", "stranger-next-class-hurts", "--store", "s")
    assert code == 0, text
    assert "stranger-next-class-hurts" in text
    assert "2 repeats" in text
    assert "the source 'torn' of stranger cannot be imported" in text
    code, text = say("claims", "--json", "--store", "s")
    assert '"claim": "stranger-next-class-hurts"' in text
    assert '"claim": "lie3-noise-hurts-more"' in text


def test_a_broken_entry_is_named_in_the_list_and_breaks_it_not(say):
    code, text = say("list", "corruptions")
    assert code == 0
    assert "the corruption 'absent' of stranger cannot be imported" in text
    assert "salt_pepper" in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("next_class:0.5", "absent:0.5", "corruption 'absent' of stranger cannot be imported"),
        ("next_class:0.5", "pair_flip:0.2", "the corruption 'pair_flip' is in stranger and in dqsuite"),
        ("few_digits", "no_data", "data set 'no_data' of stranger is no Kind"),
    ],
)
def test_a_bad_entry_is_one_line_where_it_is_used(say, old, new, told):
    code, text = say(*RUN.replace(old, new).split())
    assert code == 2
    assert told in text
    assert "Traceback" not in text
