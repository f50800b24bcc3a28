"""The design of an advice: what fits the data and a budget."""

import numpy as np
import pytest

from dqsuite.advice.plan import design
from dqsuite.advice.roles import merging, swapping
from dqsuite.core.errors import DqError
from dqsuite.corruptions import apply, parse
from dqsuite.experiment.card import Card


def _card(counts):
    return Card(
        name="made",
        fingerprint="0" * 16,
        classes=tuple(f"class {index}" for index in range(len(counts))),
        y_test=np.arange(len(counts)).repeat(3),
        n_train=sum(counts),
        train_histogram=tuple(counts),
        image_shape=(8, 8, 1),
    )


def test_every_condition_fits_small_data():
    for counts in ([3, 3], [5] * 10, [40, 3, 9]):
        card = _card(counts)
        labels = np.arange(len(counts)).repeat(counts)
        images = np.zeros((len(labels), 8, 8, 1), np.uint8)
        for condition in design(card).known:
            found = apply(parse(condition), images, labels, card.classes, np.random.SeedSequence(0))
            assert len(found.labels), condition


def test_all_pairs_are_aimed_at_among_few_classes_and_the_likeliest_among_many():
    assert len(design(_card([50] * 10)).aimed) == 9
    many = design(_card([50] * 100))
    assert not many.aimed
    assert many.rounds


def test_one_class_and_classes_too_small_are_one_line():
    with pytest.raises(DqError, match="one class"):
        design(_card([50, 0]))
    with pytest.raises(DqError, match="too small"):
        design(_card([50, 2]))


def test_a_budget_takes_repeats_first_then_parts_and_leaves_what_the_user_named():
    whole = design(_card([50] * 10), ["wrong:0.3"])
    assert whole.within(1e9, ["wrong:0.3"]) == whole
    assert whole.within(whole.cells - 1, ["wrong:0.3"]).repeats == 6
    least = whole.within(9 * 3, ["wrong:0.3"])
    assert (least.axis, least.aimed, least.merges) == (("wrong:0.3",), (), 0)
    with pytest.raises(DqError, match="the budget has room for 8 trainings"):
        whole.within(8, [])


def test_given_repeats_stay():
    whole = design(_card([50] * 10), (), 5)
    assert {way.repeats for way in whole.ways([])} == {5}


def test_a_class_is_named_by_its_word_or_else_by_an_index_that_means_no_other():
    names = ("cat", "sea lion", "3", "dog")
    assert merging((0, 3), names) == "relabel_class:dog-cat"
    assert swapping(((0, 1),), "0.3", names) == "asymmetric:0.3;map=cat-1/1-cat"
    labels = np.arange(4).repeat(5)
    found = apply(
        parse(merging((1, 2), names)), np.zeros((20, 8, 8, 1), np.uint8), labels, names, np.random.SeedSequence(0)
    )
    assert found.labels.tolist() == [0] * 5 + [1] * 10 + [3] * 5
