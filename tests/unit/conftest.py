from __future__ import annotations

import full_study
import pytest

from dqsuite.claims.measurements import in_each_precision
from dqsuite.experiment.store import Store
from dqsuite.report.page import page_of
from dqsuite.results.reader import Reader

IDS = (
    "lie1-directional",
    "lie1-bird-10k",
    "lie1-unequal-resistance",
    "lie2-noise-like-volume",
    "lie3-noise-hurts-more",
    "poisoning-biased-until-40",
    "poisoning-small-earlier",
    "he-label-20-intolerable",
    "he-contrast-asymmetric",
    "he-label-diff-map",
    "open-merge",
)
PER_CLASS = 20
LARGER = ("resnet18", "unresnet18", "googlenet")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """A store with the cells of some claims of every source."""
    made = Store(tmp_path_factory.mktemp("findings"))
    full_study.fill(made, filter(wanted, full_study.cells_of_claims(ids=IDS)), PER_CLASS)
    return made


def wanted(cell):
    """Leave out most of the cells in which a class is changed, and most levels of the larger networks."""
    if cell.corruption.startswith(("drop_class", "relabel_class")):
        return cell.model == "nin" and cell.corruption.endswith(("_class:3", "_class:5"))
    return cell.model not in LARGER or cell.corruption in ("clean", "shuffle:0.15", "reduce:0.15")


@pytest.fixture(scope="session")
def reader(store):
    return Reader(store, pytest.fail)


@pytest.fixture(scope="session")
def measured(reader):
    """What the figures are drawn from."""
    (only,) = in_each_precision(reader, "full")
    return only


@pytest.fixture(scope="session")
def page(reader):
    return page_of(reader, "full", None)


@pytest.fixture(scope="session")
def figures(page):
    return {figure.key: figure.body for section in page.sources for figure in section.drawn}
