"""The options of the command line."""

from __future__ import annotations

import argparse
import re
import sys
from typing import NoReturn

from dqsuite import __version__
from dqsuite.cli import config_file
from dqsuite.core import scales
from dqsuite.core.errors import DqError
from dqsuite.core.hardware import cores
from dqsuite.corruptions.levels import expand
from dqsuite.experiment.store import default_store

CLEAN_UPDATES = 0  # what --updates is without a number
DEFAULT_CONDITIONS = ("shuffle:0.1,0.3,0.5", "reduce:0.1,0.3,0.5")
_EXAMPLES = """examples:
  dqsuite run                                     the digits data set, label noise and less data, in about half a minute
  dqsuite run --dataset cifar10 --model lenet --corrupt shuffle:0.1,0.3 --corrupt reduce:0.1,0.3 --epochs 10
  dqsuite run --dataset folder:my-images --corrupt 'wrong:0.2;classes=cat/dog'
  dqsuite plan --dataset cifar10 --model resnet18 --recipe lie-deep --corrupt first:1000+wrong:0.2,0.4
"""


class Parser(argparse.ArgumentParser):
    """Raises a DqError for a mistake, so that every mistake is told in the same way."""

    def error(self, message: str) -> NoReturn:
        """Raise the message of argparse as ours."""
        raise DqError(message, f"see {self.prog} --help")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line. Raises DqError for a mistake."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["bench"]:
        raise DqError("dqsuite bench is no command", "python tests/bench/table.py, in a checkout, measures the speed")
    parser = Parser(
        prog="dqsuite",
        description="Measure what bad training data does to a model.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"dqsuite {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="train what is missing, show the result, write a report")
    plan = commands.add_parser("plan", help="show the cells, which are stored, and the time they will take")
    _run(run)
    _grid(plan)
    advise = commands.add_parser("advise", help="train a designed plan, and say what to do about the data")
    _advise(advise)
    _report(commands.add_parser("report", help="draw the report of everything in the store; trains nothing"))
    _claims(commands.add_parser("claims", help="list the published findings with their verdicts, from the store"))
    shown = commands.add_parser("list", help="list what there is to choose from")
    shown.add_argument("what", choices=["datasets", "corruptions", "models", "recipes", "claims"])
    _evidence(commands.add_parser("evidence", help="move outcomes between machines, or train for hours"))
    _stores(commands.add_parser("store", help="look after a store: list, verify, merge, prune, stat"))
    asked = {"run": run, "plan": plan}.get(given[0] if given else "")
    if asked and not {"-h", "--help"} & {*given}:
        known, flags = _options(asked)
        given = [given[0], *config_file.arguments(given[1:], known, flags, _options(run)[0]), *given[1:]]
    return parser.parse_args(given)


def _options(parser: argparse.ArgumentParser) -> tuple[set[str], set[str]]:
    """Return the long options of a command, and those that take no value."""
    named = [(option, action) for action in parser._actions for option in action.option_strings if option[:2] == "--"]
    return {option for option, _ in named}, {option for option, action in named if action.nargs == 0}


def conditions(texts: list[str] | None) -> list[str]:
    """Expand comma-separated levels: ``first:1000+wrong:0.1,0.2`` is two conditions."""
    return [chain for text in texts or DEFAULT_CONDITIONS for chain in expand(text)]


def _run(parser: argparse.ArgumentParser) -> None:
    _grid(parser)
    parser.add_argument("--out", default="reports/", metavar="PATH", help="the report: a file, or a folder/")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--save", metavar="NAME", help="keep this study beside the store, to be compared with")
    compare = "tell what moved since a saved NAME, a store or an evidence file; 1 if clean accuracy or a recall fell"
    parser.add_argument("--compare", metavar="OTHER", help=compare)
    fails = (
        "such as 'wrong:0.1 cost > 3%%' or 'clean recall(cat) < 0.8': exit 1 if so, 0 if not, 3 if it cannot be told"
    )
    parser.add_argument("--fail-if", action="append", metavar="TEXT", help=f"{fails}; repeatable")


def _advise(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("dataset", metavar="DATA", help="a name, or folder:PATH, csv:FILE, parquet:FILE, npz:FILE")
    add("--model", default="lenet", help="a name, net.py:factory, module:factory or timm:NAME (default: lenet)")
    add("--budget", default="10m", metavar="TIME", help="of training, such as 90s, 30m or 8h (default: 10m)")
    add("--plan", action="store_true", help="show the plan and its time; train nothing")
    damage = "damage to be placed on the axis beside ours, name:level[;key=value][+...]; repeatable"
    add("--corrupt", action="append", default=[], metavar="CHAIN", help=damage)
    add("--repeats", type=_count, default=0, help="trainings per condition (default: 3 to 8, as the budget allows)")
    add("--seed", type=int, default=0, help="another one makes other repeats (default: 0)")
    add("--audit", metavar="FILE", help="a sheet of records checked by hand; where it is not there, it is written")
    add("--suspects", metavar="DIR", help="write the suspect labels as suspects.csv and suspects.html")
    add("--spend", type=float, help="what there is for labels and records (default: half of all labels)")
    add("--price-label", type=float, help="of looking at a record's label again (default: 1)")
    add("--price-record", type=float, help="of collecting a labelled record (default: 1)")
    _training(parser)
    _machine(parser)
    _store(parser)
    add("--out", default="reports/", metavar="PATH", help="the report: a file, or a folder/")
    add("--json", action="store_true", help="print the advice as JSON")


def _report(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _store(parser)
    add("--out", default="reports/", metavar="PATH", help="a file, or a folder/ (default: reports/)")
    _scale(parser)
    add("--compare", metavar="OTHER", help="with another store, an evidence file or saved verdicts; 1 if one broke")
    _judged_precision(parser)
    add("--figures", metavar="DIR", help="write each figure as SVG and PNG, and each table as CSV")


def _claims(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("ids", nargs="*", metavar="ID", help="show these claims case by case")
    _scale(parser)
    add("--power", action="store_true", help="show the repeats that would decide each inconclusive case")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print every case as JSON")
    form.add_argument(
        "--markdown",
        action="store_true",
        help="print all findings at all scales, or the table of --power, in Markdown",
    )
    add("--device", action=_Renamed, to="--precision any, fp32 or bf16")
    _judged_precision(parser)
    _store(parser)


def _scale(parser: argparse.ArgumentParser) -> None:
    help_ = f"of the published findings: {scales.CHOICES} (default: {scales.LARGEST})"
    parser.add_argument("--scale", default=scales.LARGEST, help=help_)


class _Renamed(argparse.Action):
    """An option of earlier versions: whoever types it is told what it is called now."""

    def __init__(self, option_strings: list[str], dest: str, to: str) -> None:
        super().__init__(option_strings, dest, nargs="?", help=argparse.SUPPRESS)
        self.to = to

    def __call__(self, _parser: object, _namespace: object, _values: object, option: str | None = None) -> None:
        raise DqError(f"{option} is no option any more", f"use {self.to}")


def _judged_precision(parser: argparse.ArgumentParser) -> None:
    help_ = "judge what was trained in any, fp32 or bf16 (default: any, and one for a whole comparison)"
    parser.add_argument("--precision", default="any", help=help_)


def _grid(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--dataset", default="digits", help="a name, or folder:PATH, csv:FILE, parquet:FILE, npz:FILE (default: digits)"
    )
    add(
        "--model",
        action="append",
        help="a name, net.py:factory, module:factory or timm:NAME; repeatable (default: lenet)",
    )
    add("--corrupt", action="append", metavar="CHAIN", help="name:level[,level...][;key=value][+...]; repeatable")
    _training(parser)
    add("--repeats", type=_count, default=3, help="trainings per condition (default: 3)")
    add("--seed", type=int, default=0, help="another one makes other repeats (default: 0)")
    equal = "every condition makes as many updates: those of the clean baseline's epochs, or N"
    add("--updates", nargs="?", type=_count, const=CLEAN_UPDATES, metavar="N", help=equal)
    _engine(parser)
    _machine(parser)
    _store(parser)


def _training(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--recipe",
        default="standard",
        metavar="NAME[;KEY=VALUE]",
        help="training settings, some of them changed (default: standard)",
    )
    add("--epochs", type=_count, help="instead of the recipe's")
    add("--batch-size", type=_count, help="instead of the recipe's")


def _machine(parser: argparse.ArgumentParser) -> None:
    precision = "of training: auto (fp32 on a CPU), fp32 or bf16 (default: auto)"
    parser.add_argument("--precision", default="auto", help=precision)
    _workers(parser)


def _engine(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--engine", default="processes", help="processes of this machine, or ray (default: processes)")
    add("--address", default="", help="of a Ray cluster, or auto (default: one started here for the run)")


def _workers(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--device", default="auto", help="auto, cpu or cuda (default: auto)")
    add("--workers", type=_count, help=f"processes (default: one a core on a CPU, {cores()} here; 1 on a GPU)")


def _store(parser: argparse.ArgumentParser) -> None:
    default = default_store()
    shown = f"default: $DQSUITE_STORE, {default.replace('%', '%%')}"
    parser.add_argument("--store", default=default, help=f"folder of the outcomes, or s3://, gs://, az:// ({shown})")


def _stores(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|verify|merge|prune|stat")
    listed = actions.add_parser("list", help="the conditions that are stored, and how often")
    stat = actions.add_parser("stat", help="how many records of each kind, and their size")
    verify = actions.add_parser("verify", help="read every record; 1 if one cannot be used")
    merge = actions.add_parser("merge", help="add what other stores and evidence files hold; conflicts are named")
    merge.add_argument("sources", nargs="+", metavar="SOURCE", help="a store (a folder or a URL) or an evidence file")
    prune = actions.add_parser("prune", help="remove what killed runs have left, and damaged records set aside")
    prune.add_argument("--old-versions", action="store_true", help="and outcomes of other versions of dqsuite")
    prune.add_argument("--dry-run", action="store_true", help="tell what would go, and remove nothing")
    for action in (listed, stat):
        action.add_argument("--json", action="store_true", help="print it as JSON")
    for action in (listed, stat, verify, merge, prune):
        _store(action)


def _evidence(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="export|import|check|train|yield")
    for name, does in (("export", "write every outcome of the store to FILE"), ("import", "add FILE's outcomes")):
        action = actions.add_parser(name, help=does)
        action.add_argument("file", metavar="FILE")
        _store(action)
    _evidence_check(actions.add_parser("check", help="train a random sample of FILE's outcomes again, and compare"))
    yielding = actions.add_parser("yield", help="let workers of the store's training hold still: their cores are free")
    yielding.add_argument("workers", type=_count_or_none, metavar="N", help="how many, until another N; 0: none")
    _store(yielding)
    _evidence_train(actions.add_parser("train", help="train what the findings of a scale lack, the most telling first"))


def _evidence_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE")
    add("--sample", type=_count, default=10, metavar="N", help="how many outcomes (default: 10)")
    add("--seed", type=_count_or_none, default=0, metavar="N", help="another seed draws another sample (default: 0)")
    add("--only", action="append", metavar="PATTERN", help="of models such as lenet or custom;*; repeatable")
    add("--budget", metavar="TIME", help="begin no training after this time, such as 30m or 8h (default: none)")
    _workers(parser)


def _evidence_train(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _scale(parser)
    add("--budget", metavar="TIME", help="begin no training after this time, such as 30m or 8h (default: none)")
    add("--out", metavar="FILE", help="evidence to go on with: written every 15 minutes and at the end, always whole")
    only = "models or claims, * for anything, such as lenet, custom;width=0.5 or lie1-*; repeatable"
    add("--only", action="append", metavar="PATTERN", help=only)
    add("--nice", type=int, choices=range(20), default=10, metavar="0-19", help="give way to others (default: 10)")
    _engine(parser)
    _machine(parser)
    _store(parser)


def _count_or_none(text: str) -> int:
    return 0 if text == "0" else _count(text)


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text) or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 999999")
    return int(text)
