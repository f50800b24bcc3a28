"""Images: drawn only where the data set is at hand already, for neither a store nor evidence holds any."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

import numpy as np

from dqsuite import corruptions, datasets
from dqsuite.charts.figures import Gallery, Picture
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.requirements import NotMeasured
from dqsuite.claims.statements import CIFAR10, noise
from dqsuite.core.errors import DqError
from dqsuite.core.seeds import streams
from dqsuite.datasets import Dataset
from dqsuite.datasets.cache import cache_dir
from dqsuite.datasets.paths import expanded
from dqsuite.experiment.encoding import unpack
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CONFIDENCES
from dqsuite.sources.drawing import DATA_NAMES
from dqsuite.sources.he2019.claims import GAMMAS, SALT_AND_PEPPER
from dqsuite.sources.lie1.claims import MODEL
from dqsuite.sources.sketch import figure

_SHOWN = 8
_CONTAMINATIONS = {
    "cifar10": (
        *(f"gaussian:{sigma}" for sigma in (2, 8, 16)),
        *(f"salt_pepper:{amount}" for amount in SALT_AND_PEPPER),
        *(f"gamma:{gamma}" for gamma in GAMMAS),
    ),
    "mnist": tuple(f"contrast:{factor}" for factor in ("0.25", "0.5", "2", "4")),
}


@figure("lie1-cats-as-frogs", "Cats taken for frogs, with the model's confidence", "lie1, figure 3")
def cats_as_frogs(measured: StoredMeasurements) -> Gallery:
    """Show the test images of the first repeat with 10% noise of which the model was surest."""
    outcome = measured.outcomes(MODEL, noise("0.1"))[0]
    confidences = _confidences(measured, outcome)
    data = _at_hand("cifar10", outcome.fingerprint)
    cat, frog = CIFAR10.index("cat"), CIFAR10.index("frog")
    mistaken = np.flatnonzero((data.y_test == cat) & (outcome.last == frog))
    surest = mistaken[np.argsort(-confidences[mistaken], kind="stable")][:_SHOWN]
    pictures = [Picture(data.x_test[index], f"{100 * confidences[index]:.0f}%") for index in surest]
    return Gallery({"cats": pictures}, f"{len(mistaken)} cats were taken for frogs in the first repeat with 10% noise.")


def _confidences(measured: StoredMeasurements, outcome: Outcome) -> np.ndarray:
    try:
        _, arrays = unpack(measured.reader.store.get(CONFIDENCES, outcome.key))
        found = arrays["confidences"].astype(float)
    except (KeyError, ValueError):
        raise NotMeasured("the confidences stay in the store that trained, and evidence has none") from None
    if found.shape != outcome.last.shape:
        raise NotMeasured("the stored confidences do not fit the outcome")
    return np.asarray(found)


@figure("lie1-birds-and-trucks", "Birds vary more than trucks", "lie1, figure 7")
def birds_and_trucks(measured: StoredMeasurements) -> Gallery:
    """Show the first training images of both classes."""
    data = _at_hand("cifar10")
    shown = {f"{name}s": np.flatnonzero(data.y_train == CIFAR10.index(name))[:_SHOWN] for name in ("bird", "truck")}
    rows = {name: [Picture(data.x_train[index], "") for index in indexes] for name, indexes in shown.items()}
    return Gallery(rows, "The first training images of each class.")


@figure("he-contaminations", "One training image under each contamination", "he2019, figures 10 to 12")
def contaminations(measured: StoredMeasurements) -> Gallery:
    """Damage the first training image in every way."""
    rows = {}
    for name, conditions in _CONTAMINATIONS.items():
        data = _at_hand(name)
        rows[DATA_NAMES[name]] = [Picture(data.x_train[0], "clean"), *_contaminated(data, conditions)]
    return Gallery(rows)


def _contaminated(data: Dataset, conditions: Sequence[str]) -> list[Picture]:
    pictures = []
    for condition in conditions:
        chain = corruptions.parse(condition)
        noises = streams(0).noise
        damaged = corruptions.apply(chain, data.x_train[:1], data.y_train[:1], data.classes, noises)
        pictures.append(Picture(damaged.images[0], condition.replace(":", " ").replace("_", " ")))
    return pictures


def _at_hand(name: str, fingerprint: str = "") -> Dataset:
    """Return a data set without downloading it.

    Raises
    ------
    NotMeasured
        It is not at hand, or is another variant than the outcomes were measured on.
    """
    data = _load(name)
    if data is None:
        raise NotMeasured(f"the images of {name} are not at hand, and a report downloads nothing: set DQSUITE_DATA")
    if fingerprint not in ("", data.fingerprint):
        raise NotMeasured(f"the {name} at hand is another variant than was measured")
    return data


@cache
def _load(name: str) -> Dataset | None:
    folder = os.environ.get("DQSUITE_DATA")
    try:
        places = [cache_dir(), *([expanded(folder)] if folder else [])]
        if any((place / f"{name}.npz").is_file() for place in places):
            return datasets.load(name)
    except (DqError, OSError):
        return None
    return None
