"""A figure left empty that is the mean of another over the team's own earlier quarters: exactly so many of them, or not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springtide import assess, load_pack, parse_quarter
from springtide.assessment import TeamAssessment
from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Row
from springtide.evidence.usual import in_words
from springtide.logic.explain import cells_of
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.logic.sharing import WITHHELD, hidden

KENT = load_pack("kent-2009")
NOW = parse_quarter("2009/10 Q1")
PAST = NOW.before(4)  # 2008/09 Q1 to Q4
T = Team("T", "Ashford", "North", "Kent")
Figures = dict[str, float]


def held(past: list[Figures], now: Figures, marks: dict[str, str] | None = None, *teams: Team) -> EvidenceSet:
    """One team's figures of the quarters before this one, oldest first, and of this one."""
    quarters = [*NOW.before(len(past)), NOW]
    rows = [
        Row("T", quarter, figures, (marks or {}) if quarter == NOW else {}, "workforce", Where("workforce.csv", place))
        for place, (quarter, figures) in enumerate(zip(quarters, [*past, now], strict=True), 2)
    ]
    return EvidenceSet(teams or (T,), (), tuple(rows))


def referrals(*values: float) -> list[Figures]:
    return [{"referrals": value} for value in values]


def result(evidence: EvidenceSet, pack: RulePack = KENT) -> TeamAssessment:
    return assess(pack, evidence, NOW).team("T")


def why(team: TeamAssessment, name: str = "usual_referrals") -> str:
    (missing,) = (missing for missing in team.missing if missing.id == name)
    return missing.why


def test_the_mean_of_four_quarters_is_a_figure_like_any_other() -> None:
    team = result(held(referrals(100, 60, 60, 61), {"referrals": 120}))
    assert team.facts.evidence.figures["usual_referrals"] == 70.25
    assert str(team.pressures["demand_peak"]) == "severe"
    assert list(cells_of("referral_rise", team.facts)) == [
        "referrals 120, workforce.csv row 6", "usual_referrals 70.25, worked out from referrals in 2008/09 Q1 to Q4",
    ]  # fmt: skip
    assert "usual_referrals" not in [missing.id for missing in team.missing]


def test_only_the_quarters_before_this_one_are_read() -> None:
    later = Row("T", NOW.next, {"referrals": 1000}, {}, "workforce", Where("later.csv", 2))
    evidence = held(referrals(1000, 60, 60, 60, 60), {"referrals": 120})
    assert result(replace(evidence, rows=(*evidence.rows, later))).facts.evidence.figures["usual_referrals"] == 60


@pytest.mark.parametrize(
    ("past", "says"),
    [
        ([], "2008/09 Q1 to Q4 are needed, none of them is there"),
        (referrals(60, 60), "2008/09 Q1 to Q4 are needed, 2008/09 Q1 and 2008/09 Q2 are missing"),
        ([{"referrals": 60}, {"vacant_posts": 1}, {"referrals": 60}, {"referrals": 60}], "2008/09 Q1 to Q4 are needed, 2008/09 Q2 is missing"),
        ([{}, {}, {}, {"referrals": 60}], "2008/09 Q1 to Q4 are needed, 2008/09 Q1 to Q3 are missing"),
    ],
)
def test_it_is_never_a_mean_of_fewer(past: list[Figures], says: str) -> None:
    team = result(held(past, {"referrals": 120}))
    assert str(team.pressures["demand_peak"]) == "cannot tell"
    assert why(team) == f"no history: referrals of {says}"


