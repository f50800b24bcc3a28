"""What a reader of a study's numbers should know first: one list, which terminal, JSON and page show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.corruptions import CLEAN
from dqsuite.datasets.duplicates import Duplicates, Found
from dqsuite.experiment.outcome import Outcome
from dqsuite.results.study import Study

DIVERGED = "diverged"
_TAKE_OUT = "take them out of one of both, or the accuracy is too good"
_ONE_LABEL = "keep one label of each"
_FEW = 20  # test images of a class: below, its recall is not known to 20 points
_RISING = 0.01  # of accuracy, gained in the last quarter of a training
_OTHER_UPDATES = 0.05  # more or fewer than the baseline's, that are worth a word
_NAMED = 3  # of several conditions or classes
_ERRORS = 3  # standard errors above guessing that are still guessing


@dataclass(frozen=True)
class Warning:  # noqa: A001 - it is one
    """Something that is wrong with the numbers, and what mends it, in a line.

    Attributes
    ----------
    kind : str
        A word for programs: ``diverged``, ``chance``, ``unfinished``, ``unfitted``, ``updates``, ``last_batch``,
        ``few_images``, ``one_repeat``, and ``both_splits``, ``both_splits_near``, ``two_labels``, ``two_labels_near``
        for copies.
    model : str
        The model that it is about, empty for all of them.
    names : sequence of str
        The conditions or the classes that it is about.
    """

    kind: str
    model: str
    names: Sequence[str]
    cause: str
    mend: str

    def __str__(self) -> str:
        about = f"{self.model}: " if self.model else ""
        return f"{about}{self.cause}: {self.mend}"


def warnings_of(study: Study) -> list[Warning]:
    """Return the warnings of a study, those first that make the most numbers worthless."""
    by_model = (_diverged, _at_chance, _unfinished, _unfitted, _other_updates, _small_last_batch)
    found = [each for check in by_model for model in study.models for each in check(study, model)]
    return [*found, *_copies(study), *_few_images(study), *_one_repeat(study)]


def refuse_lost(study: Study) -> None:
    """Raise DqError where a loss was not a number: a program must not take such accuracies for measured ones."""
    for warning in warnings_of(study):
        if warning.kind == DIVERGED:
            raise DqError(f"{warning.model}: {warning.cause}", warning.mend)


def _diverged(study: Study, model: str) -> Iterator[Warning]:
    lost = {name: _lost(study.at(model, name)) for name in study.conditions(model)}
    names = [name for name, count in lost.items() if count]
    if names:
        count, whole = sum(lost.values()), sum(len(study.at(model, name)) for name in lost)
        yield Warning(
            DIVERGED,
            model,
            names,
            f"the loss of {count} of {whole} trainings is not a number ({_listed(names)}), their accuracy says nothing",
            "train with a smaller learning rate (another --recipe), or mend the model",
        )


def _lost(outcomes: Sequence[Outcome]) -> int:
    losses = [outcome.curves["train_loss"] for outcome in outcomes]
    if np.isfinite(np.concatenate(losses)).all():  # of all at once, which is as a rule all there is to ask
        return 0
    return sum(not np.isfinite(each).all() for each in losses)


def _at_chance(study: Study, model: str) -> Iterator[Warning]:
    if not study.at(model, CLEAN):
        return
    found = study.predictions(model, CLEAN)
    recalls = [found.recall(name).mean(1) for name in found.classes if found.recall(name).size]
    counts = [found.recall(name).shape[1] for name in found.classes if found.recall(name).size]
    guess = 1 / len(found.classes)
    error = sqrt(guess * (1 - guess) * sum(1 / count for count in counts)) / len(counts)
    guessing = int((np.mean(recalls, axis=0) <= guess + _ERRORS * error).sum())
    if guessing:
        yield Warning(
            "chance",
            model,
            [CLEAN],
            f"{guessing} of {len(found.predicted)} clean baselines are no better than guessing, no damage can show",
            "train longer (--epochs), with another --recipe or --model",
        )


def _unfinished(study: Study, model: str) -> Iterator[Warning]:
    gains = {name: _late_gain(study.at(model, name)) for name in study.conditions(model)}
    rising = {name: gain for name, gain in gains.items() if gain > _RISING}
    if rising:
        named = [f"{name} {100 * gain:+.1f} points" for name, gain in rising.items()]
        yield Warning(
            "unfinished",
            model,
            list(rising),
            f"the accuracy still rose in the last quarter of training ({_listed(named)})",
            "what damage costs may change with more --epochs",
        )


def _late_gain(outcomes: Sequence[Outcome]) -> float:
    """Return how much accuracy the last quarter of the epochs brought; 0 if unmeasured, or no more than noise may be.

    A training that stopped by its own rule had finished.
    """
    curves = [outcome.curves["test_accuracy"] for outcome in outcomes if outcome.stopped in ("epochs", "updates")]
    measured = [curve[np.isfinite(curve)] for curve in curves]
    gains = [float(curve[-1] - curve[-1 - max(1, len(curve) // 4)]) for curve in measured if len(curve) >= 4]
    if not gains:
        return 0.0
    image = sqrt(0.5 / len(outcomes[0].last))  # the most that the difference of two rates errs
    error = np.std(gains, ddof=1) if len(gains) > 1 else image
    gain = float(np.mean(gains))
    return gain if gain - _ERRORS * float(error) / sqrt(len(gains)) > 0 else 0.0


def _unfitted(study: Study, model: str) -> Iterator[Warning]:
    names = [
        name for name in study.conditions(model) if any(outcome.stopped == "cap" for outcome in study.at(model, name))
    ]
    if names:
        cause = f"training ended before the training set was fitted, as the recipe asks ({_listed(names)})"
        yield Warning("unfitted", model, names, cause, "let it go on with more --epochs")


def _other_updates(study: Study, model: str) -> Iterator[Warning]:
    recipe = study.recipe
    if recipe.counted or recipe.repair or not recipe.epochs or not study.at(model, CLEAN):
        return
    made = {name: _updates(study, model, name) for name in study.conditions(model)}
    whole = made[CLEAN]
    other = {name: count for name, count in made.items() if abs(count - whole) > _OTHER_UPDATES * whole}
    if other:
        named = [f"{name} {count:.0f}" for name, count in other.items()]
        yield Warning(
            "updates",
            model,
            list(other),
            f"in the same epochs, fewer records make fewer updates ({_listed(named)}; clean {whole:.0f}), "
            "which cost accuracy too",
            "--updates makes them equal",
        )


def _updates(study: Study, model: str, condition: str) -> float:
    """Return the updates at most of a condition, averaged over repeats."""
    batch, epochs = study.recipe.batch_size, study.recipe.epochs
    bound = study.recipe.updates or np.inf
    counts = [-(-records // batch) * epochs for records in study.realised(model, condition).records]
    return float(np.mean(np.minimum(counts, bound)))


def _small_last_batch(study: Study, model: str) -> Iterator[Warning]:
    """Warn of trainings that end with the update of a few records: their gradient is mostly noise."""
    recipe = study.recipe
    if recipe.counted or recipe.repair or recipe.updates:
        return
    left = {name: recipe.left_over(study.realised(model, name).records[0]) for name in study.conditions(model)}
    few = {name: rest for name, rest in left.items() if rest}
    if few:
        named = [f"{name} {rest}" for name, rest in few.items()]
        yield Warning(
            "last_batch",
            model,
            list(few),
            f"each epoch ends with a batch of a few records instead of {recipe.batch_size} ({_listed(named)}), whose "
            "update is mostly noise, and may cost some points",
            "leave those records out, or ask for another --batch-size",
        )


_COPIES = {
    "both_splits": ("test images stand in the training set too", _TAKE_OUT),
    "both_splits_near": ("more test images have a near copy in the training set", _TAKE_OUT),
    "two_labels": ("training images stand under two labels", _ONE_LABEL),
    "two_labels_near": ("more training images have a near copy under another label", _ONE_LABEL),
}


def _copies(study: Study) -> Iterator[Warning]:
    for kind, (what, mend) in _COPIES.items():
        found: Found = getattr(study.copies or Duplicates(), kind)
        if found.count:
            second = "test" if kind.startswith("both") else "training"
            pairs = [
                f"training record {pair.first}, {pair.labels[0]}, is {second} record {pair.second}, {pair.labels[1]}"
                for pair in found.examples[:1]
            ]
            names = list(dict.fromkeys(name for pair in found.examples for name in pair.labels))
            yield Warning(kind, "", names, f"{found.count} {what} ({'; '.join(pairs)})", mend)


def _few_images(study: Study) -> Iterator[Warning]:
    counts = np.bincount(study.card.y_test, minlength=len(study.card.classes)).tolist()
    few = {name: count for name, count in zip(study.card.classes, counts, strict=True) if count < _FEW}
    if few:
        named = [f"{name} {count}" for name, count in few.items()]
        which = f"{len(few)} of {len(counts)} classes have few or no test images ({_listed(named)})"
        cause = f"{which}, their recall is hardly known"
        yield Warning("few_images", "", list(few), cause, f"test with {_FEW} of each class at least")


def _one_repeat(study: Study) -> Iterator[Warning]:
    names = [name for model in study.models for name in study.conditions(model) if len(study.at(model, name)) == 1]
    if names:
        cause = f"one repeat has no interval ({_listed(list(dict.fromkeys(names)))})"
        yield Warning("one_repeat", "", names, cause, "ask for --repeats 3 or more")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
