from __future__ import annotations

import os
from unittest.mock import patch

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dqsuite import corruptions
from dqsuite.core.seeds import streams
from dqsuite.experiment.recipes import Recipe
from dqsuite.training.batches import Batches, Scaling

SIDES = st.integers(1, 40)


def epoch(kernels, damaged, recipe, scaling):
    with patch.dict(os.environ, {"DQSUITE_KERNELS": kernels}):
        batches = Batches(damaged, recipe, scaling, "cpu")
    assert batches.compiled == (kernels == "on")
    return list(batches.epoch(np.random.default_rng(1)))


@settings(max_examples=40, deadline=None)
@given(
    shape=st.tuples(st.integers(8, 40), SIDES, SIDES, st.integers(1, 4)),
    crop=st.integers(0, 4),
    flip=st.sampled_from([0.0, 0.5, 1.0]),
    kind=st.sampled_from(["unit", "zscore", "channel"]),
    condition=st.sampled_from(["clean", "reduce:0.5", "drop_class:0"]),
)
def test_a_batch_has_the_bits_that_torch_gives_it(shape, crop, flip, kind, condition):
    images = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    labels, noise = np.arange(len(images)) % 2, streams(0).noise
    damaged = corruptions.apply(corruptions.parse(condition), images, labels, ("0", "1"), noise)
    recipe, scaling = Recipe(epochs=1, batch_size=5, crop=crop, flip=flip), Scaling.of(images, kind, "cpu")
    ours, torchs = (epoch(kernels, damaged, recipe, scaling) for kernels in ("on", "off"))
    assert len(ours) == len(torchs)
    for one, other in zip(ours, torchs, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0, check_stride=True)


def test_images_are_turned_by_torch():
    images = np.zeros((4, 6, 6, 1), np.uint8)
    damaged = corruptions.apply(corruptions.parse("clean"), images, np.arange(4) % 2, ("0", "1"), streams(0).noise)
    scaling = Scaling.of(images, "unit", "cpu")
    assert not Batches(damaged, Recipe(epochs=1, batch_size=4, rotation=15.0), scaling, "cpu").compiled
    assert not Batches(damaged, Recipe(epochs=1, batch_size=4, shift=0.1), scaling, "cpu").compiled
