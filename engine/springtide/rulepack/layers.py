"""A pack as a stack of layers on disk: which files there are, and whose content counts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..shipped import rules_folder
from .kinds import BY_NAME, PLACES, Kind, kind_of
from .problems import PackError, Problem, did_you_mean
from .yaml_reader import Path_, YamlFile, read_yaml


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
    """The merged content of all layers, lowest first, before anything is checked."""

    layers: tuple[Entry, ...]
    entries: dict[str, dict[str, Entry]]
    overrides: dict[str, Entry]

    def of(self, kind: str) -> dict[str, Entry]:
        return self.entries.get(kind, {})

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
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def find_pack(name: str | Path) -> Path:
    """The folder of a pack: a path, or the name of a shipped one.

    Raises:
        PackError: there is no such pack.
    """
    path = Path(name)
    if path.is_dir():
        return path
    shipped = rules_folder() / str(name)
    if shipped.is_dir() and path.name == str(name):
        return shipped
    known = sorted(folder.name for folder in rules_folder().iterdir() if (folder / "pack.yaml").is_file())
    hint = did_you_mean(str(name), known)
    raise PackError([Problem(str(name), 1, 1, f"there is no rule pack '{name}'", hint or "give a folder or a shipped name")])


def read_stack(folder: Path, problems: list[Problem]) -> Stack:
    """Read a pack's folder and those it builds on, and merge them; mistakes are added to `problems`.

    Raises:
        PackError: the layers themselves can't be found, so there is nothing to go on with.
    """
    layers: list[list[Entry]] = []
    seen: list[Path] = []
    current: Path | None = folder
    while current is not None:
        if current.resolve() in seen:
            raise PackError([Problem(_shown(current / "pack.yaml"), 1, 1, "this pack builds on itself",
                                     "follow builds_on down to a pack that builds on nothing")])  # fmt: skip
        seen.append(current.resolve())
        entries = _read_layer(current, problems)
        layers.insert(0, entries)
        head = next((entry for entry in entries if entry.kind.name == "pack"), None)
        if head is None or not isinstance(head.data, dict):
            raise PackError([*problems, Problem(_shown(current / "pack.yaml"), 1, 1, "a pack needs a pack.yaml",
                                                "with id, version, title and about")])  # fmt: skip
        current = _below(current, head)
    return _merge(layers, problems)


def _below(folder: Path, head: Entry) -> Path | None:
    name = head.data.get("builds_on")
    if not isinstance(name, str) or not name:
        return None
    for candidate in (folder.parent / name, folder / name):
        if (candidate / "pack.yaml").is_file():
            return candidate
    try:
        return find_pack(name)
    except PackError as error:
        missing = error.problems[0]
        raise PackError([head.problem(("builds_on",), missing.message, missing.expected)]) from None


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read_layer(folder: Path, problems: list[Problem]) -> list[Entry]:
    entries: list[Entry] = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        inside = PurePosixPath(path.relative_to(folder).as_posix())
        kind, shown = kind_of(inside), _shown(path)
        if kind is None:
            hint = did_you_mean(str(inside), PLACES)
            problems.append(Problem(shown, 1, 1, f"a pack has no place for '{inside}'", hint or f"places: {', '.join(PLACES)}"))
            continue
        file, found = read_yaml(path, shown)
        problems.extend(found)
        if file is None:
            continue
        if not isinstance(file.data, dict):
            problems.append(file.problem((), "the file must be a mapping of keys to values"))
            continue
        entries.extend(_entries(kind, file, path.stem, problems))
    return entries


def _entries(kind: Kind, file: YamlFile, stem: str, problems: list[Problem]) -> list[Entry]:
    if kind.shape == "entries":
        return [Entry(kind, key, file, (key,), value) for key, value in file.data.items()]
    if kind.shape == "rule":
        name = file.data.get("id", stem)
        if name != stem:
            problems.append(file.problem(("id",), f"the rule '{name}' stands in a file named '{stem}'", "name the file after the rule's id"))
        return [Entry(kind, str(name), file, (), file.data)]
    return [Entry(kind, kind.name, file, (), file.data)]


def _merge(layers: list[list[Entry]], problems: list[Problem]) -> Stack:
    entries: dict[str, dict[str, Entry]] = {}
    overrides: dict[str, Entry] = {}
    heads = []
    for layer in layers:
        for entry in layer:
            held = entries.setdefault(entry.kind.name, {})
            if entry.kind.name == "pack":
                heads.append(entry)
            elif entry.kind.name == "thresholds" and entry.id in held and _only_values(entry.data):
                overrides[entry.id] = entry
            else:
                held[entry.id] = entry
                overrides.pop(entry.id, None) if entry.kind.name == "thresholds" else None
    entries.pop("pack", None)
    for kind in ("questionnaire", "levels", "supervision", "paragraphs", "figures", "measures", "thresholds"):
        if not entries.get(kind):
            problems.append(heads[-1].problem((), f"no layer of this pack has a {BY_NAME[kind].place}", "build on 'base', or add the file"))
    return Stack(tuple(heads), entries, overrides)


def _only_values(data: Any) -> bool:
    return isinstance(data, dict) and "title" not in data and "unit" not in data
