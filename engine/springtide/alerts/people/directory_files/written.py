"""What a directory's file says, with the line of each thing, before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...problems import DirectoryProblem


@dataclass(frozen=True)
class Said:
    """A text of the file, and its line."""

    text: str
    line: int


@dataclass
class Entry:
    """What a file says of one person, not yet checked.

    Each item of `away` is a first and a last day, and the line of both. `amiss` names what is there and can't be read, of
    which there is a message already.
    """

    line: int
    name: Said | None = None
    email: Said | None = None
    chat: Said | None = None
    deputy: Said | None = None
    away: list[tuple[Said | None, Said | None, int]] = field(default_factory=list)
    amiss: set[str] = field(default_factory=set)


@dataclass
class Written:
    """A file as it was written: people by key; for each post of a place, its line and the keys of its holders."""

    file: str
    people: dict[str, Entry] = field(default_factory=dict)
    posts: dict[tuple[str, str], tuple[int, list[Said]]] = field(default_factory=dict)
    # Keys of people whose rows could not be understood: of them nobody is told that there is no such person.
    lost: set[str] = field(default_factory=set)
    problems: list[DirectoryProblem] = field(default_factory=list)

    def report(self, line: int, message: str, expected: str = "") -> None:
        self.problems.append(DirectoryProblem(self.file, line, message, expected))
