"""Small counties from a seed, near the thresholds and with gaps, and random changes of them."""

from __future__ import annotations

from random import Random

from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.facts import Team
from springtide.logic.levers import standing_for
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.what_if.changes import Amount, Change, Move, Scenario, Step, Target

QUARTER = Quarter(2008, 4)
_MISSING = 0.06


def county(pack: RulePack, seed: str, teams: int = 3, *, missing: float = _MISSING) -> EvidenceSet:
    """A county of its own, named after its seed, with one quarter of evidence."""
    rng = Random(seed)
    listed = tuple(Team(f"{seed}T{n}", f"{seed} team {n}", f"{seed} {'north' if n % 2 else 'south'}", seed, rng.choice(("duty", "long-term"))) for n in range(teams))
    rows, responses = [], []
    for place, team in enumerate(listed, 2):
        figures = {name: value for name, value in _figures(rng).items() if rng.random() >= missing}
        if rng.random() < missing:
            for part in ("vacant_posts", "established_posts", "vacancy_rate"):
                figures.pop(part, None)
            figures["vacancy_rate"] = rng.choice((0.1, 0.15, 0.3))  # supplied as it is
        rows.append(Row(team.id, QUARTER, figures, {}, "workforce", Where("workforce.csv", place)))
        if rng.random() >= missing:
            audited = float(rng.randint(0, 9))
            rows.append(Row(team.id, QUARTER, {"files_audited": audited, "files_with_supervision_evidence": float(rng.randint(0, int(audited)))}, {}, "audits", Where("audits.csv", place)))
        for number in range(rng.choice((0, 1, 1, 3)) if missing else 1):
            mood = rng.choice((0.05, 0.3, 0.6))
            answers = {question: _answer(rng, pack, question, mood) for question in pack.questions}
            responses.append(Response(f"{team.id}R{number}", team.id, QUARTER, None, rng.choice(("collective", "manager", "practitioner")), answers, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(listed, tuple(responses), tuple(rows))


def _figures(rng: Random) -> dict[str, float]:
    posts = float(rng.randint(4, 14))
    vacant = min(rng.choice((0, 0.5, 1, 1, 1.5, 2, 2.5, 3)), posts - 1)
    in_post = posts - vacant
    newly = min(rng.choice((0.0, 1.0, 2.0)), in_post)
    agency = rng.choice((0.0, 0.5, 1.0, 1.5, 2.0, 3.0))
    holders = round(in_post + agency - rng.choice((0, 0.5)), 1)
    leavers = rng.choice((0.0, 0.5, 1.5, 2.0))
    due = float(rng.randint(6, 40))
    registered = float(round(holders * rng.uniform(13, 24)))
    usual = float(rng.randint(20, 90))
    return {
        "established_posts": posts, "vacant_posts": vacant, "in_post_fte": in_post, "newly_qualified_fte": newly, "experienced_permanent_fte": in_post - newly,
        "agency_fte": agency, "leavers_12_months_fte": leavers, "experienced_leavers_12_months_fte": leavers / 2, "fte_unavailable": min(rng.choice((0.0, 0.5, 1.0, 1.5, 3.0)), posts),
        "case_holders_fte": holders, "cases_registered": registered, "cases_taken_in": float(rng.randint(0, 5)), "cases_farmed_out": float(min(rng.randint(0, 5), registered)),
        "highest_caseload": float(rng.randint(18, 34)), "complex_cases_in_crisis": float(rng.randint(0, 7)), "referrals": float(round(usual * rng.uniform(0.8, 1.6))),
        "usual_referrals": usual, "supervision_sessions_due": due, "supervision_sessions_held": float(rng.randint(int(due * 0.7), int(due))),
        "child_protection_cases_unallocated": float(rng.random() < 0.05), "child_protection_cases_held_by_managers": float(rng.random() < 0.05), "cases_held_by_managers": float(rng.randint(1, 5)),
    }  # fmt: skip


def _answer(rng: Random, pack: RulePack, question: str, mood: float) -> str | None:
    if rng.random() < 0.05:
        return rng.choice((None, "don't know", "not applicable"))
    adverse = (rng.random() < mood) != (pack.questions[question].favourable_when == "low")
    return rng.choice(("sometimes", "rarely", "never") if adverse else ("always", "usually"))


_HALVES = ("established_posts", "vacant_posts", "agency_fte", "in_post_fte", "fte_unavailable", "case_holders_fte")
_WHOLE = ("cases_registered", "highest_caseload", "complex_cases_in_crisis", "referrals", "supervision_sessions_held", "child_protection_cases_unallocated", "cases_farmed_out")


def scenario(pack: RulePack, evidence: EvidenceSet, seed: str) -> Scenario:
    """One to three steps of random changes: by so much, to so much, by a share, answers, moves, of teams, districts, types and all."""
    rng = Random(seed)
    steps = []
    when = QUARTER
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        when = when.next if rng.random() < 0.7 else when
        steps.append(Step(tuple(_change(rng, pack, evidence) for _ in range(rng.randint(1, 4))), when if rng.random() < 0.8 or steps else None))
    return Scenario(tuple(steps))


def _change(rng: Random, pack: RulePack, evidence: EvidenceSet) -> Change | Move:
    if rng.random() < 0.1 and len(evidence.teams) > 1:
        one, other = rng.sample([team.id for team in evidence.teams], 2)
        return Move(rng.choice((0.5, 1)), rng.choice(("experienced", "newly_qualified", "agency")), Target(team=one), Target(team=other))
    team = rng.choice(evidence.teams)
    target = rng.choice((Target(team=team.id), Target(district=team.district), Target(team_type=team.kind), Target(county=team.county), Target()))
    if rng.random() < 0.15 and all(evidence.responses_of(one.id, QUARTER) for one in evidence.teams):
        question = rng.choice(pack.questions_read)
        return Change(question, rng.choice(("always", "sometimes", "never", "don't know")), target)
    chance = rng.random()
    if chance < 0.12:
        return _exactly(rng, pack, evidence, team)
    if chance < 0.22:
        name = rng.choice(("case_holders_fte", "experienced_permanent_fte", "leavers_12_months_fte", "newly_qualified_fte"))
        return Change(name, rng.choice((Amount("by", 0.0), Amount("to", float(rng.randint(1, 3))), Amount("by", 0.5))), target, assumed=True)
    name = rng.choice((*_HALVES, *_WHOLE))
    amount = rng.choice((Amount("by", float(rng.choice((1, 2, -1)))), Amount("by", 0.5 if name in _HALVES else 3.0), Amount("share", rng.choice((-0.5, 0.2, 0.1))), Amount("to", float(rng.randint(1, 3)))))
    if name in ("case_holders_fte", "in_post_fte") and amount.kind == "to":
        amount = Amount("by", 1.0)
    who = ""
    if amount.kind != "to":
        held = standing_for(pack.levers.values(), name, "higher" if amount.number > 0 else "lower")
        choices = [lever.who for lever in held if lever.who]
        who = rng.choice(choices) if choices else ""
    elif name in ("vacant_posts", "agency_fte", "established_posts"):
        amount = Amount("share", 0.0)  # to a number may be up in one team and down in another, with others to do it
    return Change(name, amount, target, who)


def _exactly(rng: Random, pack: RulePack, evidence: EvidenceSet, team: Team) -> Change:
    """So many posts or agency workers in one team, by somebody who can bring it to that."""
    figures = evidence.figures_of(team.id, QUARTER)
    known = [name for name in ("vacant_posts", "agency_fte", "established_posts") if name in figures]
    name, number = rng.choice(known or ["highest_caseload"]), float(rng.choice((0, 1, 2, 3, 5, 8)))
    now = figures.get(name, number)
    choices = [lever.who for lever in standing_for(pack.levers.values(), name, "higher" if number > now else "lower") if lever.who] if number != now else []
    return Change(name, Amount("to", number), Target(team=team.id), rng.choice(choices) if choices else "")
