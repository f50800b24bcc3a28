from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from dqsuite.core.errors import DqError
from dqsuite.models.dropout import Dropout, seed_dropout

SIDE = 500
COUNT = SIDE * SIDE


def seeded(p, seed=0):
    layer = Dropout(p)
    layer.seed(seed)
    return layer


def kept(layer, shape=(SIDE, SIDE)):
    return layer(torch.ones(shape)) > 0


@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("seed", [0, 1, -(2**31), 2**31 - 1])
def test_the_rate_is_p_within_sampling_error(p, seed):
    error = math.sqrt(p * (1 - p) / COUNT)
    assert abs((~kept(seeded(p, seed))).float().mean().item() - p) < 4 * error


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_kept_elements_are_scaled_so_that_the_mean_stays(p):
    values = seeded(p)(torch.full((COUNT,), 3.0))
    torch.testing.assert_close(values.unique(), torch.tensor([0, 3 / (1 - p)]))
    assert abs(values.mean().item() - 3) < 4 * 3 * math.sqrt(p / (1 - p) / COUNT)


def test_p_0_keeps_everything():
    assert kept(seeded(0)).all()


@pytest.mark.parametrize("p", [-0.1, 1, 1.5, math.nan])
def test_a_p_that_is_no_probability_below_1_is_an_error(p):
    with pytest.raises(DqError, match="is not in"):
        Dropout(p)


def test_eval_is_the_identity_and_does_not_count():
    layer = seeded(0.5)
    expected = kept(layer)
    layer.seed(0)
    images = torch.rand(4, 4)
    assert layer.eval()(images) is images
    assert torch.equal(kept(layer.train()), expected)


def test_a_seed_repeats_its_draws_from_the_start():
    layer = seeded(0.5, 7)
    first = [kept(layer) for _ in range(3)]
    layer.seed(7)
    assert all(torch.equal(kept(layer), mask) for mask in first)


def test_gradients_pass_through_kept_elements_only():
    images = torch.ones(100, 100, requires_grad=True)
    out = seeded(0.3)(images)
    out.sum().backward()
    assert torch.equal(images.grad, out.detach())


def test_the_memory_format_changes_neither_mask_nor_itself():
    images = torch.ones(4, 5, 6, 7)
    last = seeded(0.5)(images.contiguous(memory_format=torch.channels_last))
    assert torch.equal(seeded(0.5)(images), last)
    assert last.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_mask_and_the_type_do_not_depend_on_precision(dtype):
    out = seeded(0.5)(torch.ones(1000, dtype=dtype))
    assert out.dtype == dtype
    assert torch.equal(out > 0, kept(seeded(0.5), (1000,)))


def fmix32(bits):
    """MurmurHash3's finalizer in exact Python integers."""
    bits = (bits ^ bits >> 16) * 0x85EBCA6B % 2**32
    bits = (bits ^ bits >> 13) * 0xC2B2AE35 % 2**32
    return bits ^ bits >> 16


@pytest.mark.parametrize("seed", [0, 123, -5])
def test_the_draws_are_the_hash_of_position_step_and_seed(seed):
    layer = seeded(0.3, seed)
    for step in range(3):
        hashes = [fmix32(i ^ fmix32(seed % 2**32 ^ fmix32(step))) for i in range(1000)]
        signed = np.array(hashes, np.uint32).view(np.int32)
        assert kept(layer, (1000,)).tolist() == (signed >= round(0.3 * 2**32) - 2**31).tolist()


def neighbours(layer):
    mask = kept(layer)
    return mask[:, :-1], mask[:, 1:]


def rows(layer):
    mask = kept(layer)
    return mask[:-1], mask[1:]


def steps(layer):
    return kept(layer), kept(layer)


def distant_steps(layer):
    first = kept(layer)
    for _ in range(1000):
        kept(layer, (1,))
    return first, kept(layer)


def layers(layer):
    model = nn.Sequential(layer, Dropout(layer.p))
    seed_dropout(model, 0)
    return kept(model[0]), kept(model[1])


@pytest.mark.parametrize("pair", [neighbours, rows, steps, distant_steps, layers])
@pytest.mark.parametrize("p", [0.2, 0.5])
def test_draws_are_independent(pair, p):
    first, second = (mask.flatten().numpy() for mask in pair(seeded(p)))
    table = np.histogram2d(first, second, bins=2)[0]
    assert stats.chi2_contingency(table, correction=False).pvalue > 1e-3


def test_seeding_a_model_gives_each_layer_its_own_draws_and_repeats_them():
    model = nn.Sequential(Dropout(0.5), nn.Sequential(nn.ReLU(), Dropout(0.5)))

    def masks(seed):
        seed_dropout(model, seed)
        return kept(model[0]), kept(model[1][1])

    first, again, other = masks(0), masks(0), masks(1)
    assert not torch.equal(*first)
    assert all(map(torch.equal, first, again))
    assert not any(map(torch.equal, first, other))


def test_a_state_dict_holds_no_draws():
    assert not Dropout(0.5).state_dict()


def test_stacked_layers_draw_as_each_alone():
    alone = [seeded(0.5, seed) for seed in range(3)]
    _, buffers = torch.func.stack_module_state(alone)

    def forward(buffers, images):
        return torch.func.functional_call(alone[0], buffers, (images,))

    together = torch.vmap(forward)(buffers, torch.ones(3, 10, 10))
    assert all(torch.equal(out, layer(torch.ones(10, 10))) for out, layer in zip(together, alone, strict=True))
