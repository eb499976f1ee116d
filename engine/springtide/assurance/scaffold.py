"""A new rule with its four examples, or a new pack: a start that loads, with the words still to be written."""

from __future__ import annotations

import math
import re
from pathlib import Path

from ..logic import conditions as c
from ..logic import model as m
from ..rulepack import load_pack
from ..rulepack.examples import latest_quarter
from ..rulepack.problems import did_you_mean
from ..rulepack.schema import PACK_ID, PARAGRAPH, WORD
from .inputs import nice_value, unit_of
from .witness import Given, as_yaml

TO_WRITE = "Write here"
KINDS = ("pack", "team-pressure", "county-pressure", "risk", "notice", "confidence")
_FOLDERS = {"team-pressure": "pressures/team", "county-pressure": "pressures/county", "risk": "risk", "notice": "notices", "confidence": "confidence"}
_HOLDS = {"team-pressure": ("present", "none"), "county-pressure": ("affected", "not affected")}
_DEFAULT_MEASURE = "caseload"


class ScaffoldError(ValueError):
    """Something asked for that can't be made, with what to do instead."""


def new_pack(where: Path, name: str, builds_on: str) -> Path:
    """Make a folder with the head of a pack that builds on another. Returns the file written.

    Raises:
        ScaffoldError: the name will not do, or there is such a folder already.
        PackError: the pack beneath does not load.
    """
    if not re.fullmatch(PACK_ID, name):
        raise ScaffoldError(f"a pack can't be called '{name}'; use small letters, digits and hyphens, as in my-county")
    below = load_pack(builds_on)
    folder = where / name
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already; choose another name or remove it")
    folder.mkdir(parents=True)
    return _write(folder / "pack.yaml", f"""\
id: {name}
version: 0.1.0
title: {TO_WRITE} whose rules these are
about: {TO_WRITE} what differs from {below.id}, and who agreed it.
builds_on: {builds_on}
""")  # fmt: skip


def new_rule(folder: Path, kind: str, name: str, measure: str | None, cites: str, level: str) -> Path:
    """Write a rule that holds from a measure's threshold on, with its four examples. Returns the file written.

    Raises:
        ScaffoldError: the name, measure, paragraph or level will not do, or there is such a rule already.
        PackError: the pack does not load.
    """
    pack = load_pack(folder)
    number = measure or _DEFAULT_MEASURE
    known = {**pack.figures, **pack.measures}
    if not re.fullmatch(WORD, name):
        raise ScaffoldError(f"a rule can't be called '{name}'; use letters, digits and underscores")
    if name in {*pack.rules, *known, *pack.questions}:
        raise ScaffoldError(f"'{name}' is the name of another thing in {pack.id}; choose another")
    if number not in known:
        raise ScaffoldError(f"{pack.id} has no measure or figure '{number}'; {did_you_mean(number, known)}")
    if not re.fullmatch(PARAGRAPH, cites):
        raise ScaffoldError(f"'{cites}' is no paragraph of the report; write one as in --cites \"para 24\"")
    if level not in {one.id for one in pack.levels.levels}:
        raise ScaffoldError(f"there is no level '{level}'; {did_you_mean(level, [one.id for one in pack.levels.levels])}")
    thresholds = _thresholds_of(pack, number)
    if not thresholds:
        raise ScaffoldError(f"no threshold of {pack.id} is in the unit of '{number}'; add one to thresholds.yaml first")
    if kind == "team-pressure" and len(thresholds) < 2:
        raise ScaffoldError(f"a team pressure needs two thresholds, for present and for severe, and '{number}' is compared with "
                            f"'{thresholds[0]}' only; add one to thresholds.yaml with measure: {number}")  # fmt: skip
    path = folder / _FOLDERS[kind] / f"{name}.yaml"
    if path.exists():
        raise ScaffoldError(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write(path, _rule(pack, kind, name, number, thresholds, cites, level))


def _thresholds_of(pack: m.RulePack, number: str) -> list[str]:
    """The thresholds that rules compare a number with, mildest first; else those that are said to be of it, or in its unit."""
    compared = [leaf.threshold for leaf in pack.leaves if isinstance(leaf, c.MeasureTest) and leaf.measure == number]
    said = [one.id for one in pack.thresholds.values() if one.measure == number]
    unit = unit_of(pack, number).name
    alike = [one.id for one in pack.thresholds.values() if one.unit == unit]
    values = pack.values(latest_quarter(pack))
    downwards = _lower_is_worse(pack, number)
    return sorted(dict.fromkeys([*compared, *said] or alike[:1]), key=lambda name: -values[name] if downwards else values[name])


def _lower_is_worse(pack: m.RulePack, number: str) -> bool:
    return (pack.measures.get(number) or pack.figures[number]).worse_when == "lower"


def _rule(pack: m.RulePack, kind: str, name: str, number: str, thresholds: list[str], cites: str, level: str) -> str:
    comparison = "at_most" if _lower_is_worse(pack, number) else "at_least"
    first = thresholds[0]
    last = thresholds[-1]
    lines = [f"id: {name}", f"title: {TO_WRITE} what it is, in a few words", f"cites: [{cites}]", f"because: {TO_WRITE} why it matters, in a sentence."]
    test = "{" + f"{number}: {{{comparison}: {first}}}" + "}"
    match kind:
        case "team-pressure":
            lines += [f"family: {name}", f"present: {test}", f"severe: {{{number}: {{{comparison}: {last}}}}}", "points: {present: 1, severe: 2}"]
        case "county-pressure":
            lines += [f"affected: {test}", "most: most_teams"]
        case "risk":
            lines += [f"level: {level}", f"when: {test}"]
        case "notice":
            lines += ["channel: notice", f"when: {test}"]
        case "confidence":
            lines += ["weight: minor", f"when: {test}"]
    if kind != "confidence":
        lines.append(f"tell_the_manager: {TO_WRITE} what to do, or that no action may be needed.")
    lines.append("examples:")
    lines += [as_yaml(words, given, expect) for words, given, expect in _examples(pack, kind, number, comparison, first, last)]
    return "\n".join(lines) + "\n"


def _examples(pack: m.RulePack, kind: str, number: str, comparison: str, first: str, last: str) -> list[tuple[str, Given, str]]:
    """It holds, it does not, it is exactly on the boundary, it is missing; and, of a pressure, severe."""
    holds, fails = _HOLDS.get(kind, ("met", "not met"))
    values = pack.values(latest_quarter(pack))
    unit = unit_of(pack, number)
    upwards = comparison == "at_least"
    far = values[last] if kind == "team-pressure" else math.inf if upwards else -math.inf
    well = nice_value(*sorted((values[first], far)), unit)
    found: list[tuple[str, Given, str]] = []
    if well is not None:
        found.append(("well past the threshold", {number: int(well) if well == int(well) else well}, holds))
    found += [
        ("exactly on the threshold", {number: f"at {first}"}, holds),
        ("not quite there", {number: f"{'just below' if upwards else 'just above'} {first}"}, fails),
        ("not supplied", {}, "cannot tell"),
    ]
    if kind == "team-pressure":
        found.append(("exactly on the severe threshold", {number: f"at {last}"}, "severe"))
        found.append(("not quite severe", {number: f"{'just below' if upwards else 'just above'} {last}"}, holds))
    if kind == "county-pressure":
        found += [
            ("501 of a thousand teams are most of them", {"all_teams": 1000, "affected_teams": 501}, "on"),
            ("500 of a thousand teams are not", {"all_teams": 1000, "affected_teams": 500}, "off"),
        ]
    return found


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
