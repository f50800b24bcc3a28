from __future__ import annotations

from speed import BENCHES, Settings, training
from speed.styles import Style

SMALL = Settings(cases=("lenet",), turns=2, cells=4, plain_cells=4, images=600, epochs=1)
FLOOR = 1.2  # one cell on one thread of a busy machine; the aims, of whole sweeps, are for table.py


def test_a_cell_is_faster_than_the_plain_loop_and_as_accurate(benchmark, monkeypatch):
    monkeypatch.setattr(training, "STYLES", (Style(1, 0), Style(2, 0)))
    monkeypatch.delenv("DQSUITE_DATA", raising=False)  # generated images are read faster than an excerpt is cut
    one, sweep = benchmark.pedantic(lambda: list(BENCHES["training"].measure(SMALL)), rounds=1)
    assert one.sound, one.note
    assert sweep.sound, sweep.note
    assert max(one.values) >= FLOOR, one