def test_what_was_supplied_counts_and_a_symbol_stands() -> None:
    past = referrals(60, 60, 60, 60)
    assert result(held(past, {"referrals": 120, "usual_referrals": 110})).facts.evidence.figures["usual_referrals"] == 110
    said = result(held(past, {"referrals": 120}, {"usual_referrals": "of low reliability (u)"}))
    assert "usual_referrals" not in said.facts.evidence.figures
    dash = result(held(past, {"referrals": 120}, {"usual_referrals": "not supplied (-)"}))
    assert dash.facts.evidence.figures["usual_referrals"] == 60
    assert why(result(held(past, {"referrals": 120}, {"usual_referrals": "of low reliability (u)"}))) == "of low reliability (u)"
    assert why(result(held(past[:3], {"referrals": 120}, {"usual_referrals": "not supplied (-)"}))).startswith("no history")


OLD = Team("O", "Dover", "North", "Kent", to_quarter=PAST[1], became=("T",))


@pytest.mark.parametrize(
    ("teams", "says"),
    [
        ((replace(T, from_quarter=PAST[1]),), "no history: T began in 2008/09 Q2"),
        ((replace(T, from_quarter=NOW),), "no history: T began in 2009/10 Q1"),
        ((replace(T, from_quarter=PAST[2]), OLD), "no history: T began, from O, in 2008/09 Q3"),
        ((T, OLD), "no history: T took over the work of O, in 2008/09 Q3"),
        ((replace(T, to_quarter=PAST[2]), replace(T, county="Sussex", from_quarter=PAST[3])), "no history: T is now in the county 'Sussex', before 'Kent', in 2008/09 Q4"),
        ((replace(T, from_quarter=PAST[0]),), ""),
        ((replace(T, to_quarter=PAST[2]), replace(T, name="Ashford Duty", from_quarter=PAST[3])), ""),
        ((T, replace(OLD, to_quarter=PAST[0].previous)), ""),
    ],
)  # fmt: skip
def test_a_past_that_is_not_the_teams_own(teams: tuple[Team, ...], says: str) -> None:
    team = result(held(referrals(60, 60, 60, 60), {"referrals": 120}, {}, *teams))
    assert ("usual_referrals" in team.facts.evidence.figures) == (says == "")
    if says:
        assert why(team) == says


LAYER = {
    "pack.yaml": "id: ours\nversion: 1.0.0\ntitle: Ours\nabout: A usual of our own.\nbuilds_on: kent-2009\n",
    "figures.yaml": """
usual_audits: {title: Usual audits, help: Mean., table: audits, unit: average, worse_when: neither, comes_from: audit, usual_of: files_audited, over: quarters_of_ours}
""",
    "measures.yaml": """
usual_referrals_change: {title: Change of the usual, formula: usual_referrals - last_quarter(usual_referrals), unit: ratio change, worse_when: neither,
  comes_from: case system, source: Ours.}
audits_missed: {title: Audits missed, formula: usual_audits - files_audited, unit: ratio change, worse_when: higher, comes_from: audit, source: Ours.}
""",
    "thresholds.yaml": """
quarters_of_ours:
  title: Quarters of our usual
  unit: quarters
  values: [{from: always, value: 2, basis: judgement, source: Ours.}, {from: 2009/10 Q1, value: 3, basis: judgement, source: Ours.}]
many_missed: {title: Many, unit: ratio change, values: [{from: always, value: 2, basis: judgement, source: Ours.}]}
""",
    "notices/fewer_audits.yaml": """
id: fewer_audits
title: Fewer audits than usual
cites: [para 26]
because: An audit shows what answers do not.
channel: notice
when: {any: [{audits_missed: {at_least: many_missed}}, {usual_referrals_change: {at_least: many_missed}}]}
tell_the_manager: Ask whether an audit is planned. No other action may be needed.
examples: [{name: two fewer, given: {audits_missed: 2}, expect: met}]
""",
}


@pytest.fixture
def ours(tmp_path: Path) -> RulePack:
    for name, text in LAYER.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load_pack(tmp_path)


