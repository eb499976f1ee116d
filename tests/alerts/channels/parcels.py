"""Letters ordinary and hostile, on their way to somebody."""

from __future__ import annotations

import datetime

from springtide.alerts.channels import Parcel, Recipient
from springtide.alerts.letters.letter import Letter, Section

AT = datetime.datetime(2009, 4, 14, 9, 30, tzinfo=datetime.UTC)
LETTER = Letter(
    "Ashford Duty: Elevated in 2008/09 Q4",
    (
        Section("", ("Pressures that raise the risk that standards may become unsafe.",)),
        Section("Why", ("Two pressures coincide.",), ("Posts unfilled (para 24).", "12.5 more referrals than usual (para 29).")),
    ),
)
HOSTILE = {
    "line breaks": "Ashford\r\nBcc: all@example.org\r\n\r\nDuty",
    "HTML": "<script>alert(1)</script><b>Duty</b> &amp;",
    "right to left": "Duty \u202egnp.exe\u202c \u2067x\u2069 \u200fteam",
    "10,000 characters": "Duty and assessment " * 500,
    "an encoded word": "=?utf-8?q?Duty=0ABcc=3A_all=40example=2Eorg?=",
    "a boundary": "--=_springtide_3F1C09AB77E2--\n\n--=_springtide_3F1C09AB77E2\nContent-Type: text/plain\n\nmore",
    "half a character": "Duty \ud83d team",
    "nought": "Duty\x00team\x1b[31m",
    "links": "[Duty](https://evil.example) <https://evil.example|Duty> <!channel> ((body)) {{app_id}} # Duty",
}


def parcel(letter: Letter = LETTER, *, to: str = "jo.bloggs@example.org", name: str = "Jo Bloggs", chat: str = "", again: bool = False) -> Parcel:
    return Parcel("3F1C09AB77E2", Recipient(name, to, chat), letter, AT, again)


def letter_about(team: str) -> Letter:
    """A letter that names a team wherever a name can stand."""
    return Letter(f"{team}: Elevated", (Section(f"About {team}", (f"{team} is under pressure.", team), (team, f"See {team}.")),))


def everything_in(error: BaseException) -> str:
    """All that an error holds, with what it came from, as a log or a debugger might show it."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in seen:
            seen.append(one)
            waiting += [one.__cause__, one.__context__]
    return " ".join(f"{one} {one!r} {one.args} {vars(one)}" for one in seen)
