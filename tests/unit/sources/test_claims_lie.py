from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from dqsuite.claims import CLAIMS
from dqsuite.claims.statements import CIFAR10, volume
from dqsuite.results.predictions import Predictions
from dqsuite.sources.lie1.claims.noise import LEVELS, _fitted
from dqsuite.sources.lie2.claims.baseline import _all_confusions
from dqsuite.sources.lie2.claims.sensitivity import _splits
from dqsuite.statistics.verdict import Status

REPEATS, IMAGES = 5, 400

Errors = Mapping[str | tuple[str, str], float]
World = Callable[[str, str], Errors]


class MadeMeasurements:
    """Shows planted errors: the fraction of a class taken for another, or for its neighbour where none is named."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[tuple[str, str]] = []

    def at(self, model: str, condition: str = "clean", *, data: str = "", epoch: str = "") -> Predictions:
        self.asked.append((model, condition))
        rng = np.random.default_rng(len(self.asked))
        difficulty = np.random.default_rng(0).random((len(CIFAR10), IMAGES))
        truth = np.arange(len(CIFAR10)).repeat(IMAGES).reshape(len(CIFAR10), IMAGES)
        predicted = np.stack([truth] * REPEATS)
        for repeat in predicted:
            order = (difficulty + 0.02 * rng.standard_normal(difficulty.shape)).argsort(1)
            done = dict.fromkeys(CIFAR10, 0)
            for key, rate in self.world(model, condition).items():
                name, other = (key, CIFAR10[CIFAR10.index(key) ^ 1]) if isinstance(key, str) else key
                start, done[name] = done[name], done[name] + round(rate * IMAGES)
                row = CIFAR10.index(name)
                repeat[row, order[row, start : done[name]]] = CIFAR10.index(other)
        return Predictions(truth.ravel(), CIFAR10, predicted.reshape(REPEATS, -1), np.ones((REPEATS, 1)))


def always(errors: Errors) -> World:
    return lambda model, condition: errors


def under(kind: str, errors: Errors, otherwise: Errors | None = None) -> World:
    return lambda model, condition: errors if condition.startswith(kind) else otherwise or {}


def on(which: str, errors: Errors, kind: str = "") -> World:
    return lambda model, condition: errors if model == which and condition.startswith(kind) else {}


def after_noise(level: float, errors: Errors) -> World:
    return lambda model, condition: (
        errors if condition.startswith("shuffle") and float(condition.partition(":")[2]) >= level else {}
    )


def every(rate: float) -> Errors:
    return dict.fromkeys(CIFAR10, rate)


def slope(reverse: bool = False) -> Errors:
    return {name: 0.09 * index for index, name in enumerate(reversed(CIFAR10) if reverse else CIFAR10)}


def neighbours(step: int) -> Errors:
    return {(name, CIFAR10[(index + step) % 10]): 0.1 + 0.03 * index for index, name in enumerate(CIFAR10)}


def bad(name: str) -> str:
    return f"wrong:0.3;classes={CIFAR10.index(name)}"


STABLE = {name: 0.3 for name in CIFAR10 if name not in ("frog", "truck")}
PLANTED = [
    ("lie1-directional", {}, always({("cat", "deer"): 0.2}), always({})),
    ("lie1-cat-deer", {}, always({("cat", "deer"): 0.2}), always({("deer", "cat"): 0.2})),
    (
        "lie1-baseline-order",
        {},
        always({"cat": 0.7, "dog": 0.45, "deer": 0.2}),
        always({"dog": 0.7, "cat": 0.45, "deer": 0.2}),
    ),
    ("lie1-frog-truck-easy", {}, always(STABLE), always({"frog": 0.4})),
    ("lie1-cat-worst-noise", {"level": "0"}, under("clean", {"cat": 0.4}), under("clean", {"dog": 0.4})),
    ("lie1-bird-most-hit", {"level": "0.1"}, under("shuffle", {"bird": 0.4}), under("shuffle", {"cat": 0.4})),
    (
        "lie1-cat-worst-volume",
        {"kept": "0.8"},
        under("reduce:0.2", {"cat": 0.6, "bird": 0.4}, {"cat": 0.5}),
        always({"dog": 0.4}),
    ),
    (
        "lie1-noise20-vs-volume40",
        {},
        under("shuffle:0.2", {"airplane": 0.2, "horse": 0.2}),
        under("shuffle:0.2", {"cat": 0.2}),
    ),
    ("lie1-frog-truck-stable", {}, under("shuffle", STABLE), under("shuffle", {"frog": 0.4})),
    ("lie1-bird-elbow", {}, after_noise(0.2, {"bird": 0.5}), after_noise(0.1, {"bird": 0.5})),
    ("lie1-noise-worse-each-class", {}, under("shuffle", every(0.3)), under("reduce", {"ship": 0.3})),
    (
        "lie1-order-shifts",
        {},
        under("reduce:0.9", {"bird": 0.5, "dog": 0.2}, {"dog": 0.2}),
        always({"bird": 0.4}),
    ),
    (
        "lie1-look-alike",
        {},
        always({("cat", "dog"): 0.2, ("dog", "cat"): 0.2}),
        always({("ship", "truck"): 0.2, ("truck", "ship"): 0.2}),
    ),
    (
        "lie2-cat-as-dog-then-frog",
        {"model": "lenet"},
        always({("cat", "dog"): 0.3, ("cat", "frog"): 0.12}),
        always({("cat", "frog"): 0.3, ("cat", "dog"): 0.12}),
    ),
    ("lie2-lenet-far-behind", {}, on("lenet", every(0.3)), on("custom", every(0.3))),
    ("lie2-lenet-reacts-badly", {}, on("lenet", every(0.3), "shuffle"), on("googlenet", every(0.3), "shuffle")),
    (
        "lie2-second-weakest",
        {"model": "resnet18"},
        always({"cat": 0.7, "bird": 0.4}),
        always({"cat": 0.7, "ship": 0.4}),
    ),
    (
        "lie2-second-weakest",
        {"model": "resnet18"},
        always({"cat": 0.7, "bird": 0.4, "dog": 0.4}),
        always({"cat": 0.4, "bird": 0.7}),
    ),
    *(
        (
            f"lie2-{kind}sensitive-whatever-model",
            {},
            lambda model, condition: {} if condition == "clean" else slope(),
            lambda model, condition: {} if condition == "clean" else slope(reverse=len(model) % 2 == 1),
        )
        for kind in ("", "volume-")
    ),
    (
        "lie2-cat-most-sensitive",
        {},
        lambda model, condition: {} if condition == "clean" else {"cat": 0.6, "bird": 0.3, "dog": 0.3},
        lambda model, condition: {} if condition == "clean" else {"cat": 0.3, "bird": 0.6, "dog": 0.3},
    ),
    (
        "lie2-noise-like-volume",
        {"model": "lenet"},
        lambda model, condition: {} if condition == "clean" else slope(),
        lambda model, condition: {} if condition == "clean" else slope(reverse=condition.startswith("reduce")),
    ),
    (
        "lie3-noise-hurts-more",
        {"model": "custom", "level": "0.3"},
        under("shuffle", every(0.1)),
        under("red", every(0.1)),
    ),
    ("lie3-impact-positive", {}, under("shuffle", every(0.3)), under("reduce", every(0.3))),
    (
        "lie3-most-affected",
        {"model": "custom"},
        under("shuffle", dict.fromkeys(("cat", "bird", "deer", "dog"), 0.4)),
        under("shuffle", dict.fromkeys(("ship", "truck", "frog", "horse"), 0.4)),
    ),
    (
        "lie3-reduction-benefits",
        {},
        lambda model, condition: {"c": every(0.3), "r": {}, "s": every(0.6)}[condition[0]],
        under("reduce", {"frog": 0.3}),
    ),
    *(
        (
            "lie3-lenet-weakest-bird",
            {"reading": reading},
            on("lenet", {"bird": 0.4}, "shuffle"),
            on("resnet18", {"bird": 0.4}, "shuffle"),
        )
        for reading in ("recall", "impact")
    ),
    ("lie3-model-matters", {}, on("lenet", every(0.3), "shuffle"), on("resnet18", every(0.3), "shuffle")),
    ("lie3-data-beats-model", {}, under("shuffle", every(0.4)), on("lenet", every(0.4))),
    ("lie3-harder-to-fix", {"model": "lenet"}, under("shuffle", every(0.1)), under("reduce", every(0.1))),
    ("lie3-bad-cats-hurt-more", {"model": "lenet"}, under(bad("cat"), every(0.1)), under(bad("frog"), every(0.1))),
]


@pytest.mark.parametrize(("identity", "case", "world"), [(row[0], row[1], row[2]) for row in PLANTED])
def test_what_is_planted_holds(identity, case, world):
    assert CLAIMS[identity].judge(MadeMeasurements(world), **case).verdict().status is Status.HOLDS


@pytest.mark.parametrize(("identity", "case", "world"), [(row[0], row[1], row[3]) for row in PLANTED])
def test_what_is_planted_against_a_finding_refutes_it(identity, case, world):
    assert CLAIMS[identity].judge(MadeMeasurements(world), **case).verdict().status is Status.REFUTED


def test_the_cells_off_the_diagonal_are_compared_between_models():
    cells = _all_confusions(MadeMeasurements(always(neighbours(1))).at("lenet"))
    found = {name: rate for name, rate in zip(cells.names, cells.means, strict=True) if rate}
    assert cells.count == 90
    planted = {f"{name} as {other}": rate for (name, other), rate in neighbours(1).items()}
    assert found == pytest.approx(planted, abs=1e-3)


@pytest.mark.parametrize("identity", ["lie1-unequal-resistance", "lie1-different-ways", "lie1-nonlinear"])
def test_a_difference_between_classes_is_found_and_its_absence_never_proves_equality(identity):
    curved = {f"shuffle:{level}": {"bird": float(level) ** 2 * 8, "cat": float(level)} for level in LEVELS[1:]}
    bent, flat = MadeMeasurements(lambda model, condition: curved.get(condition, {})), MadeMeasurements(always({}))
    found = [CLAIMS[identity].judge(measured).verdict().status for measured in (bent, flat)]
    assert found == [Status.HOLDS, Status.INCONCLUSIVE]


@pytest.mark.parametrize(("kept", "condition"), [("0.8", "reduce:0.2"), ("0.1", "reduce:0.9"), ("0.4", "reduce:0.6")])
def test_a_volume_is_what_a_reduction_leaves(kept, condition):
    assert volume(kept) == condition


def test_a_parabola_is_fitted_exactly():
    measured = MadeMeasurements(
        lambda model, condition: {"bird": 4 * float(condition) ** 2, "cat": 0.1 + float(condition)}
    )
    predictions = [measured.at("custom", level) for level in LEVELS]
    assert _fitted(predictions, "bird", degree=2).mean() == pytest.approx(-4)
    assert _fitted(predictions, "cat", degree=1).mean() == pytest.approx(-1)


def test_five_repeats_split_into_two_and_three_in_every_way():
    splits = list(_splits(5))
    assert len({tuple(one) for one, _ in splits}) == len(splits) == 20
    assert all(sorted(one + rest) == list(range(5)) and {len(one), len(rest)} == {2, 3} for one, rest in splits)
