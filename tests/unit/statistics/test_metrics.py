from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from dqsuite.statistics import metrics

CLASSES = ("cat", "deer", "frog")
labels = arrays(np.int64, 30, elements=st.integers(0, 2))


def predicted(*rows):
    return xr.DataArray(np.array(rows, np.uint8), dims=("repeat", "image"), coords={"repeat": range(len(rows))})


def matrix(values):
    return xr.DataArray(
        np.array(values, float), dims=("true", "predicted"), coords={"true": list(CLASSES), "predicted": list(CLASSES)}
    )


@given(labels, labels)
def test_the_confusion_matrix_and_tpr_are_those_of_scikit_learn(truth, guess):
    found = metrics.confusion_matrix(truth, predicted(guess), CLASSES).isel(repeat=0)
    assert found.dims == ("true", "predicted")
    np.testing.assert_array_equal(found, reference.confusion_matrix(truth, guess, labels=[0, 1, 2]))
    recall = reference.recall_score(truth, guess, labels=[0, 1, 2], average=None, zero_division=np.nan)
    np.testing.assert_allclose(metrics.recall(found), recall)


def test_truth_stands_in_rows_and_every_repeat_has_its_matrix():
    found = metrics.confusion_matrix(np.array([0, 0, 1]), predicted([0, 2, 1], [2, 2, 0]), CLASSES)
    assert found.dims == ("repeat", "true", "predicted")
    assert found.sel(repeat=0, true="cat", predicted="frog") == 1
    assert found.sel(repeat=1, true="cat", predicted="frog") == 2
    assert found.sel(repeat=1, true="deer", predicted="cat") == 1


def test_a_class_without_test_images_has_no_tpr():
    found = metrics.recall(metrics.confusion_matrix(np.array([0, 1]), predicted([0, 1]), CLASSES))
    assert np.isnan(found.sel({"class": "frog"}, drop=True).item())


def test_the_order_of_the_axes_does_not_matter():
    found = metrics.confusion_matrix(np.array([0, 0, 1, 2]), predicted([0, 1, 1, 2], [0, 0, 1, 1]), CLASSES)
    turned = found.transpose("predicted", "repeat", "true")
    xr.testing.assert_identical(metrics.recall(turned), metrics.recall(found))


def test_the_source_reads_cats_taken_for_frogs_as_we_do():
    """lie1, figure 2: 82 real cats were predicted as frogs, so C[cat, frog] = 82, whatever the drawing's axes."""
    found = matrix([[800, 118, 82], [40, 950, 10], [30, 5, 965]])
    assert found.sel(true="cat", predicted="frog") == 82
    assert metrics.look_alike_pairs(found.values, CLASSES)[0] == ("cat", "deer", 158.0)


@given(arrays(np.int64, (3, 3), elements=st.integers(0, 1000)))
def test_look_alikes_count_every_mistake_once(counts):
    found = matrix(counts)
    assert sum(n for _, _, n in metrics.look_alike_pairs(found.values, CLASSES)) == counts.sum() - np.trace(counts)


@pytest.mark.parametrize(("curve", "gap"), [([0.5, 0.7, 0.6], 0.1), ([0.5, 0.6, 0.7], 0.0), ([0.4], 0.0)])
def test_the_gap_is_what_was_lost_after_the_best_epoch(curve, gap):
    assert metrics.best_last_gap(np.array(curve)) == pytest.approx(gap)
