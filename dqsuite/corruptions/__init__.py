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
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from dqsuite.core.errors import DqError
from dqsuite.core.grammar import Term, parse_chain
from dqsuite.core.registry import Registry
from dqsuite.core.seeds import generator
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
from dqsuite.corruptions.chain import CLEAN, Chain
from dqsuite.corruptions.manifest import Manifest, StepRecord, count_transitions
from dqsuite.corruptions.values import Context

__all__ = [
    "CLEAN",
    "CORRUPTIONS",
    "Chain",
    "Damaged",
    "Manifest",
    "StepRecord",
    "apply",
    "damage_labels",
    "holds_out",
    "parse",
    "relabel",
]

_KINDS = (LabelNoise, Relabelling, Volume, ImageNoise)  # in this order they are listed


def _ours() -> dict[str, Corruption]:
    """Return what the files of this folder have as CORRUPTION, under the names of the files."""
    modules = {each.name: import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__)}
    found = {name: module.CORRUPTION for name, module in modules.items() if hasattr(module, "CORRUPTION")}
    return dict(sorted(found.items(), key=lambda entry: _KINDS.index(type(entry[1]))))


CORRUPTIONS: Registry[Corruption] = Registry("corruption", _ours, group="dqsuite.corruptions", of=Corruption)


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


def holds_out(chain: Chain) -> bool:
    """Tell whether a step takes records away that are there to be predicted."""
    return any(getattr(CORRUPTIONS[term.name], "held_out", False) for term in chain.terms)


def _terms(text: str) -> tuple[Term, ...]:
    terms = parse_chain(text)
    if any(term.name == CLEAN for term in terms):
        raise DqError(f"{CLEAN!r} stands for no damage at all, not for a step of {text!r}", "leave it out")
    return terms
