"""What a shop demands of its model."""

import pytest
from net import small


@pytest.fixture(scope="session")
def study(dq_study):
    sizes = {"quick": {"settings": {"epochs": 10}}, "full": {"repeats": 10}}
    return dq_study(data="folder:shapes", model=small, corrupt=["wrong:0.2,0.8"], repeats=3, **sizes)


def test_a_little_noise_is_cheap(study):
    study["wrong:0.2"].cost.must_be_below(0.3)
    study["clean"].recall("bar").must_be_above(0.6)


def test_much_noise_is_cheap(study):
    study["wrong:0.8"].cost.must_be_below(0.03)


def test_at_a_bound(study):
    accuracy = study["wrong:0.8"].accuracy
    accuracy.must_be_below(accuracy.interval.mean + 1e-9)
    study["clean"].accuracy.must_be_above(0.6)


def test_of_another_kind():
    assert True


test_of_another_kind.claim = "the shop's own attribute"
