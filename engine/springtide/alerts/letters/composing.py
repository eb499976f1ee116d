"""The letters of a quarter: what each alert says, and which alerts of one post go into one letter.

No figure of a team stands in a letter, for a rate of a small team gives away a count: the titles of its pressures do, with
paragraphs, and where to look for the figures. Names of teams and districts come from spreadsheets and are made plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...assessment import Assessment, TeamAssessment
from ...history.movement import Moved, State, pressure_changes
from ...history.store.chain import digest
from ...logic.alerts.following import TeamState
from ...logic.alerts.judging import SEPARATOR
from ...logic.alerts.rules import OnlyTheCounty, Post, SomeDistrict, walk
from ...logic.explain import advice
from ...logic.facts import Majority
from ...logic.truth import Truth
from ..people.working_days import LONDON, after, next_working_moment
from ..raising.deciding import Alert, Decided
from .letter import Letter, Section
from .plain import plain

_MOST_REASONS, _MOST_ADVICE, _MOST_TEAMS = 3, 3, 12
_FEWEST = 5
_CLOSING = Section("What this is", (
    "Pressures that coincide raise the risk that standards may become unsafe (para 22). This says where they do. It is about "
    "pressures and not about anybody's work (para 20), it predicts nothing, and a disagreement is as useful as an agreement.",
    "Paragraphs, and numbers in brackets, are those of the Kent Safeguarding Review 2009, Phase I.",
))  # fmt: skip


@dataclass(frozen=True)
class Message:
    """One letter to one post, to be sent not before a time; `answer_by` where it needs an answer."""

    quarter: str
    post: Post
    place: str
    stage: str
    not_before: datetime
    answer_by: datetime | None
    alerts: tuple[str, ...]
    letter: Letter

    @property
    def key(self) -> str:
        told = digest(SEPARATOR.join(sorted(self.alerts)))[:16]
        return SEPARATOR.join((self.quarter, self.post, self.place, self.stage, told))


FIRST_SIGHT, MAIN, CORRECTION = "seen first", "main", "correction"
ANSWERING = "How to answer"


@dataclass(frozen=True)
class Quarterly:
    """Everything that letters are made of: what was decided, the result behind it, and each team's way there.

    `answered` has what was last answered to a team's earlier alerts, without its words.
    """

    decided: Decided
    assessment: Assessment
    movements: Mapping[str, Mapping[str, Any]]
    answered: Mapping[str, str] = field(default_factory=dict)


Told = Mapping[tuple[str, str, str], Set[str]]
"""The alerts that each post was told of, by post, place and stage."""


def messages(found: Quarterly, now: datetime, told: Told | None = None) -> list[Message]:
    """The messages of a quarter's alerts, as they are queued at a time: first those that go first.

    Args:
        told: what was told by an earlier version of the quarter, and is left out.
    """
    now = now.astimezone(LONDON)

    def addressed(alert: Alert, posts: Iterable[Post], stage: str) -> list[tuple[Post, str]]:
        return [one for one in _addressed(found, alert, posts) if alert.id not in (told or {}).get((*one, stage), ())]

    made: list[Message] = []
    together: dict[tuple[Post, str, datetime], list[Alert]] = {}
    for alert in found.decided.alerts:
        rule = alert.raised.rule
        goes = now
        if rule.seen_first_by and rule.right_of_reply:
            goes = next_working_moment(now, found.decided.story.thresholds[rule.right_of_reply])
            made += [_message(found, post, place, FIRST_SIGHT, now, [alert]) for post, place in addressed(alert, (rule.seen_first_by,), FIRST_SIGHT)]
        for post, place in addressed(alert, rule.to, MAIN):
            if rule.together:
                together.setdefault((post, place, goes), []).append(alert)
            else:
                made.append(_message(found, post, place, MAIN, goes, [alert]))
    made += [_message(found, post, place, MAIN, goes, alerts) for (post, place, goes), alerts in together.items()]
    return made


def corrections(found: Quarterly, told: Sequence[Mapping[str, Any]], now: datetime) -> list[Message]:
    """What to tell those who were told of alerts that a correction of the quarter took back.

    Args:
        told: for each such message that was sent, `post`, `place`, and the `alerts` (as filed) that no longer hold.
    """
    made = []
    for one in told:
        quarter = str(found.decided.quarter)
        open_ = [alert for alert in one["alerts"] if _could_still_be(found, alert)]
        past = [alert for alert in one["alerts"] if alert not in open_]
        sections, subject = [], f"{quarter}: an earlier alert no longer holds"
        if past:
            says = (f"{quarter} was filed again, and what you were told of it no longer holds. Nothing more is asked of you for:",)
            sections.append(Section("", says, tuple(alert["says"] for alert in past)))
        if open_:
            subject = subject if past else f"{quarter}: an earlier alert can't be told any more"
            says = (f"{quarter} was filed again, and something is missing now: what you were told is not proved any more, and not shown to be past either. What was agreed goes on until it is told, for:",)
            sections.append(Section("", says, tuple(alert["says"] for alert in open_)))
        letter = Letter(subject, (*sections, _CLOSING))
        made.append(Message(quarter, one["post"], one["place"], CORRECTION, now, None, tuple(alert["id"] for alert in one["alerts"]), letter))
    return made


def _could_still_be(found: Quarterly, alert: Mapping[str, Any]) -> bool:
    """Whether what an alert told of a team may hold all the same, for something is missing that told it."""
    subject, seen = alert["subject"], found.decided.states.seen.teams
    if subject["team"] not in seen or alert["state"] in ("lowered", "cleared", "cannot tell"):
        return False
    if alert["about"] == "team rule":
        team = found.assessment.team(subject["team"])
        return (team.rules | team.notices).get(subject["name"], Truth.NOT_MET) is Truth.CANNOT_TELL
    rank, team_seen = found.decided.story.ranks.get(alert["what"], 0), seen[subject["team"]]
    return alert["about"] == "team" and team_seen.rank < rank <= team_seen.could_be


def _named(found: Quarterly, subject: Mapping[str, str]) -> str:
    if subject["team"]:
        seen = found.decided.states.seen.teams.get(subject["team"])
        return plain(seen.name if seen else subject["team"])
    return plain(" ".join(filter(None, (subject["district"], subject["area"], subject["name"].replace("_", " ")))))


def _addressed(found: Quarterly, alert: Alert, posts: Iterable[Post]) -> Iterator[tuple[Post, str]]:
    """The posts that an alert goes to, each with its place: a team's id, a district, or nothing for the whole."""
    subject = alert.raised.subject
    for post in posts:
        if post == "head_of_service":
            yield post, ""
        elif post == "team_manager":
            yield from ((post, team) for team in ([subject.team] if subject.team else _teams_of(found, alert)))
        elif subject.district:
            yield post, subject.district
        else:
            yield from ((post, district) for district in found.decided.story.districts(found.decided.place, subject.area))


