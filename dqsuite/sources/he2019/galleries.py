"""The pictures of He et al."""

from __future__ import annotations

from collections.abc import Sequence

from dqsuite import corruptions
from dqsuite.charts.figures import Gallery, Picture
from dqsuite.claims.measurements import StoredMeasurements
from dqsuite.core.seeds import streams
from dqsuite.datasets import Dataset
from dqsuite.sources.at_hand import at_hand
from dqsuite.sources.drawing import DATA_NAMES
from dqsuite.sources.he2019.claims.images import GAMMAS, SALT_AND_PEPPER
from dqsuite.sources.sketch import figure

_CONTAMINATIONS = {
    "cifar10": (
        *(f"gaussian:{sigma}" for sigma in (2, 8, 16)),
        *(f"salt_pepper:{amount}" for amount in SALT_AND_PEPPER),
        *(f"gamma:{gamma}" for gamma in GAMMAS),
    ),
    "mnist": tuple(f"contrast:{factor}" for factor in ("0.25", "0.5", "2", "4")),
}


@figure("he-contaminations", "One training image under each contamination", "he2019, figures 10 to 12")
def contaminations(measured: StoredMeasurements) -> Gallery:
    """Damage the first training image in every way."""
    rows = {}
    for name, conditions in _CONTAMINATIONS.items():
        data = at_hand(name)
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
