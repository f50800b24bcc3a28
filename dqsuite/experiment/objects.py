"""Objects behind a URL, by obstore: what a bucket does for a store. The only file that imports obstore.

obstore is one wheel without dependencies for S3, Google, Azure and folders, with conditional writes, paging, and
retries with jitter in all of them; fsspec's file systems have no conditional writes in common.
"""

from __future__ import annotations

import contextlib
import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dqsuite.core.errors import DqError
from dqsuite.core.escapes import line

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

PAGE = 1000  # objects of a listing's request
RETRIES, RETRIED_S, ASKED_S = 10, 60.0, 30.0  # how often and how long a request is tried again; how long one may take
_AGAIN = "run the same command again: what is stored is kept"
_CODES = {
    "NoSuchBucket": ("there is no such bucket", "make it, or name another with --store"),
    "ExpiredToken": ("the credentials have expired", f"renew them and {_AGAIN}"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", f"set it and {_AGAIN}"),
    "SlowDown": ("it is asked too often", f"{_AGAIN}, with fewer at once"),
}
_ALIKE = {  # what the providers call the same
    "RequestExpired": "ExpiredToken",
    "TokenRefreshRequired": "ExpiredToken",
    "ContainerNotFound": "NoSuchBucket",
    "ServerBusy": "SlowDown",
}
_REFUSED = "give credentials that may list, read, write and delete there, as for the provider's own tools"
_UNREACHED = f"look at the name and the network, then {_AGAIN}"


class Objects:
    """The objects below a URL. Every call raises DqError where the bucket cannot be used.

    Credentials are those of the ecosystem: the variables and the machine's role as obstore reads them, and the files
    and profiles of AWS where boto3 is installed.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._is_folder = url.startswith("file:")
        with self._told():
            self._store = _opened(self.url)

    def create(self, path: str, data: bytes) -> bool:
        """Write an object unless it is there; return whether this call wrote it.

        An answer may be lost and the request repeated, which then meets its own object: its mark tells.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        mark = uuid.uuid4().hex
        with self._told():
            try:
                marked: Any = {} if self._is_folder else {"attributes": {"writer": mark}}
                obstore.put(self._store, path, data, mode="create", use_multipart=False, **marked)
            except AlreadyExistsError:
                return not self._is_folder and self._writer(path) == mark
        return True

    def _writer(self, path: str) -> str | None:
        import obstore

        try:
            return obstore.get(self._store, path).attributes.get("writer")
        except FileNotFoundError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """Write an object, in place of the one that is there."""
        import obstore

        with self._told():
            obstore.put(self._store, path, data, use_multipart=False)

    def read(self, path: str, most: int) -> bytes:
        """Return the content of an object. Raises KeyError where there is none, ValueError where it is larger."""
        import obstore

        with self._told(KeyError(path)):
            found = obstore.get(self._store, path)
            if found.meta["size"] > most:
                raise ValueError(f"it has {found.meta['size']:,} bytes, more than {most:,}")
            return bytes(found.bytes())

    def has(self, path: str) -> bool:
        """Tell whether there is an object."""
        import obstore

        try:
            with self._told(KeyError(path)):
                obstore.head(self._store, path)
        except KeyError:
            return False
        return True

    def list(self, folder: str) -> Iterator[tuple[str, int]]:
        """Yield the path and the bytes of each object in a folder and those below it, page by page."""
        import obstore

        with self._told():
            for page in obstore.list(self._store, folder, chunk_size=PAGE):
                for found in page:
                    yield found["path"], found["size"]

    def older(self, seconds: float, *folders: str) -> Iterator[tuple[str, int]]:
        """Yield path and bytes of the objects that were written so long ago by the clock of the server."""
        import obstore

        with self._told():
            obstore.put(self._store, "clock", b"")
            now = obstore.head(self._store, "clock")["last_modified"]
            for folder in folders:
                for page in obstore.list(self._store, folder, chunk_size=PAGE):
                    for found in page:
                        if (now - found["last_modified"]).total_seconds() > seconds:
                            yield found["path"], found["size"]

    def remove(self, path: str) -> None:
        """Remove an object, if it is there."""
        import obstore

        with self._told(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, path)

    def require(self) -> None:
        """Raise DqError where the bucket is not there, or may not be listed."""
        for _ in self.list("no-such-folder"):
            pass

    @contextlib.contextmanager
    def _told(self, missing: KeyError | None = None) -> Iterator[None]:
        """Say in one line what stands in the way; what is not there is `missing`, unless that is the bucket itself."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, NotImplementedError) as error:
            code = _code(error)
            if isinstance(error, FileNotFoundError) and code != "NoSuchBucket" and missing:
                raise missing from None
            raise self._refusal(error, code) from error

    def _refusal(self, error: Exception, code: str) -> DqError:
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

        refused = isinstance(error, PermissionDeniedError | UnauthenticatedError | PermissionError)
        refused |= re.search("status code: 40[13]", str(error)) is not None
        if not code and (refused or "status code" in str(error)):  # answers to HEAD have nothing more
            code = self._why()
        short = line(str(error).partition("\n")[0].partition(": <?xml")[0], 300)
        if code in _CODES:
            told, mend = _CODES[code]
            return DqError(f"the store {self.url} cannot be used: {told}", mend)
        if refused:
            return DqError(f"the store {self.url} refuses us ({code or short})", _REFUSED)
        return DqError(f"the store {self.url} cannot be used ({short})", _UNREACHED)

    def _why(self) -> str:
        """Return the code of what stands in the way, empty where nothing does now."""
        import obstore

        try:
            obstore.list(self._store, "no-such-folder").collect()
        except Exception as error:
            return _code(error)
        return ""


def _code(error: Exception) -> str:
    found = re.search(r"<Code>\s*(\w+)", str(error))
    code = found[1] if found else ""
    return _ALIKE.get(code, code)


def _opened(url: str) -> Any:  # noqa: ANN401 - obstore's stores have no common type that runs
    from obstore.store import from_url

    retry: RetryConfig = {
        "max_retries": RETRIES,
        "retry_timeout": timedelta(seconds=RETRIED_S),
        "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=10), "base": 2},
    }
    client: ClientConfig = {"timeout": f"{ASKED_S}s"}
    if url.startswith("file:"):
        return from_url(url, mkdir=True)
    if url.startswith("s3:"):
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        more: Any = {"endpoint": endpoint} if endpoint else {}
        if (endpoint or "").startswith("http:"):
            client["allow_http"] = True
        return from_url(url, client_options=client, retry_config=retry, **more, **_profile())
    return from_url(url, client_options=client, retry_config=retry)


def _profile() -> Any:  # noqa: ANN401 - options of S3Store
    """Return what reads the files and profiles of AWS, where they are wanted, nothing where the variables are set."""
    named = os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    wanted = os.environ.get("AWS_PROFILE") or any(Path(each).expanduser().exists() for each in (named, "~/.aws/config"))
    if os.environ.get("AWS_ACCESS_KEY_ID") or not wanted:
        return {}
    try:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        return {}
    session = boto3.Session()
    if session.get_credentials() is None:
        return {}
    region = {"region": session.region_name} if session.region_name else {}
    return {"credential_provider": Boto3CredentialProvider(session), **region}
