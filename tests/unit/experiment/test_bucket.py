from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import object_server
import pytest

from dqsuite.core.errors import DqError
from dqsuite.experiment import objects
from dqsuite.experiment.bucket import Bucket
from dqsuite.experiment.store import CONFIDENCES, OUTCOMES, Store
from dqsuite.experiment.stores import open_store

URL = f"s3://{object_server.BUCKET}"


@pytest.fixture
def gate(monkeypatch, tmp_path):
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / "cache"))
    with object_server.served(monkeypatch) as gate:
        yield gate


@pytest.fixture
def hasty(monkeypatch):
    """Have it give up after a second."""
    monkeypatch.setattr(objects, "RETRIES", 2)
    monkeypatch.setattr(objects, "RETRIED_S", 1.0)
    monkeypatch.setattr(objects, "ASKED_S", 1.0)


@pytest.fixture(params=["s3", "file"])
def bucket(request, gate, tmp_path):
    return Bucket(f"{URL}/a/b" if request.param == "s3" else f"file://{tmp_path / 'objects'}")


def elsewhere(monkeypatch, tmp_path, name="elsewhere"):
    """Open the buckets of this test as another machine."""
    monkeypatch.setenv("DQSUITE_CACHE", str(tmp_path / name))


def test_a_bucket_does_what_a_folder_does(bucket):
    assert bucket.put_if_absent(OUTCOMES, "abc", b"1")
    assert not bucket.put_if_absent(OUTCOMES, "abc", b"2")
    assert bucket.get(OUTCOMES, "abc") == b"1"
    bucket.put_if_absent(OUTCOMES, "abd", b"12")
    bucket.put_if_absent(CONFIDENCES, "abe", b"")
    assert set(bucket.list(OUTCOMES)) == {"abc", "abd"}
    assert dict(bucket.sizes(OUTCOMES)) == {"abc": 1, "abd": 2}
    assert bucket.has_many(OUTCOMES, ["abc", "abe", "abd"]) == {"abc", "abd"}
    with pytest.raises(KeyError):
        bucket.get(OUTCOMES, "abe")
    with pytest.raises(ValueError, match="no name"):
        bucket.put_if_absent(OUTCOMES, "../x", b"")
    bucket.remove(OUTCOMES, "abc")
    assert list(bucket.list(OUTCOMES)) == ["abd"]


def test_a_damaged_record_is_set_aside_once(bucket, monkeypatch, tmp_path):
    bucket.put_if_absent(OUTCOMES, "abc", b"damaged")
    elsewhere(monkeypatch, tmp_path)
    other = Bucket(bucket.name)
    assert other.get(OUTCOMES, "abc") == b"damaged"
    assert "damaged/outcomes/abc." in bucket.set_aside(OUTCOMES, "abc")
    assert not bucket.has_many(OUTCOMES, ["abc"])
    bucket.put_if_absent(OUTCOMES, "abc", b"good")
    other.set_aside(OUTCOMES, "abc")  # its copy was the damaged one
    assert other.get(OUTCOMES, "abc") == bucket.get(OUTCOMES, "abc") == b"good"


def test_the_layout_is_that_of_a_folder(gate, tmp_path):
    Bucket(f"file://{tmp_path / 'objects'}").put_if_absent(OUTCOMES, "abc", b"1")
    assert Store(tmp_path / "objects").get(OUTCOMES, "abc") == b"1"


def test_what_was_read_is_not_asked_for_again(gate, monkeypatch, tmp_path):
    here = Bucket(URL)
    names = [f"name{number}" for number in range(30)]
    for name in names:
        here.put_if_absent(OUTCOMES, name, name.encode())
    elsewhere(monkeypatch, tmp_path)
    there = Bucket(URL)
    gate.asked.clear()
    there.bring(OUTCOMES, names)
    assert gate.asked["GET"] == 30
    again = Bucket(URL)
    assert [again.get(OUTCOMES, name) for name in names] == [name.encode() for name in names]
    assert gate.asked["GET"] == 31  # opening it


def test_a_listing_goes_by_pages(gate, monkeypatch):
    bucket = Bucket(URL)
    names = {f"name{number}" for number in range(1205)}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: bucket.objects.create(f"{OUTCOMES}/na/{name}", b"1"), names))
    gate.asked.clear()
    assert set(bucket.list(OUTCOMES)) == bucket.has_many(OUTCOMES, names) == names
    assert gate.asked == {"GET": 4}


