"""Damage to a training set in a known way and amount: named corruptions, and chains of them.

The sources that the corruptions name:

- Prendki and Devkar 2020, "Can you Lie to your Model?", three articles.
- The dataset poisoning study, "The effect of Dataset Poisoning on Model Accuracy", an article and its program.
- He et al. 2019, "From Data Quality to Model Quality: an Exploratory Study on Deep Learning".
- Patrini et al. 2017, "Making Deep Neural Networks Robust to Label Noise: a Loss Correction Approach".
- Han et al. 2018, "Co-teaching: Robust Training of Deep Neural Networks with Extremely Noisy Labels".
- Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples".
- Li et al. 2020, "DivideMix: Learning with Noisy Labels as Semi-supervised Learning".

>>> str(parse("first:1000 + wrong:0.30;tail=1"))
'first:1000+wrong:0.3;tail=1'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, parse_chain
from dqsuite.core.registry import Registry
from dqsuite.core.seeds import generator
from dqsuite.corruptions.asymmetric import asymmetric
from dqsuite.corruptions.base import (
    Corruption,
    ImageNoise,
    Images,
    Indices,
    LabelNoise,
    Labels,
    Records,
    Relabelling,
    Volume,
)
from dqsuite.corruptions.biased import biased
from dqsuite.corruptions.chain import CLEAN, Chain
from dqsuite.corruptions.class_maps import published_map
from dqsuite.corruptions.contrast import PIVOTS, contrast
from dqsuite.corruptions.drop_class import drop_class
from dqsuite.corruptions.first import first
from dqsuite.corruptions.first_wrong import first_wrong
from dqsuite.corruptions.gamma import gamma
from dqsuite.corruptions.gaussian import gaussian
from dqsuite.corruptions.long_tail import long_tail
from dqsuite.corruptions.manifest import Manifest, StepRecord, count_transitions
from dqsuite.corruptions.matrix_file import TRUTH_IN, MatrixFile, check_truth
from dqsuite.corruptions.pair_flip import pair_flip
from dqsuite.corruptions.reduce import reduce
from dqsuite.corruptions.relabel_class import relabel_class
from dqsuite.corruptions.salt_pepper import salt_pepper
from dqsuite.corruptions.shuffle import shuffle
from dqsuite.corruptions.symmetric import symmetric
from dqsuite.corruptions.to_class import to_class
from dqsuite.corruptions.transition import transition
from dqsuite.corruptions.values import Choice, ClassMap, ClassName, ClassNames, ClassPair, Context, Count, Flag, Number
from dqsuite.corruptions.wrong import wrong

__all__ = [
    "CLEAN",
    "CORRUPTIONS",
    "Chain",
    "Damaged",
    "Manifest",
    "StepRecord",
    "apply",
    "damage_labels",
    "parse",
    "relabel",
]

FRACTION = Number(low="0", high="1", example="0.1")
ALL = Number(low="0", high="1", default="1", example="0.1")
FACTOR = Number(low="0.001", high="1000", example="2")

CORRUPTIONS: Registry[Corruption] = Registry(
    "corruption",
    {
        "shuffle": LabelNoise(shuffle, FRACTION),
        "wrong": LabelNoise(wrong, FRACTION),
        "biased": LabelNoise(biased, FRACTION),
        "first_wrong": LabelNoise(first_wrong, FRACTION),
        "to_class": LabelNoise(to_class, FRACTION, {"class": ClassName(default="0")}),
        "symmetric": LabelNoise(symmetric, FRACTION),
        "pair_flip": LabelNoise(pair_flip, FRACTION),
        "asymmetric": LabelNoise(asymmetric, FRACTION, {"map": ClassMap(published=published_map)}),
        "transition": LabelNoise(
            transition, ALL, {"matrix": MatrixFile(), "truth": Choice.of(*TRUTH_IN)}, agree=check_truth
        ),
        "reduce": Volume(reduce, FRACTION, {"stratified": Flag()}),
        "first": Volume(first, Count(example="1000")),
        "drop_class": Volume(drop_class, ClassNames(), empties_classes=True),
        "relabel_class": Relabelling(relabel_class, ClassPair()),
        "long_tail": Volume(long_tail, Number(low="1", high="1000000", example="100"), version=2),
        "contrast": ImageNoise(contrast, FACTOR, {"pivot": Choice.of(*PIVOTS)}),
        "gaussian": ImageNoise(gaussian, Number(low="0.001", high="1000", example="8")),
        "salt_pepper": ImageNoise(salt_pepper, Number(low="0", high="0.5", example="0.1")),
        "gamma": ImageNoise(gamma, FACTOR),
    },
    group="dqsuite.corruptions",
    of=Corruption,
)


@dataclass(frozen=True, eq=False)
class Damaged:
    """A damaged training set of M records: images uint8 (M, H, W, C), labels int64 (M,), and what was done to it.

    ``kept``, int64 (M,), ascending, says which of the records given are left. Where ``manifest.images_changed`` is 0,
    ``images`` equals ``given[kept]``.
    """

    images: Images
    labels: Labels
    kept: Indices
    manifest: Manifest


def parse(text: str, files: Mapping[str, str] | None = None) -> Chain:
    """Read and check a chain without any data; ``files`` leads from the digests in a canonical text to paths.

    Raises
    ------
    DqError
        A name, level or parameter is unknown, missing or outside its range, or a file cannot be read.
    """
    if text.strip() == CLEAN:
        return Chain()
    known = dict(files or {})
    named = [(CORRUPTIONS[term.name], term) for term in _terms(text)]
    terms = tuple(corruption.canonical(term, known) for corruption, term in named)
    mentioned = {value for term in terms for _, value in term.params}
    return Chain(terms, tuple(sorted((digest, path) for digest, path in known.items() if digest in mentioned)))


def apply(
    chain: Chain, images: Images, labels: Labels, classes: tuple[str, ...], noise: np.random.SeedSequence
) -> Damaged:
    """Damage a training set, step by step, and leave the arrays given as they are.

    Parameters
    ----------
    chain
        What to do, from `parse`.
    images, labels
        uint8 (N, H, W, C), and int64 (N,) from 0 to K - 1. Images that no step touches are returned as they are.
    classes
        The K class names.
    noise
        The noise stream of the repeat; step i draws from its i-th child.

    Raises
    ------
    DqError
        A step does not fit the data: a class that does not exist, a volume that leaves too little.
    """
    context = Context(classes, dict(chain.files))
    everything = np.arange(len(labels))
    records = Records(images, labels, labels, everything, np.zeros(len(labels), dtype=bool))
    steps = []
    for number, term in enumerate(chain.terms):
        corruption = CORRUPTIONS[term.name]
        before = records
        records, touched = corruption.damage(term, before, context, generator(noise, number))
        survivors = np.searchsorted(before.index, records.index)
        steps.append(
            StepRecord(
                term=str(term),
                level=corruption.filled(term).value,
                touched=touched,
                labels_changed=int(np.count_nonzero(records.labels != before.labels[survivors])),
                removed=len(before) - len(records),
            )
        )
    manifest = Manifest(
        transitions=count_transitions(records.true, records.labels, len(classes)),
        histogram_before=np.bincount(labels, minlength=len(classes)),
        images_changed=int(np.count_nonzero(records.altered)),
        steps=tuple(steps),
    )
    return Damaged(records.images, records.labels.copy(), records.index, manifest)


def damage_labels(chain: Chain, labels: Labels, classes: tuple[str, ...], noise: np.random.SeedSequence) -> Damaged:
    """Find out what a chain does to labels and to the choice of records: damage blank images, uint8 (N, 1, 1, 1).

    Parameters, errors and draws as `apply`; the labels, the records kept and their counts are those of any images.
    """
    return apply(chain, np.zeros((len(labels), 1, 1, 1), np.uint8), labels, classes, noise)


def relabel(chain: Chain, labels: Labels, classes: tuple[str, ...], noise: np.random.SeedSequence) -> Labels:
    """Return labels int64 (N,) after the chain's label noise alone, such as those of a validation set."""
    noisy = tuple(term for term in chain.terms if isinstance(CORRUPTIONS[term.name], LabelNoise))
    return damage_labels(replace(chain, terms=noisy), labels, classes, noise).labels


def _terms(text: str) -> tuple[Term, ...]:
    terms = parse_chain(text)
    if any(term.name == CLEAN for term in terms):
        raise DqError(f"{CLEAN!r} stands for no damage at all, not for a step of {text!r}", "leave it out")
    return terms
