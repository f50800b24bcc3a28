"""A user's own model: ``package.module:factory``, identified by the digest of the module's source file.

The digest covers that one file: what the file imports is the user's to keep the same.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.models.architecture import ImageShape, ModelIdentity
from dqsuite.models.pinned import bare, pinned
from dqsuite.models.width import canonical_params, read_width

if TYPE_CHECKING:
    from torch import nn

_SIGNATURE = "write it as (num_classes, image_shape, width=1) -> nn.Module"

_loaded: dict[str, str] = {}
"""The digest of the source that each module was last run from in this process."""


def identify_external(term: Term) -> ModelIdentity:
    """Identify ``package.module:factory`` or ``package.module:factory@DIGEST`` by the first 12 hex digits of SHA-256.

    Raises
    ------
    DqError
        The module is not found or has no source file, its source has changed since the digest in the text, or the
        width is not one.
    """
    read_width(term)
    digest = _digest(term.name)
    name = str(Term(term.name, pinned(term, digest), canonical_params(term)))
    return ModelIdentity(name, partial(_build, term, digest))


def _digest(module: str) -> str:
    try:
        with _current_directory_importable():
            spec = importlib.util.find_spec(module)
    except (Exception, SystemExit) as error:
        raise _not_importable(module, error) from error
    if spec is None:
        raise DqError(f"no module {module!r} for a model", "install it, or run where its file lies")
    source = Path(spec.origin or "")
    if not source.is_file():
        raise DqError(f"module {module!r} has no source file", "put the model's factory into a .py file of its own")
    return hashlib.sha256(source.read_bytes()).hexdigest()[:12]


def _build(term: Term, digest: str, num_classes: int, image_shape: ImageShape) -> nn.Module:
    with _current_directory_importable():
        factory = _factory(_load(term.name, digest), bare(term))
        if not term.get("width"):
            return factory(num_classes, image_shape)
        if not _accepts_width(factory):
            raise DqError(f"{term.name}:{bare(term)} takes no width", f"leave ;width= away, or {_SIGNATURE}")
        return factory(num_classes, image_shape, width=read_width(term))


def _load(name: str, digest: str) -> ModuleType:
    """Import the module; run it anew where its source has changed, for the digest names the code that runs."""
    try:
        module = importlib.import_module(name)
        if _loaded.setdefault(name, digest) != digest:
            module = importlib.reload(module)
    except (Exception, SystemExit) as error:
        raise _not_importable(name, error) from error
    _loaded[name] = digest
    return module


def _factory(module: ModuleType, name: str) -> Callable[..., nn.Module]:
    factory = getattr(module, name, None)
    if factory is None:
        raise DqError(f"module {module.__name__!r} has no {name!r}", "name the function that builds the model")
    if not callable(factory):
        raise DqError(f"{module.__name__}:{name} is not callable", _SIGNATURE)
    return factory  # type: ignore[no-any-return] # whether it returns a module is checked once it has


def _accepts_width(factory: Callable[..., nn.Module]) -> bool:
    parameters = inspect.signature(factory).parameters.values()
    return any(each.name == "width" or each.kind is each.VAR_KEYWORD for each in parameters)


def _not_importable(module: str, error: BaseException) -> DqError:
    return DqError(f"module {module!r} does not import: {type(error).__name__}: {error}", "mend it, or name another")


@contextmanager
def _current_directory_importable() -> Iterator[None]:
    """Put the current directory first on the import path, as ``python -m`` does."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)
