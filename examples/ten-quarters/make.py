"""Writes the tables of this folder. Everything in them is invented: six teams over ten quarters, of which two become one."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUARTERS = [f"{year}/{year - 1999:02d} Q{number}" for year in (2008, 2009, 2010) for number in (1, 2, 3, 4)][:10]
MERGED, SILENT = 7, 5  # South's two long-term teams are one from 2009/10 Q4; in 2009/10 Q2 South Duty sends nothing

TEAMS = [
    ("T1", "North Duty", "North", "duty", "T2", "", "", ""),
    ("T2", "North Long-term", "North", "long-term", "", "", "", ""),
    ("T3", "North Disabled Children", "North", "disabled children", "", "", "", ""),
    ("T4", "South Duty", "South", "duty", "", "", "", ""),
    ("T5", "South Long-term 1", "South", "long-term", "", "", QUARTERS[MERGED - 1], "T7"),
    ("T6", "South Long-term 2", "South", "long-term", "", "", QUARTERS[MERGED - 1], "T7"),
    ("T7", "South Long-term", "South", "long-term", "", QUARTERS[MERGED], "", ""),
]

# Posts, then for each quarter: vacant posts, cases for each worker, referrals, complex cases in crisis, agency staff,
# leavers in twelve months, and of the supervision sessions due the share held.
STORY: dict[str, tuple[int, list[tuple[float, ...]]]] = {
    # A storm in 2009/10 Q2 and Q3, which passes.
    "T1": (12, [
        (1, 13.0, 61, 0, 0.5, 1.0, 1), (1, 13.0, 58, 1, 0.5, 1.0, 1), (1, 12.5, 64, 0, 0.5, 1.1, 1), (1, 13.0, 60, 1, 0.5, 1.0, 1),
        (2, 13.5, 62, 1, 1.0, 1.2, 1), (3, 14.0, 88, 4, 1.5, 1.6, 0.7), (4, 15.0, 104, 6, 2.0, 1.9, 0.55),
        (3, 14.0, 79, 3, 2.0, 1.9, 0.7), (1, 13.0, 66, 1, 1.0, 1.5, 1), (1, 13.0, 63, 0, 0.5, 1.2, 1),
    ]),
    # Caseloads that rise and posts that empty, a little each quarter.
    "T2": (10, [
        (0, 14.0, 24, 0, 0.0, 1.0, 1), (0, 14.6, 25, 1, 0.2, 1.1, 1), (1, 15.2, 26, 0, 0.4, 1.3, 1), (1, 16.0, 24, 1, 0.6, 1.4, 0.95),
        (1, 16.8, 25, 1, 0.8, 1.6, 0.9), (2, 17.4, 26, 1, 1.0, 1.7, 0.88), (2, 18.2, 24, 2, 1.2, 1.9, 0.81),
        (2, 19.0, 25, 2, 1.4, 2.0, 0.75), (3, 20.1, 26, 2, 1.6, 2.2, 0.71), (3, 21.3, 24, 3, 1.8, 2.3, 0.64),
    ]),
    "T3": (8, [(int(n in (2, 6)), 11 + 0.2 * (n % 3), 12 + n % 2, 0, 0, 0.5, 1) for n in range(10)]),
    "T4": (11, [(2, 14 + 0.1 * (n % 4), 55 + n * 7 % 9, (1, 0, 1, 2, 1, 1, 0, 1, 1, 0)[n], 0.5, 1.2, 1) for n in range(10)]),
    "T5": (9, [(1, 15, 20 + n % 3, 1, 0, 0.8, 1) for n in range(7)]),
    "T6": (9, [((1, 1, 2, 2, 2, 3, 3)[n], 15.5, 22 - n % 2, 1, 0, 0.9, 1) for n in range(7)]),
    "T7": (17, [(0,) * 7] * 7 + [((3, 2, 2)[n], 16 + 0.3 * n, 43, 1, 1, 1.6, 1) for n in range(3)]),
}  # fmt: skip

QUESTIONS = [f"q{number}" for number in (2, 4, 5, 8, 9, 12, 21, 36, 37, 38, 39, 40, 41, 42, 44, 45, 47, 48)]
REVERSED = {"q4", "q41", "q42", "q44", "q45", "q47"}


def there(team: str, number: int) -> bool:
    """Whether a team sends anything in a quarter."""
    if team == "T4" and number == SILENT:
        return False
    return number >= MERGED if team == "T7" else number < MERGED or team not in ("T5", "T6")


def figures(team: str, number: int) -> dict[str, float]:
    posts, story = STORY[team]
    vacant, load, referrals, crises, agency, leavers, held = story[number]
    staff = posts - vacant
    due = round(2 * staff)
    return {
        "established_posts": posts, "vacant_posts": vacant, "in_post_fte": staff, "agency_fte": agency, "leavers_12_months_fte": leavers,
        "fte_unavailable": 0.3, "experienced_permanent_fte": staff - agency - 1, "newly_qualified_fte": 1,
        "experienced_leavers_12_months_fte": round(leavers / 2, 2), "case_holders_fte": staff, "cases_registered": round(load * staff),
        "cases_taken_in": 0, "cases_farmed_out": 0, "highest_caseload": round(load + 5), "complex_cases_in_crisis": crises,
        "referrals": referrals, "closures": round(referrals * 0.9), "child_protection_plans": round(2.2 * staff),
        "child_protection_cases_unallocated": 0, "child_protection_cases_held_by_managers": 0, "cases_held_by_managers": 0,
        "supervision_sessions_due": due, "supervision_sessions_held": round(due * held),
    }  # fmt: skip


def adverse(team: str, number: int) -> set[str]:
    """The questions that a team answers on the adverse side."""
    found = {"q47", "q48"} if team not in ("T2", "T3") else set()
    if number >= 4 and team in ("T1", "T2", "T4", "T7"):
        found |= {"q42"}
    if team == "T2" and number >= 7:
        found |= {"q9", "q37"}
    if team == "T1" and 5 <= number <= 7:
        found |= {"q9"}
    return found


def answers(team: str, number: int) -> list[str]:
    against = adverse(team, number)
    return [("usually" if question in REVERSED else "sometimes") if question in against else ("rarely" if question in REVERSED else "usually") for question in QUESTIONS]


def write(name: str, rows: Iterable[Iterable[object]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def main() -> None:
    sent = [(number, quarter, team[0]) for number, quarter in enumerate(QUARTERS) for team in TEAMS if there(team[0], number)]
    columns = list(figures("T1", 0))
    write("teams.csv", [
        ("team_id", "team_name", "district", "county", "team_type", "transfers_to", "from_quarter", "to_quarter", "became"),
        *((team[0], team[1], team[2], "Anyshire", *team[3:]) for team in TEAMS),
    ])  # fmt: skip
    write("workforce.csv", [("team_id", "quarter", *columns), *((team, quarter, *figures(team, number).values()) for number, quarter, team in sent)])
    write("audits.csv", [("team_id", "quarter", "files_audited", "files_with_supervision_evidence"),
                         *((team, quarter, 8, 4 if team == "T2" and number >= 7 else 8) for number, quarter, team in sent)])  # fmt: skip
    write("responses.csv", [("response_id", "team_id", "quarter", "respondent", *QUESTIONS),
                            *((f"{team}-{number + 1:02d}", team, quarter, "collective", *answers(team, number)) for number, quarter, team in sent)])  # fmt: skip


if __name__ == "__main__":
    main()
