"""Seeded mutations of files, for tests that feed strangers' files to what reads them."""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from dqsuite.experiment.encoding import pack, unpack

VALUES: list[Any] = [
    *(
        None,
        True,
        -1,
        0,
        1e18,
        1e999,
        float("nan"),
        10**40,
        "",
        "x",
        "\x1b[2J",
        "\u202e",
        "=cmd|' /C calc'!A0",
        "a" * 100_000,
    ),
    *([], {}, [[]], {"a": {}}, "<script>", "../../x", "$\\frac{1}{2}$", "os:system", [1] * 1000),
]
ARRAYS = [
    *(np.zeros(()), np.zeros((0, 3), np.uint8), np.zeros(3, np.int64), np.full((2, 2), np.nan), np.array("text")),
    *(np.zeros((4, 2_000), np.float32), np.full(60, 255, np.uint8), np.zeros(60, np.uint16), np.zeros((4, 2), ">f4")),
    *(np.full((4, 2), np.inf, np.float32), np.full((4, 2), -1, np.float32), np.array([1 + 2j])),
]
TOKENS = (b"\x93NUMPY\x01\x00", b"'descr': 'O'", b"(9999999999, 9)", b"<U1", b"{" * 50, b"\xff" * 9, b"\x00", b"L)")


def bytes_of(data: bytes, rng: random.Random) -> bytes:
    """Change, cut, repeat or insert bytes."""
    found = bytearray(data)
    at = rng.randrange(len(found) + 1)
    match rng.randrange(5):
        case 0:
            return bytes(found[:at])
        case 1:
            found[at : at + rng.randrange(1, 40)] = rng.choice(TOKENS)
        case 2:
            found[at:at] = found[at : at + rng.randrange(1, 200)]
        case _:
            for _ in range(rng.choice((1, 1, 4, 16))):
                found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def value_of(value: Any, rng: random.Random) -> Any:
    """Change one place in a value of JSON."""
    if rng.random() < 0.25 or not isinstance(value, dict | list) or not value:
        return rng.choice(VALUES)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = rng.choice(keys)
    found = dict(value) if isinstance(value, dict) else list(value)
    if isinstance(found, dict) and rng.random() < 0.15:
        del found[key]
    else:
        found[key] = value_of(value[key], rng)
    return found


def record_of(data: bytes, rng: random.Random) -> bytes:
    """Change a record: its header, one of its arrays, or its bytes."""
    header, arrays = unpack(data)
    match rng.randrange(4):
        case 0:
            return bytes_of(data, rng)
        case 1:
            arrays[rng.choice(list(arrays))] = rng.choice(ARRAYS)
        case _:
            header = value_of(header, rng)
    return pack(header, **arrays)


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return a zip of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def members_of(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def rngs(seed: int, count: int) -> Iterator[random.Random]:
    """Yield a source of chance for each mutation, named by the seed."""
    return (random.Random(f"{seed}-{number}") for number in range(count))


def json_bytes(value: Any) -> bytes:
    """Return JSON, also of what JSON does not have."""
    return json.dumps(value).encode()
