import copy
import importlib

import pytest
import torch
from torch import Tensor, nn

from dqsuite import models
from dqsuite.training.kernels.layers import with_compiled_layers


def backward(model: nn.Module, images: Tensor) -> list[Tensor]:
    """Return the outputs, and the gradients by the images and by each weight."""
    model.zero_grad()
    images = images.clone().requires_grad_()
    found = model(images)
    (found * torch.linspace(-1, 1, found.numel()).view(found.shape)).sum().backward()
    return [found.detach(), images.grad, *(parameter.grad for parameter in model.parameters())]


def assert_same(plain: nn.Module, images: Tensor) -> None:
    quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
    assert not any(type(module) is nn.Conv2d for module in quick.modules())
    for one, other in zip(backward(quick, images), backward(plain, images), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4 * float(other.abs().max()))


@pytest.mark.parametrize("ending", [[], [nn.ReLU()], [nn.ELU()], [nn.ReLU(), nn.MaxPool2d(2)]])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize(
    ("shape", "outputs"),
    [
        ((1, 16, 8, 8), 16),
        ((3, 32, 13, 9), 16),
        ((2, 16, 5, 26), 48),
        ((5, 64, 7, 6), 32),
        ((30, 16, 4, 4), 112),
        ((2, 1, 28, 27), 32),
        ((3, 3, 9, 14), 16),
    ],
)
def test_values_and_gradients_are_those_of_torch(ending, padding, shape, outputs):
    torch.manual_seed(0)
    layer = nn.Conv2d(shape[1], outputs, 3, padding=padding)
    assert_same(nn.Sequential(layer, *ending), torch.randn(shape))


@pytest.mark.parametrize("ending", [[], [nn.ReLU()], [nn.ELU()], [nn.ReLU(), nn.MaxPool2d(2)]])
def test_few_channels_of_images_without_gradients(ending):
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), *ending)
    quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
    images = torch.randn(3, 3, 10, 9)
    for model in (plain, quick):
        found = model(images)
        (found * torch.linspace(-1, 1, found.numel()).view(found.shape)).sum().backward()
    for one, other in zip(quick.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-4 * float(other.grad.abs().max()))


def test_no_bias_and_images_in_either_memory_format():
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(16, 16, 3, bias=False))
    images = torch.randn(2, 16, 9, 9)
    assert_same(layer, images)
    assert_same(layer, images.to(memory_format=torch.channels_last))


def test_what_is_not_a_number_stays_it_through_a_relu():
    (quick, _) = with_compiled_layers(nn.Sequential(nn.Conv2d(16, 16, 3), nn.ReLU()), fused=True)
    assert quick(torch.full((1, 16, 8, 8), float("nan"))).isnan().all()


@pytest.mark.parametrize("layer", [nn.Conv2d(16, 16, 3), nn.Conv2d(3, 16, 3)])
def test_what_is_no_batch_of_float32_is_left_to_torch(layer):
    (quick,) = with_compiled_layers(nn.Sequential(copy.deepcopy(layer)), fused=True)
    one = torch.randn(layer.in_channels, 8, 8)
    torch.testing.assert_close(quick(one), layer(one))
    with pytest.raises(RuntimeError, match="type"):
        quick(one[None].double())
    with pytest.raises(RuntimeError, match=r"[Kk]ernel size"):
        quick(one[None, :, :2])


def test_a_gradient_of_a_gradient_is_refused():
    (quick,) = with_compiled_layers(nn.Sequential(nn.Conv2d(16, 16, 3)), fused=True)
    images = torch.randn(1, 16, 6, 6, requires_grad=True)
    (first,) = torch.autograd.grad(quick(images).square().sum(), images, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()


def test_frozen_weights_and_images_without_gradients():
    layer = nn.Conv2d(16, 16, 3)
    layer.weight.requires_grad_(False)
    (quick,) = with_compiled_layers(nn.Sequential(copy.deepcopy(layer)), fused=True)
    images = torch.randn(2, 16, 8, 8)
    for each in (layer, quick):
        each(images).sum().backward()
    torch.testing.assert_close(quick.bias.grad, layer.bias.grad)
    assert quick.weight.grad is None


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(5, 16, 3),
        nn.Conv2d(16, 10, 3),
        nn.Conv2d(16, 16, 3, stride=2),
        nn.Conv2d(16, 16, 5, padding=1),
        nn.Conv2d(16, 16, (3, 1)),
        nn.Conv2d(16, 16, 3, padding=2),
        nn.Conv2d(16, 16, 3, padding=(0, 1)),
        nn.Conv2d(16, 16, 3, padding="same"),
        nn.Conv2d(16, 16, 3, dilation=2),
        nn.Conv2d(16, 16, 3, groups=2),
        nn.Conv2d(16, 16, 3, padding=1, padding_mode="circular"),
        nn.Conv2d(512, 512, 3, device="meta"),
        nn.utils.parametrizations.weight_norm(nn.Conv2d(16, 16, 3)),
    ],
)
def test_other_convolutions_are_left_to_torch(layer):
    kind = type(layer)
    (found,) = with_compiled_layers(nn.Sequential(layer), fused=True)
    assert type(found) is kind


@pytest.mark.parametrize("name", ["poison_cnn", "custom", "resnet20", "googlenet;width=0.5", "nin"])
def test_a_model_computes_the_same_and_keeps_its_weights(name):
    torch.manual_seed(0)
    plain = models.build(name, 10, (32, 32, 3)).eval().requires_grad_(False)
    names = [name for name, _ in plain.named_parameters()]
    images = torch.randn(3, 3, 32, 32)
    expected = plain(images)

    quick = with_compiled_layers(plain, fused=True)

    torch.testing.assert_close(quick(images), expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))
    assert [name for name, _ in quick.named_parameters()] == names


@pytest.mark.parametrize("channels", [3, 16])
@pytest.mark.parametrize("normalised", [False, True])
def test_a_users_layers_may_change_what_they_are_given_in_place(channels, normalised):
    torch.manual_seed(0)
    layers = [nn.Conv2d(channels, 16, 3), *([nn.BatchNorm2d(16)] if normalised else []), nn.ReLU(inplace=True)]
    plain = nn.Sequential(*layers)
    quick = with_compiled_layers(copy.deepcopy(plain), fused=False)
    images = torch.randn(2, channels, 8, 8)
    for model in (plain, quick):
        model(images).square().sum().backward()
    for one, other in zip(quick.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["resnet18", "vgg11_bn", "mobilenet_v3_small", "squeezenet1_1"])
def test_a_published_model_trains(name):
    torch.manual_seed(0)
    published = importlib.import_module("torchvision.models")
    plain = getattr(published, name)(num_classes=10, **({"dropout": 0.0} if name != "resnet18" else {}))
    quick = with_compiled_layers(copy.deepcopy(plain), fused=False)
    images = torch.randn(4, 3, 64, 64)
    losses = []
    for model in (plain, quick):
        losses.append(model(images).logsumexp(1).sum())
        losses[-1].backward()
    torch.testing.assert_close(*losses, rtol=1e-3, atol=1e-3)
    assert all(parameter.grad is not None for parameter in quick.parameters())


def test_layers_of_a_users_model_stay_apart():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(16, 16, 3), nn.ReLU())
    between = plain[0](images := torch.randn(1, 16, 8, 8)).detach()

    quick = with_compiled_layers(plain, fused=False)

    assert type(quick[0]) is not nn.Conv2d
    torch.testing.assert_close(quick[0](images).detach(), between, rtol=1e-3, atol=1e-4)
    assert type(quick[1]) is nn.ReLU
