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


def test_training_is_fp32_on_every_cpu_and_bf16_where_a_gpu_has_it(monkeypatch):
    for flags in ({"avx2"}, {"avx512_bf16"}, {"amx_bf16"}, set()):
        monkeypatch.setattr(hardware, "cpu_flags", lambda flags=flags: flags)
        assert hardware.training_precision("auto", "cpu") == "fp32"
    for major, precision in ((7, "fp32"), (8, "bf16"), (9, "bf16")):
        monkeypatch.setattr(hardware, "cuda_capability", lambda major=major: major)
        assert hardware.training_precision("auto", "cuda") == precision


def test_a_precision_that_is_asked_for_is_taken():
    assert hardware.training_precision("bf16", "cpu") == "bf16"
    with pytest.raises(DqError, match="unknown precision 'half'; use auto, fp32 or bf16"):
        hardware.training_precision("half", "cpu")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/cpuinfo")
def test_the_flags_of_this_processor_are_read():
    assert {"sse2"} <= hardware.cpu_flags()


def test_a_gpu_that_is_not_there_is_one_line(monkeypatch):
    monkeypatch.setattr(hardware, "cuda_capability", lambda: None)
    with pytest.raises(DqError, match="no CUDA device was found; use --device cpu"):
        hardware.resolve_device("cuda")
