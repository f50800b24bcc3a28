"""Files that appear whole or not at all, with hard links and without."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest

from dqsuite.core import files
from dqsuite.core.errors import DqError
from dqsuite.experiment.store import OUTCOMES, Store

NO_LINKS = """
import errno, os

def link(*paths, **options):
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))

os.link = link
"""


@pytest.fixture(params=["hard links", "no hard links"])
def disk(request, tmp_path, monkeypatch):
    """Make hard links impossible in one of two cases, for this process, those it forks and those it starts."""
    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", os.link)  # restored afterwards
        exec(NO_LINKS)
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "sitecustomize.py").write_text(NO_LINKS)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]))
    return tmp_path / "disk"


def left(folder):
    return [path.name for path in folder.rglob("*") if path.is_file() and "-dqsuite-" in path.name]


def _write(root, start, mine, number):
    start.wait()
    store = Store(root)
    mine.send([store.put_if_absent(OUTCOMES, f"name{i}", f"{number} {i} ".encode() * 5000) for i in range(40)])


@pytest.mark.parametrize("round_", range(3))
def test_of_many_writers_one_succeeds_and_its_bytes_stay(disk, round_):
    context = multiprocessing.get_context("fork")
    start, pipes = context.Event(), [context.Pipe() for _ in range(4)]
    crew = [context.Process(target=_write, args=(disk, start, mine, n)) for n, (_, mine) in enumerate(pipes)]
    for process in crew:
        process.start()
    start.set()
    wrote = [theirs.recv() for theirs, _ in pipes]
    for process in crew:
        process.join()
    store = Store(disk)
    for i, won in enumerate(zip(*wrote, strict=True)):
        assert sum(won) == 1
        assert store.get(OUTCOMES, f"name{i}") == f"{won.index(True)} {i} ".encode() * 5000
    assert not left(disk)


ENDLESS = """
import sys
from dqsuite.experiment.store import OUTCOMES, Store
store = Store(sys.argv[1])
for i in range(10**6):
    store.put_if_absent(OUTCOMES, f"name{i}", b"x" * 100_000)
"""


def test_a_killed_writer_leaves_whole_records_and_what_else_it_leaves_is_swept(disk):
    for moment in (20, 21, 22, 23):
        writer = subprocess.Popen([sys.executable, "-c", ENDLESS, str(disk)])
        while len(list(Store(disk).list(OUTCOMES))) < moment:
            time.sleep(0.003)
        writer.kill()
        writer.wait()
    store = Store(disk)
    assert {len(store.get(OUTCOMES, name)) for name in store.list(OUTCOMES)} == {100_000}
    store.sweep()
    assert not left(disk)


def test_what_stands_there_stays(disk):
    disk.mkdir()
    for place in (lambda path: path.symlink_to(disk / "nowhere"), lambda path: path.mkdir(), os.mkfifo):
        place(disk / "it")
        with pytest.raises(FileExistsError):
            files.create(disk / "it", b"data", disk)
        assert os.path.lexists(disk / "it")
        (disk / "it").rmdir() if (disk / "it").is_dir() else (disk / "it").unlink()
    assert not left(disk)


def test_a_disk_with_neither_links_nor_locks_is_one_line(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(DqError, match="its disk has neither hard links nor locks") as caught:
        Store(tmp_path).put_if_absent(OUTCOMES, "abc", b"data")
    assert "name another with --store" in caught.value.mend
    assert not left(tmp_path)


def test_without_links_a_full_disk_is_still_told_as_one(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(DqError, match="No space left"):
        Store(tmp_path).put_if_absent(OUTCOMES, "abc", b"data")


def _hang(path, inside):
    with files.replacing(path) as temporary:
        temporary.write_bytes(b"half")
        inside.set()
        signal.pause()


def test_the_file_of_a_living_writer_stays_and_that_of_a_killed_one_goes(tmp_path):
    context = multiprocessing.get_context("fork")
    inside = context.Event()
    writer = context.Process(target=_hang, args=(tmp_path / "page.html", inside))
    writer.start()
    assert inside.wait(60)
    files.sweep(tmp_path)
    assert len(left(tmp_path)) == 1
    writer.kill()
    writer.join()
    (tmp_path / ".page-0123.html").write_text("somebody else's")
    with files.replacing(tmp_path / "other.html") as temporary:
        temporary.write_bytes(b"whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".page-0123.html", "other.html"]


def test_a_block_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), files.replacing(tmp_path / "page.html"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_tells_of_the_writer_only_old_files_go(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    names = [tmp_path / f".page-dqsuite-{digit * 32}.html" for digit in "ab"]
    for path in names:
        path.touch()
    os.utime(names[0], (time.time() - 2 * 86400,) * 2)
    files.sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [names[1]]


def test_a_pipe_that_looks_like_a_temporary_file_hangs_nothing(tmp_path):
    os.mkfifo(tmp_path / f".page-dqsuite-{'a' * 32}.html")
    files.sweep(tmp_path)
    with files.replacing(tmp_path / "page.html") as temporary:
        temporary.write_bytes(b"whole")
    assert (tmp_path / "page.html").read_bytes() == b"whole"
