"""A pack as a stack of layers on disk: which files there are, and whose content counts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from ..shipped import rules_folder
from .kinds import BY_NAME, PLACES, Kind, kind_of
from .problems import PackError, Problem, did_you_mean, shown
from .schema import WORD
from .yaml_reader import Path_, YamlFile, read_yaml

_NEEDED = ("questionnaire", "levels", "supervision", "paragraphs", "figures", "measures", "thresholds")
# Also what an editor may have made of ".yaml", so that no rule is passed over unnoticed.
_LOOKS_LIKE_YAML = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One declared thing: its data, and where in which file it stands."""

    kind: Kind
    id: str
    file: YamlFile
    path: Path_
    data: Any

    @property
    def at(self) -> str:
        return self.file.at(self.path)

    def problem(self, path: Path_, message: str, expected: str = "", *, key: bool = False) -> Problem:
        return self.file.problem((*self.path, *path), message, expected, key=key)


@dataclass(frozen=True)
class Stack:
    """The merged content of all layers, lowest first, before anything is checked.

    `overrides` has thresholds to which a higher layer gives other values, `adjusted` sense checks to which higher
    layers give other numbers, lowest first. `unread` has the kind and the stem of files that could not be read, so that what they may declare is not
    taken for missing.
    """

    layers: tuple[Entry, ...]
    entries: dict[str, dict[str, Entry]]
    overrides: dict[str, Entry]
    unread: tuple[tuple[Kind, str], ...] = ()
    adjusted: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Entry]:
        return self.entries.get(kind, {})

    def layer_of(self, entry: Entry) -> int:
        """Which layer an entry comes from, 0 for the lowest."""
        places = [PurePath(head.file.name).parent for head in self.layers]
        return max(number for number, place in enumerate(places) if PurePath(entry.file.name).is_relative_to(place))

    @property
    def top(self) -> Entry:
        return self.layers[-1]

    @property
    def hash(self) -> str:
        """SHA-256 of the content in one canonical spelling, whatever the order of files or keys."""
        content = {
            "layers": [[layer.data.get("id"), layer.data.get("version")] for layer in self.layers],
            "words": [layer.data.get("words") for layer in self.layers],
            "entries": {kind: {key: entry.data for key, entry in held.items()} for kind, held in self.entries.items()},
            "thresholds": {key: entry.data for key, entry in self.overrides.items()},
            "sense checks": {key: [entry.data for entry in held] for key, held in self.adjusted.items()},
        }
        if any("language" in layer.data for layer in self.layers):
            content["language"] = [layer.data.get("language") for layer in self.layers]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def find_pack(name: str | Path) -> Path:
    """The folder of a pack: a path, or the name of a shipped one.

    Raises:
        PackError: there is no such pack.
    """
    path = Path(name)
    try:
        if (path / "pack.yaml").is_file():
            return path
        if shipped := _shipped(str(name)):
            return shipped
        if path.is_dir():
            return path
        what = "a rule pack is a folder, and this is a file" if path.is_file() else ""
    except OSError as error:
        what = f"the rule pack can't be opened: {error.strerror}"
    if what:
        raise PackError([Problem(str(name), 1, 1, what, "give a folder with a pack.yaml in it")])
    raise PackError([_no_such_pack(str(name))])


def _shipped(name: str) -> Path | None:
    return rules_folder() / name if name in _shipped_names() else None


def _shipped_names() -> list[str]:
    return sorted(folder.name for folder in rules_folder().iterdir() if (folder / "pack.yaml").is_file())


def _no_such_pack(name: str) -> Problem:
    hint = did_you_mean(name, _shipped_names())
    return Problem(name, 1, 1, f"there is no rule pack {shown(name)}", hint or "give a folder or a shipped name")


def read_stack(folder: Path, problems: list[Problem]) -> Stack:
    """Read a pack's folder and those it builds on, and merge them; mistakes are added to `problems`.

    Raises:
        PackError: the layers themselves can't be found, so there is nothing to go on with.
    """
    layers: list[list[Entry]] = []
    unread: list[tuple[Kind, str]] = []
    seen: list[Path] = []
    current: Path | None = folder
    while current is not None:
        seen.append(current.resolve())
        entries = _read_layer(current, problems, unread)
        layers.insert(0, entries)
        head = next((entry for entry in entries if entry.kind.name == "pack"), None)
        if head is None:
            if not (current / "pack.yaml").exists():
                problems.append(Problem(_shown(current / "pack.yaml"), 1, 1, "a pack needs a pack.yaml", "with id, version, title and about"))
            raise PackError(problems)
        current = _below(current, head, seen, problems)
    return _merge(layers, unread, problems)


