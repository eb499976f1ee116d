"""The reference says what the commands and the rules say, and leaves nothing of them out."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from springtide.cli.main import cli
from springtide.logic.model import RulePack

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something itself, with the words that call it."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, (*path, name))
    else:
        yield path, command


LEAVES = list(leaves(cli))
NAMES = [" ".join(path) for path, _ in LEAVES]


def test_the_generated_pages_are_current(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert generator().main() == 0, capsys.readouterr().err


def test_a_stale_page_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    module = generator()
    monkeypatch.setattr(module, "REFERENCE", tmp_path)
    monkeypatch.setattr("sys.argv", ["generate.py"])
    assert module.main() == 0
    (tmp_path / "thresholds.md").write_text("old", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["generate.py", "--check"])
    assert module.main() == 1
    stale = capsys.readouterr().err
    assert stale.splitlines() == ["docs/reference/thresholds.md is stale; write it again with: python3 tasks.py docs"]
    assert (tmp_path / "thresholds.md").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=NAMES)
def test_every_command_and_option_is_documented(path: tuple[str, ...], command: click.Command) -> None:
    text = page("commands")
    heading = f"## springtide {' '.join(path)}\n"
    assert heading in text
    section = text.split(heading)[1].split("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for name in parameter.opts:
                assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", section), name
            assert parameter.help, f"{' '.join(path)} {parameter.opts[0]} has no help"
        else:
            assert (parameter.metavar or str(parameter.name).upper()).strip("[]") in section


@pytest.mark.parametrize("path", [path for path, _ in LEAVES], ids=NAMES)
def test_the_help_of_every_command_has_an_example(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"springtide {' '.join(path)}" in shown.output.split("Example")[1], "the example must be of this command"


def test_every_id_stands_in_the_reference(kent: RulePack, england: RulePack) -> None:
    rules = page("rules")
    assert not [name for name in (*kent.rules, *kent.alerts) if f"\n### {name}\n" not in rules]
    assert not [number for number in range(1, 31) if f"\n| {number} |" not in rules]
    questions = page("questionnaire")
    asked = kent.questionnaire
    assert not [x.id for x in (*asked.questions, *asked.anomalies, *asked.unnumbered) if f"`{x.id}`" not in questions]
    evidence = page("evidence")
    assert not [name for name in (*kent.figures, *kent.measures) if f"| `{name}` |" not in evidence]
    for pack in (kent, england):
        section = page("thresholds").split(f"\n## {pack.id} ")[1].split("\n## ")[0]
        for threshold in pack.thresholds.values():
            for value in threshold.values:
                line = next(line for line in section.splitlines() if line.startswith(f"| `{threshold.id}` |") and value.basis in line)
                assert value.source.replace("|", "\\|") in line


def test_figures_marked_notice_only_bear_on_no_level_and_no_others_do_so(kent: RulePack) -> None:
    """figures.yaml says it by hand; who reads a figure is the truth of it."""
    bearing = generator().bearing
    for figure in kent.figures.values():
        if figure.table != "responses":
            assert ("Notice only" in figure.help) == bearing(kent, figure.id).startswith("notice only"), figure.id
