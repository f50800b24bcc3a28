from __future__ import annotations

import pytest

from dqsuite.core.scales import ABOUT, CHOICES, LARGEST, SMALLEST
from dqsuite.plugin.options import scale_of_marks


@pytest.mark.parametrize(
    ("expression", "scale"),
    [
        ("", "quick"),
        ("thorough", "quick"),
        ("full", "full"),
        ("medium and not thorough", "medium"),
        ("full and slow", "full"),
        ("fuller", "quick"),
        ("not full", "quick"),
        ("quick or not full", "quick"),
        ("full and (", "quick"),
        (" or ".join(ABOUT), LARGEST),
    ],
)
def test_marks_mean_a_scale_where_they_take_tests_for_it(expression, scale):
    assert scale_of_marks(expression) == scale


def test_the_choices_name_them_all():
    assert CHOICES == "full, medium or quick"
    assert SMALLEST == "quick"
