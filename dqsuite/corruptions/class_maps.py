"""The published maps of classes that are easily mistaken (Patrini et al. 2017), found by the class names."""

from __future__ import annotations

from itertools import chain

from dqsuite.core.errors import DqError
from dqsuite.corruptions.cifar100 import SUPERCLASSES

CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DIGITS = tuple("0123456789")

PUBLISHED: dict[frozenset[str], dict[str, str]] = {
    frozenset(CIFAR10): {"truck": "automobile", "bird": "airplane", "deer": "horse", "cat": "dog", "dog": "cat"},
    frozenset(DIGITS): {"2": "7", "3": "8", "5": "6", "6": "5", "7": "1"},
    frozenset(chain.from_iterable(SUPERCLASSES.values())): {
        name: members[(place + 1) % len(members)]
        for members in SUPERCLASSES.values()
        for place, name in enumerate(members)
    },
}


def published_map(classes: tuple[str, ...]) -> dict[str, str]:
    """Return the map of a data set from each class that is mistaken to the class that it is mistaken for.

    Raises
    ------
    DqError
        No map is published for these classes.
    """
    try:
        return PUBLISHED[frozenset(classes)]
    except KeyError:
        raise DqError(
            f"no asymmetric map is known for the classes {', '.join(classes[:5])}, ...",
            "name your own as asymmetric:0.2;map=3-5/5-3; known are those of CIFAR-10, CIFAR-100 and MNIST",
        ) from None
