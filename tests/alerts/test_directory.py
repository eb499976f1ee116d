"""Who is written to: every mistake in a directory by its line, leave and deputies followed, and never nobody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.alerts.channels import Recipient
from springtide.alerts.people.directory import (
    DISTRICT_MANAGER,
    HEAD_OF_SERVICE,
    TEAM_MANAGER,
    Addressee,
    Directory,
    Leave,
    Person,
    check_against,
    from_posts,
    recipients,
)
from springtide.alerts.people.directory_files.reader import read_directory
from springtide.alerts.problems import DirectoryError

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "directories"
WRONG = sorted(path.with_suffix("") for path in CASES.glob("*.txt"))
TEAMS = {"T1": "North", "T2": "North", "T3": "South", "T4": ""}


# -- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.name)
def test_every_mistake_is_named_with_its_line(path: Path) -> None:
    with pytest.raises(DirectoryError) as error:
        read_directory(path)
    assert f"{error.value}\n" == path.with_name(f"{path.name}.txt").read_text(encoding="utf-8")
    assert [problem.line for problem in error.value.problems] == sorted(problem.line for problem in error.value.problems)


def test_every_file_of_cases_is_tried() -> None:
    files = {path.name for path in CASES.iterdir() if path.suffix != ".txt"}
    assert files == {path.name for path in WRONG} | {"good.yaml", "good.csv"} and len(WRONG) == 19


def test_an_address_of_a_channel_is_not_repeated() -> None:
    assert "SECRET" in (CASES / "names.yaml").read_text(encoding="utf-8")
    assert "SECRET" not in (CASES / "names.yaml.txt").read_text(encoding="utf-8")


def test_a_yaml_file_is_read() -> None:
    directory = read_directory(CASES / "good.yaml")
    assert directory.people["r.patel"] == Person(
        "R. Patel", "r.patel@anyshire.example", "NORTH", "s.jones",
        (Leave(date(2009, 4, 6), date(2009, 4, 17)), Leave(date(2009, 12, 25), date(2009, 12, 31))))  # fmt: skip
    assert directory.people["t.obrien"].away == (Leave(date(2009, 4, 13), date(2009, 4, 13)),)
    assert directory.posts == {
        (HEAD_OF_SERVICE, ""): ("t.obrien",),
        (DISTRICT_MANAGER, "North"): ("r.patel",),
        (DISTRICT_MANAGER, "South"): ("s.jones", "u.khan"),
        (TEAM_MANAGER, "T1"): ("u.khan",),
    }


def test_a_csv_file_as_a_spreadsheet_leaves_it_is_read() -> None:
    """With a byte order mark, blank lines, spaces, headings and posts spelt otherwise, and a row that only adds leave."""
    directory = read_directory(CASES / "good.csv")
    assert directory.people["r.patel"] == read_directory(CASES / "good.yaml").people["r.patel"]
    assert directory.people["s.jones"].name == "Jones, Siân"
    assert directory.posts == {
        (HEAD_OF_SERVICE, ""): ("s.jones",),
        (DISTRICT_MANAGER, "North"): ("r.patel",),
        (DISTRICT_MANAGER, "West"): ("r.patel",),
        (TEAM_MANAGER, "T1"): ("s.jones",),
    }


def test_a_file_of_another_kind_and_one_that_is_not_there(tmp_path: Path) -> None:
    for name, said in (("managers.docx", "not read as a directory"), ("managers.yaml", "can't be read"), ("managers.csv", "can't be read")):
        with pytest.raises(DirectoryError, match=said):
            read_directory(tmp_path / name)


@given(data=st.data())
@pytest.mark.parametrize("name", ["good.yaml", "good.csv"])
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    raw = (CASES / name).read_bytes()
    at, length = data.draw(st.integers(0, len(raw))), data.draw(st.integers(0, 12))
    new = data.draw(st.binary(max_size=6) | st.sampled_from([b"\n", b"\t", b": ", b"- ", b"[", b"}", b'"', b",", b";", b"\r", b"\0", b"\xeb", b"null", b"1", "\u202e".encode(), b"&a ", b"!!set "]))
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(raw[:at] + new + raw[at + length :])
    try:
        directory = read_directory(file)
    except DirectoryError as error:
        refused = error.problems
    else:
        refused = None
    if refused is not None:
        assert refused and all(problem.line >= 1 and problem.message for problem in refused)
        return
    for person in directory.people.values():
        assert person.name.isprintable() and person.name and "@" in person.email and not set(person.email) & set(" ,;<>\r\n")
        assert not person.deputy or person.deputy in directory.people
    assert all(holder in directory.people for holders in directory.posts.values() for holder in holders)
    assert recipients(directory, HEAD_OF_SERVICE, "", date(2009, 4, 6))


# -- against the teams --------------------------------------------------------------------------


def directory_of(posts: dict[tuple[str, str], tuple[str, ...]], **people: Person) -> Directory:
    people = people or {"a": person("A")}
    return Directory("managers.yaml", people, posts, {post: 10 + number for number, post in enumerate(posts)})


def person(name: str, deputy: str = "", *away: tuple[int, int]) -> Person:
    return Person(name, f"{name.lower()}@anyshire.example", "", deputy, tuple(Leave(date(2009, 4, first), date(2009, 4, last)) for first, last in away))


def test_a_directory_that_serves_its_teams_has_no_problem() -> None:
    posts = {(HEAD_OF_SERVICE, ""): ("a",), (DISTRICT_MANAGER, "North"): ("a",), (DISTRICT_MANAGER, "South"): ("a",), (TEAM_MANAGER, "T2"): ("a",)}
    assert check_against(directory_of(posts), TEAMS) == ()


def test_districts_without_anybody_and_places_that_there_are_not() -> None:
    posts = {(HEAD_OF_SERVICE, ""): ("a",), (DISTRICT_MANAGER, "Noth"): ("a",), (DISTRICT_MANAGER, "Elsewhere"): ("a",), (TEAM_MANAGER, "T01"): ("a",)}
    assert [str(problem) for problem in check_against(directory_of(posts), TEAMS)] == [
        "managers.yaml:1: the district 'South' has no district manager; nothing is sent until it has one",
        "managers.yaml:11: there is no district 'Noth' among the teams; did you mean 'North'?",
        "managers.yaml:12: there is no district 'Elsewhere' among the teams; expected one of: North, South",
        "managers.yaml:13: there is no team 'T01' among the teams; did you mean 'T1'?",
    ]


def test_teams_that_ended_may_be_in_the_directory_and_need_not() -> None:
    posts = {(HEAD_OF_SERVICE, ""): ("a",), (DISTRICT_MANAGER, "North"): ("a",), (DISTRICT_MANAGER, "South"): ("a",), (TEAM_MANAGER, "T0"): ("a",)}
    assert [str(problem) for problem in check_against(directory_of(posts), TEAMS)] == ["managers.yaml:13: there is no team 'T0' among the teams; expected one of: T1, T2, T3, T4"]
    assert check_against(directory_of(posts), TEAMS, {"T0": "Gone"}) == ()
    with_gone = posts | {(DISTRICT_MANAGER, "Gone"): ("a",)}
    assert check_against(directory_of(with_gone), TEAMS, {"T0": "Gone"}) == ()


def test_a_district_is_spelt_as_it_is_among_the_teams() -> None:
    posts = {(HEAD_OF_SERVICE, ""): ("a",), (DISTRICT_MANAGER, "north"): ("a",), (DISTRICT_MANAGER, "South"): ("a",)}
    assert [problem.expected for problem in check_against(directory_of(posts), TEAMS)] == ["did you mean 'North'?"]


# -- who is written to --------------------------------------------------------------------------

PEOPLE = {
    "head": person("Head", "", (20, 20)),
    "here": person("Here"),
    "away": person("Away", "deputy", (6, 17)),
    "deputy": person("Deputy", "second", (10, 17)),
    "second": person("Second", "", (14, 17)),
    "alone": person("Alone", "", (6, 17)),
}
FOUND = Directory(
    "managers.yaml",
    PEOPLE,
    {
        (HEAD_OF_SERVICE, ""): ("head",),
        (DISTRICT_MANAGER, "North"): ("away",),
        (DISTRICT_MANAGER, "South"): ("alone",),
        (DISTRICT_MANAGER, "East"): ("away", "here"),
        (DISTRICT_MANAGER, "West"): ("away", "deputy"),
        (TEAM_MANAGER, "T1"): ("here",),
    },
)


@pytest.mark.parametrize(
    ("post", "place", "day", "found"),
    [
        (TEAM_MANAGER, "T1", 6, [("Here", "team manager of T1")]),
        (TEAM_MANAGER, "T2", 5, [("Away", "district manager of North, as there is no team manager of T2")]),
        (TEAM_MANAGER, "T2", 6, [("Deputy", "deputy of the district manager of North, as there is no team manager of T2")]),
        (TEAM_MANAGER, "T4", 6, [("Head", "head of service, as there is no team manager of T4")]),
        (DISTRICT_MANAGER, "North", 5, [("Away", "district manager of North")]),
        (DISTRICT_MANAGER, "North", 6, [("Deputy", "deputy of the district manager of North")]),
        (DISTRICT_MANAGER, "North", 10, [("Second", "deputy of the deputy of the district manager of North")]),
        (DISTRICT_MANAGER, "North", 17, [("Away", "district manager of North, who is away, and so is every deputy")]),
        (DISTRICT_MANAGER, "North", 18, [("Away", "district manager of North")]),
        (DISTRICT_MANAGER, "South", 6, [("Alone", "district manager of South, who is away, and has no deputy")]),
        (DISTRICT_MANAGER, "East", 5, [("Away", "district manager of East"), ("Here", "district manager of East")]),
        (DISTRICT_MANAGER, "East", 6, [("Here", "district manager of East")]),
        (DISTRICT_MANAGER, "West", 6, [("Deputy", "district manager of West")]),
        (DISTRICT_MANAGER, "West", 10, [("Second", "deputy of the deputy of the district manager of West")]),
        (DISTRICT_MANAGER, "Nowhere", 6, [("Head", "head of service, as there is no district manager of Nowhere")]),
        (HEAD_OF_SERVICE, "", 6, [("Head", "head of service")]),
        (HEAD_OF_SERVICE, "", 20, [("Head", "head of service, who is away, and has no deputy")]),
        (HEAD_OF_SERVICE, "Anyshire", 6, [("Head", "head of service")]),
    ],
)
def test_leave_and_deputies_are_followed(post: str, place: str, day: int, found: list[tuple[str, str]]) -> None:
    said = recipients(FOUND, post, place, date(2009, 4, day), {**TEAMS, "T2": "North"})
    assert [(one.name, one.why) for one in said] == found
    assert all(isinstance(one, Recipient) and one.email == f"{one.name.lower()}@anyshire.example" for one in said)


def test_two_holders_with_one_deputy_give_one_letter() -> None:
    people = {"a": person("A", "c", (6, 6)), "b": person("B", "c", (6, 6)), "c": person("C")}
    found = recipients(directory_of({(HEAD_OF_SERVICE, ""): ("a", "b")}, **people), HEAD_OF_SERVICE, "", date(2009, 4, 6))
    assert found == (Addressee("C", "c@anyshire.example", "", "deputy of the head of service"),)


def test_a_post_falls_to_the_next_one_up() -> None:
    assert from_posts(TEAM_MANAGER, "T1", TEAMS) == ((TEAM_MANAGER, "T1"), (DISTRICT_MANAGER, "North"), (HEAD_OF_SERVICE, ""))
    assert from_posts(TEAM_MANAGER, "T4", TEAMS) == ((TEAM_MANAGER, "T4"), (HEAD_OF_SERVICE, ""))
    assert from_posts(DISTRICT_MANAGER, "North", TEAMS) == ((DISTRICT_MANAGER, "North"), (HEAD_OF_SERVICE, ""))
    assert from_posts(HEAD_OF_SERVICE, "", TEAMS) == ((HEAD_OF_SERVICE, ""),)


def test_what_can_not_be_found_is_said() -> None:
    with pytest.raises(ValueError, match="there is no post 'team_manger'; did you mean 'team_manager'"):
        recipients(FOUND, "team_manger", "T1", date(2009, 4, 6))
    with pytest.raises(ValueError, match="T9 has no manager, and is not among the teams"):
        recipients(FOUND, TEAM_MANAGER, "T9", date(2009, 4, 6), TEAMS)
    with pytest.raises(ValueError, match="write the head of service into"):
        recipients(directory_of({}), DISTRICT_MANAGER, "North", date(2009, 4, 6))


leaves = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=3).map(
    lambda spans: tuple(Leave(date(2009, 4, 1) + timedelta(first), date(2009, 4, 1) + timedelta(first + days)) for first, days in spans)
)


@given(st.lists(st.tuples(leaves, st.integers(0, 8)), min_size=1, max_size=8), st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True), st.integers(0, 25))
def test_somebody_is_always_written_to_and_nobody_away_but_for_want_of_others(drawn: list[tuple[tuple[Leave, ...], int]], holding: list[int], later: int) -> None:
    people = {str(n): Person(str(n), f"{n}@anyshire.example", "", str(deputy) if n < deputy < len(drawn) else "", away) for n, (away, deputy) in enumerate(drawn)}
    holders = tuple(dict.fromkeys(str(n % len(people)) for n in holding))
    on = date(2009, 4, 1) + timedelta(later)
    found = recipients(directory_of({(HEAD_OF_SERVICE, ""): holders}, **people), HEAD_OF_SERVICE, "", on)
    assert found and len({one.email for one in found}) == len(found)

    def line(key: str) -> list[str]:
        return [key, *(line(people[key].deputy) if people[key].deputy else [])]

    for one in found:
        if people[one.name].is_away(on):
            assert one.name in holders and all(people[key].is_away(on) for key in (*holders, *line(one.name)))
    there = {holder for holder in holders if not people[holder].is_away(on)}
    assert not there or {one.name for one in found} == there


# -- the examples -------------------------------------------------------------------------------


@pytest.mark.parametrize(("teams", "managers"), [("ten-quarters", "ten-quarters/managers.yaml"), ("kent-2009", "kent-2009/managers.csv")])
def test_the_examples_directories_serve_their_teams(teams: str, managers: str) -> None:
    lines = (ROOT / "examples" / teams / "teams.csv").read_text(encoding="utf-8").splitlines()
    places = {cells[0]: cells[2] for cells in (line.split(",") for line in lines[1:])}
    directory = read_directory(ROOT / "examples" / managers)
    assert check_against(directory, places) == ()
    assert all(person.email.endswith("@anyshire.example") for person in directory.people.values())
    for team in places:
        assert recipients(directory, TEAM_MANAGER, team, date(2009, 4, 8), places)
