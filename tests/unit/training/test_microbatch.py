from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from dqsuite import models
from dqsuite.training import microbatch

IMAGE = torch.zeros(1, 3, 32, 32)


def model(name):
    return models.build(name, 10, (32, 32, 3))


@pytest.mark.parametrize(("name", "records"), [("lenet", 256), ("poison_cnn", 32), ("custom", 32)])
def test_a_portion_keeps_the_largest_activation_in_the_cache(name, records):
    assert microbatch.evaluated(model(name), IMAGE) == records


@pytest.mark.parametrize(("name", "records"), [("poison_cnn", 32), ("lenet", 128), ("custom", 128), ("resnet20", 128)])
def test_a_batch_is_divided_only_where_every_layer_treats_each_record_by_itself(name, records):
    assert microbatch.trained(model(name), IMAGE, batch_size=128) == records


class AmongThemselves(nn.Sequential):
    """Compares the records of a batch."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return super().forward(images - images.mean(0))


def test_a_users_container_may_mix_the_records_of_a_batch():
    plain = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2000))
    assert microbatch.trained(plain, IMAGE, batch_size=2048) < 2048
    assert microbatch.trained(AmongThemselves(*plain), IMAGE, batch_size=2048) == 2048
    plain[1].register_forward_hook(lambda layer, inputs, output: output - output.mean(0))
    assert microbatch.trained(plain, IMAGE, batch_size=2048) == 2048


def test_measuring_the_portion_leaves_no_hook_and_the_mode_as_it_was():
    net = model("poison_cnn").train()
    microbatch.evaluated(net, IMAGE)
    assert net.training
    assert not any(layer._forward_hooks for layer in net.modules())


def test_the_gradients_of_the_portions_add_up_to_the_batch_s():
    torch.manual_seed(0)
    net, images, labels = model("poison_cnn"), torch.rand(70, 3, 32, 32), torch.randint(0, 10, (70,))
    cross_entropy(net(images), labels).backward()
    whole = [parameter.grad.clone() for parameter in net.parameters()]
    net.zero_grad()
    for part, given in zip(images.split(32), labels.split(32), strict=True):
        (cross_entropy(net(part), given, reduction="sum") / 70).backward()
    for parameter, expected in zip(net.parameters(), whole, strict=True):
        torch.testing.assert_close(parameter.grad, expected, rtol=1e-4, atol=1e-6)
