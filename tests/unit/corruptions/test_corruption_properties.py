"""What every corruption must keep to, over one table."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from corruption_rows import REPEATS, TABLE, K, data, of_kind, prefix
from hypothesis import given, settings
from hypothesis import strategies as st

from dqsuite.corruptions import CORRUPTIONS, base, parse


def at(name: str, level: Decimal) -> str:
    return TABLE[name].small.replace(":0.1", f":{level}")


def test_every_corruption_has_a_row():
    assert {name.partition(" ")[0] for name in TABLE} == set(CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_corruption_says_in_one_line_what_it_is(name):
    assert CORRUPTIONS[name].about.endswith(".")


@pytest.mark.parametrize("name", of_kind("labels"))
@settings(max_examples=25, deadline=None)
@given(thousandths=st.integers(0, 1000), size=st.integers(20, 90), repeat=REPEATS)
def test_label_noise_picks_exactly_the_rounded_count_and_touches_nothing_else(name, damage, thousandths, size, repeat):
    images, labels = data(size, repeat)
    damaged = damage(at(name, Decimal(thousandths) / 1000), images, labels, repeat)
    count = (2 * thousandths * size + 1000) // 2000  # half up, in whole numbers
    (step,) = damaged.manifest.steps
    assert (step["touched"], step["removed"]) == (count, 0)
    others = np.setdiff1d(np.arange(size), prefix(size, count, repeat))
    assert (damaged.labels[others] == labels[others]).all()
    assert damaged.images is images
    assert step["labels_changed"] == damaged.manifest.labels_changed == (damaged.labels != labels).sum()
    assert damaged.labels.min() >= 0
    assert damaged.labels.max() < K


@pytest.mark.parametrize("name", ["wrong", "biased", "first_wrong", "pair_flip"])
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_schemes_of_wrong_labels_change_every_record_they_pick(name, damage, repeat):
    damaged = damage(f"{name}:0.3", *data(100, repeat), repeat)
    assert damaged.manifest.labels_changed == 30


@given(thousandths=st.integers(0, 800), size=st.integers(100, 300), repeat=REPEATS)
@settings(max_examples=25, deadline=None)
def test_reduction_takes_exactly_the_rounded_count(damage, thousandths, size, repeat):
    images, labels = data(size, repeat)
    labels %= 2  # so that no class runs empty
    damaged = damage(f"reduce:{Decimal(thousandths) / 1000}", images, labels, repeat)
    count = (2 * thousandths * size + 1000) // 2000
    assert (damaged.kept == np.setdiff1d(np.arange(size), prefix(size, count, repeat))).all()


@given(of=st.integers(2, 12), repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_each_record_is_left_out_by_one_fold(damage, of, repeat):
    images, labels = data(57, repeat)
    kept = [damage(f"fold:{part};of={of}", images, labels, repeat).kept for part in range(1, of + 1)]
    assert {57 - len(each) for each in kept} <= {57 // of, 57 // of + 1}
    left = np.concatenate([np.setdiff1d(np.arange(57), each) for each in kept])
    assert sorted(left) == list(range(57))


@pytest.mark.parametrize("name", of_kind("volume"))
@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_volume_keeps_records_as_they_are_and_in_order(name, damage, repeat):
    images, labels = data(200, repeat)
    damaged = damage(TABLE[name].large, images, labels, repeat)
    assert (np.diff(damaged.kept) > 0).all()
    assert (damaged.images == images[damaged.kept]).all()
    assert (damaged.labels == labels[damaged.kept]).all()
    assert damaged.manifest.labels_changed == damaged.manifest.images_changed == 0
    assert damaged.manifest.steps[0]["removed"] == 200 - len(damaged.labels) > 0


@pytest.mark.parametrize("name", of_kind("images"))
@given(thousandths=st.integers(0, 1000), size=st.integers(20, 90), repeat=REPEATS)
@settings(max_examples=25, deadline=None)
def test_image_noise_alters_the_picked_images_only(name, damage, thousandths, size, repeat):
    images, labels = data(size, repeat)
    text = TABLE[name].small.replace("fraction=0.1", f"fraction={Decimal(thousandths) / 1000}")
    damaged = damage(text, images, labels, repeat)
    count = (2 * thousandths * size + 1000) // 2000
    others = np.setdiff1d(np.arange(size), prefix(size, count, repeat))
    assert damaged.manifest.steps[0]["touched"] == count
    assert (damaged.images[others] == images[others]).all()
    assert damaged.manifest.images_changed == (damaged.images != images).any(axis=(1, 2, 3)).sum()
    assert (damaged.labels == labels).all()
    assert damaged.images.dtype == np.uint8


@pytest.mark.parametrize("name", TABLE)
def test_inputs_are_never_changed_in_place(name, damage):
    images, labels = data(200)
    images.setflags(write=False)
    labels.setflags(write=False)
    damaged = damage(TABLE[name].large, images, labels)
    assert not np.shares_memory(damaged.labels, labels)
    assert (images == data(200)[0]).all()


@pytest.mark.parametrize("name", TABLE)
@given(repeat=REPEATS)
@settings(max_examples=5, deadline=None)
def test_the_same_repeat_does_the_same(name, damage, repeat):
    one, two = (damage(TABLE[name].large, *data(200), repeat) for _ in range(2))
    assert (one.images == two.images).all()
    assert (one.labels == two.labels).all()
    assert one.manifest.to_json() == two.manifest.to_json()


@pytest.mark.parametrize("name", TABLE)
def test_other_repeats_differ_if_and_only_if_the_corruption_is_random(name, damage):
    one, two = (damage(TABLE[name].large, *data(200), repeat) for repeat in (0, 1))
    same = all(np.array_equal(getattr(one, what), getattr(two, what)) for what in ("images", "labels", "kept"))
    assert same != TABLE[name].random


@pytest.mark.parametrize("name", of_kind("labels", "relabel"))
@pytest.mark.parametrize("balanced", [True, False])
def test_the_effective_rate_is_what_the_formula_says(name, damage, balanced):
    size, level = 40_000, 0.45
    labels = data(size)[1] if balanced else np.arange(size) % 55 % K
    shares = np.bincount(labels, minlength=K) / size
    damaged = damage(TABLE[name].large, np.zeros((size, 1, 1, 1), np.uint8), labels)
    sampling_error = np.sqrt(level * 0.25 / size)
    assert damaged.manifest.effective_rate == pytest.approx(TABLE[name].rate(level, shares), abs=5 * sampling_error)


@given(repeat=REPEATS, thousandths=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_shuffle_keeps_the_histogram_exactly(damage, repeat, thousandths):
    images, labels = data(95, repeat)
    manifest = damage(f"shuffle:{Decimal(thousandths) / 1000}", images, labels, repeat).manifest
    assert (manifest.histogram_after == manifest.histogram_before).all()


@given(repeat=REPEATS)
@settings(max_examples=10, deadline=None)
def test_reduction_and_label_noise_of_one_repeat_concern_the_same_records(damage, repeat):
    images, labels = data(200, repeat)
    taken = np.setdiff1d(np.arange(200), damage("reduce:0.3", images, labels, repeat).kept)
    relabelled = np.flatnonzero(damage("wrong:0.3", images, labels, repeat).labels != labels)
    assert (taken == relabelled).all()


@pytest.mark.parametrize("name", of_kind("images"))
def test_image_noise_does_not_depend_on_the_size_of_a_block(name, damage, monkeypatch):
    images, labels = data(50)
    whole = damage(TABLE[name].large, images, labels).images
    monkeypatch.setattr(base, "BLOCK", 7)
    assert (damage(TABLE[name].large, images, labels).images == whole).all()


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("size", ["small", "large"])
def test_canonical_text_round_trips(name, size, matrix):
    chain = parse(getattr(TABLE[name], size).format(matrix=matrix))
    again = parse(str(chain), files=dict(chain.files))
    assert (again, str(again), hash(again)) == (chain, str(chain), hash(chain))


@pytest.mark.parametrize("name", TABLE)
def test_steps_report_term_and_nominal_level(name, damage, matrix):
    chain = parse(TABLE[name].small.format(matrix=matrix))
    (step,) = damage(TABLE[name].small, *data(200)).manifest.steps
    assert step["term"] == str(chain)
    assert step["level"] == chain.terms[0].value
