"""A user's own model, ``package.module:factory`` or ``path/net.py:factory``, identified by the digest of its source.

The digest covers the file and the local modules that it imports, directly or through others. Data files, compiled
extensions, and the versions of installed packages are the user's to keep the same.
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
from dqsuite.models.local_code import Sources, digest_of, local_sources
from dqsuite.models.pinned import bare, pinned
from dqsuite.models.width import canonical_params, read_width

if TYPE_CHECKING:
    from torch import nn

_SIGNATURE = "write it as (num_classes, image_shape, width=1) -> nn.Module"

_loaded: dict[str, str] = {}
"""The digest of each file, and of each module with what it imports, as last run in this process."""


def identify_external(term: Term) -> ModelIdentity:
    """Identify ``MODULE:factory`` or ``MODULE:factory@DIGEST`` by the first 12 hex digits of SHA-256.

    MODULE is ``package.module``, or the path of a file, ``nets/small.py``.

    Raises
    ------
    DqError
        The module is not found or has no source file, a source has changed since the digest in the text, or the
        width is not one.
    """
    read_width(term)
    sources = _sources(term.name)
    digest = digest_of(sources)
    shown = Path(term.name).as_posix() if _is_path(term.name) else term.name
    name = str(Term(shown, pinned(term, digest), canonical_params(term)))
    return ModelIdentity(name, partial(_build, term, sources, digest))


def _is_path(module: str) -> bool:
    return module.endswith(".py")


def _sources(module: str) -> Sources:
    with _importable(module):
        if not _is_path(module):
            return local_sources(module, _file_of(module))
        file = Path(module).expanduser().resolve()
        if not file.is_file():
            raise DqError(f"no file {module!r} for a model", "write its path from here, as nets/small.py:factory")
        unique = hashlib.sha256(str(file).encode()).hexdigest()[:12]  # no name of another module
        return local_sources(f"{file.stem}_{unique}", file)


def _file_of(module: str) -> Path:
    try:
        spec = importlib.util.find_spec(module)
    except (Exception, SystemExit) as error:
        raise _not_importable(module, error) from error
    if spec is None:
        raise DqError(f"no module {module!r} for a model", "install it, or run where its file lies")
    source = Path(spec.origin or "")
    if not source.is_file():
        raise DqError(f"module {module!r} has no source file", "put the model's factory into a .py file of its own")
    return source


def _build(term: Term, sources: Sources, digest: str, num_classes: int, image_shape: ImageShape) -> nn.Module:
    with _importable(term.name):
        factory = _factory(_load(term.name, sources, digest), term)
        if not term.get("width"):
            return factory(num_classes, image_shape)
        if not _accepts_width(factory):
            raise DqError(f"{term.name}:{bare(term)} takes no width", f"leave ;width= away, or {_SIGNATURE}")
        return factory(num_classes, image_shape, width=read_width(term))


def _load(shown: str, sources: Sources, digest: str) -> ModuleType:
    """Import the module; run it anew where a source has changed, for the digest names the code that runs."""
    name, file = next(iter(sources.items()))
    now = {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in sources.values()}
    stale = any(_loaded.get(each, was) != was for each, was in {**now, name: digest}.items())
    if stale or any(_is_of_another_file(each, path) for each, path in sources.items()):
        for each, path in sources.items():
            sys.modules.pop(each, None)
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)  # it goes by whole seconds
        importlib.invalidate_caches()
    try:
        module = _run_file(name, file) if _is_path(shown) else importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise _not_importable(shown, error) from error
    _loaded.update({**now, name: digest})
    return module


def _is_of_another_file(module: str, file: Path) -> bool:
    there = getattr(sys.modules.get(module), "__file__", None)
    return there is not None and Path(there).resolve() != file.resolve()


def _run_file(name: str, file: Path) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None  # a .py file always has one
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _factory(module: ModuleType, term: Term) -> Callable[..., nn.Module]:
    name = bare(term)
    factory = getattr(module, name, None)
    if factory is None:
        raise DqError(f"module {term.name!r} has no {name!r}", "name the function that builds the model")
    if not callable(factory):
        raise DqError(f"{term.name}:{name} is not callable", _SIGNATURE)
    return factory  # type: ignore[no-any-return] # whether it returns a module is checked once it has


def _accepts_width(factory: Callable[..., nn.Module]) -> bool:
    parameters = inspect.signature(factory).parameters.values()
    return any(each.name == "width" or each.kind is each.VAR_KEYWORD for each in parameters)


def _not_importable(module: str, error: BaseException) -> DqError:
    return DqError(f"module {module!r} does not import: {type(error).__name__}: {error}", "mend it, or name another")


@contextmanager
def _importable(module: str) -> Iterator[None]:
    """Put the current directory first on the import path, as ``python -m`` does, and a file's own before it."""
    folders = [str(Path(module).expanduser().resolve().parent)] if _is_path(module) else []
    folders.append(str(Path.cwd()))
    sys.path[:0] = folders
    try:
        yield
    finally:
        for folder in folders:
            sys.path.remove(folder)
