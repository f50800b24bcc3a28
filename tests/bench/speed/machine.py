"""On what a benchmark ran."""

from __future__ import annotations

import os
import platform
import time
from importlib import metadata
from math import nan
from pathlib import Path

from dqsuite import __version__
from dqsuite.core.hardware import cores

_PROCESSOR = Path("/proc/cpuinfo")
_TELLING = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")  # the flags on which the speed of training hangs


def machine(device: str) -> dict[str, str]:
    """Return processor, how busy it is, memory, GPU, versions and date."""
    processor = _processor()
    flags = set(processor.get("flags", "").split())
    return {
        "processor": processor.get("model name") or platform.processor() or platform.machine(),
        "cores": str(cores()),
        "load before": f"{load():.1f}",
        "flags": ", ".join(flag for flag in _TELLING if flag in flags) or "none of " + ", ".join(_TELLING),
        "memory": _memory(),
        "gpu": _gpu() if device == "cuda" else "none used",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("torch", "torchvision", "numpy")},
        "dqsuite": __version__,
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def load() -> float:
    """Return how many processes ran, or wanted to, over the last minute; nan where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else nan


def _processor() -> dict[str, str]:
    """Return what Linux tells of the first core."""
    try:
        lines = _PROCESSOR.read_text().partition("\n\n")[0].splitlines()
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _memory() -> str:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return "not known"
    return f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"


def _gpu() -> str:
    import torch

    found = torch.cuda.get_device_properties(0)
    return f"{found.name}, {found.total_memory / 2**30:.0f} GiB"
