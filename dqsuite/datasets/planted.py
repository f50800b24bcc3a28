"""``planted``: a generated data set whose truth is known, to test measurements against.

Each class has a prototype, a smooth random pattern. An image is the prototype of its class, plus a smooth random
variation, plus noise in each pixel; difficulty raises both from hardly visible to overwhelming.

Two truths are planted. The classes of a look-alike pair (0 and 1, 2 and 3, ...) share one prototype but for a corner,
which is darker in the first and brighter in the second: they are confused with each other more than any other two.
The fragile classes (the last ones) have the variation of the others times the fragility: they have the lowest recall.
Where there are several, they may be confused with each other as much as a pair.

All of it follows from the parameters. The patterns are small integers interpolated with weights in 1/64, which is
exact in float64, so that no processor's way of adding changes a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, canonical_number, parse_term
from dqsuite.datasets import params
from dqsuite.datasets.base import Arrays

_VERSION = 1  # rises when the same parameters give other images
_GRID = 4  # a pattern is drawn on 4x4 points
_CANDIDATES = 100  # random patterns of which the one least like the others becomes a prototype
_CONTRAST = 40  # grey levels of a prototype, either way
_CORNER = 68  # grey levels times pixels of the corner's side: as easy to see at every image size
_VARIATION = (30, 100)  # grey levels at difficulty 0 and 1, highest value of the uniform variation
_NOISE = (10, 40)  # grey levels at difficulty 0 and 1, standard deviation of the normal noise
_TINT = (1.0, 0.75, 0.5)  # of the pattern in red, green and blue


@dataclass(frozen=True)
class Truth:
    """What is planted: pairs of classes that look alike, and classes that are hit first."""

    look_alike: tuple[tuple[int, int], ...]
    fragile: tuple[int, ...]


@dataclass(frozen=True)
class Planted:
    """The parameters of the generator, with their defaults."""

    classes: int = 10
    pairs: int = 1
    fragile: int = 1
    difficulty: float = 0.5
    fragility: float = 2.5
    size: int = 16
    channels: int = 1
    train: int = 2000
    test: int = 1000
    seed: int = 0

    def stamp(self) -> str:
        """Return the parameters, the version of the generator and of numpy, which draws the numbers."""
        return f"{self!r} {_VERSION}, numpy {np.__version__}"

    def read(self) -> Arrays:
        """Generate the images."""
        plan, train, test = (np.random.default_rng(s) for s in np.random.SeedSequence(self.seed).spawn(3))
        prototypes = self._prototypes(plan)
        x_train, y_train = self._draw(train, self.train, prototypes)
        x_test, y_test = self._draw(test, self.test, prototypes)
        return Arrays(x_train, y_train, x_test, y_test, tuple(f"class {label}" for label in range(self.classes)))

    def name(self, fingerprint: str) -> str:
        """Return ``planted`` with the parameters that are not the defaults."""
        changed = [f.name for f in fields(self) if getattr(self, f.name) != f.default]
        return str(
            Term("planted", "", tuple((key, canonical_number(str(getattr(self, key)))) for key in sorted(changed)))
        )

    def truth(self) -> Truth:
        """Return what is planted."""
        pairs = tuple((2 * pair, 2 * pair + 1) for pair in range(self.pairs))
        return Truth(pairs, tuple(range(self.classes - self.fragile, self.classes)))

    def _prototypes(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return one pattern (size, size) for each class, in grey levels around 0."""
        prototypes = _CONTRAST * _smooth(_spread(rng, self.classes), self.size)
        corner = self.size // 4
        for first, second in self.truth().look_alike:
            prototypes[second] = prototypes[first]
            prototypes[first, :corner, :corner] -= _CORNER / corner
            prototypes[second, :corner, :corner] += _CORNER / corner
        return prototypes

    def _draw(
        self, rng: np.random.Generator, count: int, prototypes: NDArray[np.float64]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return images (count, size, size, channels) and labels (count,), the classes equally often."""
        labels = rng.permutation(np.arange(count) % self.classes)
        variation = np.full(self.classes, _between(_VARIATION, self.difficulty) / 100)
        variation[list(self.truth().fragile)] *= self.fragility
        grids = rng.integers(-100, 101, (count, _GRID, _GRID))
        patterns = prototypes[labels] + variation[labels, None, None] * _smooth(grids, self.size)
        noise = rng.standard_normal((count, self.size, self.size, self.channels))
        images = patterns[..., None] * _TINT[: self.channels] + _between(_NOISE, self.difficulty) * noise
        return np.clip(np.rint(128 + images), 0, 255).astype(np.uint8), labels


def source(term: Term) -> Planted:
    """Return the data set that ``planted[;key=value]...`` names.

    Raises
    ------
    DqError
        A parameter is unknown or out of range, or there are fewer classes than pairs and fragile ones need.
    """
    params.only(term, [f.name for f in fields(Planted)])
    classes = params.integer(term, "classes", Planted.classes, 2, 1000)
    planted = Planted(
        classes=classes,
        pairs=params.integer(term, "pairs", Planted.pairs, 0, 500),
        fragile=params.integer(term, "fragile", Planted.fragile, 0, 1000),
        difficulty=params.number(term, "difficulty", Planted.difficulty, 0, 1),
        fragility=params.number(term, "fragility", Planted.fragility, 1, 10),
        size=params.integer(term, "size", Planted.size, 8, 256),
        channels=params.integer(term, "channels", Planted.channels, 1, 3),
        train=params.integer(term, "train", Planted.train, classes, 1_000_000),
        test=params.integer(term, "test", Planted.test, classes, 1_000_000),
        seed=params.integer(term, "seed", Planted.seed, 0, 2**32 - 1),
    )
    if planted.channels == 2:
        raise DqError("channels=2 of data set planted is neither grey nor RGB", "write ;channels=1 or ;channels=3")
    if 2 * planted.pairs + planted.fragile > classes:
        raise DqError(
            f"{planted.pairs} pairs and {planted.fragile} fragile classes do not fit into {classes} classes",
            "raise ;classes= or lower ;pairs= and ;fragile=",
        )
    return planted


def truth(text: str) -> Truth:
    """Return what is planted in the data set that ``planted[;key=value]...`` names. Raises DqError as `source`."""
    return source(parse_term(text)).truth()


def _spread(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Return (count, 4, 4) grids of -1 and 1, each the candidate that is farthest from the nearest one before it."""
    grids = np.ones((1, _GRID, _GRID), np.int64)
    while len(grids) <= count:
        candidates = rng.integers(0, 2, (_CANDIDATES, _GRID, _GRID)) * 2 - 1
        likeness = np.tensordot(candidates, grids, ((1, 2), (1, 2))).max(axis=1)
        grids = np.concatenate([grids, candidates[[likeness.argmin()]]])
    return grids[1:]


def _smooth(grids: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Interpolate (N, 4, 4) bilinearly to (N, size, size)."""
    distance = np.abs(np.linspace(0, _GRID - 1, size)[:, None] - np.arange(_GRID))
    weights = np.rint(64 * np.maximum(0, 1 - distance)) / 64
    return np.asarray(weights @ grids @ weights.T, np.float64)


def _between(ends: tuple[int, int], difficulty: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * difficulty
