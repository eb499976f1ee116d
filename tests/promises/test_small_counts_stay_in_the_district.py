"""What is made for sharing tells no small count: not as a value, not by a rate, not by taking one number from another.

What may be shown is told here a second time, from the evidence and the pack alone.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from rich.console import Console

from springtide import Assessment, RulePack, assess, parse_quarter, read_evidence
from springtide.assessment import TeamAssessment
from springtide.cli.main import cli
from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.facts import Facts, Team
from springtide.logic.formula import names_in
from springtide.logic.quarter import Quarter
from springtide.logic.sharing import FEWER, WITHHELD, hidden
from springtide.logic.units import UNITS
from springtide.reports import explanation

ROOT = Path(__file__).resolve().parents[2]
KENT = ROOT / "examples" / "kent-2009"
Q4 = Quarter(2008, 4)
COUNTING = {name for name, unit in UNITS.items() if unit.counts_things}
LEVELS = ("watch", "increased", "elevated", "high")


def kent_teams(kent: RulePack) -> Assessment:
    return assess(kent, read_evidence(KENT, kent), parse_quarter("2008/09 Q4"), engine="columnar")


def random_teams(kent: RulePack, seed: int, teams: int = 30) -> Assessment:
    """Teams of the Kent rules with figures drawn so that many are small, some are missing and some rates are supplied whole."""
    rng = Random(seed)
    listed = tuple(Team(f"T{n:02}", f"Team {n}", "", "County", "", f"T{rng.randrange(teams):02}" if rng.random() < 0.5 else "") for n in range(teams))
    rows: list[Row] = []
    for team in listed:
        for quarter in (Q4.previous, Q4):
            figures: dict[str, float] = {}
            for figure in kent.figures.values():
                if figure.table != "responses" and rng.random() < 0.8:
                    drawn = rng.choice([0, 1, 2, 3, 4, 5, 6, 9, 12, 20, 150])
                    top = figures.get(figure.at_most or "", 1e9)
                    whole = UNITS[figure.unit].whole
                    figures[figure.id] = min(float(drawn), top) if figure.unit != "share" else rng.choice([0.1, 0.2])
                    if figure.unit == "yes or no":
                        figures[figure.id] = float(drawn > 6)
                    elif not whole and figure.unit != "share" and rng.random() < 0.3:
                        figures[figure.id] = min(drawn + 0.5, top)
            for measure in kent.measures.values():
                if measure.may_be_supplied and measure.formula is not None and rng.random() < 0.2:
                    parts = [name for name, _ in names_in(measure.formula)]
                    figures.pop(rng.choice(parts), None)
                    figures[measure.id] = rng.choice([0.0, 0.1, 0.25, 0.5]) if measure.unit in ("share", "rate") else rng.choice([2.0, 18.0, 30.0])
            rows.append(Row(team.id, quarter, figures, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
    responses = []
    for team in listed:
        for _ in range(rng.choice([0, 1, 2, 3, 8])):
            given = {name: rng.choice([*kent.questionnaire.scale.answers, "don't know", None]) for name in kent.questions}
            responses.append(Response(f"R{len(responses)}", team.id, Q4, None, rng.choice(["manager", "practitioner"]), given, Where("responses.csv", len(responses) + 2)))
    return assess(kent, EvidenceSet(listed, tuple(responses), tuple(rows)), Q4, engine="columnar")


# -- what must not be shown, told anew -------------------------------------------------------------


def unit_of(pack: RulePack, name: str) -> str:
    return (pack.measures.get(name) or pack.figures[name]).unit


@cache
def small_counts(facts: Facts, *, last: bool) -> set[str]:
    """Figures, and measures in a counting unit, over nought and under five."""
    read = facts.last_value if last else facts.value
    values = {name: read(name) for name in (*facts.pack.figures, *facts.pack.measures)}
    return {name for name, value in values.items() if value is not None and unit_of(facts.pack, name) in COUNTING and 0 < value < 5}


@cache
def rests_on_small(facts: Facts, name: str, *, last: bool = False) -> bool:
    """Whether a number is small, or is worked out, step by step, from one that is."""
    if name in small_counts(facts, last=last):
        return True
    measure, held = facts.pack.measures.get(name), facts.evidence.last_quarter if last else facts.evidence.figures
    if name in held or measure is None or measure.formula is None:
        return False
    return any(rests_on_small(facts, part, last=then or last) for part, then in names_in(measure.formula))


def nodes_in(document: object, facts: Facts | None) -> Iterator[tuple[dict, Facts | None]]:
    """Every line of an explanation's JSON that has an id, with the facts of the team that it speaks of."""
    if isinstance(document, dict):
        if document.get("kind") == "receiving team":
            facts = facts.receiving if facts else None
        if "kind" in document and "id" in document:
            yield document, facts
        for inner in document.values():
            yield from nodes_in(inner, facts)
    elif isinstance(document, list):
        for inner in document:
            yield from nodes_in(inner, facts)


def documents(result: Assessment, team: TeamAssessment) -> Iterator[dict]:
    for level in (None, *LEVELS):
        yield explanation.as_dict(result, team, level, level is None, for_sharing=True)


