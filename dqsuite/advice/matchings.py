"""Pairs of classes arranged so that damage aimed at many of them takes few trainings."""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]
Round = tuple[Pair, ...]


def round_robin(count: int) -> list[Round]:
    """Return rounds of disjoint pairs in which each pair of some classes stands once: the circle method.

    An even number of classes takes one round fewer than there are classes, an odd one as many.
    """
    places = list(range(count + count % 2))
    rounds = []
    for _ in range(len(places) - 1):
        pairs = zip(places[: len(places) // 2], reversed(places), strict=False)
        rounds.append(tuple(sorted((min(pair), max(pair)) for pair in pairs if max(pair) < count)))
        places = [places[0], places[-1], *places[1:-1]]
    return rounds


def packed(pairs: Sequence[Pair], most: int) -> list[Round]:
    """Return at most so many rounds of disjoint pairs, which take the pairs in their order as far as there is room."""
    rounds: list[list[Pair]] = []
    for pair in pairs:
        room = next((each for each in rounds if not {*pair} & {place for other in each for place in other}), None)
        if room is not None:
            room.append(pair)
        elif len(rounds) < most:
            rounds.append([pair])
    return [tuple(sorted(each)) for each in rounds]
