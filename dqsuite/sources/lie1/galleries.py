"""The pictures of lie1."""

from __future__ import annotations

import numpy as np

from dqsuite.charts.figures import Gallery, Picture
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.claims.requirements import NotMeasured
from dqsuite.claims.statements import CIFAR10, noise
from dqsuite.experiment.encoding import unpack
from dqsuite.experiment.outcome import Outcome
from dqsuite.experiment.store import CONFIDENCES
from dqsuite.sources.at_hand import at_hand
from dqsuite.sources.lie1.claims.noise import MODEL
from dqsuite.sources.sketch import figure

_SHOWN = 8


@figure("lie1-cats-as-frogs", "Cats taken for frogs, with the model's confidence", "lie1, figure 3")
def cats_as_frogs(measured: StoredMeasurements) -> Gallery:
    """Show the test images of the first repeat with 10% noise of which the model was surest."""
    outcome = measured.outcomes(MODEL, noise("0.1"))[0]
    confidences = _confidences(measured, outcome)
    data = at_hand("cifar10", outcome.fingerprint)
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
    data = at_hand("cifar10")
    shown = {f"{name}s": np.flatnonzero(data.y_train == CIFAR10.index(name))[:_SHOWN] for name in ("bird", "truck")}
    rows = {name: [Picture(data.x_train[index], "") for index in indexes] for name, indexes in shown.items()}
    return Gallery(rows, "The first training images of each class.")
