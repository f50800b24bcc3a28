from __future__ import annotations

import gc
import gzip
import hashlib
import http.server
import importlib
import io
import pickle
import socket
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from dqsuite.core.errors import DqError
from dqsuite.datasets import download, load

TRAIN = 20  # training images of a data set with 10 classes: two of each


def md5(data):
    return hashlib.md5(data).hexdigest()


def content(classes, shape, seed=0):
    rng = np.random.default_rng(seed)
    sizes = {"train": 2 * classes, "test": classes}
    images = {f"x_{split}": rng.integers(0, 256, (n, *shape), np.uint8) for split, n in sizes.items()}
    return images | {f"y_{split}": np.arange(n) % classes for split, n in sizes.items()}


def idx(array):
    """Return the array in the format of MNIST: magic number 0, 0, 8 (uint8), dimensions, sizes, bytes."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


def published(name):
    """Return torchvision's class, imported by who needs it: each worker of a session would wait for it."""
    return getattr(importlib.import_module("torchvision.datasets"), name)


def serve_mnist(published_as, served, url, monkeypatch):
    kind = published(published_as)
    arrays = content(10, (28, 28))
    files = {
        "train-images-idx3-ubyte.gz": idx(arrays["x_train"]),
        "train-labels-idx1-ubyte.gz": idx(arrays["y_train"]),
        "t10k-images-idx3-ubyte.gz": idx(arrays["x_test"]),
        "t10k-labels-idx1-ubyte.gz": idx(arrays["y_test"]),
    }
    for name, data in files.items():
        (served / name).write_bytes(data)
    monkeypatch.setattr(kind, "mirrors", [url])
    monkeypatch.setattr(download, "_SAFE", {})
    monkeypatch.setattr(kind, "resources", [(name, md5(data)) for name, data in files.items()])
    return arrays


def serve_cifar(published_as, served, url, monkeypatch, *, label="labels", classes=10):
    kind = published(published_as)
    arrays = content(classes, (32, 32, 3))
    files = {
        kind.meta["filename"]: {kind.meta["key"]: [str(k) for k in range(classes)]},
        "only_train": batch(arrays["x_train"], arrays["y_train"], label),
        "only_test": batch(arrays["x_test"], arrays["y_test"], label),
    }
    packed = {name: pickle.dumps(value, protocol=2) for name, value in files.items()}
    archive = tar(kind.base_folder, packed)
    (served / kind.filename).write_bytes(archive)
    monkeypatch.setattr(kind, "url", url + kind.filename)
    monkeypatch.setattr(kind, "tgz_md5", md5(archive))
    monkeypatch.setattr(kind, "train_list", [["only_train", md5(packed["only_train"])]])
    monkeypatch.setattr(kind, "test_list", [["only_test", md5(packed["only_test"])]])
    monkeypatch.setattr(kind, "meta", kind.meta | {"md5": md5(packed[kind.meta["filename"]])})
    return arrays


def batch(images, labels, key):
    return {"data": images.transpose(0, 3, 1, 2).reshape(len(images), -1), key: labels.tolist()}


def tar(folder, files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


SERVE = {
    "mnist": partial(serve_mnist, "MNIST"),
    "fashion_mnist": partial(serve_mnist, "FashionMNIST"),
    "cifar10": partial(serve_cifar, "CIFAR10"),
    "cifar100": partial(serve_cifar, "CIFAR100", label="fine_labels", classes=100),
}


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        self.server.requests.append((self.command, self.path))


@pytest.fixture
def server(tmp_path):
    """Serve a folder on this machine, and note the requests."""
    served = tmp_path / "served"
    served.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=served))
    server.requests, server.folder = [], served
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def closed():
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}/"


def left(cache, name):
    """Return what is in the cache besides the lock, the data set and its fingerprint."""
    return {path.name for path in cache.iterdir()} - {f"{name}.lock", f"{name}.npz", "fingerprints"}


@pytest.mark.parametrize("name", SERVE)
def test_a_download_is_kept_as_one_npz_file_and_not_repeated(name, server, cache, monkeypatch):
    arrays = SERVE[name](server.folder, server.url, monkeypatch)
    first, requests = load(name), list(server.requests)
    again = load(name)
    for key, array in arrays.items():
        np.testing.assert_array_equal(getattr(first, key).reshape(array.shape), array)
    assert again.fingerprint == first.fingerprint
    assert requests
    assert server.requests == requests
    assert (cache / f"{name}.npz").is_file()
    assert not left(cache, name)


