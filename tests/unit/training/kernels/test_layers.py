"""What users do with layers, which stay the objects that they are."""

import copy

import pytest
import torch
from torch import Tensor, nn

from dqsuite.models.resnet import BasicBlock, projection
from dqsuite.training.kernels.layers import with_compiled_layers


def results(model: nn.Module, images: Tensor) -> list[Tensor]:
    """Return what a model gives in training, its gradients, and what it gives afterwards in eval mode."""
    images = images.clone().requires_grad_()
    found = model(images)
    (found * torch.linspace(-1, 1, found.numel()).view(found.shape)).sum().backward()
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    with torch.no_grad():
        return [found.detach(), images.grad, *gradients, model.eval()(images)]


def assert_same(plain: nn.Module, *, fused: bool = False) -> None:
    quick = with_compiled_layers(copy.deepcopy(plain), fused=fused)
    images = torch.randn(2, 16, 8, 8)
    for one, other in zip(results(quick, images), results(plain, images), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3 * float(other.abs().max()) + 1e-5)


class InAList(nn.Module):
    """Keeps its layers in a list of Python's, beside their names."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.first, self.second = layers
        self.order = list(layers)

    def forward(self, images: Tensor) -> Tensor:
        for layer in self.order:
            images = layer(images)
        return images


@pytest.mark.parametrize("layer", [nn.Conv2d(16, 16, 3, padding=1), nn.BatchNorm2d(16)])
def test_layers_that_are_met_by_another_name_are_the_same(layer):
    assert_same(InAList(copy.deepcopy(layer), nn.Tanh()))
    assert_same(nn.Sequential(layer := copy.deepcopy(layer), nn.Tanh(), layer), fused=True)


def test_a_residual_block_that_is_met_twice():
    torch.manual_seed(0)
    block = BasicBlock(16, 16, 1, projection)
    for model in (nn.Sequential(block, block), InAList(block, nn.Sequential(block))):
        plain = copy.deepcopy(model).eval()  # in training a last bit may decide about a ReLU
        quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
        images = torch.randn(2, 16, 8, 8)
        with torch.no_grad():
            torch.testing.assert_close(quick(images), plain(images), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("layer", [nn.Conv2d(16, 16, 3), nn.BatchNorm2d(16), BasicBlock(16, 16, 1, projection)])
def test_hooks_attributes_and_an_own_forward_stay(layer):
    quick = with_compiled_layers(nn.Sequential(copy.deepcopy(layer)), fused=False)[0]
    quick.register_forward_hook(lambda module, inputs, output: output * 0)
    quick.gain = nn.Parameter(torch.ones(()))
    assert not quick(torch.randn(2, 16, 8, 8)).any()
    assert "gain" in dict(quick.named_parameters())

    hooked = copy.deepcopy(layer)
    hooked.register_full_backward_hook(lambda module, gradients, _: tuple(gradient * 0 for gradient in gradients))
    hooked.forward = lambda images, forward=hooked.forward: forward(images) + 1
    with_compiled_layers(nn.Sequential(hooked), fused=False)
    images = torch.randn(2, 16, 8, 8, requires_grad=True)
    hooked(images).sum().backward()
    assert not images.grad.any()


def pruned(layer: nn.Module) -> nn.Module:
    """Return the layer with the weights of its first ten outputs, and everything else as it was."""
    for name, values in [*layer.named_parameters()]:
        setattr(layer, name, nn.Parameter(values[:10].detach()))
    for name, values in [*layer.named_buffers()]:
        setattr(layer, name, values[:10] if values.dim() else values)
    return layer


def strided(layer: nn.Conv2d) -> nn.Conv2d:
    """Return the layer with a bias whose values are not side by side."""
    layer.bias = nn.Parameter(torch.randn(16, 3)[:, 1])
    return layer


def without_statistics(layer: nn.BatchNorm2d) -> nn.BatchNorm2d:
    """Return the layer as its users make it take those of each batch."""
    layer.running_mean = layer.running_var = None
    return layer


@pytest.mark.parametrize(
    "layers",
    [
        [pruned(nn.Conv2d(16, 16, 3))],
        [nn.Conv2d(16, 10, 1), pruned(nn.BatchNorm2d(16))],
        [strided(nn.Conv2d(16, 16, 3))],
        [without_statistics(nn.BatchNorm2d(16))],
        [nn.BatchNorm2d(16, affine=False)],
        [nn.BatchNorm2d(16, track_running_stats=False)],
        [nn.BatchNorm2d(16, momentum=None)],
        [nn.Sequential(), BasicBlock(16, 16, 1, lambda *_: nn.AdaptiveAvgPool2d(1))],
    ],
)
def test_what_no_compiled_layer_takes_is_computed_by_torch(layers):
    torch.manual_seed(0)
    assert_same(nn.Sequential(*layers))


@pytest.mark.parametrize("layer", [nn.Conv2d(16, 16, 3), nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16)])
@pytest.mark.parametrize("channels", [1, 15, 64])
def test_other_channels_than_a_layers_are_refused(layer, channels):
    (quick,) = with_compiled_layers(nn.Sequential(copy.deepcopy(layer)), fused=False)
    with pytest.raises(RuntimeError):
        quick(torch.zeros(2, channels, 8, 8))