def _teams_of(found: Quarterly, alert: Alert) -> list[str]:
    subject, seen = alert.raised.subject, found.decided.states.seen.teams
    return [team for team, held in seen.items() if held.area == subject.area and subject.district in ("", held.district)]


def _message(found: Quarterly, post: Post, place: str, stage: str, goes: datetime, alerts: Sequence[Alert]) -> Message:
    thresholds = found.decided.story.thresholds
    due = [after(goes, round(thresholds[alert.raised.rule.answer_within])) for alert in alerts if post in alert.raised.rule.answered_by]
    letter = _letter(found, post, place, stage, goes, alerts)
    answer_by = min(due) if due and stage == MAIN else None
    return Message(str(found.decided.quarter), post, place, stage, goes, answer_by, tuple(alert.id for alert in alerts), letter)


# -- words -----------------------------------------------------------------------------------


def _letter(found: Quarterly, post: Post, place: str, stage: str, goes: datetime, alerts: Sequence[Alert]) -> Letter:
    ordered = sorted(alerts, key=lambda alert: -found.decided.story.ranks.get(alert.what, 0))
    sections = [part for alert in ordered for part in _sections(found, alert, post, place, stage, goes)]
    if post == "district_manager" and any(alert.raised.rule.about == "team" for alert in alerts):
        sections += _others(found, place, {alert.raised.subject.team for alert in alerts})
    return Letter(_subject(found, place, ordered), (*sections, _CLOSING))


def _subject(found: Quarterly, place: str, alerts: Sequence[Alert]) -> str:
    quarter = str(found.decided.quarter)
    if len(alerts) == 1:
        return f"{quarter}: {headline(found, alerts[0])}"
    return f"{quarter}: {len(alerts)} alerts{f' for {plain(place)}' if place else ''}"


