"""Which local source files a module runs: those that it imports, and those that they import, found without running any.

Installed packages, the standard library and dqsuite are not local. What is imported by a name made at run time, data
files and compiled extensions are not seen.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sysconfig
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path

Sources = Mapping[str, Path]
"""Modules to their files; the first is the one that was asked for."""


def local_sources(module: str, file: Path) -> Sources:
    """Return the module and all local ones that it imports; one that cannot be read as Python imports nothing."""
    found = {module: file}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        for imported in _imports(name, found[name]):
            for part, source in _files(imported):
                if part not in found and source.resolve() != file.resolve():
                    found[part] = source
                    waiting.append(part)
    return found


def digest_of(sources: Sources) -> str:
    """Return 12 hex digits of SHA-256: of the file where there is one, else of all with their names."""
    first, *others = sources
    own = hashlib.sha256(sources[first].read_bytes())
    if others:
        lines = [f"{name} {hashlib.sha256(sources[name].read_bytes()).hexdigest()}" for name in sorted(others)]
        own = hashlib.sha256("\n".join([own.hexdigest(), *lines]).encode())
    return own.hexdigest()[:12]


def _imports(module: str, file: Path) -> Iterator[str]:
    """Yield every module that a file may import, some of them names within modules."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return  # importing it will tell
    package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            head = ".".join([*base, *([node.module] if node.module else [])])
            yield from ([head] if head else [])
            yield from (f"{head}.{alias.name}".lstrip(".") for alias in node.names if alias.name != "*")


def _files(module: str) -> Iterator[tuple[str, Path]]:
    """Yield a local module and the packages around it, each with its file; nothing for what is not local."""
    top, *rest = module.split(".")
    try:
        # the import path first: a module that was imported may be another folder's of that name
        spec = PathFinder.find_spec(top) or importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return
    if spec is None or top == "dqsuite":
        return
    origin = Path(spec.origin or "")
    if spec.origin and origin.suffix == ".py" and _is_local(origin):
        yield top, origin
    folders = [Path(folder) for folder in spec.submodule_search_locations or () if _is_local(Path(folder))]
    for depth, part in enumerate(rest, 1):
        name = ".".join([top, *rest[:depth]])
        sources = [each for folder in folders for each in (folder / part / "__init__.py", folder / f"{part}.py")]
        yield from [(name, source) for source in sources if source.is_file()][:1]
        folders = [folder / part for folder in folders if (folder / part).is_dir()]


def _is_local(path: Path) -> bool:
    if {"site-packages", "dist-packages"} & set(path.parts):
        return False
    standard = (Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))
    return not any(path.resolve().is_relative_to(folder) for folder in standard)
