"""Names of classes and files: written in one way (NFC), sorted as people count, or left by systems unasked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LITTER = frozenset(
    {
        *(
            "thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "$recycle.bin",
            "recycler",
            "system volume information",
        ),  # Windows
        *("icon\r", "__macosx", "network trash folder", "temporary items"),  # macOS
        *("lost+found", "__pycache__"),  # Linux, Python
        *("@eadir", "@tmp", "#recycle", "#snapshot", "@recycle", "@recently-snapshot"),  # network storage
    }
)


def composed(name: str) -> str:
    """Return the name in NFC: macOS writes é as two characters, others as one."""
    return unicodedata.normalize("NFC", name)


def natural(names: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct names, sorted as people count: 1, 2, 10."""
    return tuple(sorted(set(names), key=_counted))


def is_litter(name: str) -> bool:
    """Tell whether a desktop or a server has left a file or folder of that name; hidden ones count as that."""
    return name.startswith((".", "~$")) or name.casefold() in _LITTER


def plain(name: str) -> str:
    """Return the name with a hyphen for each character that the grammar or a file system could take for its own."""
    return re.sub(r"[^\w.-]", "-", name)


def _counted(name: str) -> tuple[list[tuple[int, str]], str]:
    parts = re.split("([0-9]+)", name)
    return [(int(part), "") if i % 2 else (0, part) for i, part in enumerate(parts)], name
