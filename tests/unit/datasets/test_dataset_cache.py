from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing
from dqsuite.datasets import identify, load
from dqsuite.datasets.base import Arrays
from dqsuite.datasets.cache import cache_dir, file_stamp, recall, remember


@pytest.fixture
def hashes(monkeypatch):
    """Return a list that grows by one for each content that is hashed."""
    calls, original = [], Arrays.fingerprint
    monkeypatch.setattr(Arrays, "fingerprint", lambda arrays: calls.append(1) or original(arrays))
    return calls


def entries(cache):
    return list((cache / "fingerprints").iterdir())


def test_the_cache_is_the_systems_unless_the_user_names_another(monkeypatch, cache):
    assert cache_dir() == cache
    monkeypatch.delenv("DQSUITE_CACHE")
    assert cache_dir().name == "dqsuite"


def test_a_data_set_is_hashed_once(arrays, save, hashes):
    text = save(arrays)
    fingerprints = {identify(text).fingerprint, load(text).fingerprint, identify(text).fingerprint}
    assert len(fingerprints) == 1
    assert len(hashes) == 1


def test_a_known_file_is_identified_without_reading_it(arrays, save, monkeypatch):
    text = save(arrays)
    known = identify(text)
    monkeypatch.setattr(np, "load", None)
    assert identify(text) == known


def test_a_changed_file_has_another_fingerprint(arrays, save):
    before = identify(save(arrays))
    arrays["x_test"][0, 0, 0] ^= 1
    text = save(arrays)
    os.utime(text.partition(":")[2], ns=(1, 1))
    assert identify(text).fingerprint != before.fingerprint


def test_a_replaced_file_of_the_same_size_and_time_has_another_fingerprint(arrays, save):
    path = Path(save(arrays).partition(":")[2])
    before, status = load(f"npz:{path}"), path.stat()
    path.rename(path.with_name("old.npz"))
    arrays["x_test"][0, 0, 0] ^= 1
    save(arrays)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert identify(f"npz:{path}").fingerprint == load(f"npz:{path}").fingerprint != before.fingerprint


def test_loading_computes_the_fingerprint_and_mends_the_remembered_one(arrays, save):
    text, wrong = save(arrays), "0" * 16
    remember(file_stamp([Path(text.partition(":")[2])]), wrong)
    assert identify(text).fingerprint == wrong
    dataset = load(text)
    assert dataset.fingerprint == dataset.arrays.fingerprint() != wrong
    assert identify(text).fingerprint == dataset.fingerprint


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"0123456789abcdef", b"0123456789abcdef " + b"0" * 32])
def test_a_tampered_entry_is_computed_again(arrays, save, cache, content):
    text = save(arrays)
    known = identify(text)
    [entry] = entries(cache)
    entry.write_bytes(content)
    assert identify(text) == known
    assert entry.read_bytes() != content


def test_an_entry_does_not_answer_for_another_stamp(cache):
    remember("one", "0" * 16)
    [entry] = entries(cache)
    remember("two", "1" * 16)
    [other] = [path for path in entries(cache) if path != entry]
    other.write_bytes(entry.read_bytes())
    assert recall("one") == ("0" * 16, ())
    assert recall("two") is None


def test_a_cache_that_cannot_be_written_to_does_not_stop_a_run(arrays, save, tmp_path, monkeypatch):
    known = identify(save(arrays))
    (tmp_path / "file").touch()
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "file" / "below"))
    assert identify(save(arrays)).fingerprint == known.fingerprint


@pytest.mark.parametrize("default", [False, True])
def test_a_cache_in_a_home_that_is_not_known_is_refused(monkeypatch, default):
    monkeypatch.setenv("DQSUITE_CACHE", "~nosuchuser/cache")
    if default:
        monkeypatch.delenv("DQSUITE_CACHE")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(Path, "expanduser", homeless)
    with pytest.raises(DqError, match="cannot find the home folder") as error:
        identify("digits")
    assert "DQSUITE_CACHE" in error.value.mend


def homeless(path):
    raise RuntimeError("Could not determine home directory.")


def test_many_writers_leave_one_whole_entry(cache):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: remember("stamp", "0123456789abcdef"), range(200)))
    assert recall("stamp") == ("0123456789abcdef", ())
    assert len(entries(cache)) == 1


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write_half():
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("file.txt", "old")]
