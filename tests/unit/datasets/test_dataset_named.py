from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from dqsuite.core.errors import DqError
from dqsuite.datasets import identify, load
from dqsuite.datasets.named import CLASSES, SIDES
from dqsuite.datasets.resize import all_resized
from dqsuite.experiment import card
from dqsuite.experiment.card import Card

REAL = os.environ.get("DQSUITE_DATA", "")
KNOWN = json.loads(Path(card.__file__).with_name("known.json").read_text())
NAMES = {entry["name"] for entry in KNOWN.values()}


@pytest.fixture
def real(monkeypatch):
    """Use the user's own files."""
    monkeypatch.setenv("DQSUITE_DATA", REAL)


def tiny(path, level):
    """Write 2 training images of each digit and 1 test image."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y = np.full((20, 28, 28), level, np.uint8), np.arange(20) % 10
    np.savez(path, x_train=x, y_train=y, x_test=x[:10], y_test=y[:10])


def test_the_users_own_file_comes_before_the_cache(tmp_path, cache, monkeypatch):
    tiny(cache / "mnist.npz", 1)
    assert load("mnist").x_train.max() == 1
    monkeypatch.setenv("DQSUITE_DATA", str(tmp_path / "own"))
    assert load("mnist").x_train.max() == 1
    tiny(tmp_path / "own" / "mnist.npz", 2)
    dataset = load("mnist")
    assert dataset.x_train.max() == 2
    assert (dataset.name, dataset.classes) == ("mnist", CLASSES["mnist"])


@pytest.mark.parametrize(
    ("folder", "cause"), [("~nosuchuser", "home folder in which ~nosuchuser"), ("a" * 300, "cannot read .*too long")]
)
def test_a_folder_of_the_users_that_is_out_of_reach_is_refused(monkeypatch, folder, cause):
    monkeypatch.setenv("DQSUITE_DATA", folder)
    with pytest.raises(DqError, match=cause) as error:
        load("mnist")
    assert error.value.mend


def of_two_halves(path):
    """Write digits whose lower half is brighter, so that resizing shows."""
    x, y = np.full((20, 28, 28), 10, np.uint8), np.arange(20) % 10
    x[:, 14:] += np.arange(20, dtype=np.uint8)[:, None, None]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=x, y_train=y, x_test=x[:10], y_test=y[:10])


def test_a_size_resizes_both_splits_and_changes_nothing_else(cache):
    of_two_halves(cache / "mnist.npz")
    small, large = load("mnist"), load("mnist;size=56")
    for split in ("x_train", "x_test"):
        np.testing.assert_array_equal(getattr(large, split), all_resized(getattr(small, split), 56))
    for labels in ("y_train", "y_test"):
        np.testing.assert_array_equal(getattr(large, labels), getattr(small, labels))
    assert large.classes == small.classes
    assert Card.of(large).image_shape == (56, 56, 1)


def test_resized_images_have_a_name_and_a_fingerprint_of_their_own(cache):
    of_two_halves(cache / "mnist.npz")
    found = {text: identify(text) for text in ("mnist", "mnist;size=16", "mnist;size=56")}
    assert [identity.name for identity in found.values()] == list(found)
    assert len({identity.fingerprint for identity in found.values()}) == 3
    for text, identity in found.items():
        dataset = load(text)
        assert (Card.of(dataset).name, dataset.fingerprint) == (identity.name, identity.fingerprint)
        assert dataset.arrays.fingerprint() == identity.fingerprint == identify(text).fingerprint


def test_a_changed_file_is_seen_through_its_resized_images(cache):
    tiny(cache / "mnist.npz", 1)
    before = identify("mnist;size=16")
    of_two_halves(cache / "mnist.npz")
    assert identify("mnist;size=16").fingerprint != before.fingerprint


@pytest.mark.parametrize(("name", "side"), SIDES.items())
def test_its_own_size_is_no_other_data_set(cache, name, side):
    x, y = np.zeros((100, side, side), np.uint8), np.arange(100) % len(CLASSES[name])
    cache.mkdir()
    np.savez(cache / f"{name}.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    assert identify(f"{name};size={side}.0") == identify(name)


@pytest.mark.parametrize("size", ["7", "257", "12.5", "large"])
def test_a_size_out_of_range_is_refused_before_anything_is_read(size):
    with pytest.raises(DqError, match=f"size={size} of data set cifar10 .* from 8 to 256; .* ;size=32"):
        identify(f"cifar10;size={size}")


def test_another_content_under_a_known_name_is_no_known_variant(cache):
    tiny(cache / "mnist.npz", 1)
    assert Card.of(load("mnist")).variant == ""


@pytest.mark.parametrize(("name", "count"), [("mnist", 10), ("fashion_mnist", 10), ("cifar10", 10), ("cifar100", 100)])
def test_every_class_has_a_name_of_its_own(name, count):
    assert len(set(CLASSES[name])) == len(CLASSES[name]) == count


def test_every_published_data_set_has_a_known_variant():
    assert set(CLASSES) <= NAMES


def test_the_names_of_cifar100_are_in_alphabetical_order():
    assert list(CLASSES["cifar100"]) == sorted(CLASSES["cifar100"])


@pytest.mark.skipif(not REAL, reason="DQSUITE_DATA does not say where the published data sets are")
@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_published_data_sets_are_recognised(name, real):
    identity = identify(name)
    assert KNOWN[identity.fingerprint]["name"] == name


@pytest.mark.skipif(not REAL, reason="DQSUITE_DATA does not say where the published data sets are")
def test_a_card_names_the_variant(real):
    card = Card.of(load("mnist"))
    assert card.variant == "official"
    assert card.image_shape == (28, 28, 1)
    assert (card.n_train, len(card.y_test)) == (60_000, 10_000)
