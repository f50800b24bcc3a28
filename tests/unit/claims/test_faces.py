"""The folder of claims in pytest is the list of findings."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from dqsuite.claims import CLAIMS

CLAIM = "__dqsuite_claim__"
FOLDER = Path(__file__).parents[2] / "claims"
FACES = {path: runpy.run_path(str(path)) for path in sorted(FOLDER.glob("test_*.py"))}


def claims_of(path):
    return [getattr(test, CLAIM) for name, test in FACES[path].items() if name.startswith("test_")]


def test_every_claim_has_one_face_and_every_face_is_of_a_claim():
    found = [claim.id for path in FACES for claim in claims_of(path)]
    assert sorted(found) == sorted(CLAIMS)


@pytest.mark.parametrize("path", FACES, ids=lambda path: path.stem)
def test_a_file_has_one_source_and_its_claims_in_their_order(path):
    found = [claim.id for claim in claims_of(path)]
    assert {CLAIMS[identity].source for identity in found} == {CLAIMS[found[0]].source}
    assert found == [identity for identity in CLAIMS if identity in found]


@pytest.mark.parametrize("identity", CLAIMS)
def test_a_face_reads_as_its_finding(identity):
    (test,) = (
        test for face in FACES.values() for test in face.values() if getattr(test, CLAIM, None) is CLAIMS[identity]
    )
    assert CLAIMS[identity].finding in test.__doc__
    assert CLAIMS[identity].criterion in test.__doc__
