"""The inner loop, readable from top to bottom."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Iterator
from math import nan
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dqsuite import __version__, corruptions, models
from dqsuite.core import seeds
from dqsuite.core.errors import DqError
from dqsuite.core.grammar import parse_term
from dqsuite.datasets import Dataset
from dqsuite.experiment.cells import Cell
from dqsuite.experiment.outcome import CURVES, Outcome
from dqsuite.experiment.recipes import Recipe
from dqsuite.models.dropout import seed_dropout
from dqsuite.training import Trained, Watch, microbatch
from dqsuite.training.batches import Batches, Scaling
from dqsuite.training.evaluate import TestSet
from dqsuite.training.kernels import compiled, with_kernels
from dqsuite.training.optimise import EarlyStopping, Optimizer, Rate

_NEARLY_FITTED = 0.95  # accuracy met in training, below which measuring the whole training set is not worth its time


def train_cell(cell: Cell, dataset: Dataset, device: str, watch: Watch) -> Trained:
    """Train one cell; see `dqsuite.training.train`."""
    began = time.time()
    torch.set_num_threads(1)  # the same sums in the same order, whatever runs beside this cell
    streams = seeds.streams(cell.repeat)
    damaged = corruptions.apply(cell.condition, dataset.x_train, dataset.y_train, dataset.classes, streams.noise)
    scaling = Scaling.of(damaged.images, cell.recipe.scaling, device)
    batches = Batches(damaged, cell.recipe, scaling, device)
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
        with _blaming(cell.model):
            model = with_kernels(model, ours=_is_ours(cell.model)) if fast else model
            run = _Run(cell, model, batches, test, device)
            run.fit(validation, streams.order, watch)
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
    return Trained(outcome, test.confidences(run.logits))


class _Run:
    """A model in training, and what is measured on the way."""

    def __init__(self, cell: Cell, model: nn.Module, batches: Batches, test: TestSet, device: str) -> None:
        self.recipe, self.model, self.batches, self.test = cell.recipe, model, batches, test
        self.device, self.bf16 = device, cell.precision == "bf16"
        one = test.scaling(test.images[:1])
        self.trained = microbatch.trained(model, one, cell.recipe.batch_size)
        self.evaluated = microbatch.evaluated(model, one)
        self.optimizer = Optimizer(model, cell.recipe)
        self.updates = _updates(cell.recipe, len(batches))
        self.epochs = -(-self.updates // len(batches))
        self.rate = Rate(cell.recipe, self.updates)
        self.curves: dict[str, list[float]] = {name: [] for name in CURVES}
        self.stopped = ""

    def fit(self, validation: NDArray[np.int64], order: np.random.SeedSequence, watch: Watch) -> None:
        """Train until the recipe says stop, measuring after each epoch.

        `validation`, int64 (N,), are the labels of the test images that tell the best epoch and when to stop.
        """
        progress = EarlyStopping(self.recipe)
        best = -1.0
        for epoch in range(self.epochs):
            loss, fitted = self._epoch(epoch, seeds.generator(order, epoch))
            accuracy = validated = nan
            if epoch + 1 in (self.epochs, *range(0, self.epochs, self.recipe.measured)):
                self.logits = self.test.logits(self.model, self.evaluated, bf16=self.bf16)
                self.last = self.test.predictions(self.logits)
                accuracy = float(np.mean(self.last == self.test.labels))
                validated = float(np.mean(self.last == validation))
            if validated > best:
                best, self.best = validated, self.last
            for name, value in zip(CURVES, (loss, fitted, accuracy, self.optimizer.rate), strict=True):
                self.curves[name].append(value)
            watch(epoch + 1, self.epochs, accuracy)
            if progress.update(validated, self.rate):
                self.stopped = "patience"
            elif self.recipe.fit and fitted > _NEARLY_FITTED and self.batches.fitted(self.model, self.evaluated):
                self.stopped = "fit"
            if self.stopped:
                return
        bound = "updates" if self.recipe.updates == self.updates else "epochs"
        self.stopped = "cap" if self.recipe.fit else bound

    def _epoch(self, epoch: int, rng: np.random.Generator) -> tuple[float, float]:
        """Train one epoch; return the mean loss and the accuracy on the labels as given, as they were met."""
        self.model.train()
        first = epoch * len(self.batches)
        loss_sum, hits, seen = torch.zeros((), device=self.device), torch.zeros((), device=self.device), 0
        for update, (images, labels) in enumerate(self.batches.epoch(rng), start=first):
            if update == self.updates:
                break
            self.optimizer.rate = self.rate.at(epoch, update)
            loss, logits = self._step(images, labels)
            loss_sum += loss * len(labels)
            hits += (logits.argmax(1) == labels).sum()
            seen += len(labels)
        return loss_sum.item() / seen, hits.item() / seen

    def _step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Take one step of the optimiser; return the batch's mean loss and its logits (B, K)."""
        self.optimizer.zero_grad()
        parts = zip(torch.split(images, self.trained), torch.split(labels, self.trained), strict=True)
        losses, logits = zip(*(self._gradient(*part, len(labels)) for part in parts), strict=True)
        self.optimizer.step()
        return torch.stack(losses).sum(), torch.cat(logits)

    def _gradient(self, images: Tensor, labels: Tensor, total: int) -> tuple[Tensor, Tensor]:
        """Add the gradient of some records of a batch of `total`; return their share of the mean loss, and logits."""
        with self._autocast():
            logits = self.model(images)
        loss = cross_entropy(logits.float(), labels, reduction="sum") / total
        loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        return loss.detach(), logits.detach()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device, torch.bfloat16, enabled=self.bf16)


def _updates(recipe: Recipe, batches: int) -> int:
    """Return the updates at most: the smaller of the recipe's two bounds."""
    bounds = [bound for bound in (recipe.updates, recipe.epochs * batches) if bound]
    return min(bounds)


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
def _blaming(model: str) -> Iterator[None]:
    """Tell a defect of a model that is not ours as its user's to mend; one of ours keeps its traceback."""
    try:
        yield
    except (Exception, SystemExit) as error:
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
