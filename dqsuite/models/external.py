"""A user's own model: ``package.module:factory`` or ``path/to/file.py:factory``.

It is identified by the digest of the module's source and of the local modules that it imports, see
`dqsuite.models.sources` for what that covers.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term
from dqsuite.models.architecture import ImageShape, ModelIdentity
from dqsuite.models.pinned import bare, pinned
from dqsuite.models.sources import digest_of, local_sources
from dqsuite.models.width import canonical_params, read_width

if TYPE_CHECKING:
    from torch import nn

_SIGNATURE = "write it as (num_classes, image_shape, width=1) -> nn.Module"

_loaded: dict[str, str] = {}
"""The digest of the source that each module was last run from in this process."""


@dataclass(frozen=True)
class _Module:
    """Where a module is found: its dotted name, and the folder to import it from."""

    name: str
    folder: Path

    @classmethod
    def of(cls, text: str) -> _Module:
        """Read ``package.module``, from the current directory or installed, or ``path/to/file.py``."""
        if not text.endswith(".py"):
            return cls(text, Path.cwd())
        path = Path(text).expanduser()
        if not path.is_file():
            raise DqError(f"no file {text} for a model", "write path/to/file.py:factory, or package.module:factory")
        return cls(path.stem, path.resolve().parent)

    def sources(self) -> dict[str, Path]:
        """Return the files that it is made of, by the names of the modules."""
        try:
            with _importable_from(self.folder):
                spec = _spec(self.name) or importlib.util.find_spec(self.name)
        except (Exception, SystemExit) as error:
            raise _not_importable(self.name, error) from error
        if spec is None:
            raise DqError(f"no module {self.name!r} for a model", "install it, or run where its file lies")
        file = Path(spec.origin or "")
        if not file.is_file():
            raise DqError(
                f"module {self.name!r} has no source file", "put the model's factory into a .py file of its own"
            )
        return local_sources(self.name, file)


def identify_external(term: Term) -> ModelIdentity:
    """Identify ``module:factory`` or ``module:factory@DIGEST`` by the first 12 hex digits of SHA-256.

    Raises
    ------
    DqError
        The module is not found or has no source file, its source has changed since the digest in the text, or the
        width is not one.
    """
    read_width(term)
    digest = digest_of(_Module.of(term.name).sources())
    name = str(Term(term.name, pinned(term, digest), canonical_params(term)))
    return ModelIdentity(name, partial(_build, term, digest))


def _build(term: Term, digest: str, num_classes: int, image_shape: ImageShape) -> nn.Module:
    module = _Module.of(term.name)
    with _importable_from(module.folder):
        factory = _factory(_load(module, digest), bare(term))
        if not term.get("width"):
            return factory(num_classes, image_shape)
        if not _accepts_width(factory):
            raise DqError(f"{term.name}:{bare(term)} takes no width", f"leave ;width= away, or {_SIGNATURE}")
        return factory(num_classes, image_shape, width=read_width(term))


def _spec(name: str) -> ModuleSpec | None:
    """Find a module on the path, whatever module of that name was imported before."""
    spec, path = None, None
    for count in range(1, name.count(".") + 2):
        spec = PathFinder.find_spec(".".join(name.split(".")[:count]), path)
        if spec is None:
            return None
        path = spec.submodule_search_locations
    return spec


def _load(module: _Module, digest: str) -> ModuleType:
    """Import the module; run it and its local modules anew where a source has changed: the digest names what runs."""
    if _loaded.get(module.name, digest) != digest:
        for name in module.sources():
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
    try:
        found = importlib.import_module(module.name)
    except (Exception, SystemExit) as error:
        raise _not_importable(module.name, error) from error
    _loaded[module.name] = digest
    return found


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
def _importable_from(folder: Path) -> Iterator[None]:
    """Put a folder first on the import path, as Python does with that of a script."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
