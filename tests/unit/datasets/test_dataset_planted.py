from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

from dqsuite.core.errors import DqError
from dqsuite.datasets import load
from dqsuite.datasets.planted import Truth, truth


def confusion(text):
    """Train logistic regression and return its confusion matrix, each row (a true class) summing to 1."""
    data = load(text)
    flat = {key: getattr(data, key).reshape(len(getattr(data, key)), -1) / 255 - 0.5 for key in ("x_train", "x_test")}
    model = LogisticRegression(C=0.1, max_iter=1000).fit(flat["x_train"], data.y_train)
    return confusion_matrix(data.y_test, model.predict(flat["x_test"]), normalize="true")


@pytest.mark.parametrize(("difficulty", "low", "high"), [(0, 0.98, 1), (0.5, 0.85, 0.96), (0.9, 0.6, 0.8)])
def test_difficulty_lowers_the_accuracy(difficulty, low, high):
    assert low <= confusion(f"planted;difficulty={difficulty}").diagonal().mean() <= high


@pytest.mark.parametrize(
    "text",
    [
        "planted;test=2000",
        "planted;test=2000;difficulty=0.9",
        "planted;test=2000;seed=1",
        "planted;test=2000;seed=2",
        "planted;test=2000;channels=3",
        "planted;test=2000;size=28",
        "planted;test=2000;size=8",
        "planted;test=2000;classes=5",
        "planted;test=4000;train=4000;classes=8;pairs=2",
    ],
)
def test_the_planted_pairs_are_the_most_confused_and_the_fragile_classes_the_least_recalled(text):
    matrix, planted = confusion(text), truth(text)
    assert set(np.argsort(matrix.diagonal())[: len(planted.fragile)]) == set(planted.fragile)
    both = np.triu(matrix + matrix.T, 1)
    largest = np.argsort(both, axis=None)[::-1][: len(planted.look_alike)]
    assert {tuple(map(int, np.unravel_index(i, both.shape))) for i in largest} == set(planted.look_alike)


def test_truth_follows_from_the_parameters():
    assert truth("planted") == Truth(((0, 1),), (9,))
    assert truth("planted;classes=8;pairs=2;fragile=3") == Truth(((0, 1), (2, 3)), (5, 6, 7))
    assert truth("planted;pairs=0;fragile=0") == Truth((), ())


def test_the_same_parameters_give_the_same_bits_everywhere():
    assert load("planted;train=100;test=50").fingerprint == "44414af51b956a94"


def test_more_training_images_leave_the_test_images_as_they_are():
    few, many = load("planted;train=100"), load("planted;train=200")
    np.testing.assert_array_equal(few.x_test, many.x_test)
    np.testing.assert_array_equal(few.y_test, many.y_test)


def test_a_fragile_class_varies_as_much_more_as_is_asked():
    def spread(fragility):
        data = load(f"planted;classes=4;pairs=0;train=2000;test=4;difficulty=0;fragility={fragility}")
        return [data.x_train[data.y_train == k].std(0).mean() for k in range(4)]

    *others, alike = spread(1)
    assert alike == pytest.approx(np.mean(others), rel=0.05)
    *others, fragile = spread(3)
    assert fragile > 1.8 * max(others)  # the pixels' noise is the same for all


def test_another_seed_gives_other_images():
    one, two = load("planted;train=100;test=50;seed=1"), load("planted;train=100;test=50;seed=2")
    assert one.fingerprint != two.fingerprint


def test_shapes_and_class_sizes_are_as_asked():
    dataset = load("planted;classes=3;train=31;test=14;size=9;channels=3")
    assert (dataset.x_train.shape, dataset.x_test.shape) == ((31, 9, 9, 3), (14, 9, 9, 3))
    assert sorted(np.bincount(dataset.y_train).tolist()) == [10, 10, 11]
    assert dataset.classes == ("class 0", "class 1", "class 2")


def test_the_canonical_name_holds_only_what_is_not_the_default():
    assert load("planted;seed=0;train=100;difficulty=.50;classes=010").name == "planted;train=100"
    assert load("planted;train=100;difficulty=0.250;classes=5").name == "planted;classes=5;difficulty=0.25;train=100"


@pytest.mark.parametrize(
    ("params", "cause"),
    [
        ("classes=1", "classes=1 .* whole number from 2 to 1000"),
        ("classes=2.5", "classes=2.5 "),
        ("classes=-3", "classes=-3 "),
        ("classes=many", "classes=many "),
        ("classes=4;pairs=2", "2 pairs and 1 fragile classes do not fit into 4"),
        ("pairs=501", "pairs=501 "),
        ("fragile=11;pairs=0", "do not fit"),
        ("difficulty=1.1", "difficulty=1.1 .* from 0 to 1"),
        ("difficulty=nan", "difficulty=nan "),
        ("difficulty=hard", "difficulty=hard "),
        ("fragility=0.5", "fragility=0.5 .* from 1 to 10"),
        ("fragility=much", "fragility=much "),
        ("size=7", "size=7 .* from 8"),
        ("channels=2", "neither grey nor RGB"),
        ("channels=4", "channels=4 "),
        ("train=9", "train=9 .* from 10"),
        ("test=0", "test=0 "),
        ("seed=-1", "seed=-1 "),
    ],
)
def test_a_parameter_out_of_range_is_refused_with_a_way_out(params, cause):
    with pytest.raises(DqError, match=cause) as error:
        truth(f"planted;{params}")
    assert error.value.mend
