"""The report: one HTML file without scripts or network, drawn from a store alone."""

from dqsuite.report.render import require_writable, write

__all__ = ["require_writable", "write"]
