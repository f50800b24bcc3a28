"""``dqsuite store``: what a store holds, whether it is whole, stores merged, and what may go."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from rich.table import Table

from dqsuite.cli.commands import out, say
from dqsuite.cli.evidence_commands import tell_of
from dqsuite.cli.texts import plain
from dqsuite.core.escapes import line
from dqsuite.experiment import upkeep
from dqsuite.experiment.merging import merge_into
from dqsuite.experiment.store import Store
from dqsuite.experiment.stores import open_store

_NAMED = 20  # of the faults and leftovers


def store(options: Namespace) -> int:
    """Do what the action says; return the exit code: 1 where `verify` met what cannot be used."""
    found = open_store(options.store)
    match options.action:
        case "list":
            _list(found, as_json=options.json)
        case "stat":
            _stat(found, as_json=options.json)
        case "verify":
            return _verify(found)
        case "merge":
            _merge(found, options.sources)
        case _:
            _prune(found, old_versions=options.old_versions, dry_run=options.dry_run)
    return 0


def _list(found: Store, *, as_json: bool) -> None:
    names = ("dataset", "model", "recipe", "precision")
    groups = upkeep.groups(found)
    if as_json:
        rows = [dict(zip(names, group, strict=True)) | {"conditions": counts} for group, counts in groups.items()]
        print(json.dumps(rows))
        return
    shown = Table("data set", *names[1:], "conditions", "outcomes")
    for group, counts in groups.items():
        shown.add_row(*map(plain, group), str(len(counts)), str(counts.total()))
    out.print(shown)


def _stat(found: Store, *, as_json: bool) -> None:
    sizes = {kind: each for kind, each in upkeep.sizes(found).items() if each.records}
    if as_json:
        print(json.dumps({"store": found.name, "kinds": {kind: asdict(each) for kind, each in sizes.items()}}))
        return
    shown = Table("kind", "records", "kB", title=plain(found.name))
    for kind, each in sizes.items():
        shown.add_row(kind, str(each.records), f"{each.bytes / 1000:.0f}")
    out.print(shown)


def _verify(found: Store) -> int:
    faults = list(upkeep.faults(found))
    for each in faults[:_NAMED]:
        say(f"{each.kind}/{each.name} cannot be used: {line(each.reason, 300)}")
    if len(faults) > _NAMED:
        say(f"{len(faults) - _NAMED} more cannot be used")
    records = sum(upkeep.sizes(found)[kind].records for kind in upkeep.KINDS)
    _say(f"{records} records were read, {len(faults)} of them cannot be used")
    return int(bool(faults))


def _merge(found: Store, sources: list[str]) -> None:
    added = present = differing = 0
    for source in sources:
        merge = merge_into(found, source)
        tell_of(merge)
        added, present, differing = added + merge.added, present + merge.present, differing + len(merge.differing)
    told = f"{added} outcomes added, {present} were there already"
    _say(f"{told}, {differing} of them measured otherwise" if differing else told)


def _prune(found: Store, *, old_versions: bool, dry_run: bool) -> None:
    left = list(upkeep.leftovers(found))
    old = upkeep.outdated(found) if old_versions else []
    for each in left[:_NAMED]:
        say(f"{'would remove' if dry_run else 'removed'} {line(each.where, 300)}")
    if not dry_run:
        for each in left:
            each.remove()
        for name in old:
            for kind in upkeep.OF_AN_OUTCOME:
                found.remove(kind, name)
    told = f"{len(left)} leftovers of {sum(each.bytes for each in left) / 1000:.0f} kB"
    told += f" and {len(old)} outcomes of other versions" if old_versions else ""
    _say(f"{told} {'would be' if dry_run else 'were'} removed")


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)
