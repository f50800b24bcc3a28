"""The manifest: what was really done, in numbers that can be checked by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dqsuite.core.seeds import streams
from dqsuite.corruptions import Manifest, apply, parse

CLASSES = ("a", "b", "c")
LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1], dtype=np.int64)


@pytest.fixture
def manifest() -> Manifest:
    images = np.full((8, 1, 1, 1), 100, dtype=np.uint8)
    chain = parse("relabel_class:a-b+first:6+contrast:2;fraction=0.5")
    return apply(chain, images, LABELS, CLASSES, streams(0).noise).manifest


def test_transitions_count_the_records_finally_kept(manifest):
    assert manifest.transitions.tolist() == [[0, 2, 0], [0, 2, 0], [0, 0, 2]]
    assert manifest.transitions.dtype == np.int64


def test_histograms_and_counts_follow(manifest):
    assert manifest.histogram_before.tolist() == [3, 3, 2]
    assert manifest.histogram_after.tolist() == [0, 4, 2]
    assert (manifest.records_before, manifest.records_after, manifest.labels_changed) == (8, 6, 2)
    assert manifest.effective_rate == pytest.approx(1 / 3)


def test_images_changed_counts_images_with_another_byte(manifest):
    assert manifest.images_changed == 3
    grey = np.full((8, 1, 1, 1), 128, dtype=np.uint8)
    untouched = apply(parse("contrast:2"), grey, LABELS, CLASSES, streams(0).noise).manifest
    assert (untouched.images_changed, untouched.steps[0]["touched"]) == (0, 8)


def test_steps_say_what_each_term_did(manifest):
    assert list(manifest.steps) == [
        {"term": "relabel_class:a-b", "level": "a-b", "touched": 3, "labels_changed": 3, "removed": 0},
        {"term": "first:6", "level": "6", "touched": 2, "labels_changed": 0, "removed": 2},
        {"term": "contrast:2;fraction=0.5", "level": "2", "touched": 3, "labels_changed": 0, "removed": 0},
    ]


def test_an_omitted_level_is_shown_as_its_default(tmp_path):
    np.save(tmp_path / "t.npy", np.eye(3))
    chain = parse(f"transition;matrix={tmp_path / 't.npy'}")
    images = np.zeros((8, 1, 1, 1), dtype=np.uint8)
    assert apply(chain, images, LABELS, CLASSES, streams(0).noise).manifest.steps[0]["level"] == "1"


def test_json_round_trips(manifest):
    again = Manifest.from_json(json.loads(json.dumps(manifest.to_json())))
    assert again.to_json() == manifest.to_json()
    assert again.transitions.dtype == again.histogram_before.dtype == np.int64
    assert again.effective_rate == manifest.effective_rate
