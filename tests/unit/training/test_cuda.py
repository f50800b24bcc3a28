"""What only a GPU can show. Elsewhere the replaying of steps is tested with a stand-in for the GPU's recorder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dqsuite import datasets, models
from dqsuite.core.hardware import cuda_capability
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.training import cuda, seconds_per_image, train
from dqsuite.training.step import Step

on_a_gpu = pytest.mark.skipif(cuda_capability() is None, reason="no GPU here")

SHORT = RECIPES["standard"].with_settings(epochs=3)


def cell_of(model="lenet", condition="shuffle:0.3", recipe=SHORT, precision="fp32"):
    return plan_grid("digits", [model], [condition], recipe=recipe, repeats=1, precision=precision).cells[-1]


def outcome_of(cell, device):
    return train(cell, datasets.load("digits"), device, lambda *_: None).outcome


class Recorder:
    """Stands in for `torch.cuda`: it records a step and what the step reads, and takes it again at each replay."""

    def __init__(self, recorded):
        self.recorded, self.replays = recorded, 0

    def replay(self):
        self.replays += 1
        for told, again in zip(self.told, self.step(*self.inputs), strict=True):
            told.copy_(again)


@pytest.fixture
def recorded(monkeypatch):
    """Return the recorders made, in order; a step that is recorded is taken only when it is replayed."""
    made = []

    def graph_of(replayed, step, images, labels):
        recorder = Recorder(made)
        recorder.step, recorder.inputs = step, (images.clone(), labels.clone())
        replayed._images, replayed._labels = recorder.inputs
        replayed._graph = recorder
        replayed._told = recorder.told = (torch.zeros(()), torch.zeros(len(labels), 10))
        made.append(recorder)

    monkeypatch.setattr(cuda._Graph, "__init__", graph_of)
    return made


def test_replayed_steps_train_as_steps_do_and_each_size_of_batch_is_recorded_once(recorded, monkeypatch):
    cell = cell_of(recipe=SHORT.with_settings(batch_size=500))
    written = outcome_of(cell, "cpu")
    monkeypatch.setattr("dqsuite.training.loop.Step", lambda *args, **kwargs: cuda.Replayed(Step(*args, **kwargs)))
    replayed = outcome_of(cell, "cpu")
    assert replayed.same_measurement(written)
    assert [len(recorder.inputs[1]) for recorder in recorded] == [500]
    assert recorded[0].replays > 0


@on_a_gpu
@pytest.mark.parametrize("model", list(models.MODELS))
def test_every_model_trains_on_a_gpu_as_on_a_cpu(model):
    cell = cell_of(f"{model};width=0.125", "clean", SHORT.with_settings(epochs=1))
    here, there = outcome_of(cell, "cpu"), outcome_of(cell, "cuda")
    assert there.provenance["device"] == torch.cuda.get_device_name()
    np.testing.assert_allclose(there.curves["train_loss"][0], here.curves["train_loss"][0], rtol=0.05)


@on_a_gpu
@pytest.mark.parametrize("recipe", ["standard", "poisoning", "he-mnist", "lie-custom", "he-cifar10"])
def test_a_replayed_training_equals_one_by_the_step(recipe, monkeypatch):
    """To rounding: the libraries may choose other algorithms from one training to the next."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    recipe = RECIPES[recipe].with_settings(epochs=3)
    replayed = outcome_of(cell_of("lenet", recipe=recipe), "cuda")
    monkeypatch.setattr(cuda, "_FIRST", 10**9)
    written = outcome_of(cell_of("lenet", recipe=recipe), "cuda")
    np.testing.assert_allclose(replayed.curves["train_loss"], written.curves["train_loss"], rtol=1e-3)
    assert np.mean(replayed.last == written.last) > 0.98


@on_a_gpu
def test_bf16_dropout_and_two_stages_train_on_a_gpu():
    repaired = SHORT.with_settings(repair=1.0, repaired="clean")
    outcome = outcome_of(cell_of("poison_cnn;width=0.25", recipe=repaired, precision="bf16"), "cuda")
    assert outcome.curves["test_accuracy"][-1] > 0.5


@on_a_gpu
def test_the_time_of_a_step_is_known_before_training():
    assert 0 < seconds_per_image(cell_of(), datasets.load("digits"), "cuda") < 0.01
