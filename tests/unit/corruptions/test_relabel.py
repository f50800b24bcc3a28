from __future__ import annotations

import numpy as np

from dqsuite import corruptions
from dqsuite.core.seeds import streams

LABELS = np.arange(100) % 10
CLASSES = tuple("abcdefghij")


def relabelled(text):
    return corruptions.relabel(corruptions.parse(text), LABELS, CLASSES, streams(0).validation)


def test_relabel_takes_the_label_noise_of_a_chain_and_leaves_the_rest():
    noisy = relabelled("reduce:0.5+gaussian:8+wrong:0.4")
    assert len(noisy) == 100
    assert np.count_nonzero(noisy != LABELS) == 40


def test_relabel_without_label_noise_changes_nothing():
    np.testing.assert_array_equal(relabelled("first:20"), LABELS)


def test_labels_and_records_are_those_of_any_images():
    chain = corruptions.parse("reduce:0.5+gaussian:8+wrong:0.4")
    images = np.full((100, 8, 8, 3), 7, np.uint8)
    whole = corruptions.apply(chain, images, LABELS, CLASSES, streams(0).noise)
    found = corruptions.damage_labels(chain, LABELS, CLASSES, streams(0).noise)
    np.testing.assert_array_equal(found.labels, whole.labels)
    np.testing.assert_array_equal(found.kept, whole.kept)
