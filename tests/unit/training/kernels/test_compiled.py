import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from dqsuite import cli, datasets
from dqsuite.core.errors import DqError
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.training import train
from dqsuite.training.kernels import build, compiled


def program(path: Path, text: str) -> str:
    """Write a shell script, and return its name."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Return the folder of the libraries in an empty cache, for this process and its children.

    They are compiled without optimisation, in a quarter of the time: what is tested is where they are kept.
    """
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "cache"))
    if (usual := build.compiler()) is not None:
        monkeypatch.setenv("CXX", program(tmp_path / "hasty", f'exec "{usual}" "$@" $(test $# = 1 || echo -O0)'))
    compiled.loaded.cache_clear()
    yield tmp_path / "cache" / "kernels"
    compiled.loaded.cache_clear()


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Return a function that makes a shell script the C++ compiler."""

    def write(text: str) -> str:
        monkeypatch.setenv("CXX", named := program(tmp_path / "script", text))
        return named

    return write


def lanes() -> int:
    return compiled.library().lanes()


def made(cache) -> list[Path]:
    return sorted(cache.glob("*.so"))


def test_it_is_compiled_once_and_found_again(cache):
    assert lanes() in (8, 16, 32)
    (found,) = made(cache)
    written = found.stat().st_mtime_ns
    compiled.loaded.cache_clear()
    assert lanes()
    assert made(cache) == [found]
    assert found.stat().st_mtime_ns == written


def test_another_processor_gets_its_own(cache, monkeypatch):
    lanes()
    compiled.loaded.cache_clear()
    monkeypatch.setattr(build, "cpu_flags", lambda: {"of", "another"})
    lanes()
    assert len(made(cache)) == 2


def test_processes_that_compile_at_once_do_not_meet(cache):
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        futures = [pool.submit(lanes) for _ in range(4)]
        assert all(future.result() for future in futures)
    assert len(made(cache)) == 1


def test_a_compilation_that_was_killed_leaves_nothing(cache):
    left = cache / "tmpkilled"
    left.mkdir(parents=True, mode=0o700)
    cache.chmod(0o700)
    (left / "made.so").write_bytes(b"half")
    assert lanes()
    assert [each.name for each in cache.iterdir() if each.is_dir()] == []


def test_a_damaged_library_is_compiled_again_and_not_loaded(cache):
    found = build.build()
    whole = found.path.read_bytes()
    with found.path.open("r+b") as file:
        file.truncate(len(whole) // 2)
    assert lanes()
    assert [path.read_bytes() for path in made(cache)] == [whole]


def test_the_folder_is_this_users_alone(cache):
    assert lanes()
    assert cache.stat().st_mode & 0o777 == 0o700


def test_what_others_can_write_is_not_loaded(cache):
    lanes()
    compiled.loaded.cache_clear()
    cache.chmod(0o770)
    assert not compiled.compiled()
    assert f"others can write to {cache}" in compiled.problem()


def test_the_folder_of_another_user_is_not_used(cache, monkeypatch):
    monkeypatch.setattr(build.os, "geteuid", lambda: os.getuid() + 1)
    assert not compiled.compiled()
    assert "belongs to another user" in compiled.problem()


def test_no_compiler(cache, monkeypatch):
    monkeypatch.setenv("PATH", str(cache))
    monkeypatch.delenv("CXX", raising=False)
    assert build.compiler() is None
    assert not compiled.compiled()
    assert "no C++ compiler was found" in compiled.problem()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("exit 1", "failed (exit code 1)"),
        ("test $# = 1 || { echo 'x.cpp:1: error: no' >&2; exit 1; }", "failed (x.cpp:1: error: no)"),
        ("exit 0", "made no library"),
        ('test $# = 1 || echo "no library" > "$(eval echo \\${$#})"', "cannot be loaded"),
    ],
)
def test_a_compiler_that_fails_or_makes_no_library(cache, script, text, complaint):
    path = script(text)
    assert build.compiler() == path
    assert not compiled.compiled()
    assert complaint in compiled.problem()
    assert "\n" not in compiled.problem()


def test_a_cache_that_cannot_be_written(cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert not compiled.compiled()
    assert f"{cache} cannot be used" in compiled.problem()


@pytest.mark.parametrize("named", ["~nosuchuser/cache", ""])
def test_no_home(cache, monkeypatch, named):
    monkeypatch.setenv("DQSUITE_CACHE", named)
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: Path("~nosuchuser"))
    assert not compiled.compiled()
    assert "set DQSUITE_CACHE" in compiled.problem()


def test_what_fails_is_not_tried_again_in_the_same_process(cache, script, tmp_path):
    script(f"echo once >> {tmp_path / 'tried'}\nexit 1")
    assert [compiled.compiled() for _ in range(3)] == [False, False, False]
    assert (tmp_path / "tried").read_text() == "once\n"


def test_the_user_turns_them_off(cache, monkeypatch):
    monkeypatch.setenv("DQSUITE_KERNELS", "off")
    assert not compiled.compiled()
    assert compiled.problem() == ""
    assert not cache.exists()  # nothing was compiled
    monkeypatch.setenv("DQSUITE_KERNELS", "on")
    assert compiled.compiled()
    monkeypatch.setenv("DQSUITE_KERNELS", "of")
    with pytest.raises(DqError, match="DQSUITE_KERNELS is 'of'; set it to on or off"):
        compiled.compiled()


@pytest.mark.parametrize("switch", ["on", "off"])
def test_an_outcome_tells_what_it_was_computed_with_and_is_the_same_cell(switch, monkeypatch):
    monkeypatch.setenv("DQSUITE_KERNELS", switch)
    plan = plan_grid("digits", ["lenet"], [], recipe=RECIPES["quick"], repeats=1, precision="fp32")
    found = train(plan.cells[0], datasets.load("digits"), "cpu", lambda *_: None).outcome
    told = {key: found.provenance.get(key) for key in ("convolutions", "kernels", "compiler")}
    if switch == "off":
        assert told == {"convolutions": "torch", "kernels": None, "compiler": None}
    else:
        here = build.build()
        assert told == {"convolutions": "compiled", "kernels": here.digest, "compiler": here.compiler}
    assert "kernels" not in str(found.cell.to_json())


def test_run_says_once_why_layers_are_torchs(cache, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CXX", "/bin/false")
    options = ["--corrupt", "shuffle:0.5", "--repeats", "1", "--epochs", "1", "--workers", "1", "--device", "cpu"]
    assert cli.main(["run", *options]) == 0
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "layers are torch's" in line)
    assert "/bin/false failed" in line
