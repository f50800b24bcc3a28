"""Models of the timm package: ``timm:NAME``, identified by timm's version; always untrained."""

from __future__ import annotations

import difflib
import importlib.metadata
import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.models.architecture import ImageShape, ModelIdentity
from dqsuite.models.pinned import bare, pinned

if TYPE_CHECKING:
    from torch import nn


def identify_timm(term: Term) -> ModelIdentity:
    """Identify ``timm:NAME`` or ``timm:NAME@VERSION``; whether timm has the name is known when it is built.

    Raises
    ------
    DqError
        timm is not installed, or in another version than the text names; no name or a parameter is given.
    """
    if importlib.util.find_spec("timm") is None:
        raise DqError(f"{term} needs timm, which is not installed", "pip install 'dqsuite[timm]'")
    if not bare(term) or term.params:
        raise DqError(f"cannot read the timm model {str(term)!r}", "write timm:NAME; timm's models have no width")
    name = str(Term("timm", pinned(term, importlib.metadata.version("timm"))))
    return ModelIdentity(name, partial(_build, bare(term)))


def _build(name: str, num_classes: int, image_shape: ImageShape) -> nn.Module:
    import timm

    if not timm.is_model(name):
        near = difflib.get_close_matches(name, timm.list_models())
        offer = f"did you mean {' or '.join(map(repr, near))}?" if near else "timm.list_models() names them"
        raise DqError(f"unknown timm model {name!r}", offer)
    height, width, channels = image_shape
    config = timm.get_pretrained_cfg(name)
    size: dict[str, Any] = {"img_size": (height, width)} if config and config.fixed_input_size else {}
    return timm.create_model(name, pretrained=False, num_classes=num_classes, in_chans=channels, **size)
