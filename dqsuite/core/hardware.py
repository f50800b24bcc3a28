"""What this machine can train on, found without importing torch so that a cached run starts at once."""

from __future__ import annotations

import ctypes
import os
from importlib import metadata
from pathlib import Path

from dqsuite.core.errors import DqError

_COMPUTE_CAPABILITY_MAJOR = 75  # CUdevice_attribute of the CUDA driver API
_BF16_SINCE_MAJOR = 8  # Ampere is the first generation whose tensor cores take bfloat16
_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # microseconds of processor time, and in which period


def cores() -> int:
    """Return the number of cores that this process may use: its affinity, and the quota of its container."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = map(int, _CPU_QUOTA.read_text().split())
    except (OSError, ValueError):  # no control groups, or no quota ("max")
        return found
    return max(1, min(found, quota // period))


def resolve_device(name: str) -> str:
    """Return ``cpu`` or ``cuda``; ``auto`` takes a GPU where there is one.

    Raises
    ------
    DqError
        The name is unknown, or CUDA is asked for and there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise DqError(f"unknown device {name!r}", "use auto, cpu or cuda")
    if name == "cpu" or (name == "auto" and cuda_capability() is None):
        return "cpu"
    if cuda_capability() is None:
        raise DqError("no CUDA device was found", "use --device cpu, or install a driver and a CUDA build of torch")
    return "cuda"


def training_precision(asked: str, device: str) -> str:
    """Return ``fp32`` or ``bf16``; ``auto`` is fp32 on every CPU, and bf16 on a GPU that has it.

    On a CPU with AMX bf16 trains deep networks two to three times as fast, small ones half as fast. It is never timed:
    it is part of what is stored, and must not depend on how busy a machine was.

    Raises
    ------
    DqError
        The precision is unknown.
    """
    if asked not in ("auto", "fp32", "bf16"):
        raise DqError(f"unknown precision {asked!r}", "use auto, fp32 or bf16")
    if asked != "auto":
        return asked
    return "bf16" if device == "cuda" and (cuda_capability() or 0) >= _BF16_SINCE_MAJOR else "fp32"


def cuda_capability() -> int | None:
    """Return the major compute capability of the first CUDA device that torch could use, or None."""
    if "+cpu" in metadata.version("torch"):
        return None
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    count, major = ctypes.c_int(), ctypes.c_int()
    if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
        return None
    failed = driver.cuDeviceGetAttribute(ctypes.byref(major), _COMPUTE_CAPABILITY_MAJOR, 0)
    return None if failed else major.value


def cpu_flags() -> set[str]:
    """Return what the processor says that it can do, or nothing where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())


def memory() -> int:
    """Return the bytes of the machine's memory, 8 GB where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30
