from __future__ import annotations

import io

import full_study
import numpy as np
import pytest
from PIL import Image

from dqsuite import datasets
from dqsuite.charts.figures import Figure, Picture
from dqsuite.charts.pictures import encoded
from dqsuite.claims.measurements import in_each_precision
from dqsuite.experiment.card import Card
from dqsuite.experiment.encoding import pack
from dqsuite.experiment.store import CARDS, CONFIDENCES, OUTCOMES, Store
from dqsuite.results.reader import Reader
from dqsuite.sources import at_hand as pictures
from dqsuite.sources.he2019.galleries import contaminations
from dqsuite.sources.lie1.galleries import birds_and_trucks, cats_as_frogs
from dqsuite.sources.sketch import Missing, drawn

CELLS = [cell for cell in full_study.cells_of_claims(ids=["lie1-airplane-stable"]) if cell.corruption == "shuffle:0.1"]


@pytest.fixture
def at_hand(tmp_path, monkeypatch):
    """Small files in place of CIFAR-10 and MNIST; return the first as a data set."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 10
    for name, shape in (("cifar10", (200, 32, 32, 3)), ("mnist", (200, 28, 28))):
        images = rng.integers(0, 256, shape, dtype=np.uint8)
        np.savez(tmp_path / f"{name}.npz", x_train=images, y_train=labels, x_test=images[::-1], y_test=labels)
    monkeypatch.setenv("DQSUITE_DATA", str(tmp_path))
    return datasets.load("cifar10")


@pytest.fixture
def measured(at_hand, tmp_path):
    """A store that was trained on these images, with the outcome of the first repeat, and its confidences."""
    store, card = Store(tmp_path / "store"), Card.of(at_hand)
    store.put_if_absent(CARDS, card.fingerprint, card.to_bytes())
    outcomes = [full_study.make(cell, card) for cell in CELLS]
    for outcome in outcomes:
        store.put_if_absent(OUTCOMES, outcome.key, outcome.to_bytes())
    return store, outcomes[0], np.linspace(0.1, 0.9, 200).astype(np.float16)


def gallery(store, sketch):
    return drawn(sketch, in_each_precision(Reader(store, pytest.fail), "full"))


def test_cats_taken_for_frogs_are_shown_the_surest_first(measured, at_hand):
    store, outcome, confidences = measured
    store.put_if_absent(CONFIDENCES, outcome.key, pack({}, confidences=confidences))
    figure = gallery(store, cats_as_frogs)
    assert isinstance(figure, Figure)
    mistaken = np.flatnonzero((at_hand.y_test == 3) & (outcome.last == 6))[::-1][:8]
    assert len(mistaken) > 0
    pictures = figure.body.rows["cats"]
    assert [picture.text for picture in pictures] == [f"{100 * float(confidences[index]):.0f}%" for index in mistaken]
    np.testing.assert_array_equal([picture.image for picture in pictures], at_hand.x_test[mistaken])


def test_without_confidences_the_gallery_says_why_it_is_not_there(measured):
    missing = gallery(measured[0], cats_as_frogs)
    assert isinstance(missing, Missing)
    assert "evidence has none" in missing.reason


def test_birds_and_trucks_are_training_images(measured, at_hand):
    figure = gallery(measured[0], birds_and_trucks)
    for name, index in (("birds", 2), ("trucks", 9)):
        shown = [picture.image for picture in figure.body.rows[name]]
        np.testing.assert_array_equal(shown, at_hand.x_train[at_hand.y_train == index][:8])


def test_one_image_is_shown_under_each_contamination(measured, at_hand):
    rows = gallery(measured[0], contaminations).body.rows
    cifar = {picture.text: picture.image.astype(int) for picture in rows["CIFAR-10"]}
    np.testing.assert_array_equal(cifar["clean"], at_hand.x_train[0])
    assert (
        1 < np.abs(cifar["gaussian 2"] - cifar["clean"]).mean() < np.abs(cifar["gaussian 16"] - cifar["clean"]).mean()
    )
    assert cifar["gamma 4"].mean() < cifar["clean"].mean() < cifar["gamma 0.25"].mean()
    assert len(rows["MNIST"]) == 5


def test_nothing_is_downloaded_for_a_gallery(measured, monkeypatch):
    monkeypatch.delenv("DQSUITE_DATA")
    monkeypatch.setattr("dqsuite.datasets.download.download", pytest.fail)
    missing = gallery(measured[0], birds_and_trucks)
    assert "not at hand" in missing.reason


@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_survives_being_embedded(channels):
    image = np.random.default_rng(0).integers(0, 256, (8, 9, channels), dtype=np.uint8)
    seen = np.array(Image.open(io.BytesIO(encoded(Picture(image, "")))))
    np.testing.assert_array_equal(seen.reshape(image.shape), image)


def test_of_a_data_set_no_more_training_images_are_kept_than_a_figure_shows(at_hand):
    kept = pictures.at_hand("cifar10", at_hand.fingerprint)
    first = np.sort(np.concatenate([np.flatnonzero(at_hand.y_train == index)[:8] for index in range(10)]))
    np.testing.assert_array_equal(kept.x_train, at_hand.x_train[first])
    np.testing.assert_array_equal(kept.y_train, at_hand.y_train[first])
    np.testing.assert_array_equal(kept.x_test, at_hand.x_test)
    assert kept.x_train.base is None
