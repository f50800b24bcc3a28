"""How the site is built: ``sphinx-build -W --keep-going docs docs/_build``."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "pages"))

import corruption_page
import finding_pages

project = "dqsuite"
author = "the dqsuite maintainers"
version = release = installed("dqsuite")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build", "pages"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "dqsuite"
autodoc_typehints = "none"  # the docstrings say shapes and units, which types do not
autodoc_member_order = "bysource"
napoleon_use_ivar = True  # an attribute stands once, with its docstring


def setup(app: object) -> None:
    """Write the pages that are made of what the package holds, before any page is read."""
    made = Path(__file__).parent / "made"
    made.mkdir(exist_ok=True)
    corruption_page.write(made)
    finding_pages.write(made)
