"""The recipes of the poisoning study: its program's, and those of its open questions."""

from __future__ import annotations

from dqsuite.experiment.recipes import inferred, ours, shortened, sourced, stated

_KERAS = "default of Keras, the source's framework"

_POISONING = {
    "epochs": stated(100),
    "batch_size": stated(256),
    "optimizer": stated("adam"),
    "learning_rate": inferred(1e-3, _KERAS),
    "scaling": stated("unit"),
    "patience": stated(10),
    "plateau_patience": stated(5),
    "plateau_factor": stated(0.1),
    "plateau_delta": stated(1e-4),
}

_MEDIUM = shortened(_POISONING, 20, "scale medium")
_BATCH_32 = {"batch_size": stated(32, "the source's open question")}
_VALIDATION = {"validation": stated("damaged", "the source's open question: poisoned as the training labels are")}

POISONING = sourced("poisoning", _POISONING)
BATCH_32 = sourced("poisoning-batch-32", _POISONING | _BATCH_32)
VALIDATION = sourced("poisoning-validation", _POISONING | _VALIDATION)
MEDIUM = sourced("medium-poisoning", _MEDIUM)
MEDIUM_BATCH_32 = sourced("medium-poisoning-batch-32", _MEDIUM | _BATCH_32)
MEDIUM_VALIDATION = sourced("medium-poisoning-validation", _MEDIUM | _VALIDATION)
QUICK = sourced("quick-poisoning", _POISONING | {"epochs": ours(5), "batch_size": ours(32)})
