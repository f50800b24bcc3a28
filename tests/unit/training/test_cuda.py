"""What only a GPU can show. Elsewhere the replaying of steps is tested with a stand-in for the GPU's recorder."""

from __future__ import annotations

import copy
import sys

import numpy as np
import pytest
import torch

from dqsuite import datasets, models
from dqsuite.core.hardware import cuda_capability
from dqsuite.experiment.plan import plan_grid
from dqsuite.experiment.recipes import RECIPES
from dqsuite.models.dropout import Dropout
from dqsuite.training import cuda, seconds_per_image, train
from dqsuite.training.cuda import replayed, with_fewer_kernels
from dqsuite.training.step import Step

on_a_gpu = pytest.mark.skipif(cuda_capability() is None, reason="no GPU here")

SHORT = RECIPES["standard"].with_settings(epochs=3)


def cell_of(model="lenet", condition="shuffle:0.3", recipe=SHORT, precision="fp32"):
    return plan_grid("digits", [model], [condition], recipe=recipe, repeats=1, precision=precision).cells[-1]


def outcome_of(cell, device):
    return train(cell, datasets.load("digits"), device, lambda *_: None).outcome


class Doubled(Dropout):
    """Stands in for the layer in Triton."""


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

    def graph_of(graph, step, images, labels):
        recorder = Recorder(made)
        recorder.step, recorder.inputs = step, (images.clone(), labels.clone())
        graph._images, graph._labels = recorder.inputs
        graph._graph = recorder
        graph._told = recorder.told = (torch.zeros(()), torch.zeros(len(labels), 10))
        made.append(recorder)

    monkeypatch.setattr(replayed._Graph, "__init__", graph_of)
    return made


def test_replayed_steps_train_as_steps_do_and_each_size_of_batch_is_recorded_once(recorded, monkeypatch):
    cell = cell_of(recipe=SHORT.with_settings(batch_size=500))
    written = outcome_of(cell, "cpu")
    monkeypatch.setattr("dqsuite.training.loop.Step", lambda *args, **kwargs: replayed.Replayed(Step(*args, **kwargs)))
    assert outcome_of(cell, "cpu").same_measurement(written)
    assert [len(recorder.inputs[1]) for recorder in recorded] == [500]
    assert recorded[0].replays > 0


def test_a_model_with_fewer_kernels_gives_the_same_and_counts_no_batches(monkeypatch):
    monkeypatch.setattr("dqsuite.training.cuda._fused_dropout", lambda: Doubled)
    model = models.build("custom;width=0.25", 10, (16, 16, 3))
    lean = with_fewer_kernels(copy.deepcopy(model))
    images = torch.rand(8, 3, 16, 16)
    torch.testing.assert_close(lean.eval()(images), model.eval()(images))
    counters = [layer.num_batches_tracked for layer in lean.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    assert counters == [None] * 6
    assert sum(type(layer) is Doubled for layer in lean.modules()) == 3
    assert lean.train()(images).isfinite().all()


def test_without_triton_the_layer_stays_as_it_is_written(monkeypatch):
    monkeypatch.setitem(sys.modules, "dqsuite.training.cuda.dropout", None)
    cuda._fused_dropout.cache_clear()
    try:
        assert cuda._fused_dropout() is None
    finally:
        cuda._fused_dropout.cache_clear()


@on_a_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_dropout_is_fused_on_a_gpu_and_draws_the_same(precision):
    kind = cuda._fused_dropout()
    assert kind, "Triton cannot compile here"
    images = torch.rand(64, 24, 16, 16, device="cuda", dtype={"fp32": torch.float32, "bf16": torch.bfloat16}[precision])
    images = images.contiguous(memory_format=torch.channels_last)
    for _ in range(3):
        written, fused = Dropout(0.3).cuda(), kind(0.3).cuda()
        torch.testing.assert_close(fused(images), written(images))


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
    again = outcome_of(cell_of("lenet", recipe=recipe), "cuda")
    monkeypatch.setattr(replayed, "_FIRST", 10**9)
    written = outcome_of(cell_of("lenet", recipe=recipe), "cuda")
    np.testing.assert_allclose(again.curves["train_loss"], written.curves["train_loss"], rtol=1e-3)
    assert np.mean(again.last == written.last) > 0.98


@on_a_gpu
def test_bf16_dropout_and_two_stages_train_on_a_gpu():
    repaired = SHORT.with_settings(epochs=8, repair=1.0, repaired="clean", schedule="constant")
    outcome = outcome_of(cell_of("poison_cnn;width=0.25", recipe=repaired, precision="bf16"), "cuda")
    assert outcome.curves["test_accuracy"][-1] > 0.5


@on_a_gpu
def test_the_time_of_a_step_is_known_before_training():
    assert 0 < seconds_per_image(cell_of(), datasets.load("digits"), "cuda") < 0.01
