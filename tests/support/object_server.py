"""A real S3 server on loopback, moto's, behind a gate that fails as networks and providers do."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

BUCKET = "dqsuite-test"
ANSWERS = {
    "SlowDown": 503,
    "ExpiredToken": 400,
    "RequestTimeTooSkewed": 403,
    "AccessDenied": 403,
}


@dataclass
class Gate:
    """What stands between us and the server.

    Attributes
    ----------
    fault : function
        Takes the method and the path of a request; returns ``""`` to let it pass, a code of `ANSWERS` to answer with,
        ``cut`` to drop the connection before it, or ``lost`` to drop the answer of one that was carried out.
    """

    upstream: tuple[str, int]
    fault: Callable[[str, str], str] = lambda method, path: ""
    delay: float = 0.0
    asked: Counter = field(default_factory=Counter)
    url: str = ""

    def start(self, port=0):
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

        for method in ("GET", "PUT", "HEAD", "DELETE", "POST"):
            setattr(Handler, f"do_{method}", lambda request: gate.handle(request))  # noqa: PLW0108 - a method

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
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
        upstream = HTTPConnection(*self.upstream, timeout=30)
        with contextlib.suppress(OSError, HTTPException):
            upstream.request(request.command, request.path, body, dict(request.headers))
            answer = upstream.getresponse()
            data = answer.read()
            if not fault:
                _answer(request, answer.status, data, answer.headers)
        upstream.close()


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
    upstream = HTTPConnection(*gate.upstream)
    upstream.request("POST", "/moto-api/reset")  # servers of one process share what they hold
    upstream.getresponse().read()
    upstream.request("PUT", f"/{BUCKET}", headers={"Authorization": "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/s3/c"})
    assert upstream.getresponse().read() is not None
    upstream.close()
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
