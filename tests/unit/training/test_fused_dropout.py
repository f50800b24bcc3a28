"""The layer in Triton, by Triton's interpreter: the same code, run by NumPy."""

from __future__ import annotations

import importlib
import sys

import pytest
import torch

from dqsuite.models.dropout import Dropout

pytest.importorskip("triton", reason="torch is without Triton here")
NAME = "dqsuite.training.cuda.dropout"


@pytest.fixture
def fused(monkeypatch):
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    yield importlib.import_module(NAME).FusedDropout
    del sys.modules[NAME]  # compiled for an interpreter


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (4, 5, 6, 7), (3, 16, 20, 20)])
def test_values_gradients_and_draws_are_those_of_the_layer_as_written(fused, shape, layout, dtype):
    written, layer = Dropout(0.3), fused(0.3)
    for each in (written, layer):
        each.seed(-5)
    images = torch.rand(shape, dtype=dtype).contiguous(memory_format=layout)
    for _ in range(3):
        ours, theirs = (images.clone(memory_format=torch.preserve_format).requires_grad_() for _ in range(2))
        found, expected = layer(ours), written(theirs)
        assert found.stride() == expected.stride()
        assert torch.equal(found == 0, expected == 0)
        torch.testing.assert_close(found, expected)
        weights = torch.rand(shape, dtype=dtype)
        (found * weights).sum().backward()
        (expected * weights).sum().backward()
        torch.testing.assert_close(ours.grad, theirs.grad)
    assert layer._step == written._step


def test_values_need_not_be_images(fused):
    written, layer = Dropout(0.5), fused(0.5)
    values = torch.rand(3, 7).t()
    torch.testing.assert_close(layer(values), written(values))


def test_eval_is_the_identity(fused):
    images = torch.rand(4, 4)
    assert fused(0.5).eval()(images) is images