def headline(found: Quarterly, alert: Alert) -> str:
    """An alert in a line: of what it is, and what became of it."""
    pack, subject, rule = found.assessment.pack, alert.raised.subject, alert.raised.rule
    name = _named(found, vars(subject))
    match rule.about:
        case "team":
            return f"{name} {_became(found, alert)}"
        case "team rule":
            named = pack.risk.get(subject.name) or pack.notices[subject.name]
            return f"{name}: {_small(named.title)}"
        case "district":
            return f"{plain(subject.district)}: {_small(rule.title)}"
        case "county pressure":
            return f"{_short(pack.county_pressures[subject.name].title)}: {'on' if alert.state == 'new' else 'no longer'} county-wide"
    return f"{_short(_titles(found).get(subject.name, subject.name))}: moved to another district"


def _became(found: Quarterly, alert: Alert) -> str:
    state = found.decided.states.teams[alert.raised.subject.team]
    titles = [level.title for level in found.assessment.pack.levels.levels]
    title = titles[state.rank]
    if alert.state in ("lowered", "cleared"):
        team, levels = found.assessment.team(alert.raised.subject.team), found.assessment.pack.levels
        could = f" and could be {levels.by_id(team.could_be).title}" if team.could_be != team.level else ""
        return f"is {levels.by_id(team.level).title}{could}, no longer {titles[state.was]}"
    if alert.state == "cannot tell":
        return f"was {title} and can't be told now"
    if alert.state == "persisting":
        return f"is still {title}"
    return f"is {title}, up from {titles[state.was]}" if alert.state == "raised" else f"is {title}"


def _sections(found: Quarterly, alert: Alert, post: Post, where: str, stage: str, goes: datetime) -> Iterator[Section]:
    about = alert.raised.rule.about
    says = {"team": _of_team, "team rule": _of_rule, "district": _of_district, "county pressure": _of_county, "team pressure": _of_pressure}[about]
    yield from says(found, alert, post, where)
    yield _answering(found, alert, post, stage, goes)


def _of_team(found: Quarterly, alert: Alert, post: Post, where: str) -> Iterator[Section]:
    team, state = found.assessment.team(alert.raised.subject.team), found.decided.states.teams[alert.raised.subject.team]
    is_past = alert.state in ("lowered", "cleared")
    past = (f"{alert.raised.rule.because} ({_paras(alert.raised.rule.cites)})",) if is_past else ()
    yield Section(headline(found, alert), (*_standing(found, team, state), _confidence(team), *past), () if is_past else tuple(_reasons(found, team)))
    if not is_past:
        yield from _to_do(found, team, post)


def _standing(found: Quarterly, team: TeamAssessment, state: TeamState) -> Iterator[str]:
    """The level with its could-be, and what changed since last quarter."""
    levels = found.assessment.pack.levels
    level = levels.by_id(team.level)
    could = f"; could be {levels.by_id(team.could_be).title}, for something is missing" if team.could_be != team.level else ""
    yield f"{found.decided.quarter}: {level.title}{could}. {level.words}"
    if state.held_by == "band":
        yield f"It is only just below {levels.levels[state.rank].title}, so nothing is taken to be past."
    moved = _moved(found, team)
    if state.because == "rules":
        alone = moved is not None and moved.under_rules.level == team.level
        yield (
            "The rules changed since last quarter, and they alone moved it; the team's own figures did not."
            if alone else "The rules changed since last quarter, and so did what is known of the team: both have a part in it."
        )  # fmt: skip
    if moved is None:
        yield f"Not compared with last quarter: {found.movements.get(team.team.id, {}).get('none', 'it was not filed then')}."
    elif moved.then.level != team.level:
        yield f"Last quarter: {levels.by_id(moved.then.level).title}."
    if team.team.id in found.answered:
        yield f"The last answer about it: {found.answered[team.team.id]}."


def _moved(found: Quarterly, team: TeamAssessment) -> Moved | None:
    movement = found.movements.get(team.team.id, {})
    if "then" not in movement:
        return None
    pressures = {name: str(grade) for name, grade in team.pressures.items()}
    rules = tuple(rule for rule, truth in team.rules.items() if truth is Truth.MET)
    return Moved.from_data(movement, State(team.level, team.could_be, team.score.points, team.score.high, pressures, str(team.supervision), rules))


def _confidence(team: TeamAssessment) -> str:
    because = "; ".join(reducer.title[:1].lower() + reducer.title[1:] for reducer in team.confidence.reasons[:_MOST_REASONS])
    more = len(team.confidence.reasons) - _MOST_REASONS
    return f"Confidence {team.confidence.band}{': ' + because if because else ''}{f'; and {more} more reasons' if more > 1 else '; and one more reason' if more == 1 else ''}."


