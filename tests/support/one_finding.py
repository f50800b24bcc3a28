"""The test file of one finding, as a package that has it would write it."""

FILE = """
from dqsuite.sources.lie3 import claims as lie3
from dqsuite.plugin import case_of

test_noise_hurts_more = case_of(lie3.noise_hurts_more)
"""

TINY = """
import pytest

from dqsuite.claims.scales import SCALES, Scale
from dqsuite.claims.source import Setup
from dqsuite.experiment.recipes import RECIPES

@pytest.fixture(scope="session", autouse=True)
def tiny():
    setup = Setup("digits", "lenet", RECIPES["standard"].with_settings(epochs=1), volume="first:300", repeats=2)
    with SCALES.temporary("full", Scale({("cifar10", "lenet"): setup})):
        yield
"""
