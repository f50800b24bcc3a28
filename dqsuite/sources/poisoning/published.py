"""The study's own numbers, read off its plots, ± 1.5 points, to stand beside ours."""

from __future__ import annotations

from collections.abc import Mapping

Curve = Mapping[int, float]
"""Percent of damaged labels to accuracy, in percent."""


def _curve(levels: str, accuracies: str) -> Curve:
    return dict(zip(map(int, levels.split()), map(float, accuracies.split()), strict=True))


_RANDOM, _BIASED = "0 20 40 60 70 75 80 85 90 100", "20 40 50 60 70 80"
_RANDOM_SMALL, _BIASED_SMALL = "0 20 40 50 60 70 80 90", "0 20 40 50 60 70 80"

POISONING: Mapping[tuple[str, str], Mapping[str, Curve]] = {
    ("all", "wrong"): {
        "mnist": _curve(_RANDOM, "99.3 99.1 98.5 97.4 96.1 94.3 90.4 11.3 10.2 0.1"),
        "fashion_mnist": _curve(_RANDOM, "92.3 91.1 89.5 87.4 84.5 81.5 78.7 69.0 10.0 1.0"),
        "cifar10": _curve(_RANDOM, "73.3 68.3 62.1 54.7 43.8 37.0 10.0 10.0 10.0 10.0"),
        "cifar100": _curve(_RANDOM, "38.0 31.1 23.7 14.4 1.0 9.2 4.9 1.0 1.0 1.0"),
    },
    ("all", "biased"): {
        "mnist": _curve(_BIASED, "98.9 97.8 86.9 64.5 37.0 2.8"),
        "fashion_mnist": _curve(_BIASED, "91.2 89.8 80.1 60.7 14.9 0.9"),
        "cifar10": _curve(_BIASED, "69.4 61.0 46 31.4 7.7 10.0"),
        "cifar100": _curve(_BIASED, "28.7 20.3 3.4 1.0 1.0 1.0"),
    },
    ("1,000", "wrong"): {
        "mnist": _curve(_RANDOM_SMALL, "91.6 87.0 83.8 81.2 69.1 63.2 42.0 12.8"),
        "fashion_mnist": _curve(_RANDOM_SMALL, "78.7 74.9 69.6 67.3 65.4 57.9 39.2 10.0"),
        "cifar10": _curve(_RANDOM_SMALL, "39.7 29.8 28.9 26.5 22.5 16.9 11.9 10.0"),
        "cifar100": _curve(_RANDOM_SMALL, "6.1 1.0 3.2 1.2 2.7 1.0 1.0 1.5"),
    },
    ("1,000", "biased"): {
        "mnist": _curve(_BIASED_SMALL, "93.8 88.1 74.1 55.3 51.0 9.9 2.4"),
        "fashion_mnist": _curve(_BIASED_SMALL, "79.5 74.7 64.9 55.3 27.5 10 10"),
        "cifar10": _curve(_BIASED_SMALL, "37.8 34.0 25.8 10.1 11.3 10 10"),
        "cifar100": _curve(_BIASED_SMALL, "5.6 1.0 1.1 1.1 1.0 1.0 1.1"),
    },
}
"""(training items, kind of wrong label) to data set to curve."""
