"""What moved between two studies."""

from __future__ import annotations

import pytest
from fabricated import dataset, fill, plan

from dqsuite.cli import saved
from dqsuite.core.errors import DqError
from dqsuite.experiment.store import Store
from dqsuite.results.loading import load_study
from dqsuite.results.moved import bare, changes

DATA = dataset(per_class=60)


def study_in(store, clean, noisy):
    """Return the study in which so many images of each class are wrong, one more in every second repeat."""
    wanted = plan(DATA, repeats=4)
    fill(store, DATA, wanted, lambda cell: cell.repeat % 2 + (clean if cell.corruption == "clean" else noisy))
    return load_study(store, wanted, print), wanted


@pytest.fixture
def before(tmp_path):
    return study_in(Store(tmp_path / "before"), 3, 10)


def test_nothing_moved_where_nothing_differs(before):
    found = changes(before[0], before[0])
    assert len(found) == 2 * (1 + len(DATA.classes))
    assert not [each for each in found if each.moved]
    assert saved.code(found) == 0


@pytest.mark.parametrize(
    ("clean", "noisy", "code"),
    [(40, 10, 1), (3, 45, 1), (3, 1, 0)],
    ids=["clean accuracy fell", "recalls under noise fell", "better"],
)
def test_what_fell_is_an_exit_code(before, tmp_path, clean, noisy, code):
    found = changes(study_in(Store(tmp_path / "after"), clean, noisy)[0], before[0])
    moved = {each.condition for each in found if each.moved}
    assert moved == {"clean" if clean == 40 else "wrong:0.5"}
    assert saved.code(found) == code


def test_a_study_is_saved_under_a_name_and_found_again(before, tmp_path):
    study, wanted = before
    store = Store(tmp_path / "before")
    saved.save(store, wanted, "first")
    (path,) = tmp_path.rglob("first.zip")
    for text in ("first", str(path), str(store.root)):
        assert saved.earlier(store, text, wanted, print).accuracies().equals(study.accuracies())
    with pytest.raises(DqError, match=r"no such study; saved is first;"):
        saved.earlier(store, "second", wanted, print)
    with pytest.raises(DqError, match="is no name"):
        saved.require_name("../x")


def test_names_without_digests():
    assert bare("net:small@0123456789ab;width=0.5") == "net:small;width=0.5"
    assert bare("folder:shapes@0123456789ab") == "folder:shapes"
