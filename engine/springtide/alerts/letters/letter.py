"""What an alert says: one content, from which plain text and HTML are made with the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Section:
    """A part of a letter: a heading (may be empty), sentences, and points listed beneath them."""

    heading: str
    says: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """An alert in words, in the order in which it is read. Names of teams and districts in it are as they were supplied."""

    subject: str
    sections: tuple[Section, ...]

    def as_data(self) -> dict[str, Any]:
        return {"subject": self.subject, "sections": [{"heading": one.heading, "says": list(one.says), "points": list(one.points)} for one in self.sections]}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Letter:
        sections = (Section(one["heading"], tuple(one["says"]), tuple(one["points"])) for one in data["sections"])
        return Letter(data["subject"], tuple(sections))
