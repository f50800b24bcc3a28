"""A real S3 server on loopback, moto's, behind a gate that fails as networks and providers do."""

from __future__ import annotations

import contextlib
import logging
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

BUCKET = "dqsuite-test"
_NEW_BUCKET = "PUT", f"/{BUCKET}", b"", {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/c"}
ANSWERS = {
    "SlowDown": 503,
    "ExpiredToken": 400,
    "RequestTimeTooSkewed": 403,
    "AccessDenied": 403,
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@dataclass
class Gate:
    """What stands between us and the server.

    Attributes
    ----------
    fault : function
        Takes the method and the path of a request; returns ``""`` to let it pass, a code of `ANSWERS` to answer with,
        ``cut`` to drop the connection before it, or ``lost`` to drop the answer of one that was carried out.
    written : Counter
        How often the server said of a path that it was written.
    """

    upstream: tuple[str, int]
    fault: Callable[[str, str], str] = lambda method, path: ""
    delay: float = 0.0
    asked: Counter = field(default_factory=Counter)
    written: Counter = field(default_factory=Counter)
    url: str = ""
    _kept: dict = field(default_factory=dict)
    _changing: Lock = field(default_factory=Lock)

    def start(self, port=0):
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

        for method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
            setattr(Handler, f"do_{method}", lambda request: gate.handle(request))  # noqa: PLW0108 - a method

        self._server = _Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def handle(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.asked[request.command] += 1
        time.sleep(self.delay)
        fault = self.fault(request.command, request.path)
        if fault in ANSWERS:
            _answer(request, ANSWERS[fault], f"<Error><Code>{fault}</Code></Error>".encode())
            return
        request.close_connection = bool(fault)
        if fault == "cut":
            return
        changes = request.command in ("PUT", "DELETE")
        try:
            with self._changing if changes else contextlib.nullcontext():
                answer, data = self._ask(request.command, request.path, body, dict(request.headers))
                if changes and answer.status < 300:
                    self._note(request.command, request.path, body, dict(request.headers))
        except (OSError, HTTPException):
            request.close_connection = True
        else:
            if not fault:
                _answer(request, answer.status, data, answer.headers)

    def _ask(self, *asked):
        upstream = HTTPConnection(*self.upstream, timeout=10)
        try:
            upstream.request(*asked)
            answer = upstream.getresponse()
            return answer, answer.read()
        finally:
            upstream.close()

    def _note(self, method, path, body, headers):
        if method == "DELETE":
            self._kept.pop(path, None)
            return
        self.written[path] += 1
        self._kept[path] = body, {name: value for name, value in headers.items() if name.lower() != "if-none-match"}

    def restore(self):
        """Give a server that has lost its memory all that was written, as one with a disk would have it."""
        for path, (body, headers) in self._kept.items():
            self._ask("PUT", path, body, headers)


def _answer(request, status, data, headers=()):
    with contextlib.suppress(OSError):
        request.send_response(status)
        kept = {name: headers[name] for name in headers if name.lower() not in ("date", "server", "connection")}
        for name, value in ({"Content-Length": str(len(data))} | kept).items():
            request.send_header(name, value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(data)


def sometimes(share, seed, *faults):
    """Return a fault that is one of these for a share of the requests."""
    rng = random.Random(seed)
    return lambda method, path: rng.choice(faults) if rng.random() < share else ""


class Mortal:
    """The server in a process of its own, behind a gate, which can be killed; when it is back, it has what it had."""

    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._at = free.getsockname()[:2]
        self._start()
        self.gate = Gate(self._at)
        self.gate.start()
        self.gate._ask(*_NEW_BUCKET)

    def _start(self):
        command = [sys.executable, "-m", "moto.server", "-p", str(self._at[1])]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                return socket.create_connection(self._at).close()
            time.sleep(0.1)
        raise TimeoutError(self._at)

    def kill(self):
        """End it at once."""
        self._process.kill()
        self._process.wait()

    def revive(self):
        """Start it again; nobody reaches it before it is whole."""
        before, self.gate.fault = self.gate.fault, lambda method, path: "cut"
        self._start()
        self.gate._ask(*_NEW_BUCKET)
        self.gate.restore()
        self.gate.fault = before

    def close(self):
        """End both."""
        self.gate.stop()
        self.kill()


@contextlib.contextmanager
def served(environment):
    """Give a gate to an S3 server with a bucket, and name it in the environment as AWS's tools want it."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    gate = Gate(server.get_host_and_port())
    gate.start()
    for name, value in settings(gate.url).items():
        environment.setenv(name, value)
    gate._ask("POST", "/moto-api/reset")  # servers of one process share what they hold
    gate._ask(*_NEW_BUCKET)
    yield gate
    gate.stop()
    server.stop()


def settings(url):
    """Return the variables by which the ecosystem finds a server."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "us-east-1",
    }
