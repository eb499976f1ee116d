"""What is written by hand holds too: links resolve, blocks run, YAML loads, wording keeps the promise."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from springtide import load_pack
from springtide.cli.main import cli
from springtide.logic.alerts.examples import _SAYS
from springtide.logic.alerts.rules import ABOUT, POSTS, STATES
from springtide.logic.model import RulePack
from springtide.rulepack.alert_reader import _JOINING, _WORDS
from springtide.rulepack.condition_parser import _NAMES, READABLE
from springtide.rulepack.example_checks import kinds_missing
from springtide.rulepack.examples import run_examples
from springtide.rulepack.kinds import KINDS
from springtide.rulepack.schema import AlertDoc

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
RULE_LANGUAGE = ROOT / "docs" / "reference" / "rule-language.md"
PAGES = sorted([README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *kinds: str) -> list[str]:
    return [body for kind, body in _BLOCK.findall(text_of(page)) if kind.strip() in kinds]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def written(page: Path) -> None:
    if not text_of(page).strip():
        pytest.skip(f"{named(page)} is empty so far")


# -- links -----------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    prose = _BLOCK.sub("", text_of(page))
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_resolve(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", text_of(page)))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists():
            if there.is_relative_to(ROOT) and README.exists() and not text_of(README).strip():
                pytest.skip(f"{target} is not written so far, and README.md is empty")
            broken.append(target)
        elif anchor and there.suffix == ".md" and anchor not in anchors(there):
            broken.append(target)
    assert not broken


# -- the README's commands -------------------------------------------------------------------


def shell_lines(page: Path) -> list[str]:
    """The `springtide` lines of shell blocks, continued lines joined, prompts and redirections taken off."""
    lines = []
    for block in blocks(page, "console", "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = line.strip().removeprefix("$ ")
            if words.startswith("springtide "):
                lines.append(re.split(r"\s(?:>|\|)\s", words)[0])
    return lines


def test_the_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that looks like the repository's root, so that what they write lands elsewhere."""
    written(README)
    lines = shell_lines(README)
    assert lines, "the README shows no springtide command"
    for name in ("examples", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for line in lines:
        done = CliRunner().invoke(cli, shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"


# -- the YAML of the rule language -----------------------------------------------------------


@pytest.fixture(scope="module")
def my_county(tmp_path_factory: pytest.TempPathFactory) -> RulePack:
    """The pack of the page: its files as they stand, and each single condition in a rule of its own."""
    rules = tmp_path_factory.mktemp("docs") / "rules"
    shutil.copytree(ROOT / "rules", rules)
    folder = rules / "my-county"
    for block in blocks(RULE_LANGUAGE, "yaml pack"):
        name = block.splitlines()[0].removeprefix("# ").strip()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(block, encoding="utf-8")
    (folder / "confidence").mkdir()
    for place, block in enumerate(blocks(RULE_LANGUAGE, "yaml pack condition")):
        (folder / "confidence" / f"condition_{place}.yaml").write_text(
            f"id: condition_{place}\ntitle: A condition\ncites: [para 29]\nbecause: It stands on the page.\nweight: minor\n"
            f"examples: [{{name: nothing given, given: {{}}, expect: cannot tell}}]\nwhen:\n"
            + "".join(f"  {line}\n" for line in block.splitlines()),
            encoding="utf-8",
        )
    index = yaml.safe_load((rules / "base" / "paragraphs.yaml").read_text(encoding="utf-8"))
    new = [path.stem for path in folder.rglob("*.yaml") if path.parent != folder]
    for file in ("measures.yaml", "what_if.yaml", "tallies.yaml", "alerts.yaml"):
        new += [name for name, entry in yaml.safe_load((folder / file).read_text(encoding="utf-8")).items() if "cites" in entry]
    next(p for p in index["paragraphs"] if p["number"] == 29)["encoded_by"] += new
    (folder / "paragraphs.yaml").write_text(yaml.safe_dump(index), encoding="utf-8")
    return load_pack(folder)


def test_the_yaml_of_the_rule_language_loads(my_county: RulePack) -> None:
    assert my_county.id == "my-county"
    fragments = [name for name in my_county.reducers if name.startswith("condition_")]
    assert len(fragments) == len(blocks(RULE_LANGUAGE, "yaml pack condition")) >= 14


def test_its_examples_hold_and_are_complete(my_county: RulePack) -> None:
    outcomes = [outcome for outcome in run_examples(my_county) if outcome.rule == "many_night_calls"]
    assert len(outcomes) == 5
    assert all(outcome.passed for outcome in outcomes), outcomes
    assert "many_night_calls" not in {rule.id for rule, _ in kinds_missing(my_county)}


def test_its_alert_has_every_key_and_its_examples_hold(my_county: RulePack) -> None:
    outcomes = [outcome for outcome in run_examples(my_county) if outcome.rule == "alert_two_at_increased"]
    assert len(outcomes) == 3 and all(outcome.passed for outcome in outcomes), outcomes
    text = text_of(RULE_LANGUAGE).split("\n## Alerts\n")[1].split("\n## ")[0]
    for name in (*AlertDoc.model_fields, *ABOUT, *STATES, *POSTS, *{word for words in _WORDS.values() for word in words}, *_JOINING, *_SAYS):
        assert re.search(rf"`(\w+: )?{name}\b", text), name


def test_other_yaml_on_the_page_is_yaml() -> None:
    for block in blocks(RULE_LANGUAGE, "yaml"):
        yaml.safe_load(block)


def test_the_page_names_every_place_and_every_stratum_with_what_it_may_read() -> None:
    text = text_of(RULE_LANGUAGE)
    for kind in KINDS:
        assert f"| `{kind.place}{'ID.yaml' if kind.place.endswith('/') else ''}` |" in text, kind.place
    for stratum, readable in READABLE.items():
        assert f"| {stratum} | {', '.join(sorted(_NAMES[kind] for kind in readable))} |" in text, stratum


def test_the_errors_shown_are_the_errors_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    (tmp_path / "rules/mine/notices").mkdir(parents=True)
    (tmp_path / "rules/mine/pack.yaml").write_text(
        "id: mine\nversion: 1.0.0\ntitle: Mine\nabout: Mine.\nbuilds_on: kent-2009\n", encoding="utf-8"
    )
    (tmp_path / "rules/mine/notices/busy_nights.yaml").write_text(
        "id: busy_nights\ntitle: Busy nights\ncites: [para 29]\nbecause: Why.\nchannel: notice\nwhen:\n  all:\n"
        "    - vacancy_rat: {at_least: vacancy_rate_present}\n    - caseload: {at_least: 18}\n"
        "tell_the_manager: Nothing.\nexamples:\n  - {name: one, given: {}, expect: met}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["rules", "check", "rules/mine"])
    assert done.exit_code == 3
    assert done.stderr.strip() in text_of(RULE_LANGUAGE)


# -- wording ---------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_says_that_a_team_is_unsafe(page: Path) -> None:
    """The phrase is the report's: standards may become unsafe. Anything else needs quotes, or a denial in the same sentence."""
    before = " ".join(text_of(page).lower().split()).split("unsafe")[:-1]
    for part in before:
        assert part.rstrip().endswith(("may become", '"', "`", "“")) or re.search(r"\b(no|not|never|nor)\b[^.]*$", part), part[-80:]
        assert not re.search(r"\b(team|service)s? (is|are|was|were) (not )?$", part), part[-80:]
