"""The random streams of a repeat.

A repeat has independent streams, so that conditions which differ only in the damage share initial weights and
batch order, and their difference is paired. Nothing in dqsuite uses a global seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Streams:
    """The seed sequences of one repeat.

    Attributes
    ----------
    noise, validation
        What is damaged in the training set, and in a validation set that is damaged too.
    weights, order
        Initial weights; order of the batches and augmentation.
    """

    noise: np.random.SeedSequence
    weights: np.random.SeedSequence
    order: np.random.SeedSequence
    validation: np.random.SeedSequence


def streams(repeat: int) -> Streams:
    """Spawn the streams of a repeat (0, 1, 2, ...)."""
    return Streams(*np.random.SeedSequence(repeat).spawn(4))


def generator(stream: np.random.SeedSequence, step: int) -> np.random.Generator:
    """Return the generator of one numbered step of a stream, the same however many other steps there are."""
    return np.random.default_rng(child(stream, step))


def child(stream: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    """Return one numbered stream within a stream, the same however many others there are."""
    return np.random.SeedSequence(stream.entropy, spawn_key=(*stream.spawn_key, number))
