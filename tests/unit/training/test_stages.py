"""Training in two stages: on the damaged data, then on repaired ones."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from dqsuite import corruptions, datasets
from dqsuite.core.errors import DqError
from dqsuite.core.seeds import generator, streams
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import Recipe
from dqsuite.training import loop, microbatch, train
from dqsuite.training.batches import Batches, Scaling
from dqsuite.training.optimise import Optimizer
from dqsuite.training.stages import stages_of
from dqsuite.training.step import Step

PLAIN = Recipe(epochs=5, batch_size=64, learning_rate=0.05, momentum=0.9, milestones=((3, 0.5),), scaling="channel")
REPAIRING = dataclasses.replace(PLAIN, repair=0.2)
BATCHES = -(-1297 // 64)  # of all training records of the digits
ARMS = ["shuffle:0.3", "reduce:0.3"]


def cell(condition, recipe=REPAIRING, model="lenet"):
    return plan_grid("digits", [model], [condition], recipe=recipe, repeats=1, precision="fp32").cells[-1]


def trained(condition, recipe=REPAIRING, model="lenet"):
    return train(cell(condition, recipe, model), datasets.load("digits"), "cpu", lambda *_: None).outcome


def stages(condition, recipe=REPAIRING):
    data, wanted = datasets.load("digits"), cell(condition, recipe)
    damaged = corruptions.apply(wanted.condition, data.x_train, data.y_train, data.classes, streams(0).noise)
    return stages_of(wanted, damaged, data, Scaling.of(damaged.images, "channel", "cpu"), "cpu")


@pytest.fixture
def optimisers(monkeypatch):
    """Return every optimiser that is made, with the rate of each of its steps and the weights before and after them."""
    made = []

    class Watched(Optimizer):
        def __init__(self, model, recipe):
            super().__init__(model, recipe)
            self.parameters, self.rates = list(model.parameters()), []
            self.before = self.weights()
            made.append(self)

        def weights(self):
            return [parameter.detach().clone() for parameter in self.parameters]

        def step(self):
            self.rates.append(self.rate)
            super().step()
            self.after = self.weights()

    monkeypatch.setattr(loop, "Optimizer", Watched)
    return made


def equal(weights, others):
    return all(torch.equal(one, other) for one, other in zip(weights, others, strict=True))


@pytest.mark.parametrize("condition", [*ARMS, "clean"])
def test_every_condition_makes_as_many_updates_at_the_same_rates(condition, optimisers):
    outcome = trained(condition)
    first, second = (optimiser.rates for optimiser in optimisers)
    assert first == pytest.approx([0.05] * 3 * BATCHES + [0.025] * 2 * BATCHES)
    assert second == pytest.approx([0.025] * BATCHES)
    assert outcome.stopped == "epochs"
    of_damaged = {"reduce:0.3": -(-908 // 64)}.get(condition, BATCHES)
    assert len(outcome.curves["train_loss"]) == -(-5 * BATCHES // of_damaged) + 1


def test_the_second_stage_begins_with_the_weights_of_the_first_and_a_fresh_optimiser(optimisers):
    trained("shuffle:0.3")
    first, second = optimisers
    assert equal(first.after, second.before)
    assert not equal(first.before, first.after)
    assert not equal(second.before, second.after)
    momenta = [state.first for state in second.groups[0].states]
    assert any(momentum.any() for momentum in momenta)
    assert second.groups[0].states is not first.groups[0].states


def test_the_first_stage_is_the_training_without_a_second():
    """Where all records are kept: the same to the bit."""
    plain, repaired = trained("shuffle:0.3", PLAIN), trained("shuffle:0.3")
    for name, curve in plain.curves.items():
        np.testing.assert_array_equal(repaired.curves[name][:5], curve)


def test_the_second_stage_meets_every_record_by_its_own_label_in_the_same_batches_whatever_was_damaged():
    noisy, smaller = (stages(condition)[1] for condition in ARMS)
    assert noisy.batches.labels.tolist() == datasets.load("digits").y_train.tolist()
    met = [
        torch.cat([labels for _, labels in each.batches.epoch(generator(each.order, 0))]) for each in (noisy, smaller)
    ]
    assert torch.equal(*met)
    assert sorted(met[0].tolist()) == sorted(noisy.batches.labels.tolist())
    first = stages("clean")[0]
    assert not torch.equal(met[0], torch.cat([labels for _, labels in first.batches.epoch(generator(first.order, 0))]))


@pytest.mark.parametrize("volume", ["first:600", "reduce:0.5"])
def test_what_is_repaired_is_the_volume_of_a_scale(volume):
    recipe = dataclasses.replace(REPAIRING, repaired=volume)
    (alone,) = stages(volume, PLAIN)
    for damage in ARMS:
        first, second = stages(f"{volume}+{damage}", recipe)
        assert second.batches.kept.tolist() == alone.batches.kept.tolist()
        assert second.batches.labels.tolist() == alone.batches.labels.tolist()
        assert (first.updates, second.updates) == (alone.updates, alone.updates / 5)


def test_a_bound_in_updates_bounds_the_first_stage():
    first, second = stages("reduce:0.3", dataclasses.replace(REPAIRING, updates=40))
    assert (first.updates, second.updates) == (40, 8)


def test_without_a_second_stage_there_is_one():
    (only,) = stages("reduce:0.3", PLAIN)
    assert (only.updates, only.epochs, only.length) == (5 * 15, 5, 15)


@pytest.mark.parametrize("condition", [*ARMS, "clean"])
@pytest.mark.parametrize("schedule", ["constant", "linear"])
def test_all_conditions_make_the_updates_of_the_data_that_count(condition, schedule, optimisers):
    outcome = trained(condition, dataclasses.replace(PLAIN, counted="clean", schedule=schedule))
    (only,) = optimisers
    rates = np.repeat([0.05, 0.025], [3 * BATCHES, 2 * BATCHES])
    falling = 1 - np.arange(5 * BATCHES) / (5 * BATCHES) if schedule == "linear" else 1.0
    np.testing.assert_allclose(only.rates, rates * falling)
    of_damaged = {"reduce:0.3": -(-908 // 64)}.get(condition, BATCHES)
    assert len(outcome.curves["train_loss"]) == -(-5 * BATCHES // of_damaged)


def test_the_data_that_count_may_be_the_volume_of_a_scale():
    (only,) = stages("first:600+reduce:0.5", dataclasses.replace(PLAIN, counted="first:600"))
    assert (only.updates, only.length, len(only.batches)) == (5 * 10, 10, 5)


def test_counting_the_passes_of_as_many_records_changes_nothing():
    plain, counting = trained("shuffle:0.3", PLAIN), trained("shuffle:0.3", dataclasses.replace(PLAIN, counted="clean"))
    assert counting.same_measurement(plain)


def test_the_end_of_each_stage_is_measured():
    accuracy = trained("shuffle:0.3", dataclasses.replace(REPAIRING, measured=10)).curves["test_accuracy"]
    assert np.isfinite(accuracy).tolist() == [False] * 4 + [True, True]


def test_batches_in_portions_make_the_same_updates(optimisers, monkeypatch):
    monkeypatch.setattr(microbatch, "_CACHED", 2**12)
    sizes = []
    monkeypatch.setattr(Step, "_gradient", counted(Step._gradient, sizes))
    trained("reduce:0.3", dataclasses.replace(REPAIRING, epochs=2), model="poison_cnn;width=0.25")
    assert [len(optimiser.rates) for optimiser in optimisers] == [2 * BATCHES, round(0.4 * BATCHES)]
    assert max(sizes) < 64


def counted(gradient, sizes):
    def counting(self, images, labels, total):
        sizes.append(len(labels))
        return gradient(self, images, labels, total)

    return counting


def test_a_second_stage_that_cannot_be_is_refused_before_any_training(optimisers):
    for repaired in ("nonsense", "first:9999"):
        with pytest.raises(DqError):
            trained("shuffle:0.3", dataclasses.replace(REPAIRING, repaired=repaired))
    assert not optimisers


def test_two_stages_have_a_key_of_their_own():
    keys = {
        cell("shuffle:0.3", recipe).key("f")
        for recipe in (PLAIN, REPAIRING, dataclasses.replace(REPAIRING, repaired="first:600"))
    }
    assert len(keys) == 3
    assert "repair" not in PLAIN.values()


@pytest.mark.parametrize("sample", [0, 20])
def test_the_stop_at_a_fitted_set_looks_at_a_sample_first_where_the_recipe_names_one(sample, monkeypatch):
    asked = []

    def fitted(self, model, portion, sample=0):
        asked.append(sample)
        return len(asked) > 2

    monkeypatch.setattr(Batches, "fitted", fitted)
    outcome = trained("shuffle:1", Recipe(epochs=5, batch_size=64, fit=True, fit_sample=sample))
    assert outcome.curves["train_accuracy"].max() < 0.95
    assert (asked, outcome.stopped) == (([20, 20, 20, 0], "fit") if sample else ([], "cap"))
    assert len(outcome.curves["train_accuracy"]) == (3 if sample else 5)
