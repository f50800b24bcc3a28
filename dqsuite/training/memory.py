"""How much of a GPU a training takes."""

from __future__ import annotations

import torch


def share_of_memory() -> float:
    """See `dqsuite.training.share_of_device`: what this process has taken at most, and what CUDA itself takes."""
    free, total = torch.cuda.mem_get_info()
    peak, now = torch.cuda.max_memory_reserved(), torch.cuda.memory_reserved()
    return min(1.0, float((total - free - now + peak) / total))
