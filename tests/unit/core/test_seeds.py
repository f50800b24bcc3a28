from __future__ import annotations

from dqsuite.core.seeds import generator, streams


def draw(stream, step=0):
    return generator(stream, step).integers(0, 2**62, 4).tolist()


def test_the_same_repeat_draws_the_same():
    assert draw(streams(3).noise, 1) == draw(streams(3).noise, 1)


def test_repeats_streams_and_steps_all_differ():
    repeats = [streams(0), streams(1)]
    drawn = [draw(s, step) for r in repeats for s in (r.noise, r.weights, r.order) for step in range(3)]
    assert len({tuple(numbers) for numbers in drawn}) == len(drawn)


def test_a_step_does_not_depend_on_the_steps_before_it():
    noise = streams(0).noise
    first = draw(noise, 5)
    for step in range(4):
        draw(noise, step)
    assert draw(noise, 5) == first
