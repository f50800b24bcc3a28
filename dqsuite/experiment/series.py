"""Outcomes of one condition in few bytes, as an evidence file holds them.

What a training predicts for an image is mostly the true class, or what the other trainings of its condition predicted.
So a prediction is written as its place in the order in which the classes are expected for its image: by the truth, by
the outcomes before it and, at the best epoch, by its own last one. Images of which the expectation is equally sure
stand together, so that the places are runs of zeros and then of ever more other numbers, for which LZMA finds a code.
Accuracies are written as the counts that they are fractions of, and every curve as its steps.
What was packed comes back to the bit; whatever else the bytes are is told as a ValueError.
"""

from __future__ import annotations

import json
import lzma
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dqsuite.core.foreign import json_of, said

Record = tuple[dict[str, Any], dict[str, NDArray[Any]]]
Labels = NDArray[np.integer[Any]]
Floats = NDArray[np.float32]
Truths = Mapping[str, Labels]
"""The labels of the test images by the fingerprints of their data sets."""

ARRAYS = ("curves", "last", "best_xor_last")
_VOTES = 3  # of an outcome's last epoch, against one of its best and one of the truth
_OWN = 6  # votes of the last epoch for what the best one of the same outcome is
_LARGEST = 2**24  # bytes of a part: far above any condition's
_EXPECTED = 2**23  # images times classes at most: 800 classes of 10,000 images
_WORK = 2**25  # images times classes of all outcomes together: 32 of CIFAR-100; to unpack them takes seconds
_COUNTS = 2**31  # images or records at most
_BYTES = 5  # of a step: those of 32 bits have 33 and a sign
_HEAD = struct.Struct("<4I")  # the packed lengths of the three parts, and a checksum over what they mean
_TEXT = ({"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 2**20},)
_NUMBERS = ({"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 2**20, "lc": 0, "lp": 0, "pb": 0},)
_FILTERS = (_TEXT, _NUMBERS, _NUMBERS)  # of the three parts: what JSON can hold, curves, places


def fits(record: Record) -> bool:
    """Tell whether a record can be packed here: it has the arrays of an outcome and nothing else."""
    arrays = record[1]
    if set(arrays) != set(ARRAYS):
        return False
    curves, last, best = (arrays[name] for name in ARRAYS)
    plain = curves.dtype == np.float32 and curves.ndim == 2 and last.dtype in (np.uint8, np.uint16)
    alike = last.dtype == best.dtype and last.shape == best.shape and last.ndim == 1
    return bool(plain and alike and last.size and _allowed(len(last), _classes([record])))


def pack_series(records: Sequence[Record], truths: Truths) -> bytes:
    """Pack records that fit and are of the same test images; equal input gives equal bytes.

    Parameters
    ----------
    truths : mapping
        As far as they are known. Who unpacks must have the same.

    Raises
    ------
    ValueError
        Together they are too large.
    """
    lasts = [arrays["last"] for _, arrays in records]
    truth = truths.get(records[0][0]["fingerprint"])
    classes = max(_classes(records), 1 if truth is None else int(truth.max()) + 1)
    divisors = [_divisors(record) for record in records]
    about = {
        "headers": [header for header, _ in records],
        "epochs": [arrays["curves"].shape[1] for _, arrays in records],
        "of": divisors,
        "images": len(lasts[0]),
        "type": lasts[0].dtype.str,
        "classes": classes,
    }
    curves = _planes(
        np.concatenate(
            [
                _steps(*row)
                for each, of in zip(records, divisors, strict=True)
                for row in zip(each[1]["curves"], of, strict=True)
            ]
        )
    )
    expected = _Expectation(truth, len(lasts[0]), classes)
    places = []
    for _, arrays in records:
        last = arrays["last"]
        best = np.bitwise_xor(arrays["best_xor_last"], last)
        places += [expected.places(last), expected.places(best, last)]
        expected.learn(last, best)
    parts = (json.dumps(about, sort_keys=True).encode(), curves, np.concatenate(places).tobytes())
    if max(map(len, parts)) > _LARGEST or len(records) * max(len(lasts[0]), classes) * classes > _WORK:
        raise ValueError("too large for one series")
    packed = [lzma.compress(part, lzma.FORMAT_RAW, filters=way) for part, way in zip(parts, _FILTERS, strict=True)]
    return _HEAD.pack(*map(len, packed), _checksum(parts, records)) + b"".join(packed)


def unpack_series(data: bytes, truths: Truths) -> list[Record]:
    """Return the records of `pack_series`.

    Raises
    ------
    ValueError
        The bytes are damaged or something else, or the truths are others.
    """
    try:
        parts, checksum = _parts(data)
        about = json_of(parts[0])
        with np.errstate(all="ignore"):  # of numbers that nobody packed; the checksum tells
            records = list(_records(about, parts[1], parts[2], truths.get(about["headers"][0]["fingerprint"])))
        if _checksum(parts, records) != checksum:
            raise ValueError("its predictions are not those that were packed")
    except Exception as error:  # lzma, json, struct and numpy raise a dozen kinds at damaged bytes
        raise ValueError(f"damaged series of outcomes: {said(error)}") from error
    return records


def _records(about: dict[str, Any], curves: bytes, places: bytes, truth: Labels | None) -> Iterator[Record]:
    images, classes, kind = int(about["images"]), int(about["classes"]), np.dtype(about["type"])
    headers = about["headers"]
    work = len(headers) * max(images, classes) * classes
    if not _allowed(images, classes) or work > _WORK or kind not in (np.uint8, np.uint16):
        raise ValueError("its parts do not fit together")
    found = np.frombuffer(places, np.uint8 if classes <= 256 else np.uint16).reshape(2 * len(headers), images)
    expected = _Expectation(truth, images, classes)
    steps = _of_planes(curves)
    for index, (header, epochs, divisors) in enumerate(zip(headers, about["epochs"], about["of"], strict=True)):
        rows, steps = steps[: epochs * len(divisors)].reshape(len(divisors), epochs), steps[epochs * len(divisors) :]
        curve = np.stack([_row(*row) for row in zip(rows, divisors, strict=True)])
        last = expected.labels(found[2 * index]).astype(kind)
        best = expected.labels(found[2 * index + 1], last).astype(kind)
        expected.learn(last, best)
        yield header, {"curves": curve, "last": last, "best_xor_last": best ^ last}


class _Expectation:
    """What each of N images is expected to be predicted as: an order of the K classes, and how sure it is."""

    def __init__(self, truth: Labels | None, images: int, classes: int) -> None:
        known = truth is not None and len(truth) == images and int(truth.max()) < classes
        self.truth = np.asarray(truth if known else np.zeros(images), np.int64)
        self.votes = np.zeros((images, classes), np.int64)
        self.images, self.classes = np.arange(images), classes
        if known:
            self.votes[self.images, self.truth] = 1
        self.tally = np.zeros((classes, classes), np.int64)  # predictions by truth

    def places(self, labels: Labels, own: Labels | None = None) -> NDArray[np.unsignedinteger[Any]]:
        """Return the place of each label in the order expected of its image, in the order of the images."""
        scores, order = self._scores(own)
        of_labels = scores[self.images, labels.astype(np.int64)]
        kind = np.uint8 if self.classes <= 256 else np.uint16
        return np.asarray((scores > of_labels[:, None]).sum(1).astype(kind)[order])

    def labels(self, places: NDArray[np.unsignedinteger[Any]], own: Labels | None = None) -> NDArray[np.int64]:
        """Return the labels of `places`."""
        scores, order = self._scores(own)
        at = np.empty(len(places), np.int64)
        at[order] = places
        return np.asarray(np.argsort(-scores, axis=1, kind="stable")[self.images, at])

    def learn(self, last: Labels, best: Labels) -> None:
        """Take the predictions of an outcome as votes for the outcomes that follow."""
        self.votes[self.images, last.astype(np.int64)] += _VOTES
        self.votes[self.images, best.astype(np.int64)] += 1
        pairs = self.truth * self.classes + last.astype(np.int64)
        self.tally += np.bincount(pairs, minlength=self.classes**2).reshape(self.tally.shape)

    def _scores(self, own: Labels | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the scores (N, K) of the classes, no two alike for an image, and the images from sure to unsure."""
        votes = self.votes.copy()
        if own is not None:
            votes[self.images, own.astype(np.int64)] += _OWN
        usual = np.argsort(np.argsort(self.tally, axis=1, kind="stable"), axis=1, kind="stable")
        scores = votes * self.classes + usual[self.truth]
        if self.classes == 1:
            return scores, self.images
        second, first = np.partition(votes, (-2, -1), axis=1)[:, -2:].T
        return scores, np.lexsort((self.truth, second - first))


def _classes(records: Sequence[Record]) -> int:
    """Return how many classes are predicted at the least, from 0 on."""
    return 1 + max(int(max(a["last"].max(), (a["last"] ^ a["best_xor_last"]).max())) for _, a in records)


def _allowed(images: int, classes: int) -> bool:
    return images > 0 and classes > 0 and max(images, classes) * classes <= _EXPECTED


def _checksum(parts: Sequence[bytes], records: Sequence[Record]) -> int:
    """Return the CRC over headers and curves, and over the predictions, which the places are only half of."""
    found = zlib.crc32(parts[1], zlib.crc32(parts[0]))
    for _, arrays in records:
        for name in ARRAYS[1:]:
            found = zlib.crc32(arrays[name].tobytes(), found)
    return found


def _divisors(record: Record) -> list[int]:
    """Return for each curve the number of images or records that its values are fractions of, 0 where of none."""
    header, arrays = record
    try:
        records = int(np.sum(header["manifest"]["transitions"]))
    except (LookupError, TypeError, ValueError):
        records = 0
    tried = [number for number in (len(arrays["last"]), records) if 0 < number < _COUNTS]
    return [next((number for number in tried if _is_of(row, number)), 0) for row in arrays["curves"]]


def _is_of(row: Floats, number: int) -> bool:
    in_range = bool(np.all((row >= 0) & (row <= 1)))  # not so where it is nan
    return in_range and _fractions(_counts(row, number), number).tobytes() == row.tobytes()


def _counts(row: Floats, number: int) -> NDArray[np.int64]:
    return np.rint(row.astype(np.float64) * number).astype(np.int64)


def _fractions(counts: NDArray[np.int64], number: int) -> Floats:
    return (counts / number).astype(np.float32)


def _steps(row: Floats, of: int) -> NDArray[np.uint64]:
    """Return a curve (E,) as the steps of its counts or bits from epoch to epoch, 0, -1, 1, -2 as 0, 1, 2, 3."""
    values = _counts(row, of) if of else np.ascontiguousarray(row).view(np.uint32).astype(np.int64)
    steps = np.diff(values, prepend=0)
    return np.where(steps < 0, -2 * steps - 1, 2 * steps).astype(np.uint64)


def _row(steps: NDArray[np.uint64], of: int) -> Floats:
    """Return the curve of `_steps`."""
    half = (steps >> np.uint64(1)).astype(np.int64)
    values = np.cumsum(np.where(steps & np.uint64(1), -half - 1, half))
    return _fractions(values, of) if of else values.astype(np.uint32).view(np.float32)


def _planes(steps: NDArray[np.uint64]) -> bytes:
    """Return numbers below 2**40 as bytes, those of equal significance together."""
    return np.ascontiguousarray(steps.astype("<u8")).view(np.uint8).reshape(-1, 8)[:, :_BYTES].T.tobytes()


def _of_planes(data: bytes) -> NDArray[np.uint64]:
    planes = np.frombuffer(data, np.uint8).reshape(_BYTES, -1)
    whole = np.zeros((planes.shape[1], 8), np.uint8)
    whole[:, :_BYTES] = planes.T
    return whole.view("<u8").reshape(-1).astype(np.uint64)


def _parts(data: bytes) -> tuple[list[bytes], int]:
    *lengths, checksum = _HEAD.unpack(data[: _HEAD.size])
    rest = data[_HEAD.size :]
    if sum(lengths) != len(rest):
        raise ValueError("it is cut off")
    found = []
    for length, way in zip(lengths, _FILTERS, strict=True):
        unpacking = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=way)
        found.append(unpacking.decompress(rest[:length], _LARGEST))
        if not unpacking.eof:
            raise ValueError("it is too large to be one, or cut off")
        rest = rest[length:]
    return found, checksum
