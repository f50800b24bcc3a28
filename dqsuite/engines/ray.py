"""Trains on a Ray cluster, or on a Ray of this machine started for the run. The only file that imports ray.

Ray places the tasks, moves each data set to a node once, where its tasks share it as mapped memory, and tells which
worker or node has died. Its own retries stay off: they count a node that is lost, as spot machines are, like a cell
that kills its worker; `dqsuite.engines.dispatch` tells them apart.
"""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import Any

import dqsuite
from dqsuite.core.errors import DqError
from dqsuite.datasets import Dataset
from dqsuite.engines.dispatch import Dispatch, Ended, Job, Record, Told
from dqsuite.engines.inline import events_of
from dqsuite.engines.interface import Epoch, Failed, Report, Started, WorkerError
from dqsuite.engines.worker import Train, Worker
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.encoding import pack
from dqsuite.training import share_of_device

_LOOK_S = 5.0  # after which the nodes are counted again
_LISTENING_S = 10.0
_EPOCH_S = 1.0  # between two epochs of a task that are told
_AUTH = "RAY_AUTH_MODE"  # Ray sets it where it starts a cluster, and would want its token of the next one
_SPARE = 1.25  # of a GPU's memory, for what the next cell takes more than the measured one


def ray_engine(worker: Worker, address: str = "", count: int = 0) -> Dispatch:
    """Return the engine.

    Parameters
    ----------
    worker : Worker
    address : str
        Of a running cluster, ``auto`` for the one of this machine; by default one is started here for the run.
    count : int
        Processes of a cluster that is started here; 0 for one a core.

    Raises
    ------
    DqError
        The extra is not installed, or there is no cluster.
    """
    if find_spec("ray") is None:
        raise DqError("--engine ray needs ray", "pip install 'dqsuite[ray]'")
    return Dispatch(worker, _Ray(worker, address, count))


class _Ray:
    """A cluster of Ray, which is connected to when it is asked first."""

    def __init__(self, worker: Worker, address: str, count: int) -> None:
        self._worker, self._address, self._count = worker, address, count
        self._running: dict[Any, Job] = {}
        self._data: dict[str, Any] = {}  # references to data sets, by fingerprint
        self._shares: dict[tuple[str, ...], float] = {}  # of a GPU, as measured by the first cell of a kind
        self._asked, self._slots = 0.0, 0
        self._ours = False
        self._mode: str | None = None  # of Ray's authentication, as it was asked for before Ray did

    def slots(self) -> int:
        """Return how many jobs can run at once now: a job takes a core, and on GPUs its share of one."""
        if time.monotonic() - self._asked > _LOOK_S:
            ray = self._connected()
            found = ray.cluster_resources()
            self._slots = int(found.get("CPU", 0))
            if self._worker.device == "cuda":
                share = max(self._shares.values(), default=1.0)
                self._slots = min(self._slots, int(found.get("GPU", 0) / share))
            self._asked = time.monotonic()
        return self._slots

    def begin(self, job: Job, dataset: Dataset) -> None:
        """Submit a job; its data set goes to the object store once."""
        ray = self._connected()
        if dataset.fingerprint not in self._data:
            self._data[dataset.fingerprint] = ray.put(dataset)
        task = ray.remote(_task).options(
            num_cpus=1,
            num_gpus=self._shares.get(_kind(job), 1.0) if self._worker.device == "cuda" else 0,
            max_retries=0,
            num_returns="streaming",
            name="dqsuite",
        )
        settings = self._worker.train, self._worker.device, str(Path.cwd()), _code()
        self._running[task.remote(settings, self._data[dataset.fingerprint], dict(job.cells))] = job

    def cancel(self, jobs: Collection[Job]) -> None:
        """Have jobs end that have not begun."""
        for task in [task for task, job in self._running.items() if job in jobs]:
            self._connected().cancel(task)

    def hear(self, seconds: float) -> Iterator[tuple[Job, Told]]:
        """Yield what tasks have told, one thing of each that has something to tell."""
        ray = self._connected()
        tasks = list(self._running)
        ready, _ = ray.wait(tasks, num_returns=1, timeout=seconds, fetch_local=False)
        more, _ = ray.wait(tasks, num_returns=len(tasks), timeout=0, fetch_local=False) if ready else ([], None)
        for task in more:
            job, told = self._running[task], self._next(task)
            if isinstance(told, Ended):
                del self._running[task]
            elif isinstance(told[1], Record) and told[1].share:
                self._shares.setdefault(_kind(job), part_of_gpu(told[1].share))
            yield job, told

    def _next(self, task: Any) -> Told:  # noqa: ANN401 - ray has no types
        ray = self._connected()
        from ray import exceptions

        try:
            told: Told = ray.get(next(task))
        except StopIteration:
            return Ended("done")
        except exceptions.TaskCancelledError:
            return Ended("done")
        except (exceptions.WorkerCrashedError, exceptions.OutOfMemoryError):
            return Ended("killed")
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, exceptions.ObjectLostError):
                self._data.clear()  # it is put anew
                return Ended("lost", "it cannot fetch from this machine: firewalls, RAY_AUTH_MODE")
            if isinstance(error.cause, DqError):
                raise error.cause from None
            short = str(error).strip().rpartition("\n")[2]
            raise DqError(f"a node cannot train ({short})", "install the same dqsuite and libraries there") from error
        except exceptions.RayError:
            return Ended("lost", "it is not reached")
        return told

    def close(self) -> None:
        """Cancel every task, and end a cluster that was started for the run."""
        import ray

        for task in self._running:
            with suppress(Exception):
                ray.cancel(task, force=True)
        self._running.clear()
        self._data.clear()
        self._asked = 0.0
        if self._ours:
            ray.shutdown()
            self._ours = False
            os.environ.pop(_AUTH, None)
            if self._mode is not None:
                os.environ[_AUTH] = self._mode

    def _connected(self) -> Any:  # noqa: ANN401 - the module
        import ray

        if not ray.is_initialized():
            self._mode = os.environ.get(_AUTH)
            _start(ray, self._address, self._count)
            self._ours = True
        return ray


