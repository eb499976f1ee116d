"""A county over many quarters, from a seed: figures and answers that move, returns that are missing, teams that merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.evidence.writing.contents import contents_of
from springtide.evidence.writing.csv_files import tables_of, write_tables
from springtide.history.recording import Filing
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter

FIRST = Quarter(2008, 4)
_DISTRICTS = ("North", "East", "South", "West")
_NO_RETURN, _NO_FIGURES, _BLANK = 0.12, 0.05, 0.01


def quarters_of(pack: RulePack, seed: str = "a county", *, quarters: int = 4, teams: int = 6, first: Quarter = FIRST) -> Iterator[EvidenceSet]:
    """One evidence set a quarter, as a county would send it: that quarter's figures, and the team list as it then is.

    Halfway through, the last two teams become one. Until that is known, no list speaks of it.
    """
    quarter = first
    held = [_Team(Random(f"{seed} {number}"), number) for number in range(teams)]
    for place in range(quarters):
        merged = teams > 2 and place >= max(quarters // 2, 1)
        merger = _nth(first, max(quarters // 2, 1)) if merged else None
        yield _quarter(pack, held, quarter, merger)
        quarter = quarter.next


def written(folder: Path, pack: RulePack, evidence: EvidenceSet) -> Path:
    """The same as a folder of CSV files."""
    write_tables(folder, {f"{name}.csv": rows for name, rows in tables_of(pack, contents_of(evidence)).items()}, overwrite=False)
    return folder


def filing(pack: RulePack, evidence: EvidenceSet, *, because: str = "", by: str = "performance analyst", engine: str = "columnar") -> Filing:
    """One quarter's evidence, ready to be filed, at a time that depends on nothing else."""
    (quarter,) = evidence.quarters
    after = datetime.combine(quarter.last_day, datetime.min.time(), UTC).replace(hour=12)
    return Filing(pack, "kent-2009", evidence, quarter, by, after, because, engine)


def corrected(evidence: EvidenceSet, figure: str = "vacant_posts", by: float = 1) -> EvidenceSet:
    """The same evidence, but for one figure of the first team that supplied it."""
    place = next(n for n, row in enumerate(evidence.rows) if figure in row.figures)
    row = evidence.rows[place]
    changed = replace(row, figures={**row.figures, figure: row.figures[figure] + by})
    return replace(evidence, rows=(*evidence.rows[:place], changed, *evidence.rows[place + 1 :]))


class _Team:
    """One team's state, which wanders from quarter to quarter and is drawn back to what is usual for the team."""

    def __init__(self, rng: Random, number: int):
        self.rng = rng
        self.id = f"T{number + 1:03}"
        self.name = f"{_DISTRICTS[number % 4]} team {number + 1}"
        self.district = _DISTRICTS[number % 4]
        self.posts = rng.randint(6, 18)
        self.usual = {"vacant": rng.uniform(0, 2.5), "load": rng.uniform(11, 18), "crises": rng.uniform(0, 2.5), "mood": rng.uniform(0, 0.3)}
        self.vacant, self.load, self.crises, self.mood = self.usual.values()

    def listed(self, ends: Quarter | None = None, became: str = "") -> Team:
        return Team(self.id, self.name, self.district, "Anyshire", "duty", to_quarter=ends, became=(became,) if became else ())

    def move(self) -> None:
        for name, step, most in (("vacant", 0.7, self.posts - 2), ("load", 1.2, 28), ("crises", 0.9, 8), ("mood", 0.06, 1)):
            now = getattr(self, name)
            drawn = now + (self.usual[name] - now) / 4 + self.rng.gauss(0, step)
            setattr(self, name, min(max(drawn, 0), most))

    def workforce(self) -> dict[str, float]:
        staff = self.posts - round(self.vacant)
        usual, due = 5.0 * self.posts, 2.0 * staff
        rise = 1 + self.crises / 20
        return {
            "established_posts": self.posts, "vacant_posts": round(self.vacant), "in_post_fte": staff, "agency_fte": round(self.vacant * self.mood, 1),
            "leavers_12_months_fte": round(staff * self.mood / 4, 1), "fte_unavailable": round(self.mood * 2, 1), "case_holders_fte": staff,
            "cases_registered": round(self.load * staff), "highest_caseload": round(self.load + 5), "complex_cases_in_crisis": round(self.crises),
            "referrals": round(usual * rise), "usual_referrals": usual, "supervision_sessions_due": due,
            "supervision_sessions_held": round(due * (1 - self.mood / 2)), "cases_taken_in": 0, "cases_farmed_out": 0,
            "child_protection_cases_unallocated": 0, "child_protection_cases_held_by_managers": 0,
        }  # fmt: skip

    def audits(self) -> dict[str, float]:
        return {"files_audited": 8.0, "files_with_supervision_evidence": float(round(8 * (1 - self.mood / 2)))}

    def answer(self, reverse: bool) -> str | None:
        if self.rng.random() < _BLANK:
            return None
        adverse = (self.rng.random() < self.mood) != reverse
        return self.rng.choice(("sometimes", "rarely") if adverse else ("always", "usually", "usually"))


def _quarter(pack: RulePack, held: list[_Team], quarter: Quarter, merger: Quarter | None) -> EvidenceSet:
    listed = [team.listed() for team in held]
    new = f"T{len(held) + 1:03}"
    there = held
    if merger is not None:
        *others, one, two = held
        listed = [*(team.listed() for team in others), *(team.listed(merger.previous, new) for team in (one, two))]
        listed.append(Team(new, "Joint team", one.district, "Anyshire", "duty", from_quarter=merger))
        there = [*others, one]
    rows: list[Row] = []
    responses: list[Response] = []
    for team in there:
        name = new if merger is not None and team is there[-1] else team.id
        team.move()
        figures = {key: float(value) for key, value in team.workforce().items() if team.rng.random() > _BLANK}
        if team.rng.random() > _NO_FIGURES:
            rows.append(Row(name, quarter, figures, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
            rows.append(Row(name, quarter, team.audits(), {}, "audits", Where("audits.csv", len(rows) + 2)))
        if team.rng.random() > _NO_RETURN:
            asked = {question: team.answer(pack.questions[question].favourable_when == "low") for question in pack.questions_read}
            answers = dict.fromkeys(pack.questions) | asked
            day = date.fromordinal(quarter.last_day.toordinal() - team.rng.randint(5, 40))
            responses.append(Response(f"R{name}", name, quarter, day, "collective", answers, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(tuple(listed), tuple(responses), tuple(rows))


def _nth(first: Quarter, number: int) -> Quarter:
    for _ in range(number):
        first = first.next
    return first