def text_of(result: Assessment, team: TeamAssessment, *, full: bool) -> str:
    console = Console(width=2000, record=True, file=io.StringIO())
    console.print(explanation.render(result, team, full=full, for_sharing=True))
    for level in LEVELS:
        console.print(explanation.render_why_not(result, team, level, for_sharing=True))
    return console.export_text()


def check(result: Assessment) -> int:
    """Hold every team's shared explanation to the promise; how many numbers were left out."""
    pack, left_out = result.pack, 0
    for team in result.teams:
        shown: dict[int, dict[str, float]] = {}
        for document in documents(result, team):
            for node, facts in nodes_in(document["explanation"], team.facts):
                assert facts is not None
                left_out += check_node(pack, node, facts)
                for name, value in shown_in(pack, node, facts):
                    shown.setdefault(id(facts), {})[name] = value
            assert document["remarks"] == document["left_out"] == []
        for numbers in shown.values():
            check_nothing_can_be_computed(pack, numbers)
        check_text(text_of(result, team, full=False))
        check_text(text_of(result, team, full=True))
    return left_out


def check_node(pack: RulePack, node: dict, facts: Facts) -> int:
    name = node["id"]
    if node["kind"] not in ("measure", "number", "supplied") or facts.value(name) is None:
        return 0
    if name in small_counts(facts, last=False):
        assert node.get("value", FEWER) == FEWER, node
    elif rests_on_small(facts, name):
        assert node.get("value", WITHHELD) == WITHHELD, node
    if node.get("value") in (FEWER, WITHHELD):
        assert node.get("margin", WITHHELD) == WITHHELD, node
        return 1
    return 0


def shown_in(pack: RulePack, node: dict, facts: Facts) -> Iterator[tuple[str, float]]:
    """Numbers of this quarter that a line shows, in its value and among its cells, to be computed with; and none is small."""
    if node["kind"] in ("measure", "number", "supplied") and node.get("value") not in (FEWER, WITHHELD, None, "") and facts.value(node["id"]) is not None:
        yield node["id"], facts.value(node["id"])  # type: ignore[misc]
    for cell in node.get("cells", []) if node["kind"] != "answer" else []:
        name, _, rest = cell.partition(" ")
        last = rest.startswith("last quarter ")
        said = rest.removeprefix("last quarter ").rpartition(", ")[0] or rest.removeprefix("last quarter ")
        read = facts.last_value(name) if last else facts.value(name)
        if rests_on_small(facts, name, last=last):
            assert said in (FEWER, WITHHELD), cell
        elif said not in (FEWER, WITHHELD, "not supplied") and not last:
            assert read is not None
            yield name, read


def check_nothing_can_be_computed(pack: RulePack, numbers: dict[str, float]) -> None:
    """By no measure's formula, and by no whole and its part, do the numbers shown come to a small count."""
    for name, value in numbers.items():
        assert not (unit_of(pack, name) in COUNTING and 0 < value < 5), (name, value)
    parts = {figure.id: figure.at_most for figure in pack.figures.values() if figure.at_most} | {"in_post_fte": "established_posts"}
    for part, whole in parts.items():
        if part in numbers and whole in numbers:
            rest = numbers[whole] - numbers[part]
            assert rest <= 0 or rest >= 5 or numbers[part] == 0, (part, whole, numbers)
    for measure in pack.measures.values():  # rates of two figures, told backwards
        words = measure.formula_text.split()
        if len(words) == 3 and words[1] == "/" and measure.id in numbers:
            above, below = words[0], words[2]
            if below in numbers and above not in numbers and unit_of(pack, above) in COUNTING:
                told = round(numbers[measure.id] * numbers[below], 6)
                assert not 0 < told < 5, (measure.id, numbers)
            if above in numbers and below not in numbers and numbers[measure.id] and unit_of(pack, below) in COUNTING:
                told = round(numbers[above] / numbers[measure.id], 6)
                assert not 0 < told < 5, (measure.id, numbers)


_COUNT = re.compile(r"(?P<before>at least|more than|at most|less than|fewer than|margin)? ?(?P<sign>[-+]?)\b(?P<number>\d+(?:\.\d+)?) (?:posts?|cases?(?! per)|FTE|hours?|days?)\b")


def check_text(text: str) -> None:
    """No small number with the name of what it counts, but in a threshold; none among what a value came from."""
    for line in text.splitlines():
        plain = re.sub(r"rests on .*|What to do.*", "", line)
        if "within" in plain or "working days" in plain or "7 days" in plain:
            continue  # times in advice and titles
        for found in _COUNT.finditer(plain):
            assert found["before"] or found["number"] == "0" or float(found["number"]) >= 5, line
        for said in re.findall(r"(?:from|;) [a-z_0-9]+ (\d+(?:\.\d+)?),", plain):
            assert float(said) == 0 or float(said) >= 5, line
        assert not re.search(r"responses\.csv row", line), line


# -- the promise ----------------------------------------------------------------------------------


def test_of_every_kent_team(kent: RulePack) -> None:
    assert check(kent_teams(kent)) > 1000