def _reasons(found: Quarterly, team: TeamAssessment) -> Iterator[str]:
    """The few that say most: what can't wait, what is severe, what is new, supervision, the county's."""
    pack, moved = found.assessment.pack, _moved(found, team)
    changed = pressure_changes(moved.under_rules, moved.now) if moved else {}
    told = [f"{rule.title} ({_paras(rule.cites)})" for rule in pack.risk.values() if rule.same_day and team.rules[rule.id] is Truth.MET]
    held = [pressure for pressure in pack.team_pressures.values() if team.pressures[pressure.id].present is Truth.MET]
    held.sort(key=lambda one: (str(team.pressures[one.id]) != "severe", changed.get(one.id, "") not in _NEWS))
    told += [f"{one.title}: {team.pressures[one.id]}{_since(changed.get(one.id, ''))} ({_paras(one.cites)})" for one in held]
    if str(team.supervision) in ("evidenced strained", "inferred strained"):
        told.append(f"{pack.supervision.title}: {team.supervision} ({_paras(pack.supervision.cites)})")
    told += [f"{_short(one.title)}, county-wide ({_paras(one.cites)})" for one in pack.county_pressures.values() if team.facts.county.get(one.id) is Truth.MET]
    yield from told[:_MOST_REASONS]
    if len(told) > _MOST_REASONS:
        yield f"and {len(told) - _MOST_REASONS} more"


_NEWS = {"came": "new this quarter", "worsened": "worse than last quarter"}


def _since(change: str) -> str:
    return f", {_NEWS[change]}" if change in _NEWS else ""


def _to_do(found: Quarterly, team: TeamAssessment, post: Post) -> Iterator[Section]:
    told = [one for one in advice(team.facts, team.level, team.notices) if one.about == "level" or one.same_day]
    if told:
        yield Section(_advised(found, post, "this week"), (), tuple(one.says for one in told[:_MOST_ADVICE]))


def _advised(found: Quarterly, post: Post, by_when: str) -> str:
    """The heading of what a team manager is told to do: others read what that is, and are asked something else."""
    return f"What to do {by_when}" if post == "team_manager" else f"What the {found.assessment.pack.words.team} manager is advised to do {by_when}"


def _of_rule(found: Quarterly, alert: Alert, post: Post, where: str) -> Iterator[Section]:
    pack, subject = found.assessment.pack, alert.raised.subject
    rule = pack.risk.get(subject.name) or pack.notices[subject.name]
    team = found.assessment.team(subject.team)
    level = pack.levels.by_id(team.level)
    beside = "which this makes it by itself" if subject.name in pack.risk else "and this stands beside it, whatever the level is"
    says = (f"{rule.because} ({_paras(rule.cites)})", f"{found.decided.quarter}: {level.title}, {beside}.", _confidence(team))
    yield Section(headline(found, alert), says)
    yield Section(_advised(found, post, "today"), (), (rule.tell_the_manager,))


def _of_district(found: Quarterly, alert: Alert, post: Post, where: str) -> Iterator[Section]:
    subject, states = alert.raised.subject, found.decided.states
    flagged = found.assessment.pack.levels.rank(found.assessment.pack.levels.flagged_from)
    there = [team.team for team in found.decided.story.teams(found.decided.place, subject.area, subject.district) if states.teams[team.team].rank >= flagged]
    rule = alert.raised.rule
    yield Section(headline(found, alert), (f"{rule.because} ({_paras(rule.cites)})",), tuple(_listed(found, there)))


def _of_county(found: Quarterly, alert: Alert, post: Post, where: str) -> Iterator[Section]:
    pack, subject, states = found.assessment.pack, alert.raised.subject, found.decided.states
    pressure = pack.county_pressures[subject.name]
    counted = next((one for one in found.assessment.county if (one.area, one.pressure) == (subject.area, subject.name)), None)
    says = [f"{pressure.because} ({_paras(pressure.cites)})"]
    if counted is not None:
        says.append(f"{_affected(counted, pack.words.teams)} {pressure.tell_the_manager}")
    yield Section(headline(found, alert), tuple(says))
    if alert.state == "new":
        story, place = found.decided.story, found.decided.place
        with_it = [
            team.team for district in story.districts(place, subject.area) if where in ("", district) for team in story.teams(place, subject.area, district)
            if states.teams[team.team].state in ("new", "raised") and story.truth(OnlyTheCounty(), team, place) is Truth.MET
        ]  # fmt: skip
        if with_it:
            says_why = "Nothing of their own is shown to be worse than last quarter, so they get no alert of their own."
            yield Section(f"{capital(pack.words.teams)} that only county-wide pressures have raised", (says_why,), tuple(_listed(found, with_it)))