def _start(ray: Any, address: str, count: int) -> None:  # noqa: ANN401
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing of a study is told to anybody
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    started: Mapping[str, Any] = {"num_cpus": count or None, "include_dashboard": False}
    try:
        _require_listening(address)
        ray.init(address=address or "local", **quiet, **({} if address else started))
    except (ConnectionError, RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        told = f"there is no Ray cluster at {address} that lets us in" if address else "Ray cannot be started here"
        short = str(error).partition("\n")[0][:200]
        mend = f"name one with --address, as ray status does, or none; {_AUTH} has to be that of the cluster"
        raise DqError(f"{told} ({short})", mend) from error


def _require_listening(address: str) -> None:
    """Raise OSError where nobody listens, on which Ray itself would wait for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=_LISTENING_S).close()


def part_of_gpu(share: float) -> float:
    """Return the part of a GPU to reserve for a cell that takes this share of its memory."""
    return 1 / max(1, int(1 / (_SPARE * share)))


def _kind(job: Job) -> tuple[str, ...]:
    """Return what cells share that take as much of a GPU."""
    cell = next(iter(job.cells.values()))
    return cell.dataset, cell.model, cell.precision, str(cell.recipe.batch_size)


def _task(settings: tuple[Train, str, str, str], dataset: Dataset, cells: Mapping[str, Cell]) -> Iterator[Told]:
    """Train cells one after the other on a node, and tell what happens."""
    train, device, folder, code = settings
    if _code() != code:
        raise DqError("a node has another version of dqsuite than the driver", "install the same on every node")
    with suppress(OSError):  # a model of the user's own is a path from there
        os.chdir(folder)
        sys.path[:] = dict.fromkeys([folder, *sys.path])
    warnings.filterwarnings("ignore", "The given NumPy array is not writable")  # a data set never changes
    for name, cell in cells.items():
        yield from ((name, told) for told in _trained(train, cell, dataset, device))


def _trained(train: Train, cell: Cell, dataset: Dataset, device: str) -> Iterator[Started | Epoch | Record | Failed]:
    found: list[Record] = []
    spoke = -inf

    def work(report: Report) -> None:
        report(Started(cell))
        trained = train(cell, dataset, device, lambda *epoch: report(Epoch(cell, *epoch)))
        confidences = pack({}, confidences=trained.confidences)
        found.append(Record(trained.outcome.to_bytes(), confidences, share_of_device(device)))

    try:
        for event in events_of(work):
            if isinstance(event, Epoch):
                if time.monotonic() - spoke < _EPOCH_S:
                    continue
                spoke = time.monotonic()
            yield event  # type: ignore[misc] # no task reports Finished
    except DqError as error:
        yield Failed(cell, error)
    except Exception as error:
        yield Failed(cell, WorkerError("".join(traceback.format_exception(error))))
    yield from found


@cache
def _code() -> str:
    """Return a digest of this very code: a node with another version would train something else."""
    digest = hashlib.sha256()
    for path in sorted(Path(dqsuite.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
