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
_CPU_BF16_FLAG = "amx_bf16"  # a unit for products; avx512_bf16 only doubles a rate that float32 beats by Winograd


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


def native_precision(device: str) -> str:
    """Return ``bf16`` where the processor has a unit for products of it, else ``fp32``.

    By its flags, never by timing: it is part of what is stored, and must not depend on how busy a machine was.
    """
    if device == "cuda":
        return "bf16" if (cuda_capability() or 0) >= _BF16_SINCE_MAJOR else "fp32"
    return "bf16" if _CPU_BF16_FLAG in cpu_flags() else "fp32"


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
