"""Calls every compiled function, in all sizes from 1 × 1 on, with the sanitizers of addresses and undefined behaviour.

It is run with their runtime loaded before Python; whatever they find ends it.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dqsuite.models.dropout import Dropout, seed_dropout
from dqsuite.training.kernels import build
from dqsuite.training.kernels.compiled import library
from dqsuite.training.kernels.layers import with_compiled_layers
from dqsuite.training.kernels.preparation import prepared
from dqsuite.training.kernels.small_convolutions import Features, with_small_convolutions

FLAGS = "-std=c++17", "-O1", "-g", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared"
SANITIZERS = "-fsanitize=address,undefined", "-fno-sanitize-recover=all"
SIDES = [*itertools.product(range(1, 8), range(1, 8)), (1, 30), (9, 14), (17, 3), (28, 28), (32, 33)]
ENDINGS: list[list[nn.Module]] = [[], [nn.ReLU()], [nn.ELU()], [nn.ReLU(), nn.MaxPool2d(2)]]
DRAWS = 3  # of images, at most


def agree(ones: Sequence[Tensor], others: Sequence[Tensor]) -> None:
    for one, other in zip(ones, others, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3 * max(1.0, float(other.abs().max())))


def gradients(model: nn.Module, given: Tensor, out: Tensor, *, by_images: bool) -> list[Tensor]:
    """Return those of a weighted sum of the output, by the images first if wanted."""
    weights = torch.linspace(-1, 1, out.numel()).view(out.shape)
    return list(torch.autograd.grad((out * weights).sum(), [*([given] if by_images else []), *model.parameters()]))


def tried(plain: nn.Module, quick: nn.Module, *shape: int, by_images: bool = True) -> bool:
    """Compute values and gradients with both, which have to agree; return False where torch has no output.

    A value within rounding of zero passes a ReLU in one of them alone, and takes its gradient with it (so does a tie of
    a maximum): gradients that differ may agree on other images. The values have to agree on all.
    """
    for last in (False,) * (DRAWS - 1) + (True,):
        images = torch.randn(shape).requires_grad_(by_images)
        try:
            expected = plain(images)
        except RuntimeError:
            expected = images[:0]
        try:
            found = quick(images)
        except RuntimeError:
            assert not expected.numel(), (quick, shape)
            return False
        if not expected.numel():
            assert not found.numel(), (quick, shape)
            return False
        agree([found], [expected])
        try:
            agree(
                *(
                    gradients(model, images, out, by_images=by_images)
                    for model, out in ((quick, found), (plain, expected))
                )
            )
        except AssertionError:
            if last:
                raise
        else:
            break
    return True


def convolutions(width: int) -> int:
    """Try 3 × 3 convolutions with what may follow them."""
    count = 0
    for channels, padding, number in itertools.product([1, 2, 3, 4, width, 3 * width], [0, 1], range(len(ENDINGS))):
        plain = nn.Sequential(nn.Conv2d(channels, 2 * width, 3, padding=padding), *ENDINGS[number])
        quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
        for height, columns in SIDES:
            shape = 1 + (height + columns) % 3, channels, height, columns
            count += tried(plain, quick, *shape, by_images=channels >= width)
    return count


def normalisations(width: int) -> int:
    """Try BatchNorm with and without a ReLU, and dropout."""
    count = 0
    for channels, ending in itertools.product([width, 5 * width], [[], [nn.ReLU()]]):
        plain = nn.Sequential(nn.BatchNorm2d(channels), *ending)
        quick = with_compiled_layers(copy.deepcopy(plain), fused=True)
        dropout = nn.Sequential(Dropout(0.4))
        dropped = with_compiled_layers(copy.deepcopy(dropout), fused=True)
        for height, columns in SIDES:
            shape = 1 + (height + columns) % 3, channels, height, columns
            count += tried(plain, quick, *shape)
            for each in (dropout, dropped):
                seed_dropout(each, height)
            images = torch.randn(shape)
            with torch.no_grad():
                torch.testing.assert_close(dropped(images), dropout(images))
    return count


def small_convolutions(lanes: int) -> int:
    """Try the convolutions of LeNets, one and two of them, with batches around the number of lanes."""
    count = 0
    kinds: list[tuple[nn.Module, nn.Module]] = [(nn.ReLU(), nn.MaxPool2d(2)), (nn.Tanh(), nn.AvgPool2d(2))]
    for channels, kernel, kind in itertools.product([1, 2, 3, 7], [1, 2, 3, 5], kinds):
        for padding in range(min(kernel, 3)):
            layers = [nn.Conv2d(channels, 5, kernel, padding=padding), *kind]
            more = [nn.Conv2d(5, 3, kernel, padding=padding), *copy.deepcopy(kind)]
            for parts in (layers, [*layers, *more]):
                plain = nn.Sequential(nn.Sequential(*parts, nn.Flatten()))
                quick = with_small_convolutions(copy.deepcopy(plain))
                assert isinstance(quick[0], Features)
                for number, (height, columns) in enumerate(SIDES):
                    batch = (1, 2, lanes - 1, lanes, lanes + 1)[number % 5]
                    count += tried(plain, quick, batch, channels, height, columns, by_images=False)
    return count


def preparations() -> int:
    """Try batches of images, cropped and flipped."""
    count = 0
    for channels, crop, (height, width) in itertools.product([1, 3], [0, 2], SIDES):
        records = 1 + (height + width) % 5
        images = torch.randint(0, 256, (records, height + 2 * crop, width + 2 * crop, channels), dtype=torch.uint8)
        order = torch.randperm(records)
        draws = torch.rand(records) < 0.5, torch.randint(0, 2 * crop + 1, (records, 2))
        rows = torch.rand(width * channels), torch.rand(width * channels) + 1
        assert prepared(images, order, draws, rows, height).isfinite().all()
        count += 1
    return count


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    build._FLAGS = (*FLAGS, *SANITIZERS)
    width, lanes = int(library().vector_width()), int(library().lanes())
    print(convolutions(width), normalisations(width), small_convolutions(lanes), preparations())
