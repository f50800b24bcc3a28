"""The wheel, as a stranger installs it: what is in it, and that it works with nothing of this checkout on the path."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the source archive, and of the wheel that is made of it."""
    pytest.importorskip("build", reason="pip install '.[lint]'")
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def wheel(built):
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def say(wheel, tmp_path_factory):
    """Call Python of a fresh environment that has the wheel and, by a .pth, our dependencies; return what it wrote."""
    home = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "venv")], check=True)
    python = home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    install = "-m pip install --quiet --no-deps --no-index --disable-pip-version-check --target"
    subprocess.run([sys.executable, *install.split(), str(site), str(wheel)], check=True)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))  # the .pth files there are not followed
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def call(*arguments, cwd=home, code=0):
        environment = kept | {"DQSUITE_CACHE": str(home / "cache")}
        command = [str(python), *arguments]
        done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return call


def test_every_file_of_the_package_is_in_the_wheel_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files", "dqsuite"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    assert set(tracked.stdout.split()) <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"dqsuite"}
    assert "dqsuite/py.typed" in names


def test_the_source_archive_has_what_its_tests_and_its_site_need(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"conftest.py", "pyproject.toml", "README.md", "LICENSE", "docs/conf.py", "tests/e2e/test_wheel.py"}
    assert needed <= names
    assert any(name.startswith("tests/support/stranger/") for name in names)


def test_a_fresh_environment_has_the_wheel_alone(say):
    assert Path(say("-c", "import dqsuite; print(dqsuite.__file__)")).is_relative_to(ROOT) is False
    assert "site-packages" in say("-c", "import dqsuite; dqsuite.run; print(dqsuite.__file__)")


@pytest.mark.parametrize("what", ["corruptions", "models", "recipes", "datasets"])
def test_the_wheel_lists_what_there_is(say, what):
    assert say("-m", "dqsuite", "list", what)


def test_the_wheel_trains_reports_and_shows_the_findings(say):
    grid = "run --dataset planted --corrupt wrong:0.5 --repeats 2 --epochs 1 --workers 1 --store s --out out/"
    assert "wrong:0.5" in say("-m", "dqsuite", *grid.split())
    assert "lie1" in say("-m", "dqsuite", "claims", "--store", "s")


def test_tests_of_a_strangers_repository_judge_with_the_wheel_alone(say, shop):
    tests = ["-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "--dq-device", "cpu"]
    cold = say(*tests, "-n", "2", "-k", "not forgotten", cwd=shop, code=1)
    assert "1 failed, 3 passed, 1 skipped" in cold
    warm = say(*tests, "test_shapes.py", "-k", "not forgotten", cwd=shop / "checks" / "deep", code=1)
    assert "1 failed, 2 passed, 1 skipped" in warm


def test_the_published_findings_are_tests_of_the_wheel(say, tmp_path):
    asked = ["-m", "pytest", "-p", "no:cacheprovider", "--pyargs", "dqsuite", "--dq-budget", "0s", "-k"]
    assert "not measured: the time budget is spent" in say(*asked, "noise_hurts_more and lenet", "-rs", cwd=tmp_path)
