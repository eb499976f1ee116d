"""What has to hold of a directory, whichever file it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ....evidence.cells import BadCell, read_date, short
from ....rulepack.problems import nearest
from ...problems import DirectoryError
from ..directory import DISTRICT_MANAGER, HEAD_OF_SERVICE, Directory, Leave, Person, title
from .written import Entry, Said, Written

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")
_LONGEST_EMAIL, _LONGEST_BEFORE_AT, _LONGEST_NAME = 254, 64, 100
_SECRET = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")


def checked(written: Written) -> Directory:
    """The directory that a file gives.

    Raises:
        DirectoryError: with every mistake found, in the order of lines.
    """
    people = {key: _person(written, key, entry) for key, entry in written.people.items()}
    for key, entry in written.people.items():
        if entry.deputy:
            _exists(written, entry.deputy, f"the deputy of {short(key)}")
    _refuse_own_deputies(written, people)
    posts = {post: tuple(dict.fromkeys(one.text for one in holders)) for post, (_, holders) in written.posts.items()}
    for (post, place), (line, holders) in written.posts.items():
        for holder in holders:
            _exists(written, holder, f"the {title(post, short(place))}")
        if not holders and post in (DISTRICT_MANAGER, HEAD_OF_SERVICE):
            written.report(line, f"nobody is {title(post, short(place))}", "write who it is" + (", or take the district out" if place else ""))
    if written.problems:
        raise DirectoryError(sorted(dict.fromkeys(written.problems), key=lambda problem: problem.line))
    return Directory(written.file, people, {post: holders for post, holders in posts.items() if holders}, {post: line for post, (line, _) in written.posts.items()})


# -- people -------------------------------------------------------------------------------------


def _person(written: Written, key: str, entry: Entry) -> Person:
    who = short(key)
    for said, what in ((entry.name, "name"), (entry.email, "email")):
        if said is None and what not in entry.amiss:
            written.report(entry.line, f"{who} has no {what}", "it is needed here")
    if entry.name:
        _check_name(written, entry.name, who)
    if entry.email:
        _check_email(written, entry.email)
    if entry.chat and not _SECRET.fullmatch(entry.chat.text):
        # What stands there may be the address of a channel, which is a secret: no message repeats it.
        written.report(entry.chat.line, f"the chat of {who} is not the name of a secret", "give it a name in letters, digits and _, as NORTH; the channel's address itself is never written here")
    name, email, chat, deputy = (" ".join(said.text.split()) if said else "" for said in (entry.name, entry.email, entry.chat, entry.deputy))
    return Person(name, email, chat, deputy, _leave(written, who, entry))


def _check_name(written: Written, name: Said, who: str) -> None:
    if any(character in name.text for character in "\n\r\x0b\x0c\x85\u2028\u2029"):
        written.report(name.line, f"the name of {who} has a line break in it", "write it on one line")
    elif odd := next((character for character in name.text if not character.isprintable()), None):
        written.report(name.line, f"the name of {who} holds U+{ord(odd):04X}, a character that can't be shown", "write it again by hand")
    elif len(name.text) > _LONGEST_NAME:
        written.report(name.line, f"the name of {who} has {len(name.text)} characters", f"write at most {_LONGEST_NAME}")


def _check_email(written: Written, email: Said) -> None:
    text = email.text
    if len(text) <= _LONGEST_EMAIL and len(text.split("@")[0]) <= _LONGEST_BEFORE_AT and _EMAIL.fullmatch(text):
        return
    if text.count("@") > 1:
        hint = "write one address; for several people, give each an entry and list them at the post"
    elif "<" in text or text.lower().startswith("mailto:"):
        hint = "write the address alone, as name@council.gov.uk"
    elif not text.isascii():
        hint = "write it in letters without accents, as name@council.gov.uk"
    else:
        hint = "write it as name@council.gov.uk"
    written.report(email.line, f"'{short(text)}' can't be an e-mail address", hint)


def _leave(written: Written, who: str, entry: Entry) -> tuple[Leave, ...]:
    """Leave in the order of its days. The same days told twice are one; days told in two ways contradict each other."""
    found: dict[Leave, int] = {}
    for first, last, line in entry.away:
        start, end = _day(written, first), _day(written, last)
        if first is None or last is None:
            written.report(line, f"{who} is away, and the {'first' if first is None else 'last'} day is not said", "write both days, or neither")
        elif start and end and end < start:
            written.report(last.line, f"{who}'s leave ends on {end}, before it begins on {start}", "exchange the days, or correct one")
        elif start and end:
            leave = Leave(start, end)
            other = next((one for one in found if one.first <= end and start <= one.last), None)
            if other and leave not in found:
                written.report(line, f"{who}'s leave from {start} to {end} overlaps that from {other.first} to {other.last}", f"that is in line {found[other]}; make it one")
            found.setdefault(leave, line)
    return tuple(sorted(found, key=lambda leave: leave.first))


def _day(written: Written, said: Said | None) -> date | None:
    if said is None:
        return None
    try:
        day = read_date(said.text)
    except BadCell as problem:
        written.report(said.line, problem.message, problem.hint)
        return None
    if day is None:
        written.report(said.line, f"'{short(said.text)}' is not a date", "write it as 2009-01-30 or 30/01/2009")
    return day


# -- between people -----------------------------------------------------------------------------


def _exists(written: Written, said: Said, what: str) -> None:
    if said.text in written.people or said.text in written.lost:
        return
    by_name = [key for key, entry in written.people.items() if entry.name and entry.name.text.casefold() == said.text.casefold()]
    near = by_name or nearest(said.text, written.people)
    hint = "did you mean " + " or ".join(f"'{short(one)}'" for one in near) + "?" if near else "add them to the people, or correct the key"
    written.report(said.line, f"{what} is '{short(said.text)}', and there is nobody of that key", hint)


def _refuse_own_deputies(written: Written, people: Mapping[str, Person]) -> None:
    """Two may stand in for each other; nobody stands in for themselves."""
    for key, person in people.items():
        if person.deputy == key:
            entry = written.people[key]
            written.report(entry.deputy.line if entry.deputy else entry.line, f"{short(key)} is named as their own deputy", "write somebody else's key, or leave it out")
