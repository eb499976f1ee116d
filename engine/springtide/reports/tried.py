"""What came of trying a pack on invented counties: the answer first, then how often, then on what assumptions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..trial.county_files import OTHERS, RATES, Answers, Assumption, County, Pressed
from ..trial.trying import Broken, Share, Trial, Tried
from .rule_page import head
from .wording import counted, indented

_MOST_DIGITS = 4


def render(trial: Trial, sources: bool = False) -> RenderableType:
    """The whole as one thing to print; with `sources`, where each assumption comes from."""
    return Group(
        *(Text(line, style="bold") for line in _answer(trial)),
        *(indented(line, 0) for line in _not_kept(trial)),
        Text(),
        _table(trial),
        Text(),
        *(indented(line, 0) for line in _about(trial)),
        Text(),
        *_assumptions(trial, sources),
    )


# -- the answer ---------------------------------------------------------------------------------


def _answer(trial: Trial) -> Iterator[str]:
    pack, county = trial.pack, trial.county
    limits = f"({percent(county.flagged.value)}, {percent(county.highest.value)})"
    for one, first in ((trial.ordinary(), f"In an ordinary county {pack.id} flags"), (trial.ordinary(True), "From questionnaires alone it flags")):
        over = {problem.what for problem in trial.broken if problem.tried is one}
        verdict = f"more than is allowed {limits}" if over else f"within what is allowed {limits}"
        flagged, highest = percent(one.flagged.value, county.flagged.value), percent(one.highest.value, county.highest.value)
        yield f"{first} {flagged} of teams by chance ({highest} {pack.levels.levels[-1].title}): {verdict}."
    for questionnaires_only, which in ((False, "Of teams that are truly worse"), (True, "From questionnaires alone, of teams that are truly worse,")):
        found = [one.found.value for one in trial.tried if one.found is not None and one.questionnaires_only == questionnaires_only]
        if found:
            yield f"{which} it finds {_from_to(found)}."


def _from_to(shares: list[float]) -> str:
    least, most = percent(min(shares)), percent(max(shares))
    return least if least == most else f"{least.removesuffix(' %')} to {most}"


def _not_kept(trial: Trial) -> Iterator[str]:
    """What else is not as it should be; too many in an ordinary county stands in the answer."""
    for what, says in (("found", "It finds too few of"), ("others", "Beside teams truly worse it flags too many others")):
        held = [one for one in trial.broken if one.what == what]
        least = "at least" if what == "found" else "at most"
        kinds = [f"{_kind(one.tried).lower()} ({percent(one.is_, one.limit)}, {least} {percent(one.limit)})" for one in held]
        if kinds:
            yield f"{says}: {', '.join(kinds)}."
    if any(one.narrowly for one in trial.broken):
        narrow = ", ".join(dict.fromkeys(_kind(one.tried).lower() for one in trial.broken if one.narrowly))
        yield f"By so little that other counties could come out otherwise: {narrow}. More of them decide it (--counties)."


def _kind(tried: Tried) -> str:
    return tried.pressed.title if tried.pressed else "Ordinary"


# -- the table ----------------------------------------------------------------------------------


def _table(trial: Trial) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    highest = trial.pack.levels.levels[-1].title
    table.add_column("", no_wrap=True)
    for column in ("By chance", "at most", "9 in 10", highest, "at most", "Found", "at least"):
        table.add_column(column, justify="right")
    for questionnaires_only, title in ((False, "Figures and questionnaires"), (True, "Questionnaires alone")):
        table.add_row(Text(title, style="italic"))
        for one in trial.tried:
            if one.questionnaires_only == questionnaires_only:
                table.add_row(f"  {_kind(one)}", *_cells(trial.county, one))
    return table


def _cells(county: County, one: Tried) -> tuple[str, ...]:
    most = one.pressed.others if one.pressed else county.flagged.value
    low, high = percent(one.flagged.low), percent(one.flagged.high)
    highest = percent(one.highest.value, county.highest.value)
    found = (percent(one.found.value, one.pressed.found), percent(one.pressed.found)) if one.found and one.pressed else ("", "")
    return percent(one.flagged.value, most), percent(most), f"{low.removesuffix(' %')}–{high.removesuffix(' %')}", highest, "" if one.pressed else percent(county.highest.value), *found


def percent(share: float, beside: float | None = None) -> str:
    """A share in per cent: whole, but with as many digits as it takes where it is small or would read as a limit that it is not."""
    if math.isnan(share):
        return "–"
    for digits in range(1 if 0 < share < 0.095 else 0, _MOST_DIGITS + 1):
        said = f"{100 * share:.{digits}f}"
        if beside is None or share == beside or said != f"{100 * beside:.{digits}f}":
            break
    return f"{said.rstrip('0').rstrip('.') if '.' in said else said} %"


# -- what it rests on ---------------------------------------------------------------------------


def _about(trial: Trial) -> Iterator[str]:
    county, size = trial.county, trial.size
    yield (
        f"Invented for each line: {trial.counties} counties of {counted(size, 'team')}, seed {trial.seed}, as {county.title} ({county.id}); "
        f"scored for {trial.quarter} with {trial.pack.id} {trial.pack.version} ({trial.pack.hash[:12]})."
    )
    yield (
        "In an ordinary county every team has the same rates, and teams differ by chance alone. In the others a tenth of the teams "
        "are truly worse, and what is flagged by chance is of the rest. In nine counties of ten it is within the range (9 in 10). "
        "Real counties vary more, so that these are the least."
    )
    if trial.read.not_invented:
        yield f"Not invented, and so not known of any team: {', '.join(trial.read.not_invented)}. What the pack makes of them was not tried."
    if unlike := [question for question in trial.read.questions if question not in county.answers]:
        yield f"No assumption of its own, and so answered as {OTHERS} are: {', '.join(unlike)}."
    if trial.pack.words.team != "team":
        yield f"{trial.pack.id} scores {trial.pack.words.teams}. What is invented are teams, which vary more by chance."


def _assumptions(trial: Trial, sources: bool) -> Iterator[RenderableType]:
    county = trial.county
    yield Text("Assumptions", style="bold")
    for name, rate in county.rates.items():
        yield from _assumption(f"{RATES[name].title}: {RATES[name].unit.say(rate.value)}", rate, sources)
    for kind in county.team_types:
        beside = "" if kind.caseload == 1 else f", caseloads {kind.caseload:g} times the county's"
        yield from _assumption(f"Teams of type {kind.name}, {kind.in_turn} in turn: usually {kind.referrals:g} referrals a post in a quarter{beside}", kind, sources)
    for said, answers in _answers(trial):
        yield from _assumption(said, answers, sources)
    for one in county.pressed.values():
        yield from _assumption(f"{one.title}: {'; '.join(_worse(county, one))}", one, sources)
    for limit, what in ((county.flagged, "flagged"), (county.highest, trial.pack.levels.levels[-1].title)):
        yield from _assumption(f"By chance {what}, at most: {percent(limit.value)}", limit, sources)
    if not sources:
        yield Text("Where each comes from: --sources", style="dim")


def _assumption(said: str, of: Any, sources: bool) -> Iterator[RenderableType]:
    yield indented(f"{said} [{of.basis}]")
    if sources:
        yield indented(of.source, 6)


def _answers(trial: Trial) -> Iterator[tuple[str, Answers]]:
    """The adverse answers to what the levels read, questions with the same assumption together."""
    county = trial.county
    grouped: dict[Answers, list[str]] = {}
    for question in trial.read.questions:
        grouped.setdefault(county.answers_to(question), []).append(question)
    for answers, questions in grouped.items():
        share = f"as {answers.same_as}" if answers.same_as else percent(answers.adverse)
        alike = ", together within a team" if answers.alike else ""
        yield f"Answered adversely, {', '.join(questions)}: {share}{alike}", answers


def _worse(county: County, pressed: Pressed) -> Iterator[str]:
    """What is not as in the ordinary county, with what is usual there."""
    for name, value in pressed.rates.items():
        unit, title = RATES[name].unit, RATES[name].title
        yield f"{title[:1].lower()}{title[1:]} {unit.say(value)} (usual {unit.say(county.rates[name].value)})"
    grouped: dict[float, list[str]] = {}
    for question, adverse in pressed.answers.items():
        grouped.setdefault(adverse, []).append(question)
    for adverse, questions in grouped.items():
        yield f"adverse to {', '.join(questions)} {percent(adverse)}"


# -- as plain data ------------------------------------------------------------------------------


def as_dict(trial: Trial) -> dict[str, Any]:
    county = trial.county
    return head(trial.pack) | {
        "quarter": str(trial.quarter),
        "counties": trial.counties,
        "size": trial.size,
        "seed": trial.seed,
        "kept": trial.kept,
        "tried": [_tried_dict(one) for one in trial.tried],
        "broken": [_broken_dict(one) for one in trial.broken],
        "not_invented": list(trial.read.not_invented),
        "like": {
            "id": county.id, "title": county.title, "about": county.about,
            "by_chance": {"flagged": _value(county.flagged), "highest": _value(county.highest)},
            "rates": {name: {"title": RATES[name].title} | _value(rate) for name, rate in county.rates.items()},
            "team_types": {
                kind.name: {"in_turn": kind.in_turn, "referrals": kind.referrals, "caseload": kind.caseload, "basis": kind.basis, "source": kind.source}
                for kind in county.team_types
            },
            "answers": {
                question: {"adverse": None if one.same_as else one.adverse, "as": one.same_as or None, "alike": one.alike, "basis": one.basis, "source": one.source}
                for question, one in county.answers.items()
            },
            "pressed": {
                one.id: {
                    "title": one.title, "questionnaires_only": one.questionnaires_only, "rates": dict(one.rates), "answers": dict(one.answers),
                    "found": one.found, "others": one.others, "basis": one.basis, "source": one.source,
                }
                for one in county.pressed.values()
            },
        },
    }  # fmt: skip


def _value(held: Assumption) -> dict[str, Any]:
    return {"value": held.value, "basis": held.basis, "source": held.source}


def _tried_dict(one: Tried) -> dict[str, Any]:
    return {
        "pressed": one.pressed.id if one.pressed else None,
        "questionnaires_only": one.questionnaires_only,
        "flagged": _share_dict(one.flagged),
        "highest": _share_dict(one.highest),
        "found": _share_dict(one.found) if one.found else None,
        "levels": {level: _tidy(share) for level, share in one.levels.items()},
    }


def _share_dict(share: Share) -> dict[str, float | None]:
    return {"share": _tidy(share.value), "low": _tidy(share.low), "high": _tidy(share.high), "standard_error": _tidy(share.error)}


def _tidy(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def _broken_dict(one: Broken) -> dict[str, Any]:
    return {
        "pressed": one.tried.pressed.id if one.tried.pressed else None, "questionnaires_only": one.tried.questionnaires_only, "what": one.what,
        "share": _tidy(one.is_), "limit": one.limit, "narrowly": one.narrowly,
    }  # fmt: skip


