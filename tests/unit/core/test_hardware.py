from __future__ import annotations

import sys

import pytest

from dqsuite.core import hardware
from dqsuite.core.errors import DqError


def test_the_device_agrees_with_torch():
    import torch

    assert (hardware.cuda_capability() is not None) == torch.cuda.is_available()
    assert hardware.resolve_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    assert hardware.resolve_device("cpu") == "cpu"


def test_bf16_is_a_matter_of_the_processors_flags(monkeypatch):
    for flags, precision in (({"avx2"}, "fp32"), ({"avx512_bf16"}, "fp32"), ({"amx_bf16"}, "bf16"), (set(), "fp32")):
        monkeypatch.setattr(hardware, "cpu_flags", lambda flags=flags: flags)
        assert hardware.native_precision("cpu") == precision
    for major, precision in ((7, "fp32"), (8, "bf16"), (9, "bf16")):
        monkeypatch.setattr(hardware, "cuda_capability", lambda major=major: major)
        assert hardware.native_precision("cuda") == precision


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/cpuinfo")
def test_the_flags_of_this_processor_are_read():
    assert {"sse2"} <= hardware.cpu_flags()


def test_a_gpu_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr(hardware, "cuda_capability", lambda: None)
    with pytest.raises(DqError, match="no CUDA device was found; use --device cpu"):
        hardware.resolve_device("cuda")
