"""Foreign text made safe to show: one escape for a terminal, Markdown, CSV, XML and a file name each.

Names of classes, members, files and conditions may come from anybody. HTML is escaped by jinja2 and markupsafe, which
escape whatever is not marked as their own.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000  # characters of a line to read
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode's categories of what moves the cursor, turns the direction of a text, breaks a line or is no character."""
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula, in both widths."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, not even escaped."""


def line(text: str, longest: int = LONGEST) -> str:
    """Return a text as one line for a terminal: what would not be seen is named by its number, a long middle left out.

    Letters of all scripts stay, and so do spaces; other white space becomes one.
    """
    if len(text) > longest:
        text = f"{text[: longest * 2 // 3]} ... {text[-longest // 3 :]}"
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character in "\n\r\t":
        return " "
    if unicodedata.category(character) in _UNSEEN:
        return character.encode("unicode_escape").decode()
    return character


def markdown(text: str) -> str:
    """Return a line of Markdown that shows a text, whatever stands in it."""
    return re.sub(r"([\\`*_{}\[\]<>()#|~!])", r"\\\1", line(text))


def code(text: str) -> str:
    """Return a text as code of Markdown, which may stand in a table."""
    text = line(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def csv_cell(cell: str) -> str:
    """Return a cell that no spreadsheet runs: a quote stands before what looks like a formula and is no number."""
    if not cell.lstrip(" \u00a0").startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell.strip()


def xml(text: str) -> str:
    """Return a document without the characters that XML cannot hold; a replacement character stands for each."""
    return _NO_XML.sub("\ufffd", text)


def file_name(text: str, longest: int = 100) -> str:
    """Return a text as a part of a file name on any system: ASCII letters, digits, dots, hyphens and underscores."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", text)[:longest]
