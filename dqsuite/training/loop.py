"""The inner loop, readable from top to bottom."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Iterator
from functools import partial
from math import nan
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dqsuite import __version__, corruptions, models
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import Dataset
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.models.dropout import seed_dropout
from dqsuite.training import Trained, Watch, microbatch
from dqsuite.training.batches import Scaling
from dqsuite.training.cuda import on_device, with_fewer_kernels
from dqsuite.training.cuda.replayed import Replayed
from dqsuite.training.evaluate import TestSet
from dqsuite.training.kernels import compiled, with_kernels
from dqsuite.training.optimise import EarlyStopping, Optimizer
from dqsuite.training.stages import Stage, stages_of
from dqsuite.training.step import Step

_NEARLY_FITTED = 0.95  # accuracy met in training, below which measuring the whole training set is not worth its time


def train_cell(cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
    """Train one cell; see `dqsuite.training.train`."""
    torch.set_num_threads(1)  # the same sums in the same order, whatever runs beside this cell
    with on_device(device):
        return _train(cell, dataset, device, watch)


def _train(cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
    began = time.time()
    streams = seeds.streams(cell.repeat)
    damaged = corruptions.apply(cell.condition, dataset.x_train, dataset.y_train, dataset.classes, streams.noise)
    scaling = Scaling.of(damaged.images, cell.recipe.scaling, device)
    stages = stages_of(cell, damaged, dataset, scaling, device)
    test = TestSet(dataset.x_test, dataset.y_test, len(dataset.classes), scaling, device)
    clean = cell.recipe.validation == "clean"
    validation = (
        test.labels if clean else corruptions.relabel(cell.condition, test.labels, dataset.classes, streams.validation)
    )
    weights, dropout = map(int, streams.weights.generate_state(2))
    with _seeded(weights, device):
        model = models.build(cell.model, len(dataset.classes), dataset.x_train.shape[1:])
        seed_dropout(model, dropout)
        model = model.to(device).to(memory_format=torch.channels_last)
        fast = device == "cpu" and cell.precision == "fp32" and _gains(cell.model) and compiled.compiled()
        with _blaming(cell.model, cell.recipe.batch_size):
            model = with_kernels(model, ours=_is_ours(cell.model)) if fast else model
            model = with_fewer_kernels(model) if device == "cuda" and _is_ours(cell.model) else model
            run = _Run(cell, model, stages, test, device)
            run.fit(validation, watch)
    outcome = Outcome(
        cell=cell,
        fingerprint=dataset.fingerprint,
        curves={name: np.array(values, np.float32) for name, values in run.curves.items()},
        last=run.last,
        best=run.best,
        manifest=damaged.manifest.to_json(),
        stopped=run.stopped,
        provenance=_provenance(device, began, fast=fast),
    )
    kept = test.probabilities if corruptions.holds_out(cell.condition) else test.confidences
    return Trained(outcome, kept(run.logits))


class _Run:
    """A model in training, and what is measured on the way."""

    def __init__(self, cell: Cell, model: nn.Module, stages: list[Stage], test: TestSet, device: str) -> None:
        self.recipe, self.model, self.stages, self.test = cell.recipe, model, stages, test
        self.device, self.bf16 = device, cell.precision == "bf16"
        self.ours = _is_ours(cell.model)
        one = test.scaling(test.images[:1])
        self.trained = microbatch.trained(model, one, cell.recipe.batch_size)
        self.evaluated = microbatch.evaluated(model, one)
        self.epochs = sum(stage.epochs for stage in stages)
        self.curves: dict[str, list[float]] = {name: [] for name in CURVES}
        self.stopped = ""

    def fit(self, validation: NDArray[np.int64], watch: Watch) -> None:
        """Train stage after stage until the recipe says stop, measuring after each epoch.

        `validation`, int64 (N,), are the labels of the test images that tell the best epoch and when to stop.
        """
        progress = EarlyStopping(self.recipe)
        best = -1.0
        epochs = ((stage, epoch) for stage in self.stages for epoch in range(stage.epochs))
        for done, (stage, epoch) in enumerate(epochs, start=1):
            loss, met = self._epoch(stage, epoch)
            accuracy = validated = nan
            if done % self.recipe.measured == 0 or epoch + 1 == stage.epochs:
                self.logits = self.test.logits(self.model, self.evaluated, bf16=self.bf16)
                self.last = self.test.predictions(self.logits)
                accuracy = float(np.mean(self.last == self.test.labels))
                validated = float(np.mean(self.last == validation))
            if validated > best:
                best, self.best = validated, self.last
            for name, value in zip(CURVES, (loss, met, accuracy, self.optimizer.rate), strict=True):
                self.curves[name].append(value)
            watch(done, self.epochs, accuracy)
            if progress.update(validated, stage.rate):
                self.stopped = "patience"
            elif self.recipe.fit and self._fitted(stage, met):
                self.stopped = "fit"
            if self.stopped:
                return
        bound = "updates" if self.recipe.updates == self.stages[0].updates else "epochs"
        self.stopped = "cap" if self.recipe.fit else bound

    def _fitted(self, stage: Stage, met: float) -> bool:
        """Tell whether every training record is predicted as labelled, `met` being the accuracy met in training.

        A whole pass is made only where it may be so. Under dropout the accuracy met never gets high: there the recipe
        names a sample to look at, in evaluation mode as all are looked at.
        """
        fitted = partial(stage.batches.fitted, self.model, self.evaluated)
        return (fitted(self.recipe.fit_sample) if self.recipe.fit_sample else met > _NEARLY_FITTED) and fitted()

    def _epoch(self, stage: Stage, epoch: int) -> tuple[float, float]:
        """Train one epoch of a stage; return the mean loss and the accuracy on the labels as given, as they were met.

        A stage begins with an optimiser that remembers nothing.
        """
        if not epoch:
            self.optimizer = Optimizer(self.model, self.recipe)
            step = Step(self.model, self.optimizer, self.trained, bf16=self.bf16, ours=self.ours)
            self.step = Replayed(step) if self.ours and self.device == "cuda" else step
        self.model.train()
        batches = stage.batches.epoch(seeds.generator(stage.order, epoch))
        loss_sum, hits, seen = torch.zeros((), device=self.device), torch.zeros((), device=self.device), 0
        for update, (images, labels) in enumerate(batches, start=epoch * len(stage.batches)):
            if update == stage.updates:
                break
            self.optimizer.rate = stage.rate.at(update // stage.length, update)
            loss, logits = self.step(images, labels)
            loss_sum += loss * len(labels)
            hits += (logits.argmax(1) == labels).sum()
            seen += len(labels)
        return loss_sum.item() / seen, hits.item() / seen


@contextlib.contextmanager
def _seeded(seed: int, device: str) -> Iterator[None]:
    """Give the torch modules that draw from the global generator a seed of their own, and leave no trace of it."""
    with torch.random.fork_rng(devices=[0] if device == "cuda" else []):
        torch.manual_seed(seed)
        yield


def _is_ours(model: str) -> bool:
    return models.MODELS.is_ours(parse_term(model).name)


def _gains(model: str) -> bool:
    """Tell whether compiled layers are worth it: in a model of others wherever they fit."""
    return not _is_ours(model) or models.MODELS[parse_term(model).name].compiled


@contextlib.contextmanager
def _blaming(model: str, batch_size: int) -> Iterator[None]:
    """Tell a batch that is too large, or a defect of a model that is not ours, as its user's to mend.

    A defect of one of ours keeps its traceback.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            cause = f"{model} does not fit into memory with batches of {batch_size} images"
            raise DqError(cause, "give a smaller --batch-size, or a narrower model") from error
        if _is_ours(model) or isinstance(error, (DqError, OSError)):
            raise
        cause = f"{model} cannot be trained: {type(error).__name__}: {error}"
        raise DqError(cause, "let it return logits (B, K) that a loss can be taken back through") from error


def _provenance(device: str, began: float, *, fast: bool) -> dict[str, Any]:
    return {
        "seconds": round(time.time() - began, 3),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "device": torch.cuda.get_device_name() if device == "cuda" else platform.machine(),
        "threads": torch.get_num_threads(),
        "dqsuite": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "convolutions": "compiled" if fast else "torch",
        **(compiled.provenance() if fast else {}),
    }
