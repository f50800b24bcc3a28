"""Is what an advice names what was planted? Really trained on data sets of 600 records of 16x16 whose truth is known.

``python tests/bench/advice_planted.py --out FILE`` takes 24 of them, half with a pair of look-alikes and half with a
fragile class, and writes a line of JSON for each; those that FILE has are left out. It then prints what came out: of
a fragile class by less data, and by wrong labels.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from pathlib import Path
from typing import Any

import dqsuite as dq

CLASSES, DIFFICULTIES, SEEDS = (4, 6, 8), (0.2, 0.4), (0, 1)
PAIR, FRAGILE = "pairs=1;fragile=0", "pairs=0;fragile=1;fragility=4"
EPOCHS, REPEATS = 20, {PAIR: 4, FRAGILE: 8}


def worlds() -> list[tuple[str, str, list[str]]]:
    """Return of each data set its name, what is planted, and the names of the classes in which it is."""
    found = []
    for classes, difficulty, seed, planted in product(CLASSES, DIFFICULTIES, SEEDS, (PAIR, FRAGILE)):
        name = f"planted;classes={classes};{planted};train=600;test=600;difficulty={difficulty};seed={seed}"
        truth = ["class 0", "class 1"] if planted == PAIR else [f"class {classes - 1}"]
        found.append((name, planted, truth))
    return found


def advised(name: str, planted: str, truth: list[str], store: Path | str) -> dict[str, Any]:
    """Return what an advice says of one, beside the truth."""
    settings = {"epochs": EPOCHS}
    found = dq.advise(name, repeats=REPEATS[planted], settings=settings, workers=1, store=store).as_json()
    if planted == PAIR:
        pairs = found["look_alikes"]
        answers = {"pair": {"named": pairs["most_alike"], "may_be": pairs["may_be_most_alike"]}}
    else:
        answers = {each["damage"]: _class_said(each) for each in found["breaks_first"]}
    return {"data": name, "planted": truth, "answers": answers}


def _class_said(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the class that is named, and those that may be the first; by how many points the first is ahead."""
    first, second = (each["loss"]["mean"] for each in answer["classes"][:2])
    named, maybe = answer["first"] and [answer["first"]], [[each] for each in answer["may_be_first"]]
    return {"named": named, "may_be": maybe, "ahead": round(100 * (first - second), 1)}


def summary(rows: list[dict[str, Any]], answer: str) -> dict[str, int]:
    """Count the rows, those in which an answer names something, rightly, and those whose set has what was planted."""
    found = [(row["planted"], row["answers"][answer]) for row in rows if answer in row["answers"]]
    return {
        "data sets": len(found),
        "named": sum(bool(said["named"]) for _, said in found),
        "rightly": sum(said["named"] == planted for planted, said in found),
        "in the set": sum(planted in said["may_be"] for planted, said in found),
    }


def main() -> None:
    """Take all, and print the summary of each answer."""
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
    for answer in dict.fromkeys(answer for row in rows for answer in row["answers"]):
        print(answer, json.dumps(summary(rows, answer)))


if __name__ == "__main__":
    main()
