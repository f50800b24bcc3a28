"""Models by name: ours, a user's factory ``package.module:factory`` or ``net.py:factory``, or ``timm:NAME``.

Ours take images of any size from 8×8, grey or RGB, and ``;width=``, which multiplies their channel and hidden counts.
Naming and listing models does not import torch; building one does.
"""

from __future__ import annotations

import pkgutil
from functools import partial
from typing import TYPE_CHECKING

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, parse_term
from dqsuite.core.registry import Registry
from dqsuite.models.architecture import Architecture, ImageShape, ModelIdentity
from dqsuite.models.external import identify_external
from dqsuite.models.timm_models import identify_timm
from dqsuite.models.width import canonical_params, read_width

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MODELS", "Architecture", "ImageShape", "ModelIdentity", "build", "identify", "multiplications"]

MODELS: Registry[Architecture] = Registry(
    "model",
    {
        "custom": Architecture("dqsuite.models.custom:custom", "lie1's CNN of six convolutions", 38.7),
        "lenet": Architecture("dqsuite.models.lenet:lenet", "LeNet as in kuangliu/pytorch-cifar", 0.65),
        "lenet5": Architecture("dqsuite.models.lenet:lenet5", "LeNet-5 (LeCun et al. 1998): tanh", 0.89),
        "poison_cnn": Architecture("dqsuite.models.poison_cnn:poison_cnn", "the poisoning article's CNN", 10.5),
        "resnet18": Architecture("dqsuite.models.resnet:resnet18", "ResNet-18 with the CIFAR stem", 555),
        "unresnet18": Architecture("dqsuite.models.resnet:unresnet18", "resnet18 without its shortcuts", 549),
        "resnet20": Architecture("dqsuite.models.resnet:resnet20", "ResNet-20 for CIFAR (He et al. 2016)", 40.6),
        "googlenet": Architecture(
            "dqsuite.models.googlenet:googlenet", "GoogLeNet with the CIFAR stem", 1522, compiled=False
        ),
        "nin": Architecture(
            "dqsuite.models.nin:nin", "Network in Network for CIFAR (Lin et al. 2013)", 222, compiled=False
        ),
    },
    group="dqsuite.models",
    of=Architecture,
)


def identify(text: str) -> ModelIdentity:
    """Say which model a text names: its canonical text and its factory. Does not import torch.

    Parameters
    ----------
    text : str
        ``NAME``, ``package.module:factory``, ``path/net.py:factory`` or ``timm:NAME``, all but the last with
        ``;width=NUMBER`` if wanted; a canonical text stays as it is.

    Raises
    ------
    DqError
        No such model, or one that has changed since the canonical text was made; a width that is no positive number.
    """
    term = parse_term(text)
    if term.name == "timm":
        return identify_timm(term)
    if term.value and term.name not in MODELS:
        return identify_external(term)
    return _identify_ours(term)


def build(text: str, num_classes: int, image_shape: ImageShape) -> nn.Module:
    """Build an untrained model and check it on two blank images.

    Parameters
    ----------
    text : str
        As for `identify`.
    num_classes : int
        K, at least 2.
    image_shape : tuple of int
        (H, W, C) of the data set's images.

    Returns
    -------
    torch.nn.Module
        Maps float images (B, C, H, W) to logits (B, K). Its weights come from torch's global random generator.

    Raises
    ------
    DqError
        As `identify`; the model does not import, cannot be built, is no module, cannot take images of this shape, or
        does not return logits (B, K).
    """
    identity = identify(text)
    from dqsuite.models.building import build_checked

    return build_checked(identity, num_classes, image_shape)


def multiplications(text: str) -> float | None:
    """Return the millions of multiplications of one colour image of 32×32 pixels, None for a model that is not ours.

    Right to an order of magnitude where a width is given: most of them grow with its square. Raises DqError as
    `identify` for a width that is none.
    """
    term = parse_term(text)
    return MODELS[term.name].multiplications * read_width(term) ** 2 if term.name in MODELS else None


def _identify_ours(term: Term) -> ModelIdentity:
    architecture = MODELS[term.name]
    if term.value:
        raise DqError(
            f"model {term.name!r} takes no value, but has {term.value!r}",
            f"write {term.name} or {term.name};width=NUMBER",
        )
    factory = partial(_build_ours, architecture.factory, read_width(term))
    return ModelIdentity(str(Term(term.name, "", canonical_params(term))), factory)


def _build_ours(path: str, width: float, num_classes: int, image_shape: ImageShape) -> nn.Module:
    return pkgutil.resolve_name(path)(num_classes, image_shape, width=width)  # type: ignore[no-any-return]
