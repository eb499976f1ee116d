#!/usr/bin/env python3
"""How flagged and unflagged authorities were judged: a sanity check, and no validation.

    .venv/bin/python docs/explanation/sanity_check.py FOLDER

FOLDER holds the DfE workforce census and the sample of ILACS judgements, as named below. Each
authority is scored on the last census before its inspection began; nothing is tuned to the result.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from datetime import date
from math import sqrt
from pathlib import Path

from springtide import assess, load_pack, read_evidence
from springtide.evidence.dfe.workforce import import_dfe_workforce

CENSUS, JUDGEMENTS = "csww_indicators_2017_to_2025.csv", "ilacs_judgements_sample.csv"
LOWER = ("requires improvement", "inadequate")


def main(folder: Path) -> None:
    with (folder / JUDGEMENTS).open(encoding="utf-8-sig") as file:
        judged = list(csv.DictReader(file))
    codes = codes_by_year(folder / CENSUS)
    levels: dict[int, dict[str, str]] = {}
    groups: dict[str, Counter[str]] = {}
    left_out: Counter[str] = Counter()
    for row in judged:
        grade = row["overall_effectiveness_grade"].strip().lower()
        began = row["inspection_start_date"].strip()
        if not began:
            left_out["no inspection date"] += 1
            continue
        if not grade:
            left_out["no overall grade"] += 1
            continue
        day = date.fromisoformat(began)
        year = day.year if day > date(day.year, 9, 30) else day.year - 1
        code = codes.get(year, {}).get(row["la_code"].strip())
        if code is None:
            left_out["not in the census of that year"] += 1
            continue
        if year not in levels:
            levels[year] = score(folder / CENSUS, year)
        level = levels[year][code]
        groups.setdefault(level, Counter())["lower" if grade in LOWER else "higher"] += 1
    report(len(judged), groups, left_out)


def codes_by_year(census: Path) -> dict[int, dict[str, str]]:
    """The census's own code of each authority by its three-digit number, year by year."""
    found: dict[int, dict[str, str]] = {}
    with census.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for number in row["old_la_code"].split("/"):
                found.setdefault(int(row["time_period"][:4]), {})[number.strip()] = row["new_la_code"].strip()
    return found


def score(census: Path, year: int) -> dict[str, str]:
    """Each authority's level on one census."""
    pack = load_pack("england")
    with tempfile.TemporaryDirectory() as folder:
        import_dfe_workforce(census, year, Path(folder), overwrite=True)
        result = assess(pack, read_evidence(folder, pack))
    return {team.team.id: team.level for team in result.teams}


def report(total: int, groups: dict[str, Counter[str]], left_out: Counter[str]) -> None:
    flagged = groups.get("elevated", Counter()) + groups.get("high", Counter())
    unflagged = sum((count for level, count in groups.items() if level not in ("elevated", "high")), Counter())
    print(f"{total} authorities in the sample; left out: {dict(left_out) or 'none'}")
    for name, counts in (("flagged", flagged), ("not flagged", unflagged), *sorted(groups.items())):
        lower, all_ = counts["lower"], sum(counts.values())
        if all_:
            low, high = wilson(lower, all_)
            print(f"{name}: {lower} of {all_} requires improvement or inadequate, {lower / all_:.0%} (95 % interval {low:.0%} to {high:.0%})")


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share, which stays sensible for few cases."""
    centre, spread = hits / of + z * z / (2 * of), z * sqrt(hits / of * (1 - hits / of) / of + z * z / (4 * of * of))
    return (centre - spread) / (1 + z * z / of), (centre + spread) / (1 + z * z / of)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
