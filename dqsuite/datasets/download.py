"""Downloads a published data set by torchvision, which checks it, and keeps it as one npz file."""

from __future__ import annotations

import contextlib
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.core.files import replacing

_CLASSES = {"mnist": "MNIST", "fashion_mnist": "FashionMNIST", "cifar10": "CIFAR10", "cifar100": "CIFAR100"}
_SAFE = {"fashion_mnist": ["https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"]}
"""Mirrors with https, where torchvision names none; its checksums hold for them."""
_PATIENCE = 30.0  # seconds without an answer until a server counts as unreachable


def download(key: str, target: Path) -> Path:
    """Return `target`, the npz file of a data set, downloaded if no other process has done so meanwhile.

    Raises
    ------
    DqError
        The network, the server, a checksum or the disk is at fault.
    """
    from filelock import FileLock

    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_suffix(".lock")):
            if not target.is_file():
                for left in target.parent.glob(f".{key}-*/"):  # of a download that was killed
                    shutil.rmtree(left, ignore_errors=True)
                _fetch(key, target)
    except OSError as error:
        raise DqError(
            f"cannot write {key} to the cache {target.parent}: {error.strerror or error}",
            "free some disk space, or set DQSUITE_CACHE to a folder that can be written to",
        ) from error
    return target


def _fetch(key: str, target: Path) -> None:
    """Download into a folder that is removed afterwards, and convert."""
    from torchvision import datasets

    kind = getattr(datasets, _CLASSES[key])
    if hasattr(kind, "mirrors"):
        kind = type(kind.__name__, (kind,), {"mirrors": _safest_first([*_SAFE.get(key, []), *kind.mirrors])})
    url = kind.url if hasattr(kind, "url") else kind.mirrors[0]
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{key}-") as folder:
        try:
            with _patience():
                train, test = (kind(folder, train=split, download=True) for split in (True, False))
        except (RuntimeError, URLError, HTTPException, ConnectionError, TimeoutError) as error:
            mend = f"try again later, or set DQSUITE_DATA to a folder that holds {target.name}"
            if "corrupted" in str(error):
                raise DqError(f"the download of {key} from {url} is damaged: its checksum is wrong", mend) from error
            raise DqError(f"cannot download {key} from {url}: {error}", f"check the network, {mend}") from error
        with replacing(target) as temporary:
            np.savez(
                temporary,
                x_train=np.asarray(train.data),
                y_train=np.asarray(train.targets),
                x_test=np.asarray(test.data),
                y_test=np.asarray(test.targets),
            )


def _safest_first(mirrors: Iterable[str]) -> list[str]:
    """Return the mirrors, those of plain http last: whoever sits between could see what is asked of them."""
    return sorted(mirrors, key=lambda url: not url.startswith("https:"))


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Limit how long a silent server is waited for; torchvision itself sets no limit."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