def test_a_usual_of_ones_own_takes_yaml_only(ours: RulePack) -> None:
    def audits(*values: float) -> EvidenceSet:
        quarters = [*NOW.before(len(values) - 1), NOW]
        return EvidenceSet((T,), (), tuple(Row("T", q, {"files_audited": v}, {}, "audits", Where("audits.csv", 2)) for q, v in zip(quarters, values, strict=True)))

    assert str(result(audits(4, 6, 8, 4), ours).notices["fewer_audits"]) == "met"
    assert result(audits(90, 4, 6, 8, 4), ours).facts.evidence.figures["usual_audits"] == 6  # three quarters from 2009/10 Q1 on
    before = assess(ours, audits(90, 4, 6, 8, 4), PAST[3]).team("T").facts.evidence
    assert before.figures["usual_audits"] == 5  # two until then
    assert str(result(audits(6, 8, 4), ours).notices["fewer_audits"]) == "cannot tell"


def test_last_quarters_usual_is_what_last_quarter_was_scored_with(ours: RulePack) -> None:
    evidence = held(referrals(40, 60, 60, 60, 60), {"referrals": 120})
    team = result(evidence, ours)
    before = assess(ours, evidence, PAST[3]).team("T").facts.evidence
    assert team.facts.evidence.last_quarter["usual_referrals"] == before.figures["usual_referrals"] == 55
    assert team.facts.value("usual_referrals_change") == 5 and str(team.notices["fewer_audits"]) == "met"
    moved = replace(evidence, teams=(replace(T, from_quarter=NOW),))
    assert result(moved, ours).facts.evidence.last_quarter == {}


def test_a_mean_that_would_give_a_small_count_away_is_not_for_sharing() -> None:
    shown = result(held(referrals(60, 60, 60, 61), {"referrals": 120}))
    assert "usual_referrals" not in hidden(shown.facts)
    few = result(held(referrals(60, 3, 60, 61), {"referrals": 120}))
    assert hidden(few.facts)["usual_referrals"] == hidden(few.facts)["referral_rise"] == WITHHELD
    supplied = result(held(referrals(60, 3, 60, 61), {"referrals": 120, "usual_referrals": 46}))
    assert "usual_referrals" not in hidden(supplied.facts)
    last = result(held(referrals(3, 60, 60, 60, 60), {"referrals": 120}))
    assert "usual_referrals" not in hidden(last.facts) and hidden(last.facts, last_quarter=True)["usual_referrals"] == WITHHELD


VALUES = st.sampled_from([0, 5, 40, 55, 60, 75, 100, 400])


@given(st.lists(VALUES, min_size=5, max_size=5), VALUES, st.integers(0, 4))
@settings(max_examples=40)
def test_an_earlier_value_that_is_lost_only_leaves_it_unknown(past: list[float], now: float, lost: int) -> None:
    """Promise 6: nothing rises that was proved, and nothing falls that could be."""
    figures = referrals(*past)
    whole = assess(KENT, held(figures, {"referrals": now}), NOW, engine="columnar").team("T")
    less = assess(KENT, held([{} if place == lost else row for place, row in enumerate(figures)], {"referrals": now}), NOW, engine="columnar").team("T")
    rank = KENT.levels.rank
    assert rank(less.level) <= rank(whole.level) <= rank(whole.could_be) <= rank(less.could_be)
    assert less.score.low <= whole.score.low <= whole.score.high <= less.score.high
    if lost == 0:  # five quarters back: not read at all
        assert less.facts.evidence.figures == whole.facts.evidence.figures
    else:
        assert "usual_referrals" not in less.facts.evidence.figures


@pytest.mark.parametrize(
    ("quarters", "says"),
    [
        (NOW.before(4), "2008/09 Q1 to Q4"),
        (PAST[3].before(4), "2007/08 Q4 to 2008/09 Q3"),
        ([PAST[0], PAST[2], PAST[3]], "2008/09 Q1, 2008/09 Q3 and 2008/09 Q4"),
        ([PAST[0]], "2008/09 Q1"),
    ],
)
def test_quarters_in_words(quarters: list[Quarter], says: str) -> None:
    assert in_words(quarters) == says
