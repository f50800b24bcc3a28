import copy

import pytest
import torch
from torch import nn

from dqsuite.models.dropout import Dropout, seed_dropout
from dqsuite.training.kernels.layers import with_compiled_layers


@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("shape", [(1, 16, 1, 1), (3, 32, 5, 7), (2, 48, 16, 16), (4, 10, 3, 3), (5, 32)])
def test_it_keeps_the_elements_that_the_models_layer_keeps(p, shape):
    plain = nn.Sequential(Dropout(p))
    seed_dropout(plain, 5)
    quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
    assert type(quick[0]) is not Dropout
    for _ in range(3):
        values = torch.randn(shape)
        images = [values.clone().requires_grad_() for _ in range(2)]
        found = [model(each) for model, each in zip((plain, quick), images, strict=True)]
        for each in found:
            each.square().sum().backward()
        assert torch.equal(*found)
        assert torch.equal(*(each.grad for each in images))


def test_a_batch_in_eval_mode_takes_no_draws():
    quick = with_compiled_layers(nn.Sequential(Dropout(0.5)), fused=True).eval()
    images = torch.randn(2, 16, 4, 4)
    assert torch.equal(quick(images), images)
    assert int(quick[0]._step) == 0


def test_what_is_not_a_number_is_dropped_too():
    quick = with_compiled_layers(nn.Sequential(Dropout(0.5)), fused=True)
    found = quick(torch.full((2, 16, 4, 4), float("nan")))
    assert 0 < found.isnan().sum() < found.numel()
    assert (found[~found.isnan()] == 0).all()
