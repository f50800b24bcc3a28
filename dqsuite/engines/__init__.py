"""Engines get batches of cells trained and say what happens on the way, all by `dqsuite.engines.interface`."""
