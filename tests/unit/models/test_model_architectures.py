from __future__ import annotations

import pkgutil

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dqsuite.models import MODELS, build, multiplications
from dqsuite.models.resnet import BasicBlock

CIFAR10, CIFAR100, MNIST = (10, (32, 32, 3)), (100, (32, 32, 3)), (10, (28, 28, 1))


def parameters(module):
    return sum(weights.numel() for weights in module.parameters())


def images_of(image_shape, count=4):
    height, width, channels = image_shape
    return torch.rand(count, channels, height, width, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("name", "data", "count"),
    [
        ("lenet", CIFAR10, 62_006),
        ("lenet5", MNIST, 61_706),
        ("custom", CIFAR10, 308_394),
        ("poison_cnn", MNIST, 80_874),
        ("poison_cnn", CIFAR10, 101_930),
        ("poison_cnn", CIFAR100, 113_540),
        ("resnet18", CIFAR10, 11_173_962),
        ("resnet20", CIFAR10, 269_722),
        ("googlenet", CIFAR10, 6_166_250),
        ("nin", CIFAR10, 966_986),
    ],
)
def test_a_model_has_the_published_number_of_parameters(name, data, count):
    assert parameters(build(name, *data)) == count


def test_unresnet18_is_resnet18_less_the_parameters_of_its_shortcuts():
    whole = build("resnet18", *CIFAR10)
    shortcuts = [block.shortcut for block in whole.modules() if isinstance(block, BasicBlock)]
    assert len(shortcuts) == 8
    assert sum(parameters(shortcut) > 0 for shortcut in shortcuts) == 3
    assert parameters(build("unresnet18", *CIFAR10)) == parameters(whole) - sum(map(parameters, shortcuts))


@pytest.mark.parametrize("size", [(8, 8), (28, 28), (32, 32), (9, 20)], ids=str)
@pytest.mark.parametrize("name", MODELS)
def test_every_model_trains_at_every_size_on_grey_and_rgb_in_channels_last(name, size):
    for channels, num_classes in ((1, 10), (3, 2)):
        torch.manual_seed(0)
        model = build(f"{name};width=0.1", num_classes, (*size, channels)).to(memory_format=torch.channels_last)
        images = images_of((*size, channels)).contiguous(memory_format=torch.channels_last)
        nn.functional.cross_entropy(model(images), torch.tensor([0, 1, 0, 1])).backward()
        gradients = [weights.grad for weights in model.parameters()]
        assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)
        assert any(gradient.any() for gradient in gradients)


@pytest.mark.parametrize("name", MODELS)
def test_the_memory_format_does_not_change_the_logits(name):
    model = build(f"{name};width=0.2", *CIFAR10).eval()
    images = images_of((32, 32, 3))
    expected = model(images)
    model.to(memory_format=torch.channels_last)
    torch.testing.assert_close(model(images.contiguous(memory_format=torch.channels_last)), expected)


@pytest.mark.parametrize("name", MODELS)
def test_a_state_dict_holds_the_whole_model(name):
    first, second = (build(f"{name};width=0.2", *CIFAR10).eval() for _ in range(2))
    images = images_of((32, 32, 3))
    assert not torch.equal(first(images), second(images))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(images), second(images))


@pytest.mark.parametrize("name", MODELS)
def test_the_global_seed_decides_the_initial_weights(name):
    def weights(seed):
        torch.manual_seed(seed)
        return nn.utils.parameters_to_vector(build(f"{name};width=0.2", *CIFAR10).parameters())

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))


@pytest.mark.parametrize("name", MODELS)
def test_width_multiplies_the_size_of_a_model(name):
    sizes = [parameters(build(f"{name};width={width}", *CIFAR10)) for width in ("0.001", "0.1", "0.5")]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("name", "smallest"),
    [("lenet", 16), ("lenet5", 12), ("poison_cnn", 24)],
)
def test_images_too_small_for_valid_convolutions_are_padded(name, smallest):
    at, below = (parameters(build(name, 10, (side, side, 1))) for side in (smallest, smallest - 1))
    assert below > at  # padded, the smaller image leaves more features to the dense layer


@pytest.mark.parametrize("name", ["custom", "poison_cnn"])
def test_a_model_from_keras_starts_with_keras_weights(name):
    torch.manual_seed(0)
    for layer in build(name, *CIFAR10).modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            fan_out, fan_in = layer.weight.flatten(1).shape
            fan_out *= layer.weight[0, 0].numel()
            bound = (6 / (fan_in + fan_out)) ** 0.5
            assert 0.95 * bound < layer.weight.abs().max() <= bound
            assert not layer.bias.any()
        if isinstance(layer, nn.BatchNorm2d):
            assert (layer.eps, layer.momentum) == (1e-3, 0.01)


@pytest.mark.parametrize("name", ["resnet20", "nin"])
def test_he_initialisation_keeps_the_scale_of_activations(name):
    torch.manual_seed(0)
    for layer in build(name, *CIFAR10).modules():
        if isinstance(layer, nn.Conv2d):
            scale = layer.weight.std() * (layer.weight[0].numel() / 2) ** 0.5
            assert 0.8 < scale < 1.2


def test_the_multiplications_of_every_model_are_those_that_torch_counts():
    for name, architecture in MODELS.items():
        with torch.device("meta"):
            model = pkgutil.resolve_name(architecture.factory)(10, (32, 32, 3)).eval()
            with FlopCounterMode(display=False) as counter:
                model(torch.zeros(1, 3, 32, 32))
        assert counter.get_total_flops() / 2e6 == pytest.approx(architecture.multiplications, rel=0.01), name


def test_multiplications_grow_with_the_square_of_the_width_and_are_not_known_of_others_models():
    assert multiplications("poison_cnn;width=2") == 4 * multiplications("poison_cnn")
    assert multiplications("mine:factory") is None
    assert multiplications("timm:resnet18") is None
