"""Initial weights other than torch's own, drawn from torch's global random generator; for `nn.Module.apply`."""

from __future__ import annotations

from torch import nn


def glorot_uniform(module: nn.Module) -> None:
    """Give convolutions and dense layers the weights that Keras gives them.

    Weights from U(-a, a) with a = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16), biases 0.
    """
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        _clear_bias(module)


def he_normal(module: nn.Module) -> None:
    """Give convolutions weights from N(0, 2 / fan_in) (He et al. 2015, eq. 10), biases 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        _clear_bias(module)


def _clear_bias(module: nn.Conv2d | nn.Linear) -> None:
    if module.bias is not None:
        nn.init.zeros_(module.bias)
