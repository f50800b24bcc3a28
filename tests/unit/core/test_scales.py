from __future__ import annotations

import pytest

from dqsuite.core.scales import ABOUT, CHOICES, LARGEST, SMALLEST, named_in


@pytest.mark.parametrize(
    ("expression", "scale"),
    [
        ("", "quick"),
        ("thorough", "quick"),
        ("full", "full"),
        ("medium and not thorough", "medium"),
        ("fuller", "quick"),
        ("quick or not full", "quick"),
        ("not (full or medium)", "quick"),
        ("not (quick and not full)", "full"),
        ("medium(machine='big') or quick", "medium"),
        ("full and", "quick"),
    ],
)
def test_marks_mean_a_scale(expression, scale):
    assert named_in(expression) == scale


def test_of_several_the_largest_is_meant():
    assert named_in(" or ".join(ABOUT)) == LARGEST


def test_the_choices_name_them_all():
    assert CHOICES == "full, medium or quick"
    assert SMALLEST == "quick"
