from __future__ import annotations

import pytest

from dqsuite.core.durations import seconds_of
from dqsuite.core.errors import DqError


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("8h", 28800), ("1.5h", 5400), ("0s", 0)])
def test_a_duration_is_seconds(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "8", "h", "8 h", "-1h", "1d", "1e3s", "٣s"])
def test_anything_else_is_one_line(text):
    with pytest.raises(DqError, match="write 90s, 30m or 8h"):
        seconds_of(text)
