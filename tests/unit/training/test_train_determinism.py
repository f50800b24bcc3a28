from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from dqsuite import datasets
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES, Recipe
from dqsuite.training import train

SHORT = RECIPES["standard"].with_settings(epochs=2)


def trained(condition="clean", *, repeat=0, model="lenet", recipe=SHORT, device="cpu", epochs=None):
    plan = plan_grid("digits", [model], [condition], recipe=recipe, repeats=1, precision="fp32")
    cell = dataclasses.replace(plan.cells[-1], repeat=repeat)
    heard = epochs if epochs is not None else []
    return train(cell, datasets.load("digits"), device, lambda *epoch: heard.append(epoch))


def test_a_cell_trains_to_the_same_bits_whatever_ran_before_it():
    first = trained("shuffle:0.3")
    trained("reduce:0.5", repeat=5)
    again = trained("shuffle:0.3")
    assert again.outcome.same_measurement(first.outcome)
    np.testing.assert_array_equal(again.confidences, first.confidences)


@pytest.mark.parametrize("model", ["custom;width=0.25", "poison_cnn;width=0.25"])
def test_models_with_dropout_and_those_without_repeat_too(model):
    assert trained(model=model).outcome.same_measurement(trained(model=model).outcome)


def test_repeats_differ():
    assert not trained(repeat=0).outcome.same_measurement(trained(repeat=1).outcome)


def test_conditions_of_one_repeat_share_weights_and_batch_order():
    """Damage that touches nothing must change nothing: the streams of noise, weights and order are apart."""
    clean, untouched = trained("clean").outcome, trained("shuffle:0").outcome
    np.testing.assert_array_equal(clean.last, untouched.last)
    np.testing.assert_array_equal(clean.curves["train_loss"], untouched.curves["train_loss"])


def test_training_leaves_the_data_set_and_the_global_generators_alone():
    import torch

    dataset = datasets.load("digits")
    before = dataset.fingerprint, torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    trained("wrong:0.3+gaussian:8")
    assert datasets.load("digits").arrays.fingerprint() == before[0]
    assert torch.equal(torch.random.get_rng_state(), before[1])
    np.testing.assert_array_equal(np.random.get_state()[1], before[2])  # noqa: NPY002


def test_each_epoch_is_told_and_recorded():
    heard: list[tuple[int, int, float]] = []
    outcome = trained(epochs=heard).outcome
    assert [(done, of) for done, of, _ in heard] == [(1, 2), (2, 2)]
    np.testing.assert_allclose([accuracy for _, _, accuracy in heard], outcome.curves["test_accuracy"], rtol=1e-6)


def test_predictions_confidences_and_curves_agree():
    result = trained()
    dataset, outcome = datasets.load("digits"), result.outcome
    right = np.mean(outcome.last == dataset.y_test)
    assert right == pytest.approx(outcome.curves["test_accuracy"][-1])
    assert np.mean(outcome.best == dataset.y_test) == pytest.approx(outcome.curves["test_accuracy"].max())
    assert result.confidences.shape == dataset.y_test.shape
    assert ((result.confidences >= 0.1 - 1e-3) & (result.confidences <= 1)).all()


def test_a_recipe_bounded_by_updates_makes_just_so_many():
    recipe = Recipe(updates=15, batch_size=128, learning_rate=0.05, schedule="linear")
    outcome = trained(recipe=recipe).outcome
    assert outcome.stopped == "updates"
    steps_an_epoch = -(-1297 // 128)
    assert len(outcome.curves["train_loss"]) == -(-15 // steps_an_epoch)
    assert outcome.curves["learning_rate"][-1] == pytest.approx(0.05 / 15)


def test_training_until_the_set_is_fitted_stops_there_or_says_cap():
    fits = Recipe(epochs=60, fit=True, optimizer="adam", learning_rate=2e-3, batch_size=10)
    outcome = trained("first:100", recipe=fits).outcome
    assert outcome.stopped == "fit"
    assert outcome.curves["train_accuracy"][-1] > 0.95
    assert len(outcome.curves["train_accuracy"]) < 60
    assert trained(recipe=dataclasses.replace(fits, epochs=1)).outcome.stopped == "cap"


def test_the_realised_noise_is_recorded():
    manifest = trained("wrong:0.3").outcome.manifest
    given = np.array(manifest["transitions"])
    assert given.sum() - np.trace(given) == round(0.3 * given.sum())


def test_a_last_batch_of_one_record_is_left_out_and_one_record_alone_is_trained_on():
    recipe = dataclasses.replace(SHORT, batch_size=1296)
    assert np.isfinite(trained(model="custom;width=0.25", recipe=recipe).outcome.curves["train_loss"]).all()


def test_a_damaged_validation_set_picks_the_best_epoch_but_predictions_are_kept_for_the_clean_one():
    recipe = dataclasses.replace(SHORT, epochs=6, validation="damaged")
    recipes = dataclasses.replace(recipe, validation="clean"), recipe
    clean, damaged = (trained("pair_flip:0.9", recipe=each).outcome for each in recipes)
    np.testing.assert_array_equal(clean.curves["test_accuracy"], damaged.curves["test_accuracy"])
    np.testing.assert_array_equal(clean.last, damaged.last)
    best = np.mean(damaged.best == datasets.load("digits").y_test)
    assert np.isclose(damaged.curves["test_accuracy"], best).any()
    assert best < clean.curves["test_accuracy"].max()  # nine labels in ten say that the next class is right


def test_measuring_seldom_changes_nothing_but_what_is_measured():
    each, seldom = (
        trained(recipe=dataclasses.replace(SHORT, epochs=5, measured=measured)).outcome for measured in (1, 2)
    )
    np.testing.assert_array_equal(each.last, seldom.last)
    np.testing.assert_array_equal(each.curves["train_loss"], seldom.curves["train_loss"])
    kept = [1, 3, 4]  # every second epoch, and the last
    np.testing.assert_array_equal(seldom.curves["test_accuracy"][kept], each.curves["test_accuracy"][kept])
    assert np.isnan(seldom.curves["test_accuracy"][[0, 2]]).all()
