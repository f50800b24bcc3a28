"""Made-up studies of repairs whose truth is exact: accuracy follows records and noise by a law that the advice lacks.

The error is a power law with an offset in the number of records times the square of the signal that the noise leaves.
The advice, which extrapolates its logarithm by straight lines, sees what a study would measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import worlds
from label_worlds import Drawn, World, drawn, matrix

from dqsuite.advice.labels import WrongLabels, wrong_labels
from dqsuite.advice.noise_matrix import SIGNAL, Noise, noise_of
from dqsuite.advice.outlook import Outlook
from dqsuite.advice.response import DRAWS, Response
from dqsuite.advice.trusted import Trusted
from dqsuite.statistics.joint import JointEstimate

TESTS = 4000


@dataclass(frozen=True, eq=False)
class Study:
    outlook: Outlook
    labels: WrongLabels
    data: Drawn
    law: tuple[float, float, float]
    kind: str

    def accuracy(self, rate: float, records: float) -> float:
        """The true accuracy of so many records of which this fraction is labelled wrong."""
        return accuracy(self.law, signal(self.kind, rate), records)

    def gain(self, relabelled: int, collected: int) -> float:
        """What is truly gained; the collected are labelled as the others were."""
        total = len(self.data.given)
        wrong = (self.data.given != self.data.true)[self.labels.order]
        rate = wrong[relabelled:].sum() / total
        worth = total * signal(self.kind, rate) ** 2 + collected * signal(self.kind, self.data.rate) ** 2
        return accuracy(self.law, 1, worth) - self.accuracy(self.data.rate, total)


def signal(kind: str, rate: float) -> float:
    return float(np.exp(Noise(matrix(kind, rate), np.full(10, 0.1)).log_signal))


def accuracy(law: tuple[float, float, float], signal_left: float, records: float) -> float:
    offset, gain, exponent = law
    return float(1 - offset - gain * (records * signal_left**2 / 1000) ** -exponent)


def study(world: World, seed: int, audited: int = 200, repeats: int = 3) -> Study:
    """Make one study; without an audit for 0 audited records."""
    rng = np.random.default_rng([seed, 7])
    data = drawn(world, seed)
    labels = wrong_labels(data.found, data.given, data.y_test, data.audit(audited, seed) if audited else None)
    noise = noise_of(labels.rate.mean, labels.mixture.joint, labels.audit)
    law = rng.uniform(0, 0.2), rng.uniform(0.1, 0.4), rng.uniform(0.2, 0.6)
    now = signal(world.kind, data.rate)
    points = [(now, 1.0), (now, 0.5), (now * SIGNAL, 1.0)]
    means = np.array([[accuracy(law, left, part * world.records) for left, part in points]])
    setting = worlds.Setting(repeats=repeats, images=TESTS, spread=0.01)
    right = worlds.world(rng, means.clip(0.12, 0.99), setting)[0]
    power = float(np.log(SIGNAL) / noise.log_signal)
    known = _trusted(rng, law, noise, world.records, repeats).slope(world.records, DRAWS)
    response = Response.fit(JointEstimate.of([right], low=0, high=1), power, world.records, [known])
    return Study(Outlook(response, labels, noise, repeats), labels, data, law, world.kind)


def _trusted(
    rng: np.random.Generator, law: tuple[float, float, float], noise: Noise, records: int, repeats: int
) -> Trusted:
    """Each half of the test set trained on, clean and with the noise that is believed, and the other half predicted."""
    trained = min(TESTS // 2, records)
    means = np.array([[accuracy(law, left, trained) for left in (1.0, np.exp(noise.log_signal))]])
    setting = worlds.Setting(repeats=repeats, images=TESTS // 2, spread=0.01)
    right = [worlds.world(rng, means.clip(0.12, 0.99), setting)[0] for _ in range(2)]
    return Trusted([JointEstimate.of([half], low=0, high=1) for half in right], 1.0, trained)
