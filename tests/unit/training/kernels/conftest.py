import pytest

from dqsuite.training.kernels.build import compiler


@pytest.fixture(autouse=True)
def _needs_a_compiler():
    if compiler() is None:
        pytest.skip("needs a C++ compiler")
