import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dqsuite import models
from dqsuite.training.kernels.small_convolutions import with_small_convolutions

KINDS = {"lenet": (nn.ReLU, nn.MaxPool2d), "lenet5": (nn.Tanh, nn.AvgPool2d)}


def features(channels: int, outputs: int, form: tuple[int, int], kind: str) -> nn.Sequential:
    """Return a model whose input takes gradients, so that those of the second layer are tested too."""
    activation, pool = KINDS[kind]
    kernel, padding = form
    first = nn.Conv2d(channels, outputs, kernel, padding=padding), activation(), pool(2)
    second = nn.Conv2d(outputs, channels + 1, 3, padding=1), activation(), pool(2)
    return nn.Sequential(nn.Sequential(*first, *second, nn.Flatten()), nn.Dropout(0))


def backward(model: nn.Module, images: Tensor) -> tuple[Tensor, list[Tensor]]:
    model.zero_grad()
    found = model(images)
    (found * torch.linspace(-1, 1, found.numel()).view(found.shape)).sum().backward()
    return found.detach(), [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", [1, 16, 37])
@pytest.mark.parametrize(
    ("shape", "outputs", "form"),
    [
        ((3, 32, 32), 6, (5, 0)),
        ((1, 28, 28), 6, (5, 2)),
        ((1, 8, 8), 6, (5, 2)),
        ((2, 11, 14), 1, (3, 1)),
        ((1, 9, 9), 13, (7, 3)),
        ((1, 4, 4), 2, (3, 2)),
        ((1, 4, 4), 2, (7, 3)),
    ],
)
def test_values_and_gradients_are_those_of_torch(kind, batch, shape, outputs, form):
    torch.manual_seed(0)
    plain = features(shape[0], outputs, form, kind)
    images = torch.randn(batch, *shape).to(memory_format=torch.channels_last)

    expected, expected_gradients = backward(plain, images)
    found, gradients = backward(quick := with_small_convolutions(plain), images)

    assert quick is not plain
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
    for one, other in zip(gradients, expected_gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4 * float(other.abs().max()))


def test_constant_images_tie_in_pooling_and_one_of_the_four_takes_the_gradient():
    plain = features(1, 4, (3, 1), "lenet")
    images = torch.ones(2, 1, 12, 12)

    expected, found = backward(plain, images), backward(with_small_convolutions(plain), images)

    for one, other in zip(found[1], expected[1], strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4 * float(other.abs().max()))


@pytest.mark.parametrize("at", [(0, 0), (5, 7)])
def test_what_is_not_a_number_stays_it_through_relu_and_pooling(at):
    plain = nn.Sequential(nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()))
    images = torch.zeros(1, 1, 8, 8)
    images[0, 0][at] = float("nan")
    assert torch.equal(with_small_convolutions(plain)(images).isnan(), plain(images).isnan())


@pytest.mark.parametrize("value", [0.0, 1e-8, -1e-4, 0.3, -1.0, 5.0, -30.0, 1e4, float("inf"), float("nan")])
def test_tanh_is_right_from_zero_to_the_infinite(value):
    plain = nn.Sequential(nn.Sequential(nn.Conv2d(1, 1, 1), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten()))
    nn.init.ones_(plain[0][0].weight)
    nn.init.zeros_(plain[0][0].bias)

    found = with_small_convolutions(plain)(torch.full((1, 1, 2, 2), value)).detach()

    expected = torch.tensor([[value]]).tanh()
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-7, equal_nan=True)


@pytest.mark.parametrize(("model", "shape"), [("lenet", (32, 32, 3)), ("lenet5", (28, 28, 1)), ("lenet", (8, 8, 1))])
def test_a_lenet_is_compiled_and_keeps_its_weights_and_their_names_of_convolution(model, shape):
    plain = models.build(model, 10, shape)

    quick = with_small_convolutions(plain)

    assert [id(weight) for weight in quick.parameters()] == [id(weight) for weight in plain.parameters()]
    assert sum(isinstance(module, nn.Conv2d) for module in quick.modules()) == 2


def test_an_optimiser_takes_both_to_the_same_place():
    torch.manual_seed(0)
    plain = models.build("lenet", 10, (32, 32, 3)).to(memory_format=torch.channels_last)
    other = copy.deepcopy(plain)
    images, labels = torch.randn(64, 3, 32, 32), torch.arange(64) % 10
    for model in (plain, with_small_convolutions(other)):
        steps = torch.optim.SGD(model.parameters(), 0.05, 0.9, fused=True)
        for _ in range(5):
            steps.zero_grad()
            cross_entropy(model(images), labels).backward()
            steps.step()

    for one, two in zip(plain.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        [nn.Conv2d(1, 2, 3, stride=2), nn.ReLU(), nn.MaxPool2d(2)],
        [nn.Conv2d(1, 2, 3, bias=False), nn.ReLU(), nn.MaxPool2d(2)],
        [nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(3)],
        [nn.Conv2d(1, 2, 3), nn.ReLU(), nn.AvgPool2d(2)],
        [nn.Conv2d(1, 2, (3, 5)), nn.ReLU(), nn.MaxPool2d(2)],
        [nn.Conv2d(1, 2, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2)],
        [nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"), nn.ReLU(), nn.MaxPool2d(2)],
        [nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2, ceil_mode=True)],
        [nn.Conv2d(1, 2, 3), nn.ReLU()],
        [],
    ],
)
def test_layers_that_it_does_not_know_are_left_to_torch(layer):
    plain = nn.Sequential(nn.Sequential(*layer, nn.Flatten()))
    assert with_small_convolutions(plain) is plain


def test_another_way_to_flatten_is_left_to_torch():
    plain = nn.Sequential(nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(2)))
    assert with_small_convolutions(plain) is plain


@pytest.mark.parametrize("model", [nn.Identity(), nn.Sequential(), nn.Sequential(nn.Linear(2, 2))])
def test_models_of_another_form_stay_as_they_are(model):
    assert with_small_convolutions(model) is model
