"""The numbers of He et al., to stand beside ours."""

from __future__ import annotations

from collections.abc import Mapping

HE_CONTRAST: Mapping[str, float] = {"clean": 98, "contrast:0.5": 95, "contrast:2": 67}
"""Accuracy on MNIST, in percent: the text gives the change of contrast by its direction, the factors are ours."""

HE_COLLAPSED = 10.0
"""Accuracy on MNIST with 15% of the labels wrong, in percent."""
