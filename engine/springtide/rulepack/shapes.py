"""The shape of each entry against its schema, with messages a person can act on."""

from __future__ import annotations

import re
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from . import schema
from .layers import Entry
from .problems import Problem, did_you_mean, nearest, shown

_EXPECTED = {
    "string_type": "should be text (in quotes if it looks like a number)",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "list_type": "should be a list, one entry a line with '- '",
    "dict_type": "should be a mapping of keys to values",
    "model_type": "should be a mapping of keys to values",
    "model_attributes_type": "should be a mapping of keys to values",
    "finite_number": "should be a number with an end",
}
# How text that follows a pattern is to be written.
_WRITTEN = {
    schema.WORD: "use letters, digits and _ only, and begin with a letter",
    schema.PARAGRAPH: "write 'para 1' to 'para 30'",
    schema.PACK_ID: "use small letters, digits and hyphens only, and begin with a letter",
    schema.VERSION: "write three numbers, as 1.0.0",
    schema.SILENCED: "write the code of the finding and what it is of, as in L103 R1",
    schema.QUESTION: "write q and the number of the question, as q8",
}
# Keys under which a number may be written where text belongs.
_NAMED = "name a threshold, so that the number has a source and a date"
_TEXTS = {"version": _WRITTEN[schema.VERSION], "cites": _WRITTEN[schema.PARAGRAPH],
          **dict.fromkeys(("most", "right_of_reply", "answer_within", "then_after", "clear_by"), _NAMED)}  # fmt: skip
_WHY_NEEDED = {
    "cites": "every rule cites a paragraph, as in cites: [para 24]",
    "source": "every number says where it comes from",
    "basis": "say what it rests on: report, statistic or judgement",
    "examples": "every rule carries its examples",
    "because": "say in a sentence why it matters",
    "tell_the_manager": "say what the manager should do, or that no action may be needed",
}


def check_shape(entry: Entry, problems: list[Problem]) -> schema.Doc | None:
    """The entry as a document of its kind, or None with the mistakes added to `problems`."""
    before = len(problems)
    if entry.kind.shape == "entries" and not re.fullmatch(entry.kind.keys, entry.id):
        problems.append(entry.problem((), f"{shown(entry.id)} can't be a name here" if entry.kind.keys != schema.WORD else f"{shown(entry.id)} can't be a name",
                                      _WRITTEN[entry.kind.keys], key=True))  # fmt: skip
    try:
        doc = entry.kind.model.model_validate(entry.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unknown = [tuple(detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"]
        problems.extend(_problem(entry, detail) for detail in details if not _is_misspelt(detail, unknown))
        return None
    return doc if len(problems) == before else None


def _is_misspelt(detail: Any, unknown: list[tuple[Any, ...]]) -> bool:
    """Whether what is missing stands there under a misspelt key, of which there is a message already."""
    *around, name = detail["loc"] or [None]
    return detail["type"] == "missing" and any(path[:-1] == tuple(around) and nearest(path[-1], [name]) for path in unknown)


def _problem(entry: Entry, detail: Any) -> Problem:
    path = tuple(part for part in detail["loc"] if not str(part).startswith("["))  # [key], and the tags of schema.Moves
    kind, name, value = detail["type"], str(path[-1] if path else entry.id), detail["input"]
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        return entry.problem(path, f"unknown key '{name}'", did_you_mean(name, _keys_at(entry.kind.model, path[:-1])), key=True)
    if kind == "missing":
        return entry.problem(path[:-1], f"{_owner(entry, path[:-1])} has no '{name}'", _WHY_NEEDED.get(name, "it is needed here"), key=True)
    if kind in ("too_short", "string_too_short"):
        if value:
            return entry.problem(path, f"{_what(path)} holds {len(value)}", f"should hold {context['min_length']} or more")
        return entry.problem(path, f"{_what(path)} is empty", _WHY_NEEDED.get(name, "it is needed here"))
    if kind == "literal_error":
        options = re.findall("'([^']*)'", context["expected"])
        return entry.problem(path, f"{_what(path)} can't be {shown(value)}", did_you_mean(value, options))
    if kind == "string_pattern_mismatch":
        wrong = f"{shown(value)} is not a paragraph of the report" if context["pattern"] == schema.PARAGRAPH else f"{_what(path)} can't be {shown(value)}"
        return entry.problem(path, wrong, _WRITTEN[context["pattern"]])
    if kind == "greater_than":
        return entry.problem(path, f"{_what(path)} is {shown(value)}", f"should be more than {context['gt']:g}")
    limits = {"greater_than_equal": "or more", "less_than_equal": "or less", "string_too_long": "characters or fewer"}
    if kind in limits:
        (limit,) = (context[key] for key in ("ge", "le", "max_length") if key in context)
        return entry.problem(path, f"{_what(path)} is {'too long' if kind == 'string_too_long' else shown(value)}", f"should be {limit:g} {limits[kind]}")
    what = _what(path) if path else f"'{entry.id}'"
    if value is None:
        return entry.problem(path, f"{what} is empty", _EXPECTED.get(kind, "it is needed here"), key=True)
    return entry.problem(path, f"{what} is {shown(value)}", _expected(path, kind, value) or detail["msg"])


def _expected(path: tuple[Any, ...], kind: str, value: Any) -> str | None:
    """What should stand in place of a value of the wrong kind."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "string_type" and key in _TEXTS:
        return _TEXTS[key]
    if kind in ("float_type", "int_type") and isinstance(value, str):
        if re.fullmatch(r"[0-9]+(\.[0-9]+)? *%", value):
            return f"write it as a number: {float(value.rstrip('% ')) / 100:g}"
        if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", value):
            return "take the quotes away, so that it is a number"
    return _EXPECTED.get(kind)


def _what(path: tuple[Any, ...]) -> str:
    """The name of a value: its key, or, for an item of a list, that of the list."""
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of '{path[-2]}'"
    return f"'{path[-1]}'"


def _owner(entry: Entry, path: tuple[Any, ...]) -> str:
    """What something is missing from: its id, or the key it stands under."""
    data: Any = entry.data
    for part in path:
        data = data[part]
    own = data.get("id") or data.get("name") or data.get("number") if isinstance(data, dict) else None
    if isinstance(own, (str, int)):
        return shown(str(own))
    key = next((part for part in reversed(path) if isinstance(part, str)), entry.id)
    return f"an entry of '{key}'" if path and isinstance(path[-1], int) else f"'{key}'"


def _keys_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The keys that a document may have at a path."""
    current: Any = model
    for part in path:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        info = next((f for n, f in current.model_fields.items() if part in (n, f.alias)), None)
        current = _inner_model(info.annotation) if info else current
    fields = getattr(current, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inside in get_args(annotation):
        found = _inner_model(inside)
        if found is not None:
            return found
    return None