def test_two_at_once_download_once(server, monkeypatch):
    SERVE["cifar10"](server.folder, server.url, monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(load, ["cifar10"] * 2)
    assert one.fingerprint == two.fingerprint
    assert [command for command, _ in server.requests].count("GET") == len(server.requests) == 2  # redirect, download


@pytest.mark.parametrize("name", SERVE)
def test_a_wrong_checksum_is_refused(name, server, cache, monkeypatch):
    SERVE[name](server.folder, server.url, monkeypatch)
    for file in server.folder.iterdir():
        file.write_bytes(file.read_bytes() + b"!")
    with pytest.raises(DqError, match="checksum is wrong") as error:
        load(name)
    assert server.url in error.value.cause
    assert "DQSUITE_DATA" in error.value.mend
    assert not (cache / f"{name}.npz").exists()
    assert not left(cache, name)


@pytest.mark.parametrize("name", SERVE)
def test_without_network_the_address_and_the_way_out_are_named(name, server, closed, cache, monkeypatch):
    SERVE[name](server.folder, closed, monkeypatch)
    with pytest.raises(DqError, match="refused") as error:
        load(name)
    assert closed in error.value.cause
    assert f"set DQSUITE_DATA to a folder that holds {name}.npz" in error.value.mend
    assert not left(cache, name)


# torchvision leaves the answers that say 404 open, until they are collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("name", SERVE)
def test_a_file_that_moved_away_is_named(name, server, monkeypatch):
    SERVE[name](server.folder, server.url, monkeypatch)
    for file in server.folder.iterdir():
        file.unlink()
    with pytest.raises(DqError, match="404") as error:
        load(name)
    assert server.url in error.value.cause
    del error
    gc.collect()


def test_a_failed_download_is_tried_again(server, closed, monkeypatch):
    SERVE["mnist"](server.folder, closed, monkeypatch)
    with pytest.raises(DqError):
        load("mnist")
    SERVE["mnist"](server.folder, server.url, monkeypatch)
    assert len(load("mnist").x_train) == TRAIN


def test_plain_http_comes_last(server, monkeypatch):
    SERVE["mnist"](server.folder, server.url, monkeypatch)
    asked = []
    monkeypatch.setattr(download, "_SAFE", {"mnist": ["https://127.0.0.1:9/"]})
    mnist = importlib.import_module("torchvision.datasets.mnist")
    fetch = mnist.download_and_extract_archive

    def noted(url, *arguments, **named):
        asked.append(url)
        return fetch(url, *arguments, **named)

    monkeypatch.setattr(mnist, "download_and_extract_archive", noted)
    assert len(load("mnist").x_train) == TRAIN
    assert asked[0].startswith("https:")
    assert asked[1].startswith("http:")


def test_what_a_killed_download_left_goes(server, cache, monkeypatch):
    SERVE["mnist"](server.folder, server.url, monkeypatch)
    (cache / ".mnist-abc").mkdir(parents=True)
    (cache / ".mnist-abc" / "half").write_bytes(b"half")
    load("mnist")
    assert not left(cache, "mnist")


def test_a_cache_that_cannot_be_written_to_is_named(server, tmp_path, monkeypatch):
    SERVE["mnist"](server.folder, server.url, monkeypatch)
    (tmp_path / "file").touch()
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(DqError, match=r"cannot write mnist to the cache .*below") as error:
        load("mnist")
    assert "DQSUITE_CACHE" in error.value.mend
    assert not server.requests


@pytest.mark.parametrize("name", SERVE)
def test_a_disk_that_is_full_is_named_and_nothing_half_stays(name, server, cache, monkeypatch):
    resource = pytest.importorskip("resource", reason="limits of file sizes are POSIX")
    SERVE[name](server.folder, server.url, monkeypatch)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(DqError, match=f"cannot write {name} to the cache") as error:
            load(name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "free some disk space" in error.value.mend
    assert not (cache / f"{name}.npz").exists()
    assert not left(cache, name)
