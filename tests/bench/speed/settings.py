"""What a benchmark is asked to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """How a benchmark is conducted.

    Attributes
    ----------
    device, precision : str
        What our side trains on and in; the other side trains on the same device, in fp32.
    workers : int
        Processes of our side in a sweep.
    cases : tuple of str
        Names of `CASES`.
    turns : int
        How often the sides take turns, at least 2: one measurement has no spread.
    cells : int
        Cells of a sweep.
    plain_cells : int
        Those of them that the plain loop trains; its time for the others is extrapolated from these.
    images, epochs : int
        Training images (with a fifth as many for testing) and epochs of a cell, instead of the case's; 0: the case's.
    python : str
        An interpreter that has TensorFlow.
    beside : str
        Another checkout, whose commands are measured too.
    """

    device: str = "cpu"
    precision: str = "fp32"
    workers: int = 1
    cases: tuple[str, ...] = ()
    turns: int = 3
    cells: int = 30
    plain_cells: int = 6
    images: int = 0
    epochs: int = 0
    python: str = ""
    beside: str = ""