@pytest.mark.parametrize("seed", range(4))
def test_of_random_teams(kent: RulePack, seed: int) -> None:
    assert check(random_teams(kent, seed)) > 500


def test_the_check_notices_what_is_not_left_out(kent: RulePack) -> None:
    """The plain explanation does not pass it, so that the test above tests something."""
    result = kent_teams(kent)
    plain = explanation.as_dict(result, result.team("T017"), None, False)
    lines = [(node, facts) for node, facts in nodes_in(plain["explanation"], result.team("T017").facts) if node["id"] == "vacancy_rate" and facts]
    with pytest.raises(AssertionError):
        check_node(kent, *lines[0])


def test_levels_marks_pressures_and_thresholds_stay(kent: RulePack) -> None:
    result = kent_teams(kent)
    for team in result.teams:
        plain, shared = (explanation.as_dict(result, team, "high", True, sharing) for sharing in (False, True))
        assert shared["teams"] == plain["teams"]
        assert shared["county"] == plain["county"]
        for one, other in itertools.zip_longest(nodes_in(plain["explanation"], team.facts), nodes_in(shared["explanation"], team.facts)):
            for key in ("kind", "id", "label", "truth", "threshold", "rests_on", "cites", "because"):
                assert one[0].get(key) == other[0].get(key), key


def facts_with(kent: RulePack, **figures: float) -> Facts:
    rows = (Row("A", Q4, figures, {}, "workforce", Where("workforce.csv", 2)),)
    return assess(kent, EvidenceSet((Team("A", "A", "", "C"),), (), rows), Q4, engine="columnar").teams[0].facts


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ({"established_posts": 20, "vacant_posts": 4}, {"vacant_posts": FEWER, "vacancy_rate": WITHHELD}),
        ({"established_posts": 20, "vacant_posts": 5}, {}),
        ({"established_posts": 20, "vacant_posts": 0}, {}),
        ({"established_posts": 4, "vacant_posts": 0}, {"established_posts": FEWER, "vacancy_rate": WITHHELD}),
        # nought of staff is of everyone in the team
        ({"established_posts": 20, "fte_unavailable": 0}, {"fte_unavailable": FEWER, "unavailable_rate": WITHHELD}),
        # by way of another measure
        ({"cases_registered": 90, "cases_taken_in": 0, "cases_farmed_out": 3, "case_holders_fte": 9},
         {"cases_farmed_out": FEWER, "cases_worked": WITHHELD, "caseload": WITHHELD}),
        # a rate supplied whole, and a whole beside it
        ({"established_posts": 10, "vacancy_rate": 0.2}, {"vacancy_rate": WITHHELD}),
        ({"established_posts": 40, "vacancy_rate": 0.2}, {}),
        ({"vacancy_rate": 0.2}, {}),
        # a whole less all but a few
        ({"supervision_sessions_due": 20, "supervision_sessions_held": 18}, {"supervision_sessions_held": WITHHELD, "supervision_held_share": WITHHELD}),
        ({"supervision_sessions_due": 20, "supervision_sessions_held": 12}, {}),
        ({"supervision_sessions_due": 20, "supervision_sessions_held": 20}, {}),
        # staff in post are the established posts without the vacant ones
        ({"established_posts": 20, "vacant_posts": 2, "in_post_fte": 15}, {"vacant_posts": FEWER, "vacancy_rate": WITHHELD, "in_post_fte": WITHHELD}),
        ({"newly_qualified_fte": 1, "experienced_permanent_fte": 8, "in_post_fte": 9},
         {"newly_qualified_fte": FEWER, "experienced_permanent_fte": WITHHELD, "newly_qualified_ratio": WITHHELD}),
    ],
)  # fmt: skip
def test_what_is_left_out(kent: RulePack, figures: dict[str, float], says: dict[str, str]) -> None:
    beside = {"responses", "individual_responses", "collective_responses", "unstated_respondents", "responses_before_quarter", "dont_know_answers"}
    found = {name: words for name, words in hidden(facts_with(kent, **{name: float(value) for name, value in figures.items()})).items() if name not in beside}
    assert found == says


def test_an_answer_of_few_is_its_side_and_points_at_no_row(kent: RulePack) -> None:
    text = CliRunner().invoke(cli, ["explain", "T003", "--for-sharing"], catch_exceptions=False).output
    assert "on the adverse side; counts when adverse" in text
    assert "responses.csv row" not in text
    assert "For sharing: counts under 5 are not shown" in text


def test_json_is_shared_alike() -> None:
    output = CliRunner().invoke(cli, ["explain", "T017", "--for-sharing", "--json"], catch_exceptions=False).output
    facts = {fact["id"]: fact for fact in json.loads(output)["explanation"]["decided_by"]["facts"]}
    assert facts["vacancy_rate"]["value"] == WITHHELD
    assert facts["vacant_posts"]["value"] == FEWER
    assert facts["vacant_posts"]["cells"] == ["vacant_posts fewer than 5, workforce.csv row 75"]
    assert facts["referrals"]["value"] == "142"
