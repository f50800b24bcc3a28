"""The report: one HTML file without scripts or network, drawn from studies alone."""

from dqsuite.report.render import write

__all__ = ["write"]
