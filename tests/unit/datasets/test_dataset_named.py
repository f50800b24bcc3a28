from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from dqsuite import datasets
from dqsuite.datasets import identify, load
from dqsuite.datasets.named import CLASSES
from dqsuite.errors import DqError

REAL = os.environ.get("DQSUITE_DATA", "")
KNOWN = json.loads(Path(datasets.__file__).with_name("known.json").read_text())


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


def test_another_content_under_a_known_name_is_no_known_variant(cache):
    tiny(cache / "mnist.npz", 1)
    assert load("mnist").card().variant == ""


@pytest.mark.parametrize(("name", "count"), [("mnist", 10), ("fashion_mnist", 10), ("cifar10", 10), ("cifar100", 100)])
def test_every_class_has_a_name_of_its_own(name, count):
    assert len(set(CLASSES[name])) == len(CLASSES[name]) == count


def test_the_names_of_cifar100_are_in_alphabetical_order():
    assert list(CLASSES["cifar100"]) == sorted(CLASSES["cifar100"])


@pytest.mark.skipif(not REAL, reason="DQSUITE_DATA does not say where the published data sets are")
@pytest.mark.parametrize("name", CLASSES)
def test_the_published_data_sets_are_recognised(name, real):
    identity = identify(name)
    assert KNOWN[identity.fingerprint]["name"] == name


@pytest.mark.skipif(not REAL, reason="DQSUITE_DATA does not say where the published data sets are")
def test_a_card_names_the_variant(real):
    card = load("mnist").card()
    assert card.variant == "official"
    assert card.image_shape == (28, 28, 1)
    assert (card.n_train, len(card.y_test)) == (60_000, 10_000)
