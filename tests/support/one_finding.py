"""The test file of one finding, as a package that has it would write it."""

FILE = """
from dqsuite.sources.lie3 import claims as lie3
from dqsuite.plugin import case_of

test_noise_hurts_more = case_of(lie3.noise_hurts_more)
"""
