"""The figures and tables of the sources, redrawn from what is stored: a file per source, a function per figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dqsuite.sources import galleries
from dqsuite.sources.he2019 import figures as he2019
from dqsuite.sources.lie1 import figures as lie1
from dqsuite.sources.lie2 import figures as lie2
from dqsuite.sources.lie3 import figures as lie3
from dqsuite.sources.poisoning import figures as poisoning
from dqsuite.sources.sketch import Sketch, sketches


@dataclass(frozen=True)
class Source:
    """An article whose findings are judged: its short name, in which its claims' ids begin, and what it did."""

    key: str
    title: str
    by: str
    about: str
    sketches: Sequence[Sketch]


SOURCES = (
    Source(
        "lie1",
        "Can you Lie to your Model? (1/3)",
        "J. Prendki and A. Devkar, 2020",
        "One small CNN on CIFAR-10: labels shuffled among a part of the records, or records taken away.",
        [*sketches(lie1), galleries.cats_as_frogs, galleries.birds_and_trucks],
    ),
    Source(
        "lie2",
        "Is Class Sensitivity Model Dependent?",
        "J. Prendki and A. Devkar, 2020",
        "The same damage to CIFAR-10, with four more models.",
        sketches(lie2),
    ),
    Source(
        "lie3",
        "Can you Lie to your Model? (3/3)",
        "J. Prendki, 2020",
        "Label noise against less data at the same level, in five models.",
        sketches(lie3),
    ),
    Source(
        "poisoning",
        "The effect of Dataset Poisoning on Model Accuracy",
        "blog article with program",
        "Random and biased wrong labels from 0 to 100%, one CNN, four data sets. Judged at the best epoch.",
        sketches(poisoning),
    ),
    Source(
        "he",
        "From Data Quality to Model Quality",
        "T. He et al., 2019",
        "Classes, size, labels and images of MNIST and CIFAR-10 damaged, training until the training set is fitted.",
        [*sketches(he2019), galleries.contaminations],
    ),
)
