"""Labels drawn from a given transition matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dqsuite.corruptions.base import Indices, LabelNoise, Labels
from dqsuite.corruptions.matrix_file import TRUTH_IN, MatrixFile, check_truth
from dqsuite.corruptions.values import Choice, Number


def transition(
    labels: Labels,
    picked: Indices,
    rng: np.random.Generator,
    num_classes: int,
    *,
    matrix: NDArray[np.float64],
    truth: str,
) -> Labels:
    """Return for each of the picked a label drawn from the distribution of its own.

    Source: class-conditional noise as in Patrini et al. 2017, T = ``matrix``, float64 (K, K), with one row for each
    true and one column for each given label. With ``truth=columns`` one column for each true label, as cleanlab's
    ``noise_matrix[k_s][k_y]``, P(label = k_s | true label = k_y): T is then its transpose. Formula: y' ~ T[y], by
    inverting the cumulative row. Effective rate: x(1 - sum of p_k T[k, k]) for class shares p_k.
    """
    by_truth = matrix.T if truth == "columns" else matrix
    drawn = rng.random(len(labels))[picked]
    before = labels[picked]
    after = np.empty_like(before)
    for k, cumulative in enumerate(np.cumsum(by_truth, axis=1)):
        of_class = before == k
        # Divided by its end, a row that sums to 1 only within rounding still never yields a class of probability 0.
        after[of_class] = np.searchsorted(cumulative / cumulative[-1], drawn[of_class], side="right")
    return after


CORRUPTION = LabelNoise(
    transition,
    Number(low="0", high="1", default="1", example="0.1"),
    {"matrix": MatrixFile(), "truth": Choice.of(*TRUTH_IN)},
    agree=check_truth,
)
