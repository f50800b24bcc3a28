"""Models of the timm package: ``timm:NAME[;key=value]``, identified by timm's version and their arguments.

Arguments go to ``timm.create_model`` as they are written: ``drop_rate=0.1``. Weights are random unless a local file of
them is named, ``file=weights.safetensors``, which is identified by its digest, or ``pretrained=true`` takes those of
timm's own cache.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import importlib.metadata
import importlib.util
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.models.architecture import ImageShape, ModelIdentity
from dqsuite.models.pinned import bare, pinned

if TYPE_CHECKING:
    from torch import nn

_GIVEN = ("num_classes", "in_chans", "width")
"""What is no argument: the data set says the first two, and timm's models have no width."""


def identify_timm(term: Term) -> ModelIdentity:
    """Identify ``timm:NAME`` or ``timm:NAME@VERSION``; whether timm has the name is known when it is built.

    Raises
    ------
    DqError
        timm is not installed, or in another version than the text names; no name is given; a parameter is none of
        timm's arguments; the file of weights is not there, or not what the text names.
    """
    if importlib.util.find_spec("timm") is None:
        raise DqError(f"{term} needs timm, which is not installed", "pip install 'dqsuite[timm]'")
    wrong = next((key for key in _GIVEN if term.get(key)), "")
    if not bare(term) or wrong:
        raise DqError(
            f"cannot read the timm model {str(term)!r}",
            f"write timm:NAME; {wrong or 'width'} is none of its arguments here, timm's models have no width",
        )
    params = tuple((key, _pinned_file(text) if key == "file" else text) for key, text in term.params)
    name = Term("timm", pinned(term, importlib.metadata.version("timm")), params)
    return ModelIdentity(str(name), partial(_build, name))


def _pinned_file(text: str) -> str:
    """Return a file of weights with the digest of its content, ``PATH@DIGEST``."""
    path, _, wanted = text.partition("@")
    try:
        digest = hashlib.sha256(Path(path).expanduser().read_bytes()).hexdigest()[:12]
    except OSError as error:
        raise DqError(f"cannot read the weights {path}: {error.strerror or error}", "check the path") from error
    if wanted not in ("", digest):
        raise DqError(f"the weights {path} have changed: they are now at {digest}", f"name them {path} to use them")
    return f"{path}@{digest}"


def _build(term: Term, num_classes: int, image_shape: ImageShape) -> nn.Module:
    import timm

    name = bare(term)
    if not timm.is_model(name):
        near = difflib.get_close_matches(name, timm.list_models())
        offer = f"did you mean {' or '.join(map(repr, near))}?" if near else "timm.list_models() names them"
        raise DqError(f"unknown timm model {name!r}", offer)
    height, width, channels = image_shape
    config = timm.get_pretrained_cfg(name)
    options: dict[str, Any] = {"pretrained": False}
    options |= {"img_size": (height, width)} if config and config.fixed_input_size else {}
    for key, text in term.params:
        if key == "file":
            file = str(Path(text.partition("@")[0]).expanduser())
            options |= {"pretrained": True, "pretrained_cfg_overlay": {"file": file}}
        else:
            options[key] = _value(text)
    try:
        return timm.create_model(name, num_classes=num_classes, in_chans=channels, **options)
    except Exception as error:  # whatever the model's own code raises at its arguments, or at weights of another
        told = " ".join(str(error).split())
        raise DqError(f"timm cannot make {term}: {type(error).__name__}: {told}", "mend its arguments") from error


def _value(text: str) -> Any:  # noqa: ANN401 - whatever timm takes
    """Return the value that a text means to Python, ``true`` and ``false`` too, or the text."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
