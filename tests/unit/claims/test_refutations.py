from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dqsuite.claims import refutations
from dqsuite.claims.evaluate import Judged, digest
from dqsuite.claims.refutations import Refutation, flips
from dqsuite.core.errors import DqError
from dqsuite.statistics.verdict import Status, Verdict

ENTRY = {
    "claim": "lie3-noise-hurts-more",
    "case": "lenet-0.1",
    "scale": "full",
    "verdict": "refuted",
    "effect": 1.5,
    "interval": [1.0, 2.0],
    "cause": "recipe",
    "reason": "our learning rate",
    "evidence": "0123456789ab",
}
MISTAKES = {
    "an unknown claim": ({"claim": "lie3-noise-hurt"}, "'lie3-noise-hurt'; did you mean 'lie3-noise-hurts-more'"),
    "an unknown case": ({"case": "lenet"}, "lie3-noise-hurts-more has no case 'lenet'; its cases are 'custom-0.05'"),
    "an unknown scale": ({"scale": "ful"}, "unknown scale 'ful'; did you mean 'full'"),
    "another verdict": ({"verdict": "holds"}, "has the verdict 'holds'; only refuted ones are reviewed"),
    "an unknown cause": ({"cause": "recip"}, "has the cause 'recip'; choose one of scale, recipe, source, finding"),
    "no reason": ({"reason": ""}, "has no reason; look for the reason"),
    "no evidence": ({"evidence": ""}, "has no evidence"),
    "an unknown field": ({"reasons": ""}, "is no list of reviewed refutations"),
}


def written(folder, *entries):
    path = folder / "refutations.json"
    path.write_text(json.dumps(entries))
    return path


def judged(case, status):
    return Judged("lie3-noise-hurts-more", case, "full", Verdict(status))


def test_our_own_file_can_be_read():
    refutations.read(refutations.FILE)


def test_an_entry_is_read(tmp_path):
    (found,) = refutations.read(written(tmp_path, ENTRY))
    assert found == Refutation(**ENTRY)


@pytest.mark.parametrize(("changed", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told(tmp_path, changed, told):
    with pytest.raises(DqError) as error:
        refutations.read(written(tmp_path, ENTRY | changed))
    assert str(error.value).startswith("refutations.json")
    assert told in str(error.value)


@pytest.mark.parametrize("field", ENTRY)
def test_a_missing_field_is_named(tmp_path, field):
    with pytest.raises(DqError, match=f"an entry lacks {field};"):
        refutations.read(written(tmp_path, {key: value for key, value in ENTRY.items() if key != field}))


@pytest.mark.parametrize("text", ["", "{", "7", '["a"]', "[7]"])
def test_what_is_no_list_of_entries_is_told(tmp_path, text):
    path = tmp_path / "refutations.json"
    path.write_text(text)
    with pytest.raises(DqError, match=r"refutations\.json"):
        refutations.read(path)


def test_what_flips_is_what_is_refuted_unexpectedly_and_what_is_judged_otherwise():
    reviewed = [Refutation(**ENTRY | {"case": f"lenet-{level}"}) for level in ("0.05", "0.1", "0.15", "0.2")]
    found = [
        judged("lenet-0.05", Status.REFUTED),
        judged("lenet-0.1", Status.HOLDS),
        judged("lenet-0.15", Status.INCONCLUSIVE),
        judged("lenet-0.2", Status.NOT_MEASURED),
        judged("lenet-0.25", Status.REFUTED),
        judged("lenet-0.3", Status.HOLDS),
    ]
    assert [(flip.judged.case, flip.describe()) for flip in flips(found, reviewed)] == [
        ("lenet-0.25", "newly refuted"),
        ("lenet-0.1", "refuted as reviewed, now holds"),
        ("lenet-0.15", "refuted as reviewed, now inconclusive"),
    ]


def test_a_refutation_on_other_evidence_than_was_reviewed_is_told():
    reviewed = [Refutation(**ENTRY | {"case": "lenet-0.05", "evidence": "0123456789ab"})]
    same = replace(judged("lenet-0.05", Status.REFUTED), evidence="0123456789ab")
    assert flips([same], reviewed) == []
    (flip,) = flips([replace(same, evidence="ba9876543210")], reviewed)
    assert flip.describe() == "refuted as reviewed, but on other evidence: is the reason still right?"


def test_the_digest_of_evidence_is_that_of_its_sorted_names():
    assert digest(["b", "a"]) == digest(["a", "b"]) == "7e18f737311b"
    assert digest(["a"]) != digest(["a", "b"])
