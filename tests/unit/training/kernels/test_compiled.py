import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import platformdirs
import pytest

from dqsuite.training.kernels import compiled


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """Return an empty cache folder of the user, for this process and its children."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for remembered in (compiled.library, compiled.compiled):
        remembered.cache_clear()
    yield platformdirs.user_cache_path("dqsuite") / "kernels"
    for remembered in (compiled.library, compiled.compiled):
        remembered.cache_clear()


def lanes() -> int:
    return compiled.library().lanes()


def test_it_is_compiled_once_and_found_again(cache, monkeypatch):
    assert lanes() in (8, 16, 32)
    (made,) = cache.iterdir()
    compiled.library.cache_clear()
    monkeypatch.setattr(compiled, "_compile", lambda *_: pytest.fail("compiled again"))
    assert lanes()
    assert [made] == list(cache.iterdir())


def test_another_processor_gets_its_own(cache, monkeypatch):
    lanes()
    compiled.library.cache_clear()
    monkeypatch.setattr(compiled, "cpu_flags", lambda: {"of", "another"})
    lanes()
    assert len(list(cache.iterdir())) == 2


def test_processes_that_compile_at_once_do_not_meet(cache):
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        futures = [pool.submit(lanes) for _ in range(4)]
        assert all(future.result() for future in futures)
    assert len(list(cache.iterdir())) == 1


def test_no_compiler(cache, monkeypatch):
    monkeypatch.setenv("PATH", str(cache))
    monkeypatch.delenv("CXX", raising=False)
    assert compiled.compiler() is None
    assert not compiled.compiled()


@pytest.mark.parametrize("script", ["exit 1", 'test $# = 1 || echo "no library" > "$(eval echo \\${$#})"'])
def test_a_compiler_that_fails_or_makes_no_library(cache, monkeypatch, tmp_path, script):
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(broken.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("CXX", str(broken))
    assert compiled.compiler() == str(broken)
    assert not compiled.compiled()


def test_a_cache_that_cannot_be_written(cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert not compiled.compiled()


def test_what_fails_is_not_tried_again_in_the_same_process(cache, monkeypatch, tmp_path):
    broken, tried = tmp_path / "broken", tmp_path / "tried"
    broken.write_text(f"#!/bin/sh\necho once >> {tried}\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("CXX", str(broken))
    assert [compiled.compiled() for _ in range(3)] == [False, False, False]
    assert tried.read_text() == "once\n"
