"""The noise of labels as a matrix: from an audit, and its powers, the same noise once more or a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import fractional_matrix_power

from dqsuite.advice.audit import Audit
from dqsuite.core.files import replacing
from dqsuite.corruptions.matrix_file import matrix_digest
from dqsuite.datasets.cache import cache_dir

PRIOR = 20
"""Records that what is believed before weighs as much as, beside those that were checked."""
LEAST = 0.02
"""The rate of the noise that is added where hardly any was found: noise of the same shape."""
SIGNAL = 0.8
"""How much of the labels' signal the added noise leaves: the mean eigenvalue of what it multiplies with."""

_LEAST_SIGNAL = 0.02
_MOST = 0.8  # of the rate at which labels tell nothing

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Noise:
    """P(given | true), (K, K), with true classes in rows, whose `shares` are (K,)."""

    matrix: Matrix
    shares: Matrix

    @property
    def rate(self) -> float:
        """The fraction of wrong labels."""
        return float(1 - self.shares @ np.diag(self.matrix))

    def at_rate(self, rate: float) -> Noise:
        """Return noise of the same shape, at another rate: what is wrong of each class is multiplied by the same.

        A class of which more would be wrong than there is keeps nothing right.
        """
        wrong = self.matrix * (1 - np.eye(len(self.matrix)))
        scaled = wrong * (rate / self.rate)
        scaled /= np.maximum(scaled.sum(1, keepdims=True), 1)
        return Noise(scaled + np.diag(1 - scaled.sum(1)), self.shares)

    @property
    def log_signal(self) -> float:
        """The mean logarithm of the eigenvalues other than 1, which a power of the matrix multiplies: below 0.

        One of 0, of labels swapped half of the time, counts as a small one.
        """
        found = np.sort(np.abs(np.linalg.eigvals(self.matrix)))[:-1]
        return float(np.log(np.maximum(found, _LEAST_SIGNAL)).mean())


def noise_of(rate: float, believed: Matrix, audit: Audit | None = None) -> Noise:
    """Return the noise of labels that are wrong at a rate, at `LEAST`, of the shape that is known.

    Parameters
    ----------
    believed : (K, K)
        Joint shares of true and given labels before an audit, as `mixture.Mixture.joint`; they stand in where few
        records were checked: at the rate given, they weigh as `PRIOR` records.
    """
    classes = len(believed)
    rate = min(max(rate, LEAST), _MOST * (1 - 1 / classes))
    noise = noise_of_joint(believed).at_rate(rate)
    if not audit:
        return noise
    return noise_of_joint(audit.confusions(classes) + PRIOR * noise.shares[:, None] * noise.matrix).at_rate(rate)


def noise_of_joint(joint: Matrix) -> Noise:
    """Return the noise of joint shares or counts (K, K), of which each class and each error has at least a little."""
    classes = len(joint)
    found = joint / joint.sum() + 1e-4 / classes**2
    shares = found.sum(1)
    return Noise(found / shares[:, None], shares / shares.sum())


@dataclass(frozen=True)
class Added:
    """Noise added to the labels as given: the file of its matrix, and how many times the present noise it is."""

    path: Path
    power: float

    @property
    def condition(self) -> str:
        """The condition that adds it."""
        return f"transition:1;matrix={self.path}"


def added(noise: Noise, power: float | None = None) -> Added:
    """Return noise to add: a power of the matrix, by default the one that leaves `SIGNAL`, kept in the user's cache.

    A root of a matrix can have entries below 0. They become 0, and the power is the one of what is left.
    """
    wanted = np.log(SIGNAL) / noise.log_signal if power is None else power
    raised = np.real(fractional_matrix_power(noise.matrix, wanted)).clip(0)
    raised /= raised.sum(1, keepdims=True)
    return Added(_kept(raised), Noise(raised, noise.shares).log_signal / noise.log_signal)


def _kept(matrix: Matrix) -> Path:
    path = cache_dir() / "matrices" / f"{matrix_digest(matrix)}.npy"
    if not path.is_file():
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.save(file, matrix)
    return path