def _below(folder: Path, head: Entry, seen: list[Path], problems: list[Problem]) -> Path | None:
    """The layer that a pack builds on: a folder beside it, or a shipped pack."""
    name = head.data.get("builds_on")
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip():
        found = head.problem(("builds_on",), f"a pack can't build on {shown(name)}", "name one pack, as in builds_on: base")
        raise PackError([*problems, found])
    try:
        beside = folder.resolve().parent / name
        below = beside if (beside / "pack.yaml").is_file() else _shipped(name)
    except OSError:
        below = None
    if below is None:
        missing = _no_such_pack(name)
        raise PackError([*problems, head.problem(("builds_on",), missing.message, missing.expected)])
    if below.resolve() in seen:
        way = "" if below.resolve() == folder.resolve() else f" by way of {shown(name)}"
        raise PackError([*problems, head.problem(("builds_on",), f"the pack builds on itself{way}",
                                                 "follow builds_on down to a pack that builds on nothing")])  # fmt: skip
    return below


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read_layer(folder: Path, problems: list[Problem], unread: list[tuple[Kind, str]]) -> list[Entry]:
    entries: list[Entry] = []
    for path in sorted(folder.rglob("*")):
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        if not _LOOKS_LIKE_YAML.search(path.name) or any(part.startswith(".") for part in inside.parts):
            continue
        named = inside.with_name(_LOOKS_LIKE_YAML.sub(".yaml", path.name))
        kind, name = kind_of(named), _shown(path)
        if kind is None or named != inside:
            hint = f"name it '{named}'" if kind else did_you_mean(named, PLACES)
            problems.append(Problem(name, 1, 1, f"a pack has no place for '{inside}'", hint or f"places: {', '.join(PLACES)}"))
            continue
        file, found = read_yaml(path, name)
        problems.extend(found)
        if file is not None and not isinstance(file.data, dict):
            problems.append(file.problem((), f"the file holds {shown(file.data)}", "begin with a key and a colon"))
            file = None
        if file is None:
            unread.append((kind, path.stem))
        else:
            entries.extend(_entries(kind, file, path.stem, problems))
    return entries


def _entries(kind: Kind, file: YamlFile, stem: str, problems: list[Problem]) -> list[Entry]:
    if kind.shape == "entries":
        return [Entry(kind, key, file, (key,), value) for key, value in file.data.items()]
    if kind.shape == "rule":
        name = file.data.get("id", stem)
        if isinstance(name, str) and name != stem and re.fullmatch(WORD, name):
            problems.append(file.problem(("id",), f"the rule {shown(name)} stands in a file named '{stem}.yaml'",
                                         f"write id: {stem}, or name the file {shown(name + '.yaml')}"))  # fmt: skip
        return [Entry(kind, stem, file, (), file.data)]
    return [Entry(kind, kind.name, file, (), file.data)]


def _merge(layers: list[list[Entry]], unread: list[tuple[Kind, str]], problems: list[Problem]) -> Stack:
    entries: dict[str, dict[str, Entry]] = {}
    overrides: dict[str, Entry] = {}
    adjusted: dict[str, tuple[Entry, ...]] = {}
    heads = []
    for layer in layers:
        for entry in layer:
            held = entries.setdefault(entry.kind.name, {})
            if entry.kind.name == "pack":
                heads.append(entry)
            elif entry.kind.name == "thresholds" and entry.id in held and _only_values(entry.data):
                overrides[entry.id] = entry
            elif entry.kind.name == "sense checks" and entry.id in held and _only_numbers(entry.data):
                adjusted[entry.id] = (*adjusted.get(entry.id, ()), entry)
            else:
                held[entry.id] = entry
                overrides.pop(entry.id, None) if entry.kind.name == "thresholds" else None
                adjusted.pop(entry.id, None) if entry.kind.name == "sense checks" else None
    entries.pop("pack", None)
    there = set(entries) | {kind.name for kind, _ in unread}
    missing = [BY_NAME[kind].place for kind in _NEEDED if kind not in there]
    if missing:
        problems.append(heads[-1].problem((), f"no layer of this pack has {', '.join(missing)}", "write builds_on: base, or add what is missing"))
    return Stack(tuple(heads), entries, overrides, tuple(unread), adjusted)


def _only_numbers(data: Any) -> bool:
    return isinstance(data, dict) and set(data) == {"numbers"}


def _only_values(data: Any) -> bool:
    return isinstance(data, dict) and "title" not in data and "unit" not in data


def pack_texts(name: str | Path) -> tuple[str, list[tuple[str, dict[str, str]]]]:
    """A pack's hash, and every file of it and of those it builds on: the folder's name and its files, lowest layer first.

    Raises:
        PackError: there is no such pack, or a file of it can't be read.
    """
    problems: list[Problem] = []
    stack = read_stack(find_pack(name), problems)
    if problems:
        raise PackError(problems)
    folders = [Path(head.file.name).parent for head in stack.layers]
    return stack.hash, [(folder.resolve().name, dict(_texts(folder))) for folder in folders]


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.yaml")):
        inside = path.relative_to(folder)
        if not any(part.startswith(".") for part in inside.parts):
            yield inside.as_posix(), path.read_bytes().decode("utf-8")
