"""Who holds which post, and who stands in for them on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ...evidence.cells import short
from ...rulepack.problems import did_you_mean, nearest
from ..channels import Recipient
from ..letters.letter import Letter, Section
from ..letters.plain import sentence
from ..problems import DirectoryProblem

TEAM_MANAGER, DISTRICT_MANAGER, HEAD_OF_SERVICE = "team_manager", "district_manager", "head_of_service"
POSTS = (TEAM_MANAGER, DISTRICT_MANAGER, HEAD_OF_SERVICE)


@dataclass(frozen=True)
class Leave:
    """Days away, the first and the last among them."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Person:
    """Somebody in the directory. `deputy` is another person's key, or blank."""

    name: str
    email: str
    chat: str = ""
    deputy: str = ""
    away: tuple[Leave, ...] = ()

    def is_away(self, day: date) -> bool:
        return any(leave.holds(day) for leave in self.away)


@dataclass(frozen=True)
class Directory:
    """People by key, and the keys of those who hold each post of a place; `lines` tells where in the file a post stands.

    The head of service's place is blank, a district manager's a district, a team manager's a team's id.
    """

    file: str
    people: Mapping[str, Person]
    posts: Mapping[tuple[str, str], tuple[str, ...]]
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Addressee(Recipient):
    """A recipient, and as what they are written to: "deputy of the district manager of North"."""

    why: str = ""


def recipients(directory: Directory, post: str, place: str, on: date, teams: Mapping[str, str] | None = None) -> tuple[Addressee, ...]:
    """Who is to be written to for a post on a day; `teams` gives each team's district, by which a team without a manager is told.

    Of several holders those who are there; if none is, each one's deputy, or the deputy's; if they are away too, the holder
    all the same. A post that nobody holds falls to the next one up.

    Raises:
        ValueError: there is no such post, or nobody to be found for it; or nobody manages the team, and `teams` does not have it.
    """
    teams, wanted = teams or {}, title(post, place)
    place = "" if post == HEAD_OF_SERVICE else place
    for found, where in from_posts(post, place, teams):
        if found != post == TEAM_MANAGER and place not in teams:
            raise ValueError(f"team {place} has no manager, and is not among the teams, so its district can't be told")
        if holders := directory.posts.get((found, where)):
            instead = "" if (found, where) == (post, place) else f", as there is no {wanted}"
            return tuple(_present(directory, holders, title(found, where), instead, on))
    raise ValueError(f"nobody is found for the {wanted}, nor above; write the head of service into {directory.file}")


def from_posts(post: str, place: str, teams: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A post, and those to which it falls one after another where nobody holds it.

    Raises:
        ValueError: there is no such post.
    """
    if post not in POSTS:
        raise ValueError(f"there is no post '{post}'; {did_you_mean(post, POSTS)}")
    district = teams.get(place, "") if post == TEAM_MANAGER else place
    order = ((TEAM_MANAGER, place), (DISTRICT_MANAGER, district), (HEAD_OF_SERVICE, ""))
    return tuple(one for one in order[POSTS.index(post) :] if one[1] or one[0] == HEAD_OF_SERVICE)


def title(post: str, place: str) -> str:
    """A post in words: "district manager of North"."""
    return post.replace("_", " ") + (f" of {place}" if place and post != HEAD_OF_SERVICE else "")


def check_against(directory: Directory, teams: Mapping[str, str], others: Mapping[str, str] | None = None) -> tuple[DirectoryProblem, ...]:
    """What keeps a directory from serving these teams, each with its district: districts without anybody, and places that there are not.

    A team without a manager is no mistake: its district manager stands in. `others` ended or are still to begin: they may
    be in the directory, and need not.
    """
    districts, listed = {district for district in teams.values() if district}, {**(others or {}), **teams}
    found: list[DirectoryProblem] = []
    meant: set[str] = set()
    for post, known, kind in ((DISTRICT_MANAGER, {district for district in listed.values() if district}, "district"), (TEAM_MANAGER, {*listed}, "team")):
        for place in (place for held, place in directory.posts if held == post and place not in known):
            meant.update(nearest(place, known))
            hint = did_you_mean(place, known) or f"take it out, or correct the {kind}'s {'name' if kind == 'district' else 'id'}"
            found.append(DirectoryProblem(directory.file, directory.lines.get((post, place), 1), f"there is no {kind} '{short(place)}' among the teams", hint))
    for district in sorted(districts - meant):
        if not directory.posts.get((DISTRICT_MANAGER, district)):
            found.append(DirectoryProblem(directory.file, 1, f"the district '{short(district)}' has no district manager", "nothing is sent until it has one"))
    return tuple(sorted(found, key=lambda problem: problem.line))


def _present(directory: Directory, holders: tuple[str, ...], post: str, instead: str, on: date) -> Iterator[Addressee]:
    there = [holder for holder in holders if not directory.people[holder].is_away(on)]
    told: set[str] = set()
    for holder in there or holders:
        key, why = (holder, post) if there else _standing_in(directory, holder, post, on)
        if key not in told:
            told.add(key)
            person = directory.people[key]
            yield Addressee(person.name, person.email, person.chat, why + instead)


def _standing_in(directory: Directory, holder: str, post: str, on: date) -> tuple[str, str]:
    """Whom to write to for a holder who is away, and as what."""
    why, key, seen = post, holder, {holder}
    while (key := directory.people[key].deputy) and key not in seen:
        why = f"deputy of the {why}"
        if not directory.people[key].is_away(on):
            return key, why
        seen.add(key)
    return holder, f"{post}, who is away, and {'so is every deputy' if len(seen) > 1 else 'has no deputy'}"


def for_stand_in(letter: Letter, recipient: Recipient, post: str, place: str) -> Letter:
    """A letter that says why it comes to somebody who does not hold the post."""
    why = getattr(recipient, "why", "")
    if not why or why == title(post, place):
        return letter
    section = Section("Why it comes to you", (f"You get this as the {sentence(why)}.",))
    return replace(letter, sections=(*letter.sections[:-1], section, *letter.sections[-1:]))
