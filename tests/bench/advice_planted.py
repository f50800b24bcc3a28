"""Is what an advice names what was planted? Really trained on data sets of 600 records of 16x16 whose truth is known.

``python tests/bench/advice_planted.py --out FILE`` takes 24 of them, half with a pair of look-alikes and half with a
fragile class, and writes a line of JSON for each; those that FILE has are left out. It then prints what came out.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from pathlib import Path
from typing import Any

import dqsuite as dq

CLASSES, DIFFICULTIES, SEEDS = (4, 6, 8), (0.2, 0.4), (0, 1)
PAIR, FRAGILE = "pairs=1;fragile=0", "pairs=0;fragile=1"
EPOCHS, REPEATS = 20, 4


def worlds() -> list[tuple[str, str, list[str]]]:
    """Return of each data set its name, what is planted, and the names of the classes in which it is."""
    found = []
    for classes, difficulty, seed, planted in product(CLASSES, DIFFICULTIES, SEEDS, (PAIR, FRAGILE)):
        name = f"planted;classes={classes};{planted};train=600;test=600;difficulty={difficulty};seed={seed}"
        truth = ["class 0", "class 1"] if planted == PAIR else [f"class {classes - 1}"]
        found.append((name, planted, truth))
    return found


def advised(name: str, planted: str, truth: list[str], store: Path | str) -> dict[str, Any]:
    """Return what an advice says of one, beside the truth: of a fragile class what it says of wrong labels."""
    settings = {"epochs": EPOCHS}
    found = dq.advise(name, repeats=REPEATS, settings=settings, workers=1, store=store).as_json()
    if planted == PAIR:
        named, maybe = found["look_alikes"]["most_alike"], found["look_alikes"]["may_be_most_alike"]
    else:
        answer = found["breaks_first"][0]
        named, maybe = answer["first"] and [answer["first"]], [[each] for each in answer["may_be_first"]]
    return {"data": name, "planted": truth, "named": named, "may_be": maybe}


def summary(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Count the rows, those in which something is named, rightly, and those whose set has what was planted."""
    return {
        "data sets": len(rows),
        "named": sum(bool(row["named"]) for row in rows),
        "rightly": sum(row["named"] == row["planted"] for row in rows),
        "in the set": sum(row["planted"] in row["may_be"] for row in rows),
    }


def main() -> None:
    """Take all, and print the summary of each half."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="a line of JSON is added for each data set")
    parser.add_argument("--store", default=".dqsuite/advice-planted")
    options = parser.parse_args()
    text = options.out.read_text() if options.out.exists() else ""
    rows = [json.loads(line) for line in text.splitlines()]
    done = {row["data"] for row in rows}
    for name, planted, truth in worlds():
        if name not in done:
            rows.append(advised(name, planted, truth, options.store))
            with options.out.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
    for count in (2, 1):
        print(json.dumps(summary([row for row in rows if len(row["planted"]) == count])))


if __name__ == "__main__":
    main()
