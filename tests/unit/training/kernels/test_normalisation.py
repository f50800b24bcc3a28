import copy

import pytest
import torch
from torch import Tensor, nn

from dqsuite import models
from dqsuite.models.resnet import BasicBlock, no_shortcut, projection
from dqsuite.training.kernels import with_kernels
from dqsuite.training.kernels.layers import with_compiled_layers


def steps(model: nn.Module, images: Tensor, count: int = 2) -> list[Tensor]:
    """Train some steps; return the last outputs, the gradients, the statistics, and what is then evaluated."""
    for _ in range(count):
        model.zero_grad()
        images = images.detach().requires_grad_()
        found = model(images)
        (found * torch.linspace(-1, 1, found.numel(), dtype=found.dtype).view(found.shape)).mean().backward()
    model.eval()
    with torch.no_grad():
        evaluated = model(images)
    gradients = [parameter.grad for parameter in model.parameters()]
    return [found.detach(), images.grad, *gradients, *(buffer.to(found) for buffer in model.buffers()), evaluated]


def error(found: list[Tensor], exact: list[Tensor]) -> float:
    """Return the largest difference of all, each beside the largest value there."""
    return max(float((x - y).abs().max() / y.abs().max().clamp(min=1e-9)) for x, y in zip(found, exact, strict=True))


def assert_as_good(plain: nn.Module, images: Tensor) -> None:
    """A ReLU passes a gradient or does not by the last bit, so torch's own distance from float64 is the measure."""
    quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
    assert not any(type(module) in (nn.BatchNorm2d, BasicBlock) for module in quick.modules())
    exact = steps(copy.deepcopy(plain).double(), images.double())
    assert error(steps(quick, images), exact) <= 2 * error(steps(plain, images), exact) + 1e-5


@pytest.mark.parametrize("rectified", [False, True])
@pytest.mark.parametrize("shape", [(1, 16, 2, 3), (2, 16, 5, 7), (3, 48, 9, 9), (64, 32, 16, 16)])
def test_values_gradients_and_statistics_are_those_of_torch(rectified, shape):
    torch.manual_seed(0)
    layer = nn.BatchNorm2d(shape[1], eps=1e-3, momentum=0.01)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    images = 3 * torch.randn(shape) + torch.randn(shape[1], 1, 1)
    assert_as_good(nn.Sequential(layer, *([nn.ReLU(inplace=True)] if rectified else [])), images)


def test_a_mean_far_from_zero_leaves_the_variance_exact():
    quick = with_compiled_layers(nn.Sequential(nn.BatchNorm2d(16, momentum=1.0)), fused=True)
    images = 1e4 + torch.randn(8, 16, 10, 10)
    quick(images)
    expected = images.double().var(dim=(0, 2, 3)).float()
    torch.testing.assert_close(quick[0].running_var, expected, rtol=1e-3, atol=0)


@pytest.mark.parametrize("shortcut", [projection, no_shortcut])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_residual_block(shortcut, stride):
    torch.manual_seed(0)
    assert_as_good(nn.Sequential(BasicBlock(16, 16, stride, shortcut)), torch.randn(4, 16, 8, 8))


def test_one_value_a_channel_has_no_variance():
    quick = with_compiled_layers(nn.Sequential(nn.BatchNorm2d(16), nn.ReLU()), fused=True)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        quick(torch.zeros(1, 16, 1, 1))


def test_gradients_of_a_layer_that_is_frozen_in_eval_mode():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.BatchNorm2d(16), nn.ReLU()).eval()
    nn.init.normal_(plain[0].running_mean)
    quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
    images = [torch.randn(2, 16, 4, 4, generator=torch.manual_seed(1)).requires_grad_() for _ in range(2)]
    for model, each in zip((plain, quick), images, strict=True):
        model(each).square().sum().backward()
    torch.testing.assert_close(images[1].grad, images[0].grad)


def test_what_is_not_a_number_stays_it():
    quick = with_compiled_layers(nn.Sequential(nn.BatchNorm2d(16), nn.ReLU()), fused=True)
    assert quick(torch.full((2, 16, 4, 4), float("nan"))).isnan().all()


@pytest.mark.parametrize("layer", [nn.BatchNorm2d(10), nn.SyncBatchNorm(16)])
def test_other_normalisations_are_left_to_torch(layer):
    (found,) = with_compiled_layers(nn.Sequential(layer), fused=True)
    assert type(found) in (nn.BatchNorm2d, nn.SyncBatchNorm)


def test_a_users_relu_stays_apart():
    quick = with_compiled_layers(nn.Sequential(nn.BatchNorm2d(16), nn.ReLU()), fused=False)
    assert type(quick[1]) is nn.ReLU
    assert (quick(torch.randn(2, 16, 4, 4)) >= 0).all()


@pytest.mark.parametrize("name", ["resnet18;width=0.25", "unresnet18;width=0.25", "resnet20", "custom"])
def test_a_model_computes_the_same_and_keeps_its_weights(name):
    torch.manual_seed(0)
    plain = models.build(name, 10, (32, 32, 3))
    for module in plain.modules():
        if hasattr(module, "p"):
            module.p = 0.0
    quick = with_kernels(copy.deepcopy(plain), ours=True)
    assert [name for name, _ in quick.named_parameters()] == [name for name, _ in plain.named_parameters()]
    assert list(quick.state_dict()) == list(plain.state_dict())
    images = torch.randn(8, 3, 32, 32)
    found, expected = (steps(model, images, 1) for model in (quick, plain))
    assert error(found[:1], expected[:1]) < 1e-4
    assert error(found[-1:], expected[-1:]) < 1e-4
    # where a last bit decided whether a ReLU lets it pass, a gradient is another
    assert torch.tensor([error([x], [y]) for x, y in zip(found, expected, strict=True)]).median() < 1e-4
