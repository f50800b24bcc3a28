"""Builds a model and makes sure, on two blank images, that it can be trained."""

from __future__ import annotations

import torch
from torch import nn

from dqsuite.core.errors import DqError
from dqsuite.models.architecture import ImageShape, ModelIdentity
from dqsuite.models.evaluating import evaluating


def build_checked(identity: ModelIdentity, num_classes: int, image_shape: ImageShape) -> nn.Module:
    """Build the model and check it; arguments and errors as in `dqsuite.models.build`."""
    model = _constructed(identity, num_classes, image_shape)
    logits = _logits_of_blanks(model, identity.name, image_shape)
    if not isinstance(logits, torch.Tensor):
        raise DqError(f"{identity.name} returns a {type(logits).__name__}", "let forward return one tensor of logits")
    if logits.shape != (2, num_classes):
        raise DqError(
            f"{identity.name} returns shape {tuple(logits.shape)} for 2 images of {num_classes} classes",
            f"let forward return logits of shape (2, {num_classes})",
        )
    return model


def _constructed(identity: ModelIdentity, num_classes: int, image_shape: ImageShape) -> nn.Module:
    try:
        model = identity.factory(num_classes, image_shape)
    except DqError:
        raise
    except (Exception, SystemExit) as error:
        raise DqError(
            f"{identity.name} cannot be built for {num_classes} classes and {_spelt(image_shape)} images: "
            f"{type(error).__name__}: {error}",
            "check that it takes such images; a factory is called with (num_classes, (H, W, C))",
        ) from error
    if not isinstance(model, nn.Module):
        raise DqError(f"{identity.name} built a {type(model).__name__}", "let the factory return a torch.nn.Module")
    return model


def _logits_of_blanks(model: nn.Module, name: str, image_shape: ImageShape) -> object:
    height, width, channels = image_shape
    try:
        with evaluating(model):
            return model(torch.zeros(2, channels, height, width))
    except (Exception, SystemExit) as error:
        raise DqError(
            f"{name} cannot take {_spelt(image_shape)} images: {type(error).__name__}: {error}",
            "choose a model made for this size; dqsuite's own take any from 8x8",
        ) from error


def _spelt(image_shape: ImageShape) -> str:
    return "x".join(map(str, image_shape))
