"""Options from a file."""

from __future__ import annotations

import pytest

from dqsuite.cli.parser import parse
from dqsuite.core.errors import DqError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


SETTINGS = (
    'dataset = "mnist"\nmodel = ["lenet", "nin"]\nbatch-size = 8\njson = true\nfail_if = "clean accuracy < 0.5"\n'
)


@pytest.mark.parametrize(("name", "head"), [("dqsuite.toml", ""), ("pyproject.toml", "[tool.dqsuite]\n")])
def test_its_options_are_taken_and_the_command_line_takes_their_place(here, name, head):
    (here / name).write_text(head + SETTINGS)
    found = parse(["run", "--model", "resnet18"])
    assert (found.dataset, found.model, found.batch_size, found.json) == ("mnist", ["resnet18"], 8, True)
    assert found.fail_if == ["clean accuracy < 0.5"]
    assert parse(["plan"]).model == ["lenet", "nin"]
    assert parse(["run", "--dataset=digits"]).dataset == "digits"
    assert parse(["report"]).command == "report"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("datset = 'mnist'", "dqsuite.toml: unknown key 'datset'; did you mean dataset?"),
        ("json = 1", "dqsuite.toml: json is 1; write true or false"),
        ("dataset = true", "dqsuite.toml: dataset is True; write a text"),
        ("dataset = ", "cannot read dqsuite.toml"),
        ("repeats = 0", "'0' is no number from 1 to 999999"),
    ],
)
def test_a_mistake_is_one_line(here, text, told):
    (here / "dqsuite.toml").write_text(text)
    with pytest.raises(DqError) as error:
        parse(["run"])
    assert told in str(error.value)


def test_no_file_is_no_option(here):
    (here / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    assert parse(["run"]).dataset == "digits"
