"""The engines that a user can ask for by name."""

from __future__ import annotations

from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cores, resolve_device
from dqsuite.engines.dispatch import Dispatch
from dqsuite.engines.processes import Processes
from dqsuite.engines.worker import Worker

ENGINES = ("processes", "ray")


def require_engine(name: str, address: str) -> None:
    """Raise DqError where there is no such engine, or an address of none."""
    if name not in ENGINES:
        raise DqError(f"unknown engine {name!r}", f"use {' or '.join(ENGINES)}")
    if address and name != "ray":
        raise DqError("an address is that of a Ray cluster", "ask for it with --engine ray")


def processes_for(device: str, asked: int | None = None) -> int:
    """Return how many processes train on a device here: as many as asked for, or one a core, one on a GPU."""
    return asked or (cores() if device == "cpu" else 1)


def device_for(engine: str, name: str) -> str:
    """Return the device to train on: that of a cluster's nodes need not be on this machine, if it is asked for."""
    return name if engine == "ray" and name == "cuda" else resolve_device(name)


def engine_named(name: str, worker: Worker, count: int = 0, address: str = "") -> Processes | Dispatch:
    """Return an engine.

    Parameters
    ----------
    name : str
        One of `ENGINES`.
    count : int
        Processes on this machine; 0 for one a core, or one on a GPU, which Ray shares out.
    address : str
        Of a Ray cluster, ``auto`` for the one that runs here; by default one is started for the run.

    Raises
    ------
    DqError
        There is no such engine, or it is not installed.
    """
    require_engine(name, address)
    if name == "ray":
        from dqsuite.engines.ray import ray_engine

        return ray_engine(worker, address, count or cores())
    return Processes(worker, processes_for(worker.device, count))
