"""The settings of the site, and what is written at each build from the registries."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "build_time")]

from corruption_pages import write_corruptions
from finding_pages import write_findings

import dqsuite

project, author, release = "dqsuite", "the authors of dqsuite", dqsuite.__version__
copyright = "the authors of dqsuite, Apache-2.0"  # noqa: A001 - Sphinx calls it so
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["build_time", "generated"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"dqsuite {release}"
copybutton_exclude = ".linenos, .gp"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings have types with shapes
napoleon_google_docstring = False

GENERATED = Path(__file__).parent / "generated"
write_corruptions(GENERATED)
write_findings(GENERATED)
