"""County files: what ships is whole and has its sources, layers are merged, and a mistake has its place and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from springtide import CountyFileError
from springtide.logic.quarter import Quarter
from springtide.shipped import counties_folder
from springtide.trial.county_files import RATES, County, county_for, read_county, shipped_counties

OURS = """\
id: ours
builds_on: england-2025
title: Our county
about: Teams like ours.
quarter: 2026/27 Q1
rates:
  vacancy:
    value: 0.3
    basis: statistic
    source: Our own return of March 2026.
"""


def test_what_ships() -> None:
    assert shipped_counties() == ("england-2009", "england-2025", "kent-2009")
    for name in shipped_counties():
        county = read_county(name)
        assert county.id == name and set(county.rates) == set(RATES)
        for held in (*county.rates.values(), *county.team_types, *county.answers.values(), *county.pressed.values(), county.flagged, county.highest):
            assert held.basis != "report" and held.source.endswith((".", ")")), held
            assert held.basis == "statistic" or "judgement" in held.source.lower() or held.source.startswith(("By definition", "The same question")), held


def test_an_ordinary_county_is_held_to_the_same_whatever_its_time() -> None:
    for name in ("england-2009", "england-2025"):
        county = read_county(name)
        assert (county.flagged.value, county.highest.value) == (0.15, 0.03)
    kent = read_county("kent-2009")
    assert (kent.flagged.value, kent.highest.value) == (0.25, 0.05)
    assert {name: (one.found, round(one.others, 9)) for name, one in kent.pressed.items()} == {
        "storm": (0.9, 0.3), "chronic_staffing": (0.85, 0.3), "load_and_thin_supervision": (0.75, 0.3), "answers_say_so": (0.75, 0.25),
    }  # fmt: skip


@pytest.mark.parametrize(("newest", "name"), [
    (Quarter(2008, 1), "england-2009"), (Quarter(2016, 4), "england-2009"), (Quarter(2017, 1), "england-2025"), (Quarter(2026, 2), "england-2025"),
])  # fmt: skip
def test_without_a_name_it_is_england_at_the_time_of_the_pack(newest: Quarter, name: str) -> None:
    assert county_for(newest).id == name


def written(folder: Path, text: str, name: str = "ours.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_county_of_ones_own_says_only_what_differs(tmp_path: Path) -> None:
    ours, england = read_county(written(tmp_path, OURS)), read_county("england-2025")
    assert ours.rates["vacancy"].value == 0.3 and ours.rates["vacancy"].source == "Our own return of March 2026."
    assert {name: rate for name, rate in ours.rates.items() if name != "vacancy"} == {name: rate for name, rate in england.rates.items() if name != "vacancy"}
    assert (ours.answers, ours.team_types, ours.pressed, ours.flagged) == (england.answers, england.team_types, england.pressed, england.flagged)


def test_kinds_of_team_are_replaced_as_a_whole(tmp_path: Path) -> None:
    kinds = "team_types:\n  family help: {in_turn: 1, referrals: 5, caseload: 0.8, basis: judgement, source: Ours.}\n"
    ours = read_county(written(tmp_path, OURS + kinds))
    assert [kind.name for kind in ours.team_types] == ["family help"] and ours.team_types[0].caseload == 0.8


def test_it_may_build_on_a_file_beside_it(tmp_path: Path) -> None:
    written(tmp_path, OURS)
    other = written(tmp_path, OURS.replace("id: ours", "id: theirs").replace("builds_on: england-2025", "builds_on: ours").replace("value: 0.3", "value: 0.4"), "theirs.yaml")
    assert read_county(other).rates["vacancy"].value == 0.4


MISTAKES = {
    "a rate that there is not": ("vacancy:", "vacansy:", "ours.yaml:7:3: there is no rate 'vacansy'; did you mean 'vacancy'?"),
    "beyond its range": ("value: 0.3", "value: 13", "ours.yaml:8:12: 'vacancy' can't be 13; write a number from 0 to 1"),
    "in per cent": ("value: 0.3", "value: 13 %", "ours.yaml:8:12: 'value' is '13 %'; write it as a number: 0.13"),
    "no whole number": ("vacancy:", "posts_least:", "ours.yaml:8:12: 'posts_least' can't be 0.3; write a number from 1 to 30"),
    "no source": ("    source: Our own return of March 2026.\n", "", "ours.yaml:7:3: 'vacancy' has no 'source'; every number says where it comes from"),
    "a basis that there is not": ("basis: statistic", "basis: guess", "ours.yaml:9:12: 'basis' can't be 'guess'; expected one of: judgement, report, statistic"),
    "no such quarter": ("2026/27 Q1", "2026/27 Q5", "ours.yaml:5:10: "),
    "no such file beneath": ("england-2025", "england-2015", "ours.yaml:2:12: there is no county file 'england-2015'; did you mean 'england-2025'?"),
    "built on itself": ("builds_on: england-2025", "builds_on: ours", "ours.yaml:2:12: there is no county file 'ours'"),
    "an unknown key": ("about:", "abuot:", "ours.yaml:4:1: unknown key 'abuot'; did you mean 'about'?"),
    "whole alone": ("builds_on: england-2025\n", "", "the county"),
    "smallest above the largest": ("vacancy:\n    value: 0.3", "posts_least:\n    value: 20", "ours.yaml:7:3: 'posts_least' is more than 'posts_most'"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_has_its_place_and_what_to_write(tmp_path: Path, mistake: str) -> None:
    old, new, message = MISTAKES[mistake]
    assert old in OURS
    with pytest.raises(CountyFileError) as caught:
        read_county(written(tmp_path, OURS.replace(old, new)))
    assert message in str(caught.value)


ANSWERS = {
    "neither a share nor a question": ("- {questions: [q8], basis: judgement, source: Ours.}", "write adverse: 0.25, or as: q8"),
    "both": ("- {questions: [q8], adverse: 0.1, as: q9, basis: judgement, source: Ours.}", "write adverse: 0.25, or as: q8"),
    "no question": ("- {questions: [question 8], adverse: 0.1, basis: judgement, source: Ours.}", "ours.yaml:12:18: 'question 8' is no question; write q and the number"),
    "in a circle": ("- {questions: [q8], as: q36, basis: judgement, source: Ours.}", "is not answered by itself"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", ANSWERS)
def test_mistakes_in_answers(tmp_path: Path, mistake: str) -> None:
    line, message = ANSWERS[mistake]
    with pytest.raises(CountyFileError) as caught:
        read_county(written(tmp_path, f"{OURS}answers:\n  {line}\n"))
    assert message in str(caught.value)


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(CountyFileError, match="did you mean 'england-2009'"):
        read_county("england-2008")


def test_every_mistake_at_once(tmp_path: Path) -> None:
    with pytest.raises(CountyFileError) as caught:
        read_county(written(tmp_path, OURS.replace("vacancy:", "vacansy:") + "pressed:\n  x: {title: X, rates: {caselod: 3}, found: {at_least: 1}, others: {above_chance: 0.2}, basis: judgement, source: Ours.}\n"))
    assert len(caught.value.problems) == 2


def test_the_files_say_what_they_are_for() -> None:
    county: County = read_county(counties_folder() / "england-2009.yaml")
    assert "Kent Safeguarding Review" in county.about and county.answers_to("q99") is county.answers["others"]
