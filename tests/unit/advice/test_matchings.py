import pytest

from dqsuite.advice.matchings import packed, round_robin


@pytest.mark.parametrize("count", [2, 3, 5, 10, 11])
def test_each_pair_stands_in_one_round_of_disjoint_pairs(count):
    rounds = round_robin(count)
    pairs = [pair for each in rounds for pair in each]
    assert sorted(pairs) == [(one, other) for one in range(count) for other in range(one + 1, count)]
    assert all(len({place for pair in each for place in pair}) == 2 * len(each) for each in rounds)
    assert len(rounds) == count - 1 + count % 2


def test_the_first_pairs_are_packed_first():
    assert packed([(0, 1), (0, 2), (2, 3), (1, 2), (1, 3)], 2) == [((0, 1), (2, 3)), ((0, 2), (1, 3))]
