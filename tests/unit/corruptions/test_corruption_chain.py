"""Chains: their text, their order, and every mistake in them as one line."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from dqsuite.core.errors import DqError
from dqsuite.core.seeds import streams
from dqsuite.corruptions import Chain, apply, parse
from dqsuite.corruptions.class_maps import CIFAR10

LABELS = np.arange(100) % 10
IMAGES = np.arange(400, dtype=np.uint8).reshape(100, 2, 2, 1)


def damage(chain: Chain, classes: tuple[str, ...] = CIFAR10):
    return apply(chain, IMAGES, LABELS, classes, streams(0).noise)


@pytest.fixture
def matrix(tmp_path):
    path = tmp_path / "flip.npy"
    np.save(path, np.roll(np.eye(10), 1, axis=1))
    return path


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("clean", "clean"),
        (" shuffle : 0.10 ", "shuffle:0.1"),
        ("wrong:.3;tail=0", "wrong:0.3"),
        ("wrong:0.30;tail=1;classes= cat / 05 ", "wrong:0.3;classes=cat/5;tail=1"),
        ("to_class:1.0;class=0", "to_class:1"),
        ("to_class:1;class=3", "to_class:1;class=3"),
        ("first:1e3+wrong:0.3;tail=1", "first:1000+wrong:0.3;tail=1"),
        ("contrast:0.50;fraction=1.0", "contrast:0.5"),
        ("contrast:2;pivot=128.0", "contrast:2"),
        ("contrast:2; pivot = mean", "contrast:2;pivot=mean"),
        ("contrast:2;pivot=mean;fraction=0.50", "contrast:2;fraction=0.5;pivot=mean"),
        ("reduce:0.2;stratified=0", "reduce:0.2"),
        ("drop_class: cat / dog", "drop_class:cat/dog"),
        ("relabel_class:3 - 5", "relabel_class:3-5"),
        ("asymmetric:0.2;map=3-5 / 5 - 03", "asymmetric:0.2;map=3-5/5-3"),
    ],
)
def test_every_chain_has_one_canonical_text(typed, canonical):
    assert str(parse(typed)) == canonical
    assert parse(canonical) == parse(typed)


def test_a_chain_pickles_and_hashes(matrix):
    chain = parse(f"wrong:0.1+transition;matrix={matrix}")
    copy = pickle.loads(pickle.dumps(chain))
    assert {chain, copy} == {chain}
    assert copy.files == chain.files


def test_the_clean_chain_returns_what_it_was_given():
    damaged = damage(parse("clean"))
    assert damaged.images is IMAGES
    assert (damaged.labels == LABELS).all()
    assert damaged.manifest.steps == ()


def test_terms_apply_in_order():
    tail_first = damage(parse("pair_flip:0.1;tail=1+first:50"))
    first_tail = damage(parse("first:50+pair_flip:0.1;tail=1"))
    assert tail_first.manifest.labels_changed == 0
    assert np.flatnonzero(first_tail.labels != LABELS[:50]).tolist() == [45, 46, 47, 48, 49]


def test_each_step_draws_from_its_own_stream():
    alone = damage(parse("wrong:0.3"))
    second = damage(parse("first:100+wrong:0.3"))
    assert (damage(parse("wrong:0.3+first:100")).labels == alone.labels).all()
    assert (second.labels != alone.labels).any()


def test_class_conditional_noise_goes_by_the_label_before_the_chain():
    both = damage(parse("wrong:1;classes=cat+pair_flip:1;classes=dog")).manifest.transitions
    assert both[3, 3] == 0
    assert both[5, 6] == both[5].sum() == 10
    assert (np.delete(both, [3, 5], axis=0) == np.delete(10 * np.eye(10), [3, 5], axis=0)).all()


def test_the_text_of_a_chain_names_a_matrix_by_its_contents(matrix, tmp_path):
    chain = parse(f"transition;matrix={matrix}")
    moved = matrix.rename(tmp_path / "elsewhere.npy")
    ((digest, path),) = chain.files
    assert str(chain) == f"transition;matrix={digest}"
    assert path == str(matrix)
    assert parse(f"transition;matrix={moved}") == chain
    assert parse(str(chain), files={digest: str(moved), "sha256-000000000000": "other.npy"}).files == (
        (digest, str(moved)),
    )
    assert (damage(parse(f"transition;matrix={moved}")).labels == (LABELS + 1) % 10).all()


def test_a_matrix_that_changed_after_parsing_is_noticed(matrix):
    chain = parse(f"transition;matrix={matrix}")
    np.save(matrix, np.eye(10))
    with pytest.raises(DqError, match="no longer holds"):
        damage(chain)
    with pytest.raises(DqError, match="no longer holds"):
        parse(str(chain), files=dict(chain.files))


@pytest.mark.parametrize(
    ("array", "cause"),
    [
        (np.eye(3)[:2], "not square"),
        (np.eye(3) * 0.99, "row 0 that sums to 0.99, and its columns do not"),
        (np.array([[1.5, -0.5], [0, 1]]), "negative"),
        (np.array([[np.nan, 1], [0, 1]]), "not finite"),
        (np.array([["a"]]), "not an array of real numbers"),
        (np.eye(3), "K=10"),
    ],
)
def test_a_matrix_that_is_none_is_refused(array, cause, tmp_path):
    np.save(tmp_path / "m.npy", array)
    with pytest.raises(DqError, match=cause):
        damage(parse(f"transition;matrix={tmp_path / 'm.npy'}"))


ONE_WAY = np.array([[0.9, 0.3, 0.2], [0.1, 0.6, 0.1], [0, 0.1, 0.7]])  # P(label | true), a column for each true class


@pytest.mark.parametrize(
    ("array", "said", "cause", "mend"),
    [
        (ONE_WAY, "", "a row 0 that sums to 1.4, while its columns all sum to 1", "write ;truth=columns"),
        (ONE_WAY.T, ";truth=columns", "a column 0 that sums to 1.4, while its rows all sum to 1", "leave out"),
        (ONE_WAY * 1.1, ";truth=columns", "a row 0 that sums to 1.54, and its columns do not", "with truth=columns"),
    ],
)
def test_a_matrix_the_other_way_round_is_refused_before_any_data(array, said, cause, mend, tmp_path):
    np.save(tmp_path / "m.npy", array)
    with pytest.raises(DqError, match=cause) as raised:
        parse(f"transition;matrix={tmp_path / 'm.npy'}{said}")
    assert mend in raised.value.mend


def test_where_the_truth_stands_is_part_of_the_text_where_it_is_not_in_rows(tmp_path):
    np.save(tmp_path / "m.npy", ONE_WAY)
    chain = parse(f"transition;truth=columns;matrix={tmp_path / 'm.npy'}")
    ((digest, _),) = chain.files
    assert str(chain) == f"transition;matrix={digest};truth=columns"
    assert parse(str(chain), files=dict(chain.files)) == chain
    np.save(tmp_path / "m.npy", np.eye(2))
    assert "truth" not in str(parse(f"transition;matrix={tmp_path / 'm.npy'};truth=rows"))
    with pytest.raises(DqError, match="truth of transition must be rows or columns, not 'both'"):
        parse(f"transition;matrix={tmp_path / 'm.npy'};truth=both")


def test_a_file_that_holds_no_array_is_refused(tmp_path):
    (tmp_path / "m.npy").write_text("1 0\n0 1\n")
    with pytest.raises(DqError, match="cannot read the matrix"):
        parse(f"transition;matrix={tmp_path / 'm.npy'}")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "no name"),
        ("wrnog:0.1", "did you mean 'wrong'"),
        ("clean+wrong:0.1", "stands for no damage"),
        ("clean:0.1", "stands for no damage"),
        ("shuffle", "number from 0 to 1, and is missing; for example shuffle:0.1"),
        ("shuffle:", "is missing"),
        ("shuffle:1.1", "number from 0 to 1, not '1.1'"),
        ("shuffle:-0.1", "number from 0 to 1"),
        ("shuffle:nan", "number from 0 to 1"),
        ("shuffle:much", "not 'much'"),
        ("wrong:0.1;tial=1", "unknown parameter of wrong 'tial'; did you mean 'tail'"),
        ("wrong:0.1;tail=yes", "0 or 1, not 'yes'; for example tail=1"),
        ("wrong:0.1;tail=1;tail=1", "write each once"),
        ("wrong:0.1;classes=3//5", "joined by '/'"),
        ("to_class:0.1;class=3/5", "the name or the index of a class"),
        ("asymmetric:0.1;map=3", "pairs of classes"),
        ("transition", "matrix of transition must be .* and is missing"),
        ("transition;matrix=nowhere.npy", "cannot read the matrix nowhere.npy"),
        ("transition;matrix=sha256-0123456789ab", "is not known"),
        ("reduce:2", "number from 0 to 1"),
        ("reduce:0.1;stratified=2", "0 or 1"),
        ("first:0", "whole number, at least 1"),
        ("first:0.5", "whole number, at least 1"),
        ("first:-5", "whole number, at least 1"),
        ("first:10;tail=1", "takes no parameters"),
        ("drop_class", "is missing; for example drop_class:3/5"),
        ("relabel_class:1-2-3", "one class or two"),
        ("relabel_class:-1", "one class or two"),
        ("long_tail:0.5", "number from 1 to"),
        ("contrast:0", "number from 0.001"),
        ("contrast:2;pivot=127", "pivot of contrast must be 128 or mean, not '127'; for example pivot=mean"),
        ("contrast:1;fraction=2", "fraction of contrast must be a number from 0 to 1"),
        ("gaussian:-1", "number from 0.001"),
        ("salt_pepper:0.6", "number from 0 to 0.5"),
        ("gamma:inf", "number from 0.001"),
    ],
)
def test_a_mistake_is_told_without_data_in_one_line(text, cause):
    with pytest.raises(DqError, match=cause) as raised:
        parse(text)
    assert "\n" not in str(raised.value)
    assert raised.value.mend


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("drop_class:10", "no class '10' among the K=10 classes; known are 0 airplane, 1 automobile"),
        ("wrong:0.1;classes=zebra", "no class 'zebra'"),
        ("to_class:0.1;class=zebra", "no class 'zebra'"),
        ("asymmetric:0.1;map=3-zebra", "no class 'zebra'"),
        ("asymmetric:0.1;map=3-5/cat-6", "names a class twice"),
        ("relabel_class:3-cat", "to itself"),
        ("drop_class:0/1/2/3/4/5/6/7/8/9", "no record at all"),
        ("reduce:1", "no record at all"),
        ("reduce:0.98", "leaves no record of class .*; keep more"),
        ("first:9", r"no record of class 9 \(truck\)"),
        ("first:101", "more than the 100 records"),
        ("first:50+first:51", "more than the 50 records"),
    ],
)
def test_a_mistake_that_only_the_data_show_is_told_in_one_line(text, cause):
    with pytest.raises(DqError, match=cause) as raised:
        damage(parse(text))
    assert "\n" not in str(raised.value)
    assert raised.value.mend


def test_a_data_set_without_a_published_map_needs_one_of_its_own():
    with pytest.raises(DqError, match="no asymmetric map is known"):
        damage(parse("asymmetric:0.1"), tuple("abcdefghij"))


def test_a_long_list_of_classes_is_cut():
    with pytest.raises(DqError, match=r"19 c19, \.\.\.$"):
        damage(parse("drop_class:zebra"), tuple(f"c{k}" for k in range(100)))


def test_label_noise_needs_two_classes():
    with pytest.raises(DqError, match="at least two classes"):
        apply(parse("wrong:0.1"), IMAGES, np.zeros(100, dtype=np.int64), ("only",), streams(0).noise)