def test_one_of_many_writers_is_first(gate):
    bucket = Bucket(URL)
    with ThreadPoolExecutor(8) as threads:
        wrote = list(threads.map(lambda number: bucket.put_if_absent(OUTCOMES, "abc", str(number).encode()), range(40)))
    assert bucket.objects.read("outcomes/ab/abc", 10) == str(wrote.index(True)).encode()
    assert sum(wrote) == 1


def test_the_server_refuses_the_second_writer_and_one_that_does_not_is_refused(gate, monkeypatch):
    assert not Bucket(URL).objects.create("dqsuite-store", b"") or not Bucket(URL).objects.create("dqsuite-store", b"")
    careless = Bucket(f"{URL}/careless")
    monkeypatch.setattr(careless.objects, "create", lambda path, data: careless.objects.write(path, data) or True)
    with pytest.raises(DqError, match="lets a second writer write over the first"):
        careless.put_if_absent(OUTCOMES, "abc", b"1")


def test_a_lost_answer_is_not_taken_for_another_writer(gate):
    bucket = Bucket(URL)
    lost = iter(["lost", "lost"])
    gate.fault = lambda method, path: next(lost, "") if method == "PUT" and "outcomes" in path else ""
    assert bucket.put_if_absent(OUTCOMES, "abc", b"1")
    assert not bucket.put_if_absent(OUTCOMES, "abc", b"2")


def test_throttling_and_cut_connections_pass_by(gate):
    bucket = Bucket(URL)
    gate.fault = object_server.sometimes(0.2, 1, "SlowDown", "cut", "lost")
    names = [f"name{number}" for number in range(30)]
    assert all(bucket.put_if_absent(OUTCOMES, name, name.encode()) for name in names)
    assert set(bucket.list(OUTCOMES)) == set(names)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("SlowDown", "asked too often"),
        ("ExpiredToken", "the credentials have expired; renew them"),
        ("RequestTimeTooSkewed", "this machine's clock is wrong; set it"),
        ("AccessDenied", r"refuses us \(AccessDenied\)"),
        ("cut", "cannot be used"),
    ],
)
@pytest.mark.usefixtures("hasty")
def test_what_stands_in_the_way_is_one_line(gate, fault, told):
    bucket = Bucket(URL)
    gate.fault = lambda method, path: fault
    calls = [
        lambda: bucket.get(OUTCOMES, "abc"),
        lambda: bucket.put_if_absent(OUTCOMES, "abc", b""),
        lambda: bucket.has_many(OUTCOMES, ["abc"]),
        lambda: list(bucket.list(OUTCOMES)),
        lambda: Bucket(URL),
    ]
    for call in calls:
        with pytest.raises(DqError, match=told) as caught:
            call()
        assert "\n" not in str(caught.value)
        assert "<?xml" not in str(caught.value)


@pytest.mark.usefixtures("hasty")
def test_a_slow_answer_ends_in_one_line(gate):
    bucket = Bucket(URL)
    gate.delay = 2.0
    with pytest.raises(DqError, match="cannot be used"):
        bucket.get(OUTCOMES, "abc")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://no-such-bucket/x", "there is no such bucket"),
        ("ftp://a/b", "a store cannot be at ftp"),
        ("s3:///a", "cannot be used"),
        ("az://a/b", "cannot be used"),
    ],
)
@pytest.mark.usefixtures("gate")
def test_no_bucket_is_one_line(url, told):
    with pytest.raises(DqError, match=told):
        open_store(url)


@pytest.mark.usefixtures("hasty")
def test_what_could_not_be_sent_is_sent_when_the_bucket_is_opened_again(gate):
    bucket = Bucket(URL)
    bucket.make_room(OUTCOMES, "abc")
    gate.fault = lambda method, path: "cut"
    with pytest.raises(DqError):
        bucket.put_if_absent(OUTCOMES, "abc", b"1")
    gate.fault = lambda method, path: ""
    assert not bucket.has_many(OUTCOMES, ["abc"])
    assert Bucket(URL).objects.read("outcomes/ab/abc", 10) == b"1"
    assert list(bucket.root.joinpath("unsent").rglob("abc")) == []


def test_a_bucket_travels_to_other_processes(bucket):
    bucket.put_if_absent(OUTCOMES, "abc", b"1")
    assert pickle.loads(pickle.dumps(bucket)).get(OUTCOMES, "abc") == b"1"


def test_without_obstore_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(DqError, match=r"pip install 'dqsuite\[bucket\]'"):
        open_store(URL)


def test_neither_ray_nor_obstore_is_imported_before_it_is_asked_for():
    code = "import sys, dqsuite.cli, dqsuite.api; sys.exit(len({'ray', 'obstore', 'boto3'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