def _affected(counted: Majority, teams: str) -> str:
    """How many are affected, of all; in words where that would give away which: no count under five stands in a letter."""
    if counted.affected < _FEWEST or 0 < counted.silent < _FEWEST:
        return f"{'Most' if counted.on is Truth.MET else 'Not most'} {teams} are shown to be affected."
    silent = f", {counted.silent} could not be told" if counted.silent else ""
    return f"{counted.affected} of {counted.teams} {teams} affected{silent}."


def _of_pressure(found: Quarterly, alert: Alert, post: Post, where: str) -> Iterator[Section]:
    decided, subject, rule = found.decided, alert.raised.subject, alert.raised.rule
    last = decided.story.before(decided.place)
    points = []
    for leaf in dict.fromkeys(part for part in walk(rule.when) if isinstance(part, SomeDistrict)):
        for district in decided.story.districts(decided.place, subject.area):
            if last is not None and decided.story.district_did(leaf, subject, district, last, decided.place) is Truth.MET:
                points.append(f"It {leaf.did} {plain(district)}")
    yield Section(headline(found, alert), (f"{rule.because} ({_paras(rule.cites)})",), tuple(points))


def _answering(found: Quarterly, alert: Alert, post: Post, stage: str, goes: datetime) -> Section:
    rule = alert.raised.rule
    if stage == FIRST_SIGHT:
        return Section(ANSWERING, (
            f"You see this first. It goes further on {day_words(goes_further(found, alert, goes))} at the earliest, and says whether you agreed or not.",
            f"To say something: {how_to_answer((alert.id,))}",
        ))  # fmt: skip
    if post not in rule.answered_by:
        return Section("For you to know", (rule.asks,) if not rule.answered_by else ("Nothing is asked of you.", rule.asks))
    due = after(goes, round(found.decided.story.thresholds[rule.answer_within]))
    return Section(ANSWERING, (rule.asks, f"By {day_words(due)}: {how_to_answer((alert.id,))}"))


def how_to_answer(alerts: Sequence[str]) -> str:
    """What somebody does who has a letter and no springtide."""
    return f"reply to this letter, quoting {' and '.join(alerts)}: that you agree, that you do not and why, or what is being done."


def goes_further(found: Quarterly, alert: Alert, now: datetime) -> datetime:
    """When an alert that its team manager sees first goes to others."""
    return next_working_moment(now, found.decided.story.thresholds[alert.raised.rule.right_of_reply])


def _others(found: Quarterly, district: str, told: set[str]) -> Iterator[Section]:
    """The other teams of a district that are followed: what stays needs no alert, and is not forgotten."""
    states, levels = found.decided.states, found.assessment.pack.levels
    rest = [team for team, held in states.seen.teams.items() if held.district == district and team not in told and states.teams[team].rank]
    if rest:
        words = {
            team: f"{plain(states.seen.teams[team].name)}: {levels.levels[states.teams[team].rank].title}, followed since {states.teams[team].since}"
            + (", can't be told now" if states.teams[team].state == "cannot tell" else "")
            for team in rest
        }
        yield Section("Also followed in this district", (), tuple([*words.values()][:_MOST_TEAMS]) + ((f"and {len(rest) - _MOST_TEAMS} more",) if len(rest) > _MOST_TEAMS else ()))


def _listed(found: Quarterly, teams: Sequence[str]) -> Iterator[str]:
    states, levels = found.decided.states, found.assessment.pack.levels
    for team in teams[:_MOST_TEAMS]:
        seen = states.seen.teams[team]
        yield f"{plain(seen.name)}, {plain(seen.district)}: {levels.levels[states.teams[team].rank].title}"
    if len(teams) > _MOST_TEAMS:
        yield f"and {len(teams) - _MOST_TEAMS} more"


def _titles(found: Quarterly) -> dict[str, str]:
    pack = found.assessment.pack
    return {one.id: one.title for one in (*pack.team_pressures.values(), pack.supervision)}


def _paras(numbers: tuple[int, ...]) -> str:
    return f"{'para' if len(numbers) == 1 else 'paras'} {', '.join(map(str, numbers))}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]


def _short(title: str) -> str:
    """A county pressure's title without the words that say that it is one."""
    return title.removesuffix(" (county-wide)")


def day_words(moment: datetime) -> str:
    """ "Friday 8 May 2009 at 17:00"."""
    return f"{moment:%A} {moment.day} {moment:%B %Y} at {moment:%H:%M}"
