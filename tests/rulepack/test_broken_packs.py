"""Every mistake in a pack is reported where it stands, in words that help; and nothing else than a report comes out.

The cases are data: `corpus/packs` has a layer a folder with the messages in `expected.txt`, `corpus/edits` changes
one shipped file, and `corpus/good` has what looks odd and must load.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from springtide.rulepack import PackError, load_pack
from springtide.rulepack.example_checks import kinds_missing
from springtide.rulepack.examples import run_examples
from springtide.rulepack.yaml_reader import read_yaml
from springtide.shipped import rules_folder

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
PACKS = sorted(path for path in (CORPUS / "packs").iterdir() if path.is_dir())
EDITS = sorted((CORPUS / "edits").glob("*.yaml"))
GOOD = sorted(path for path in (CORPUS / "good").iterdir() if path.is_dir())
SHIPPED = sorted(path.relative_to(rules_folder()).as_posix() for path in rules_folder().glob("*/**/*.yaml") if "england" not in path.parts)


def places_left_out(text: str) -> str:
    """A message without lines and columns of shipped files, which move when those files are edited."""
    return re.sub(r"(\S+\.yaml):\d+:\d+", r"\1:*:*", text)


def as_expected(problem: object) -> str:
    """A problem as `expected.txt` has it: paths from the folder of the case, shipped files from the top."""
    words = [word.replace(f"{rules_folder().as_posix()}/", "rules/") for word in str(problem).split(" ")]
    line = " ".join(places_left_out(word) if word.startswith("rules/") else word for word in words)
    return line.replace(f"{(CORPUS / 'packs').as_posix()}/", "../")


def test_there_are_cases_enough() -> None:
    assert len(PACKS) >= 40
    assert EDITS
    assert GOOD


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_a_broken_layer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    assert [as_expected(problem) for problem in caught.value.problems] == (folder / "expected.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped packs to change."""
    for layer in ("base", "kent-2009"):
        shutil.copytree(rules_folder() / layer, tmp_path / layer)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case.stem)
def test_a_broken_shipped_file(case: Path, shipped: Path) -> None:
    declared = yaml.safe_load(case.read_text(encoding="utf-8"))
    file = shipped / declared["file"]
    text = file.read_text(encoding="utf-8")
    for change in declared["change"]:
        assert text.count(change["old"]) == 1, "the shipped file has changed; adapt the case"
        text = text.replace(change["old"], change["new"])
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack("kent-2009")
    found = []
    for problem in caught.value.problems:
        at = (shipped / problem.file).read_text(encoding="utf-8").splitlines()[problem.line - 1][problem.column - 1 :]
        says = re.sub(r"on line \d+", "on line *", places_left_out(f"{problem.message}; {problem.expected}".removesuffix("; ")))
        found.append({"file": problem.file, "at": at.rstrip(), "says": says})
    assert found == declared["expect"]


@pytest.mark.parametrize("folder", GOOD, ids=lambda folder: folder.name)
def test_odd_but_good(folder: Path) -> None:
    pack = load_pack(folder)
    assert all(outcome.passed for outcome in run_examples(pack))


def test_words_stay_words() -> None:
    pack = load_pack(CORPUS / "good" / "words-stay-words")
    rule = pack.risk["watch_local"]
    assert (rule.title, rule.because, rule.same_day, rule.tell_the_manager) == ("On", "no", False, "off")
    assert [case.name for case in rule.examples] == ["yes", "n", "1:30"]
    assert rule.examples[0].given == {"workload": "on"}
    assert [str(quarter) for quarter in pack.periods["y"].quarters] == ["2008/09 Q4", "2009/10 Q1"]
    assert pack.periods["y"].source == "2009-01-30"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("kent", "kent:1:1: there is no rule pack 'kent'; did you mean 'kent-2009'?"),
        ("no\0where", "no\0where:1:1: there is no rule pack 'no\0where'; expected one of: base, england, kent-2009"),
        ("pack.yaml", "pack.yaml:1:1: a rule pack is a folder, and this is a file; give a folder with a pack.yaml in it"),
    ],
    ids=["misspelt", "impossible", "a-file"],
)
def test_no_such_pack(name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pack.yaml").write_text("id: loose\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackError) as caught:
        load_pack(name)
    assert str(caught.value) == says


def test_a_name_too_long_for_any_disk() -> None:
    with pytest.raises(PackError):
        load_pack("x" * 5000)


def test_a_folder_of_another_kind_does_not_hide_a_shipped_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the folder of examples, where the evidence has the name of the pack."""
    (tmp_path / "kent-2009").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_pack("kent-2009").id == "kent-2009"


# -- whatever comes, a pack or a report ----------------------------------------------------------

_cuts = st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12) | st.sampled_from(
    [b"\t", b"\0", b": ", b"\n", b"- ", b"[", b"}", b"'", b'"', b"#", b"&a ", b"*a", b"!!int ", b"---\n", b"<<: ", b"\xff\xfe", b"1e999", b"{{{{" * 99]
))  # fmt: skip
_junk: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["always", "vacancy_rate", "R1", "met", "high", "last_quarter", "para 24", "0000 Q1", "all", "at_least"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["all", "not", "R1", "n", "of"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def loads_or_reports(folder: Path, file: str, content: bytes) -> None:
    """Load a pack with one file changed, and put the file back."""
    path = folder / file
    before = path.read_bytes()
    try:
        path.write_bytes(content)
        pack = load_pack(folder / "kent-2009")
        list(run_examples(pack))
        list(kinds_missing(pack))
    except PackError as error:
        for problem in error.problems:
            assert problem.message
            assert "\n" not in str(problem)
    finally:
        path.write_bytes(before)


_SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@_SETTINGS
@given(file=st.sampled_from(SHIPPED), cuts=st.lists(_cuts, min_size=1, max_size=4))
@example(file="base/risk/R3.yaml", cuts=[(0.0, 0, b"[" * 200_000)])
def test_mangled_bytes(shipped: Path, file: str, cuts: list[tuple[float, int, bytes]]) -> None:
    content = (shipped / file).read_bytes()
    for where, length, put in cuts:
        start = int(where * len(content))
        content = content[:start] + put + content[start + length :]
    loads_or_reports(shipped, file, content)


@_SETTINGS
@given(file=st.sampled_from(SHIPPED), steps=st.lists(st.integers(0, 60), min_size=1, max_size=9), junk=_junk)
def test_mangled_values(shipped: Path, file: str, steps: list[int], junk: Any) -> None:
    read, _ = read_yaml(shipped / file, file)
    assert read is not None
    here, holder, key = read.data, None, None
    for step in steps:
        if isinstance(here, (dict, list)) and here:
            holder, key = here, list(here)[step % len(here)] if isinstance(here, dict) else step % len(here)
            here = holder[key]
    if holder is not None:
        holder[key] = junk
    text = yaml.safe_dump(read.data if holder is not None else junk, allow_unicode=True)
    loads_or_reports(shipped, file, text.encode("utf-8", "replace"))
