from __future__ import annotations

import json
import os
import time

import object_server
import pytest
from fabricated import dataset, fill, outcome, plan

from dqsuite.experiment.evidence import export_evidence
from dqsuite.experiment.store import CONFIDENCES, OUTCOMES, Store
from dqsuite.experiment.stores import open_store


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path, monkeypatch):
    """Give six outcomes of two conditions, in a folder and in a bucket."""
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "cache"))
    with object_server.served(monkeypatch):
        name = str(tmp_path / "store") if request.param == "folder" else f"s3://{object_server.BUCKET}/store"
        opened, data = open_store(name), dataset()
        fill(opened, data, plan(data))
        yield opened


def other(tmp_path, repeats=4, wrong=0):
    """Return a store that has three repeats of the first one's, and more."""
    made, data = Store(tmp_path / "other"), dataset()
    fill(made, data, plan(data, repeats=repeats), lambda cell: wrong)
    return made


def test_list_and_stat_say_what_there_is(call, store, tmp_path):
    data = dataset()
    listed = json.loads(call("store", "list", "--json", "--store", store.name, cwd=tmp_path).stdout)
    assert listed == [
        {
            "dataset": f"made@{data.fingerprint}",
            "model": "lenet",
            "recipe": "standard",
            "precision": "fp32",
            "conditions": {"clean": 3, "wrong:0.5": 3},
        }
    ]
    kinds = json.loads(call("store", "stat", "--json", "--store", store.name, cwd=tmp_path).stdout)["kinds"]
    assert {kind: each["records"] for kind, each in kinds.items()} == {"outcomes": 6, "cards": 1}
    assert "made" in call("store", "list", "--store", store.name, cwd=tmp_path).stdout
    assert "outcomes" in call("store", "stat", "--store", store.name, cwd=tmp_path).stdout


def test_verify_names_what_cannot_be_used(call, store, tmp_path):
    assert call("store", "verify", "--store", store.name, cwd=tmp_path).returncode == 0
    name = min(store.list(OUTCOMES))
    store.remove(OUTCOMES, name)
    store.put_if_absent(OUTCOMES, name, b"damaged")
    found = call("store", "verify", "--store", store.name, cwd=tmp_path)
    assert found.returncode == 1
    assert f"outcomes/{name} cannot be used" in found.stderr
    assert "7 records were read, 1 of them cannot be used" in found.stdout


def test_stores_and_evidence_merge_and_conflicts_are_named(call, store, tmp_path):
    source = other(tmp_path)
    for name in source.list(OUTCOMES):
        source.put_if_absent(CONFIDENCES, name, b"large")
    third, data = Store(tmp_path / "third"), dataset()
    fill(third, data, plan(data, ("reduce:0.5",), repeats=1), lambda cell: 1)
    export_evidence(third, tmp_path / "third.zip")
    arguments = ("store", "merge", str(source.root), str(tmp_path / "third.zip"), "--store", store.name)
    merged = call(*arguments, cwd=tmp_path)
    assert "3 outcomes added, 7 were there already, 1 of them measured otherwise" in merged.stdout
    assert "keeps its own: made lenet clean repeat 0" in merged.stderr
    assert len(set(store.list(OUTCOMES))) == 9
    assert len(set(store.list(CONFIDENCES))) == 2  # of what was added from a store
    assert "0 outcomes added, 10 were there" in call(*arguments, cwd=tmp_path).stdout


def test_a_store_merges_back(call, store, tmp_path):
    whole = call("store", "merge", store.name, "--store", "back", cwd=tmp_path)
    assert "6 outcomes added" in whole.stdout
    back = Store(tmp_path / "back")
    assert {name: back.get(OUTCOMES, name) for name in back.list(OUTCOMES)} == {
        name: store.get(OUTCOMES, name) for name in store.list(OUTCOMES)
    }


@pytest.mark.parametrize(
    ("source", "told"),
    [("none", "there is no store none"), ("file", "file is no evidence file"), ("empty", "holds no record")],
)
def test_what_is_no_store_is_one_line(call, tmp_path, source, told):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    found = call("store", "merge", source, "--store", "s", cwd=tmp_path)
    assert found.returncode == 2
    assert told in found.stderr


def test_prune_removes_what_nobody_needs(call, store, tmp_path, monkeypatch):
    names = sorted(store.list(OUTCOMES))
    store.set_aside(OUTCOMES, names[0])
    scratch = store.scratch()
    for name, age in (("1-old", 200_000), ("2-new", 0), ("a.lease", 0), ("0.slot", 200_000)):
        (scratch / name).write_text("")
        os.utime(scratch / name, (time.time() - age,) * 2)
    old = outcome(plan(dataset()).cells[0], dataset())
    header = type(old.cell).from_json(old.cell.to_json() | {"versions": [["train", 0]]})
    old = outcome(header, dataset())
    store.put_if_absent(OUTCOMES, old.key, old.to_bytes())
    arguments = ("store", "prune", "--old-versions", "--store", store.name)
    dry = call(*arguments, "--dry-run", cwd=tmp_path)
    assert "3 leftovers" in dry.stdout
    assert "and 1 outcomes of other versions would be removed" in dry.stdout
    assert "3 leftovers" in call(*arguments, cwd=tmp_path).stdout
    assert sorted(path.name for path in scratch.iterdir()) == ["0.slot", "2-new"]
    assert set(store.list(OUTCOMES)) == set(names[1:])
    assert "0 leftovers of 0 kB and 0 outcomes of other" in call(*arguments, cwd=tmp_path).stdout
