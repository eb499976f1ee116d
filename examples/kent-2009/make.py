#!/usr/bin/env python3
"""Makes the evidence of this folder. All of it is invented: no figure and no answer is Kent's.

    python3 examples/kent-2009/make.py            writes the four CSV files again, the same to the byte
    python3 examples/kent-2009/make.py --check    exits with 1 if they differ from what it would write

The table of teams says what each team is like; the archetypes say what that means in figures; chance, from a seed, does
the rest and stays inside their ranges. Each team draws from a seed of its own, so that changing one changes no other's
figures. Nothing here scores anything.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
SEED = "Kent, invented"
LAST, NOW = "2008/09 Q3", "2008/09 Q4"

# -- what kinds of team there are ------------------------------------------------------------

# Ranges of a team under no pressure. In brackets where the rules of kent-2009 begin to see one, and a severe one:
# the ranges keep clear of both.
QUIET = {
    "away": (0.0, 0.10),  # staff unavailable, share of posts (0.15, 0.25)
    "agency": (0.0, 0.08),  # agency staff, share of all who work (0.15, 0.25)
    "leavers": (0.04, 0.11),  # leavers in 12 months, share of staff in post (0.15, 0.20)
    "new": (0.06, 0.14),  # newly qualified, share of staff in post
    "caseload": (12.4, 15.8),  # cases for each worker (18, 22)
    "above": (3.5, 7.0),  # the highest caseload, above the average (25, 30 in all)
    "crisis": (0.0, 0.2),  # complex cases in crisis for each worker (0.5, 1; and 3 cases, 5)
    "rise": (-0.09, 0.07),  # referrals against the team's usual (0.2, 0.3; and beyond chance)
    "plans": (0.94, 1.06),  # child protection plans against the usual
    "held": (0.86, 0.97),  # supervision sessions held, share of those due (below 0.75)
    "shown": (0.62, 0.92),  # audited files that show supervision, share (below 0.5)
}
BUSY = {"caseload": (18.3, 19.6), "above": (6.0, 8.5)}
AGENCY, TURNOVER = {"agency": (0.175, 0.225)}, {"leavers": (0.168, 0.188)}
PEAK, CRISES, AWAY = {"rise": (0.25, 0.28)}, {"crisis": (0.64, 0.8)}, {"away": (0.18, 0.22)}

# Each archetype: what differs from QUIET now; what differed last quarter, if not the same; and which questions the team
# answers adversely because of it. Vacancies stand in the table of teams, for a half post more or less changes the side.
ARCHETYPES: dict[str, tuple[dict, dict, str]] = {
    # no pressure of its own
    "calm": ({}, {}, ""),  # and no trouble with the case system
    "system": ({}, {}, "47"),  # trouble with the case system only
    # one kind of pressure
    "vacant": ({}, {}, ""),  # vacancies, as in the table
    "agency": (AGENCY, AGENCY, "42"),
    "turnover": (TURNOVER, TURNOVER, "41"),
    "unsettled": ({}, {}, "41 42"),  # turnover and agency, the team says; its figures do not
    "filled": ({"new": (0.30, 0.36)}, {}, "41"),  # posts filled since last quarter, by newly qualified staff
    "busy": (BUSY, BUSY, "44 45"),
    "busier": (BUSY, {}, "44 45"),  # busy since this quarter
    "feels busy": ({}, {}, "44 45"),  # caseloads are difficult, the team says; its figures are not high
    "counts busy": (BUSY, BUSY, ""),  # the figures are high, and the team does not mind
    "sorting": (BUSY | {"rise": (0.12, 0.16), "plans": (0.74, 0.8)}, BUSY, "44 45"),  # more referrals, fewer plans
    "sickness": (AWAY, {}, ""),
    "peak": (PEAK, {}, ""),
    # several kinds, or a severe one
    "stretched": (BUSY, BUSY, "44 45"),  # busy, with vacancies as in the table
    "stretched, agency": (BUSY | AGENCY, BUSY | AGENCY, "42 44 45"),
    "stretched, turnover": (BUSY | TURNOVER, BUSY, "41 44 45"),
    "stretched, crises": (BUSY | CRISES, BUSY, "44 45"),
    "stretched, peak": (BUSY | PEAK, BUSY, "44 45"),
    "overloaded": ({"caseload": (22.3, 23.2), "above": (4.5, 6.0)}, BUSY, "44 45"),
    "crises": (BUSY | CRISES, {}, "44 45"),
    # what para 29 describes: vacancies, a sudden peak and several crises at the same time
    "storm": (PEAK | CRISES, {}, ""),  # in a team that normally works well
    "storm, strained": (BUSY | PEAK | CRISES | AGENCY, BUSY | AGENCY, "42 44 45"),
    # stretched, and supervision shows it: in the files audited, or in the sessions held
    "thin files": (BUSY | AGENCY | {"shown": (0.2, 0.35)}, BUSY, "42 44 45"),
    "missed sessions": (BUSY | {"held": (0.55, 0.66)}, BUSY, "44 45"),
}

# One row a team: posts and vacant posts; archetype; the questions on supervision that it answers adversely (8 with 36,
# 9, 37); who answered: manager, practitioner, collective, unstated, or - for no questionnaire; and what else is special:
#   was=3       posts vacant last quarter                column=4    a cell of its own; column= leaves it blank
#   +12, -45    answered adversely after all, or not     only=...    no other figures than these were supplied
#   early       the first answered before the quarter    no row, no last row, no audit row    none was supplied
#   split       manager and practitioner differ          unaudited   an audit of no files
#   unsure      many a "don't know"                      district_vacancy_rate=?              worked out
TEAMS = """
Ashford           | Duty              | 12/2.5   | stretched           | 9      | mpc | cases_farmed_out=7; +41
Ashford           | Long-term 1       | 10/1     | busy                | 8 9 37 | mpc | cases_taken_in=7; split
Ashford           | Long-term 2       | 10.5/2   | vacant              | 8 9 37 | mc  | was=1
Ashford           | Long-term 3       | 9/1      | system              | 8 9 37 | mpc | unaudited
Ashford           | Disabled Children | 6/0.5    | calm                | 37     | c   |
Canterbury        | DIAT 1            | 12/1.5   | stretched, agency   | 8      | mc  | unaudited; +41
Canterbury        | DIAT 2            | 11/1     | busy                | 8 9 37 | mp  | vacant_posts=; district_vacancy_rate=?
Canterbury        | Long-term 1       | 10/2     | stretched           | 37     | mpc | team_reorganised=yes
Canterbury        | Long-term 2       | 9/1.5    | agency              | 8 9 37 | mc  |
Canterbury        | Long-term 3       | 9.5/2    | stretched           |        | -   | no audit row
Canterbury        | Disabled Children | 7/1      | system              | 8      | c   | unaudited
Dartford          | Duty              | 10/1     | peak                | 8 9 37 | mpc |
Dartford          | Long-term 1       | 9.5/2    | stretched           | 9      | mp  | was=1; split
Dartford          | Long-term 2       | 9/0.5    | busier              | 8      | c   | fte_unavailable=
Dartford          | Disabled Children | 5/2      | vacant              |        | -   | no row; no audit row
Dover             | DIAT 1            | 11/1     | sorting             | none   | mpc |
Dover             | DIAT 2            | 10.5/2   | storm               | none   | mpc | was=1
Dover             | Long-term 1       | 10/2     | vacant              | 8 9 37 | m   | unaudited; definition_changed=yes
Dover             | Long-term 2       | 9.5/2    | stretched           | 8      | mpc | supervision_sessions_held=
Dover             | Disabled Children | 4/0      | sickness            | 8      | c   | unaudited
Gravesham         | Duty              | 11/2.5   | stretched           | 8 9 37 | mpc | +4
Gravesham         | Long-term 1       | 9/1.5    | stretched, agency   | none   | pc  |
Gravesham         | Long-term 2       | 9/1      | turnover            | 8 9 37 | mc  |
Gravesham         | Disabled Children | 4/1      | system              | 9      | m   | no row; no audit row
Maidstone         | DIAT 1            | 13/2.5   | stretched, peak     | 37     | mpc | was=2
Maidstone         | DIAT 2            | 12/1     | sorting             | 8 9 37 | mp  | unaudited
Maidstone         | Long-term 1       | 11/2     | stretched           | 9      | mc  | child_protection_cases_held_by_managers=u; -45
Maidstone         | Long-term 2       | 11/2     | filled              | 8      | mpc | was=3.5; +42
Maidstone         | Long-term 3       | 10/1     | busy                | 8 9 37 | mpc | child_protection_cases_unallocated=1; cases_unallocated_over_7_days=5
Maidstone         | Disabled Children | 7/2      | vacant              |        | -   | only=established_posts in_post_fte fte_unavailable; no audit row
Sevenoaks         | Duty              | 8/1      | calm                | none   | mc  | vacant_posts=c; district_vacancy_rate=?
Sevenoaks         | Long-term 1       | 8.5/1    | feels busy          | 8 9 37 | mpc | no last row
Sevenoaks         | Long-term 2       | 8/1      | calm                | 8 9 37 | mc  | +4; +47; cases_held_by_managers=3; child_protection_cases_held_by_managers=2
Sevenoaks         | Disabled Children | 4/0      | calm                |        | -   |
Shepway           | DIAT 1            | 12/1.5   | stretched, agency   | none   | mpc | split
Shepway           | DIAT 2            | 11/2.5   | vacant              |        | -   | unaudited
Shepway           | Long-term 1       | 10/2     | thin files          | 9      | mpc |
Shepway           | Long-term 2       | 9/1      | busy                | 8 9 37 | uc  | +12
Shepway           | Disabled Children | 6.5/1    | unsettled           | 8 9 37 | p   | unsure
Swale             | DIAT 1            | 14/2.5   | stretched           | 8      | mpc | cases_taken_in=9; +42
Swale             | DIAT 2            | 12/1     | feels busy          | 37     | mp  | no row; no audit row; +12; +21
Swale             | Long-term 1       | 10.5/2   | missed sessions     | 37     | mpc | cases_farmed_out=9
Swale             | Long-term 2       | 10/1     | stretched, turnover | 9      | pc  |
Swale             | Long-term 3       | 9/3      | vacant              | 37     | mpc | was=2; +38
Swale             | Disabled Children | 6/2      | vacant              |        | -   | no row; no audit row
Thanet            | DIAT 1            | 16/3     | storm, strained     | 8 9 37 | mpc | cases_farmed_out=12; +4; +21; +41
Thanet            | DIAT 2            | 12/2     | stretched           | 37     | mc  | cases_taken_in=12; no audit row
Thanet            | Long-term 1       | 11/2     | stretched, crises   | 8      | mpc | +39; early
Thanet            | Long-term 2       | 10/1     | overloaded          | 9      | c   |
Thanet            | Long-term 3       | 10/1.5   | stretched, agency   | 37     | mp  | unaudited; early; +41
Thanet            | Disabled Children | 4/1      | system              | 8      | c   | -40
Tonbridge & Malling | Duty            | 11/2.5   | vacant              | 8 9 37 | mpc | unsure
Tonbridge & Malling | Long-term 1     | 9/1      | busier              | 8 9 37 | mc  | no last row
Tonbridge & Malling | Long-term 2     | 9.5/2    | stretched           | 9      | mpc | -44; unaudited
Tonbridge & Malling | Long-term 3     | 9.5/2    | filled              | 8 9 37 | c   | was=3
Tonbridge & Malling | Disabled Children | 7.5/1  | counts busy         | 8 9 37 | mp  | definition_changed=yes; unaudited
Tunbridge Wells   | Duty              | 10.5/2   | vacant              | 8 9 37 | mpc | complex_cases_in_crisis=; +40
Tunbridge Wells   | Long-term 1       | 9.5/2    | stretched           | none   | mpc |
Tunbridge Wells   | Long-term 2       | 8/0.5    | crises              | 37     | up  | early
Tunbridge Wells   | Disabled Children | 5/1      | calm                | 9      | m   | no row; no audit row
"""

# -- the questionnaire -----------------------------------------------------------------------

REVERSE_KEYED = {4, 41, 42, 44, 45, 47}  # here a high answer is the adverse one
UNREPORTED = {14, 30, 32, 33}  # what they asked is not known, and they are left blank
HIGH, LOW = {"always": 3, "usually": 7}, {"sometimes": 6, "rarely": 3, "never": 1}  # how often each is given
# About what share of teams answers adversely, where the table of teams does not say. More than half makes a point for
# improvement of it: the report gives the findings, and none of these shares.
ADVERSE = {
    1: .22, 2: .19, 3: .63, 4: .57, 5: .07, 6: .26, 7: .65, 10: .59, 11: .70, 13: .28, 15: .24, 16: .19, 17: .15, 18: .61,
    19: .31, 20: .37, 22: .20, 23: .35, 24: .33, 25: .57, 26: .22, 27: .17, 28: .37, 29: .31, 31: .33, 34: .13, 35: .67,
    43: .20, 46: .28, 47: .68, 48: .57,
}  # fmt: skip
NOT_APPLICABLE = {26: 0.05, 40: 0.20, 46: 0.05}  # and how often
UNSURE_OF = (5, 36, 38, 41, 48)
RESPONDENTS = {"m": "manager", "p": "practitioner", "c": "collective", "u": ""}
DAYS = [f"2009-01-{day}" for day in range(26, 31)] + [f"2009-02-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]

# What a team of each type has for each post in a usual quarter: referrals, and child protection plans
USUAL = {"duty": (9.5, 0.7), "long-term": (3.2, 2.3), "disabled children": (2.8, 0.3)}
OFTEN_BLANK = ("experienced_leavers_12_months_fte", "closures", "cases_unallocated_over_7_days")


class Team(NamedTuple):
    id: str
    name: str
    district: str
    type: str
    posts: float
    vacant: float
    archetype: str
    supervision: set[int]
    who: str
    special: dict[str, str]


def read_teams() -> list[Team]:
    teams = []
    for number, line in enumerate(TEAMS.strip().splitlines(), 1):
        district, name, posts, archetype, supervision, who, special = (cell.strip() for cell in line.split("|"))
        kind = "duty" if name.startswith(("Duty", "DIAT")) else name.rstrip(" 123").lower()
        marks = dict(mark.strip().partition("=")[::2] for mark in special.split(";"))
        points = {int(point) for point in supervision.split() if point != "none"}
        teams.append(Team(f"T{number:03}", f"{district} {name}", district, kind, *map(float, posts.split("/")), archetype,
                          points | ({36} if 8 in points else set()), who.strip("-"), marks))  # fmt: skip
    return teams


def team_rows(teams: list[Team]) -> list[dict]:
    """A duty team hands its cases on to the long-term team of the same number in its district, or to the first."""
    rows = []
    for team in teams:
        number = team.name[-1] if team.name[-1].isdigit() else "1"
        receiving = {t.name: t.id for t in teams}[f"{team.district} Long-term {number}"] if team.type == "duty" else ""
        rows.append({"team_id": team.id, "team_name": team.name, "district": team.district, "county": "Kent",
                     "team_type": team.type, "transfers_to": receiving})  # fmt: skip
    return rows


# -- figures ---------------------------------------------------------------------------------


def drawn(team: Team, quarter: str) -> dict[str, float]:
    """Where a team lies in the ranges of its archetype: near the same place in both quarters."""
    now, before, _ = ARCHETYPES[team.archetype]
    place, drift = Random(f"{SEED} {team.id}"), Random(f"{SEED} {team.id} {quarter}")
    found = {}
    for name, (low, high) in (QUIET | (now if quarter == NOW else before)).items():
        position = min(1.0, max(0.0, place.random() + drift.uniform(-0.15, 0.15)))
        found[name] = low + (high - low) * position
    return found


def workforce_row(team: Team, quarter: str, adverse: dict[int, bool], district_rate: float) -> dict:
    rng, own = Random(f"{SEED} {team.id} {quarter} figures"), drawn(team, quarter)
    special = team.special if quarter == NOW else {}
    vacant = team.vacant if quarter == NOW else float(team.special.get("was", team.vacant))
    in_post = round(team.posts - vacant - rng.choice([0, 0, 0.1, 0.2, 0.3, 0.4]), 1)
    agency = round(own["agency"] * in_post / (1 - own["agency"]), 1)
    holders = round(in_post + agency - rng.choice([0, 0.2, 0.5]), 1)
    taken, farmed = int(special.get("cases_taken_in", 0)), int(special.get("cases_farmed_out", 0))
    leavers, new = round(own["leavers"] * in_post, 1), round(own["new"] * in_post, 1)
    usual_referrals, usual_plans = (each * team.posts for each in USUAL[team.type])
    usual = round(usual_referrals * Random(f"{SEED} {team.id} usual").uniform(0.9, 1.15) * 2) / 2
    referrals = round(usual * (1 + own["rise"]))
    waiting = rng.randint(1, 8) if adverse.get(4) and quarter == NOW else 0
    due = 3 * round(in_post)
    row = {
        "team_id": team.id, "quarter": quarter,
        "established_posts": team.posts, "vacant_posts": vacant, "in_post_fte": in_post, "agency_fte": agency,
        "leavers_12_months_fte": leavers, "experienced_leavers_12_months_fte": round(leavers * rng.uniform(0.5, 0.9), 1),
        "experienced_permanent_fte": round(in_post - new - rng.choice([0, 0, 0.5]), 1), "newly_qualified_fte": new,
        "fte_unavailable": round(own["away"] * team.posts, 1), "district_vacancy_rate": "",
        "case_holders_fte": holders, "cases_registered": round(own["caseload"] * holders) - taken + farmed,
        "cases_taken_in": taken, "cases_farmed_out": farmed, "highest_caseload": round(own["caseload"] + own["above"]),
        "complex_cases_in_crisis": round(own["crisis"] * holders),
        "referrals": referrals, "usual_referrals": usual, "closures": round(referrals * rng.uniform(0.86, 1.02)),
        "child_protection_plans": round(usual_plans * own["plans"]), "child_protection_cases_unallocated": 0,
        "child_protection_cases_held_by_managers": 0, "cases_held_by_managers": waiting,
        "cases_unallocated_over_7_days": rng.choice([0, 0, 1, 2]) if waiting else 0,
        "supervision_sessions_due": due, "supervision_sessions_held": round(due * own["held"]),
        "definition_changed": "no", "team_reorganised": "no",
    }  # fmt: skip
    row |= {name: "" for name in OFTEN_BLANK if rng.random() < 0.06}
    row |= {name: value for name, value in special.items() if name in row}
    if row["district_vacancy_rate"] == "?":
        row["district_vacancy_rate"] = round(district_rate, 2)
    if "only" in special:
        row = {name: value if name in ("team_id", "quarter", *special["only"].split()) else "" for name, value in row.items()}
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in row.items()}


def workforce_rows(teams: list[Team], adverse: dict[str, dict[int, bool]]) -> list[dict]:
    rows = []
    for quarter, left_out in ((LAST, "no last row"), (NOW, "no row")):
        for team in teams:
            district = [t for t in teams if t.district == team.district]
            rate = sum(t.vacant for t in district) / sum(t.posts for t in district)
            if left_out not in team.special:
                rows.append(workforce_row(team, quarter, adverse.get(team.id, {}), rate))
    return rows


def audit_rows(teams: list[Team]) -> list[dict]:
    rows = []
    for team in teams:
        if "no audit row" not in team.special:
            files = 0 if "unaudited" in team.special else Random(f"{SEED} {team.id} audit").randint(6, 10)
            shown = round(files * drawn(team, NOW)["shown"])
            rows.append({"team_id": team.id, "quarter": NOW, "files_audited": files, "files_with_supervision_evidence": shown})
    return rows


# -- answers ---------------------------------------------------------------------------------


def sides(teams: list[Team]) -> dict[str, dict[int, bool]]:
    """Per team that answered and per question, whether it falls on the adverse side."""
    found: dict[str, dict[int, bool]] = {}
    for team in teams:
        if team.who:
            adverse = {int(question) for question in ARCHETYPES[team.archetype][2].split()} | team.supervision
            adverse |= {int(mark) for mark in team.special if mark.startswith("+")}
            adverse -= {-int(mark) for mark in team.special if mark.startswith("-")}
            found[team.id] = {question: question in adverse for question in range(1, 49)}
    untroubled = {team.id for team in teams if team.archetype == "calm"}
    for question, share in ADVERSE.items():
        already = [team for team in found if found[team][question]]
        others = [team for team in found if not found[team][question] and not (question in (47, 48) and team in untroubled)]
        wanted = round(share * len(found)) - len(already)
        for team in Random(f"{SEED} question {question}").sample(others, wanted):
            found[team][question] = True
    return found


def answers(team: Team, adverse: dict[int, bool], place: int, rng: Random) -> dict[str, str]:
    """One respondent's. With three, the last may differ or not know without tipping the team's answer."""
    can_differ = len(team.who) == 3 and place == 2 and "split" not in team.special
    given = {}
    for question in range(1, 49):
        bad, chance = adverse[question], rng.random()
        rules_read_it = question not in ADVERSE or question in (4, 5, 47, 48)
        if "split" in team.special and place == 0:
            bad = bad and question not in (9, 44)  # the manager sees it differently
        elif can_differ and not rules_read_it and chance < 0.25:
            bad = not bad
        words = HIGH if bad == (question in REVERSE_KEYED) else LOW
        word = rng.choices(list(words), list(words.values()))[0]
        if question in UNREPORTED:
            word = ""
        elif "unsure" in team.special and question in UNSURE_OF and place == len(team.who) - 1:
            word = "don't know"
        elif not adverse[question] and 0.4 < chance < 0.4 + NOT_APPLICABLE.get(question, 0):
            word = "not applicable"
        elif (can_differ or not rules_read_it) and 0.8 < chance < 0.83:
            word = "don't know" if chance < 0.82 else ""
        given[f"q{question}"] = word
    return given


def response_rows(teams: list[Team], adverse: dict[str, dict[int, bool]]) -> list[dict]:
    rows: list[dict] = []
    for team in teams:
        rng = Random(f"{SEED} {team.id} answers")
        for place, letter in enumerate(team.who):
            day = "2008-12-18" if "early" in team.special and place == 0 else rng.choice(DAYS)
            rows.append({"response_id": f"R{len(rows) + 1:03}", "team_id": team.id, "quarter": NOW, "completed_on": day,
                         "respondent": RESPONDENTS[letter], **answers(team, adverse[team.id], place, rng)})  # fmt: skip
    return rows


# -- files -----------------------------------------------------------------------------------


def as_csv(rows: list[dict]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def main() -> int:
    teams = read_teams()
    adverse = sides(teams)
    files = {
        "teams.csv": as_csv(team_rows(teams)),
        "responses.csv": as_csv(response_rows(teams, adverse)),
        "workforce.csv": as_csv(workforce_rows(teams, adverse)),
        "audits.csv": as_csv(audit_rows(teams)),
    }
    if "--check" in sys.argv[1:]:
        stale = [name for name, content in files.items() if not (FOLDER / name).is_file() or (FOLDER / name).read_bytes() != content]
        print(f"differs from what make.py writes: {', '.join(stale)}" if stale else "as make.py writes them")
        return 1 if stale else 0
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
