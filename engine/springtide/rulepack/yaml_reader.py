"""YAML as the rule language reads it: YAML 1.2 words, no duplicate keys, no tags, and positions kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .problems import Problem

Path_ = tuple[Any, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes only; the words that YAML 1.1 turns into booleans and times stay words."""

    yaml_implicit_resolvers: dict[str, Any] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)

_SCALARS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}


@dataclass(frozen=True)
class YamlFile:
    """A file read: plain data, and the place of everything in it."""

    name: str
    data: Any
    places: dict[Path_, tuple[int, int]]

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of a value (or of the nearest thing around it), counting from 1."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def at(self, path: Path_) -> str:
        line, column = self.place(path)
        return f"{self.name}:{line}:{column}"

    def problem(self, path: Path_, message: str, expected: str = "", *, key: bool = False) -> Problem:
        """A mistake at a value, or at its key."""
        line, column = self.place((*path, _KEY) if key and (*path, _KEY) in self.places else path)
        return Problem(self.name, line, column, message, expected)


_KEY = "\0key"


def read_yaml(path: Path, name: str) -> tuple[YamlFile | None, list[Problem]]:
    """Read one file; the mistakes found are returned, not raised."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Problem(name, 1, 1, f"the file is not UTF-8 text (byte {error.start})", "save it as UTF-8")]
    except OSError as error:
        return None, [Problem(name, 1, 1, f"the file can't be read: {error.strerror}")]
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return None, [Problem(name, line, column, f"this is not YAML: {error.problem or error.context}", _yaml_hint(error))]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Problem(name, 1, 1, f"this is not YAML: {' '.join(str(error).split())}")]
    if root is None:
        return None, [Problem(name, 1, 1, "the file is empty", "delete it, or write the rule")]
    builder = _Builder(name)
    data = builder.build(root, ())
    return YamlFile(name, data, builder.places), builder.problems


def _yaml_hint(error: yaml.MarkedYAMLError) -> str:
    if "tab" in str(error) or "\\t" in str(error):
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in str(error):
        return "text with a colon in it needs quotes"
    return ""


class _Builder:
    def __init__(self, name: str):
        self.name = name
        self.places: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: Path_) -> Any:
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.places[path] = mark
        if id(node) in self._seen:
            self._complain(mark, "anchors and aliases (& and *) are not part of the rule language", "write it out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, place)) for place, item in enumerate(node.value)]
        if node.tag not in _SCALARS:
            self._complain(mark, f"the tag {node.tag} is not part of the rule language", "plain text and numbers only")
            return None
        return _SCALARS[node.tag](node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._complain(mark, "a key must be a word")
                continue
            key = key_node.value
            if key in result:
                first = self.places[(*path, key, _KEY)]
                self._complain(mark, f"the key '{key}' stands here twice", f"the first is on line {first[0]}")
                continue
            self.places[(*path, key, _KEY)] = mark
            result[key] = self.build(value_node, (*path, key))
        return result

    def _complain(self, mark: tuple[int, int], message: str, expected: str = "") -> None:
        self.problems.append(Problem(self.name, *mark, message, expected))
