"""Nodes of a real Ray that can be killed and cut off: in network namespaces where they may be made, else frozen."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

_HEALTH = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 1000, "health_check_timeout_ms": 2000}
_NODE = ["--num-cpus=1", f"--object-store-memory={80 * 2**20}"]
SUPPORT = str(Path(__file__).parent)  # where nodes find what is trained in place of models


class Machines:
    """A head without cores, which drivers connect to, and nodes with a core each.

    Attributes
    ----------
    address : str
        Of the cluster.
    """

    def __init__(self, count):
        self._netns = _can_have_namespaces()
        self._host = "127.0.0.1"
        if self._netns:
            self._bridge, self._net = f"dq{os.getpid()}", f"10.77.{os.getpid() % 250}"
            self._host = f"{self._net}.1"
            _ip(f"link add {self._bridge} type bridge")
            _ip(f"addr add {self._host}/24 dev {self._bridge}")
            _ip(f"link set {self._bridge} up")
        with socket.create_server((self._host, 0)) as free:
            self.address = f"{self._host}:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self._head = _start(
            "--head", f"--port={port}", f"--node-ip-address={self._host}", "--num-cpus=0", "--include-dashboard=false",
            f"--object-store-memory={80 * 2**20}", f"--system-config={json.dumps(_HEALTH)}",
        )  # fmt: skip
        self._nodes = {}
        self._made = 0
        for _ in range(count):
            self.add()

    def add(self):
        """Start one more node."""
        self._made += 1
        name, before, where = f"{self._made}", [], self._host
        if self._netns:
            space, where = f"{self._bridge}-{name}", f"{self._net}.{1 + self._made % 250}"
            _ip(f"netns add {space}")
            _ip(f"link add {self._link(name)} type veth peer name eth0 netns {space}")
            _ip(f"link set {self._link(name)} master {self._bridge} up")
            _ip(f"-n {space} addr add {where}/24 dev eth0")
            for device in ("eth0", "lo"):
                _ip(f"-n {space} link set {device} up")
            before = ["ip", "netns", "exec", space]
        self._nodes[name] = _start(f"--address={self.address}", f"--node-ip-address={where}", *_NODE, before=before)

    def names(self):
        """Return the nodes that were not killed."""
        return list(self._nodes)

    def kill(self, name):
        """End a node at once."""
        _kill(self._nodes.pop(name))
        if self._netns:
            _ip(f"netns del {self._bridge}-{name}")

    def cut(self, name):
        """Cut a node off: nothing comes through, in neither direction."""
        if self._netns:
            _ip(f"link set {self._link(name)} down")
        else:
            _tell(self._nodes[name], signal.SIGSTOP)

    def join(self, name):
        """Bring a node back that was cut off. One that was given up meanwhile is replaced."""
        if self._netns:
            _ip(f"link set {self._link(name)} up")
        else:
            _tell(self._nodes[name], signal.SIGCONT)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if self._nodes[name].poll() is not None:
                self.kill(name)
                self.add()
                return
            time.sleep(0.2)

    def close(self):
        """End everything."""
        for name in self.names():
            self.kill(name)
        _kill(self._head)
        if self._netns:
            _ip(f"link del {self._bridge}")

    def _link(self, name):
        return f"{self._bridge}v{name}"


def _start(*options, before=()):
    return subprocess.Popen(
        [*before, sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([SUPPORT, os.environ.get("PYTHONPATH", "")])},
    )


def _kill(process):
    _tell(process, signal.SIGKILL)
    process.wait()


def _tell(process, number):
    """Send a signal to a process and to all of its session."""
    for found in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            session = found.read_text().rpartition(")")[2].split()[3]
            if int(session) == process.pid:
                os.kill(int(found.parent.name), number)


def _can_have_namespaces():
    if not shutil.which("ip") or os.name == "nt" or os.geteuid() != 0:
        return False
    name = f"dq{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip(f"netns del {name}")
    return made


def _ip(command):
    subprocess.run(["ip", *command.split()], check=True, capture_output=True)
