"""The recipe of lie1: the small CNN that its authors trained in Keras."""

from __future__ import annotations

from dqsuite.experiment.recipes import inferred, shortened, sourced, stated

_SCRIPT = "cifar10_90.py of abhijeet3922/Object-recognition-CIFAR-10: same framework, depth, epochs, batch, accuracy"
_LIE_CUSTOM = {
    "epochs": stated(125),
    "batch_size": stated(64),
    "optimizer": inferred("rmsprop", _SCRIPT),
    "learning_rate": inferred(1e-3, _SCRIPT + "; its decay of 1e-6 an update is left out"),
    "milestones": inferred(((76, 0.5),), _SCRIPT + "; its 3e-4 after epoch 100 is never reached"),
    "weight_decay": inferred(2e-4, _SCRIPT + ": L2 1e-4, whose gradient is twice that"),
    "decayed": inferred("convolutions", _SCRIPT),
    "scaling": inferred("zscore", _SCRIPT),
}
_LIE_CUSTOM_AUGMENTED = {
    "rotation": inferred(15.0, _SCRIPT),
    "shift": inferred(0.1, _SCRIPT),
    "flip": inferred(0.5, _SCRIPT),
}
CUSTOM = sourced("lie-custom", _LIE_CUSTOM | _LIE_CUSTOM_AUGMENTED)
MEDIUM = sourced("medium-custom", shortened(_LIE_CUSTOM | _LIE_CUSTOM_AUGMENTED, 15, "scale medium"))
CUSTOM_PLAIN = sourced("lie-custom-plain", _LIE_CUSTOM)
MEDIUM_PLAIN = sourced("medium-custom-plain", shortened(_LIE_CUSTOM, 15, "scale medium"))
