from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from dqsuite.core.errors import DqError
from dqsuite.models import build

SHAPE = (8, 8, 3)

FACTORIES = """
import sys
import torch
from torch import nn

LIST = ["not", "callable"]

def narrow(num_classes, image_shape):
    return nn.Sequential(nn.Flatten(), nn.Linear(8 * 8 * 3, num_classes))

def wide(num_classes, image_shape, width=1):
    hidden = round(100 * width)
    return nn.Sequential(nn.Flatten(), nn.Linear(8 * 8 * 3, hidden), nn.Linear(hidden, num_classes))

def lazy(num_classes, image_shape, **options):
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(num_classes))

def frozen(num_classes, image_shape):
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Dropout(0.5), narrow(num_classes, image_shape))
    model[0].eval()
    return model

def later(num_classes, image_shape):
    import beside
    return beside.net(num_classes, image_shape)

def nothing(num_classes, image_shape):
    return None

def raises(num_classes, image_shape):
    raise ValueError("two\\nlines")

def features(num_classes, image_shape):
    return nn.Flatten()

class Pair(nn.Module):
    def __init__(self, num_classes, image_shape):
        super().__init__()
    def forward(self, images):
        return images, images
"""


@pytest.fixture
def factory(tmp_path, monkeypatch):
    """Writes a user's module into the current directory and forgets it afterwards."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)

    def write(source, name="factories"):
        Path(f"{name}.py").write_text(source)
        importlib.invalidate_caches()

    write(FACTORIES)
    yield write
    for name in ("factories", "beside", "broken", "exits"):
        if name not in before:
            sys.modules.pop(name, None)


@pytest.mark.parametrize("text", ["factories:narrow", "factories:wide;width=0.5", "factories:lazy;width=3"])
def test_a_factory_in_the_current_directory_is_built(factory, text):
    assert build(text, 5, SHAPE)(torch.rand(7, 3, 8, 8)).shape == (7, 5)


def test_width_reaches_a_factory_that_takes_one(factory):
    assert build("factories:wide;width=0.5", 5, SHAPE)[1].out_features == 50


def test_a_factory_may_import_what_lies_beside_it(factory):
    factory("from factories import narrow as net", name="beside")
    assert isinstance(build("factories:later", 5, SHAPE), nn.Module)


def test_a_source_that_changed_is_run_anew(factory):
    build("factories:wide", 5, SHAPE)
    factory(FACTORIES.replace("100 * width", "1000 * width"))
    assert build("factories:wide", 5, SHAPE)[1].out_features == 1000


def test_an_imported_source_that_changed_is_run_anew_too(factory):
    factory("SIZE = 10", name="beside")
    factory("import beside\n" + FACTORIES.replace("100 * width", "beside.SIZE * width"))
    build("factories:wide", 5, SHAPE)
    factory("SIZE = 1000", name="beside")
    assert build("factories:wide", 5, SHAPE)[1].out_features == 1000


def test_a_factory_in_a_file_of_another_folder_is_built(factory):
    Path("deep").mkdir()
    factory(FACTORIES.replace("100 * width", "300 * width"), name="deep/factories")
    assert build("deep/factories.py:wide", 5, SHAPE)[1].out_features == 300
    assert build("factories:wide", 5, SHAPE)[1].out_features == 100


def test_the_check_leaves_every_part_in_its_mode_and_without_gradients(factory):
    model = build("factories:frozen", 5, SHAPE)
    assert [part.training for part in (model, *model[:3])] == [True, False, True, True]
    assert all(weights.grad is None for weights in model.parameters())
    assert not model[0].running_mean.any()


def test_the_check_draws_no_random_number():
    torch.manual_seed(0)
    build("custom", 5, SHAPE)
    drawn = torch.rand(1)
    torch.manual_seed(0)
    from dqsuite.models.custom import custom

    custom(5, SHAPE)
    assert torch.equal(torch.rand(1), drawn)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("factories:nowhere", r"module 'factories' has no 'nowhere'; name the function"),
        ("factories:LIST", r"factories:LIST is not callable; write it as \(num_classes, image_shape, width=1\)"),
        ("factories:nothing", r"factories:nothing@\w+ built a NoneType; let the factory return a torch.nn.Module"),
        ("factories:raises", r"cannot be built for 5 classes and 8x8x3 images: ValueError: two lines"),
        ("factories:narrow;width=2", r"factories:narrow takes no width; leave ;width= away"),
        ("factories:features", r"returns shape \(2, 192\) for 2 images of 5 classes; .* \(2, 5\)"),
        ("factories:Pair", r"returns a tuple; let forward return one tensor"),
        ("broken:net", r"module 'broken' does not import: ZeroDivisionError: division by zero"),
        ("exits:net", r"module 'exits' does not import: SystemExit: 3"),
        ("timm:resnett18", r"unknown timm model 'resnett18'; did you mean 'resnet18'"),
        ("timm:zzz", r"unknown timm model 'zzz'; timm.list_models\(\) names them"),
    ],
)
def test_a_model_that_cannot_be_built_is_one_line_with_a_mend(factory, text, message):
    factory("1 / 0", name="broken")
    factory("raise SystemExit(3)", name="exits")
    with pytest.raises(DqError, match=message) as caught:
        build(text, 5, SHAPE)
    assert caught.value.mend
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "image_shape"),
    [("factories:narrow", (9, 9, 3)), ("resnet18", (0, 0, 3)), ("timm:convnext_atto", (16, 16, 3))],
)
def test_a_model_that_cannot_take_the_image_size_says_so(factory, text, image_shape):
    size = "x".join(map(str, image_shape))
    with pytest.raises(DqError, match=rf"cannot take {size} images: \w+: .*; choose a model made for this size"):
        build(text, 5, image_shape)


@pytest.mark.parametrize("name", ["resnet18", "vit_tiny_patch16_224"])
@pytest.mark.parametrize("image_shape", [(32, 32, 3), (28, 28, 1)], ids=str)
def test_timm_models_take_the_size_and_channels_of_the_data_set(name, image_shape):
    height, width, channels = image_shape
    assert build(f"timm:{name}", 7, image_shape)(torch.rand(3, channels, height, width)).shape == (3, 7)
