"""The colours of every drawing: a page has them for light and dark, a file of its own the light ones."""

from __future__ import annotations

import re

from dqsuite.charts.shades import FAINT, SHADES

LIGHT = {
    "ink": "#1d1d1b",
    "paper": "#fdfcfa",
    "soft": "#5f5e59",
    "line": "#dcd9d2",
    "accent": "#b3321f",
    "less": "#1f5f99",
    "first": "#1b7a5a",
    "second": "#7d55a3",
    "third": "#8a6400",
    "tint": "#e9e6df",
}
DARK = {
    "ink": "#e9e7e2",
    "paper": "#161615",
    "soft": "#a9a69e",
    "line": "#3a3936",
    "accent": "#ff8b73",
    "less": "#7fb4ea",
    "first": "#63c7a0",
    "second": "#c4a1e6",
    "third": "#dcb55c",
    "tint": "#2b2a28",
}
TONES = {
    "noise": "accent",
    "less": "less",
    "first": "first",
    "second": "second",
    "third": "third",
    "published": "accent",
    "published-less": "less",
    "plain": "soft",
}
"""What a curve stands for, and its colour; curves of published values are dashed."""

FONT = 'system-ui,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif'

_DRAWINGS = f"""
svg text{{fill:var(--ink);stroke:none;font-size:11px;font-family:{FONT}}}
svg .end{{text-anchor:end}}
svg .mid{{text-anchor:middle}}
svg .axis{{fill:var(--soft)}}
.rule{{stroke:var(--line);stroke-width:1}}
.line{{fill:none;stroke-width:1.8;stroke-linejoin:round}}
.thick{{stroke-width:3}}
.band{{stroke:none;opacity:.16}}
.band.wide{{opacity:.08}}
.dot{{stroke:none}}
.gap{{fill:var(--accent);opacity:.18;stroke:none}}
.ring{{fill:none;stroke:var(--ink);stroke-width:1.6}}
"""
_TONE = ".line.{0}{{stroke:var(--{1})}}.band.{0},.dot.{0}{{fill:var(--{1})}}"
_DASHED = (
    ".line.{0}{{stroke-dasharray:4 3;stroke-width:1.4}}.dot.{0}{{fill:var(--paper);stroke:var(--{1});stroke-width:1.2}}"
)
_KEYS = ".key.{0}{{border-color:var(--{1})}}"
_SHEET = """
.paper{fill:#fff}
svg .title{font-size:16px}
svg .note{font-size:12px;fill:var(--soft)}
svg .caption{font-size:12px}
svg .cell{font-size:10px}
.photo{image-rendering:pixelated}
text.none{fill:var(--soft)}
rect.none{fill:none}
svg .sure{font-weight:700}
.frame{fill:none;stroke:#111;stroke-width:1.2}
"""


def page() -> str:
    """Return the style sheet for drawings, tables and keys in a page, which has the colours as variables."""
    keys = "".join(_KEYS.format(tone, colour) for tone, colour in TONES.items())
    shades = "".join(f".{name}{{background:{fill};color:{ink}}}\n" for name, (fill, ink) in SHADES.items())
    shades += f".faint{{color:{FAINT}}}\n"
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    return f":root{{{_variables(LIGHT)}}}\n{dark}{_drawings()}{keys}\n{shades}"


def file() -> str:
    """Return the style sheet for a drawing in a file of its own: no variables, for few programs know them in SVG."""
    shades = "".join(f"rect.{name}{{fill:{fill}}}text.{name}{{fill:{ink}}}\n" for name, (fill, ink) in SHADES.items())
    shades += f"text.faint{{fill:{FAINT}}}\n"
    return re.sub(r"var\(--(\w+)\)", lambda found: LIGHT[found[1]], f"{_drawings()}{_SHEET}{shades}")


def _drawings() -> str:
    tones = [_TONE.format(tone, colour) for tone, colour in TONES.items()]
    dashed = [_DASHED.format(tone, colour) for tone, colour in TONES.items() if tone.startswith("published")]
    return _DRAWINGS + "\n".join([*tones, *dashed]) + "\n"


def _variables(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())
