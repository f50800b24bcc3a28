"""timm's own arguments, and weights from a local file."""

from __future__ import annotations

import importlib

import pytest
import torch

from dqsuite.core.errors import DqError
from dqsuite.models import build, identify

TINY = "test_resnet"  # timm's own for tests
SHAPE = (32, 32, 3)


@pytest.fixture
def weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(5)
    timm = importlib.import_module("timm")  # it takes seconds, which each worker of a session would wait
    torch.save(timm.create_model(TINY).state_dict(), "weights.pt")
    return tmp_path / "weights.pt"


def test_arguments_reach_timm_and_are_part_of_the_name():
    assert identify(f"timm:{TINY};drop_rate=0.50").name.endswith(";drop_rate=0.5")
    assert build(f"timm:{TINY};drop_rate=0.5", 7, SHAPE).drop_rate == 0.5
    assert build(f"timm:{TINY}", 7, SHAPE).drop_rate == 0


def test_weights_of_a_file_are_taken_but_for_the_last_layer(weights):
    stored = torch.load(weights)
    model = build(f"timm:{TINY};file=weights.pt", 7, SHAPE)
    assert torch.equal(model.conv1[0].weight, stored["conv1.0.weight"])
    assert model.get_classifier().out_features == 7
    assert not torch.equal(build(f"timm:{TINY}", 7, SHAPE).conv1[0].weight, stored["conv1.0.weight"])


def test_other_weights_are_another_model(weights):
    name = identify(f"timm:{TINY};file=weights.pt").name
    assert identify(name).name == name
    torch.save({}, weights)
    assert identify(f"timm:{TINY};file=weights.pt").name != name
    with pytest.raises(DqError, match=r"the weights weights.pt have changed"):
        identify(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"timm:{TINY};file=no.pt", "cannot read the weights no.pt: No such file"),
        (f"timm:{TINY};num_classes=3", "num_classes is none of its arguments here"),
        (f"timm:{TINY};no_such=3", "timm cannot make .*no_such"),
    ],
)
def test_what_timm_cannot_take_is_one_line(text, message):
    with pytest.raises(DqError, match=message) as caught:
        build(text, 7, SHAPE)
    assert "\n" not in str(caught.value)
