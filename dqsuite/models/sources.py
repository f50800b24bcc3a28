"""The source files that a user's module is made of: its own, and the local modules that it imports, and they in turn.

Imports are read from the text, nothing is run. Local is what lies in the folder that the module was found in; of an
installed package, what lies in that package. Files of data, compiled extensions, other installed packages and modules
that are imported by a name made at run time are the user's to keep the same.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_INSTALLED = ("site-packages", "dist-packages")


def local_sources(name: str, file: Path) -> dict[str, Path]:
    """Return the modules that a module is made of by their names, itself among them, with their files.

    Parameters
    ----------
    name : str
        Its dotted name, ``models.nets``.
    file : Path
        Its source file.
    """
    depth = name.count(".") + (file.name == "__init__.py")
    root = file.parents[depth]
    within = name.partition(".")[0] if any(part in _INSTALLED for part in file.parts) else ""
    found: dict[str, Path] = {}
    waiting = [*_packages(name), name]
    while waiting:
        module = waiting.pop()
        path = _file(root, module)
        if module in found or path is None or (within and module.partition(".")[0] != within):
            continue
        found[module] = path
        stat = path.stat()
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for wanted in _imported(path, package, stat.st_mtime_ns, stat.st_size):
            waiting += [*_packages(wanted), wanted]
    return found


def digest_of(sources: dict[str, Path]) -> str:
    """Return the first 12 hex digits of the SHA-256 of a module's source, or of those of several by their names.

    Files of nothing, such as most ``__init__.py``, say nothing.
    """
    texts = {name: path.read_bytes() for name, path in sources.items()}
    digests = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items() if text or len(texts) == 1}
    if len(digests) == 1:
        return next(iter(digests.values()))[:12]
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(digests.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _packages(name: str) -> list[str]:
    """Return the packages that a module lies in, which are run when it is imported."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _file(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    return next((path for path in (base / "__init__.py", base.with_name(f"{base.name}.py")) if path.is_file()), None)


@lru_cache(maxsize=1024)
def _imported(path: Path, package: str, _changed: int, _size: int) -> tuple[str, ...]:
    """Return the names that may be modules among all that a file imports, anywhere in it."""
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError:  # which is told when the module is imported
        return ()
    return tuple(dict.fromkeys(name for node in ast.walk(tree) for name in _names(node, package)))


def _names(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield from filter(None, [base, *(f"{base}.{alias.name}" if base else alias.name for alias in node.names)])
