from __future__ import annotations

import numpy as np
import torch
from torch import nn

from dqsuite import models
from dqsuite.training import evaluate
from dqsuite.training.batches import Scaling

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), np.uint8)


def held(classes=10):
    scaling = Scaling.of(IMAGES, "unit", "cpu")
    return evaluate.TestSet(IMAGES, np.arange(40) % classes, classes, scaling, "cpu")


def test_logits_are_the_same_however_many_images_are_taken_at_a_time():
    model = models.build("lenet", 10, (8, 8, 1))
    whole = held().logits(model, 40, bf16=False)
    torch.testing.assert_close(held().logits(model, 7, bf16=False), whole)


class Close(nn.Module):
    """Tells two classes by a difference that bfloat16 cannot hold."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(64, 2, bias=False)
        with torch.no_grad():
            self.last.weight.fill_(1.0)
            self.last.weight[1] += 1e-4

    def forward(self, images):
        return self.last(images.flatten(1))


def test_a_tie_in_bfloat16_is_decided_in_float32_and_not_for_the_lower_class():
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        tied = Close()(torch.from_numpy(IMAGES).permute(0, 3, 1, 2) / 255)
    assert (tied[:, 0] == tied[:, 1]).all()
    test = held(classes=2)
    assert test.predictions(test.logits(Close(), 16, bf16=True)).tolist() == [1] * 40


def test_bfloat16_predicts_nearly_as_float32_does():
    torch.manual_seed(0)
    model, test = models.build("lenet", 10, (8, 8, 1)), held()
    half, full = (test.predictions(test.logits(model, 16, bf16=bf16)) for bf16 in (True, False))
    assert np.mean(half == full) > 0.8
