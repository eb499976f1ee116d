"""A rule for alerts as people read it: what raises one, who gets it, and by when it needs an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..logic import model as m
from ..logic.alerts import rules as r
from .rule_page import Branch, Condition, Example, Page, value_now
from .wording import paras

_ABOUT: dict[r.About, str] = {
    "team": "a team, as it is followed through the quarters", "team rule": "one rule or notice of a team", "district": "the teams of a district together",
    "county pressure": "a county pressure", "team pressure": "a team pressure, district by district",
}  # fmt: skip


def alert_page(pack: m.RulePack, rule: r.AlertRule) -> Page:
    again = "in each quarter in which it holds" if rule.each_quarter else "when it has come to hold, and again only after it was shown not to hold"
    facts = (
        ("Why", rule.because), ("Cites", paras(rule.cites)), ("About", _ABOUT[rule.about]), ("Raised", again), ("Goes to", to_whom(rule)),
        ("Seen first by", seen_first(pack, rule)), ("Asks", rule.asks), ("Answer due", answer_due(pack, rule)), ("Then", then(pack, rule)), ("Stands at", rule.at),
    )  # fmt: skip
    examples = tuple(Example(_example(one), _example_data(one)) for one in rule.examples)
    return Page(rule.id, "rule for alerts", rule.title, facts, (Condition("when", _branch(pack, rule.when), r.in_words(rule.when)),), examples)


def to_whom(rule: r.AlertRule) -> str:
    return posts(rule.to) + (", in one letter with others of the quarter" if rule.together else "")


def seen_first(pack: m.RulePack, rule: r.AlertRule) -> str:
    if rule.seen_first_by is None:
        return ""
    return f"{posts([rule.seen_first_by])}, {value_now(pack, rule.right_of_reply)} ({rule.right_of_reply}) before the others"


def answer_due(pack: m.RulePack, rule: r.AlertRule) -> str:
    if not rule.answer_within:
        return ""
    days = value_now(pack, rule.answer_within)
    when = "on the same working day" if days.startswith("0 ") else f"within {days}"
    whose = "" if rule.answered_by == rule.to else f", from the {posts(rule.answered_by, 'or')}"
    return f"{when} ({rule.answer_within}){whose}; one answer is enough"


def then(pack: m.RulePack, rule: r.AlertRule) -> str:
    if not rule.answer_within:
        return ""
    further = f", and {value_now(pack, rule.then_after)} after it was due ({rule.then_after}) the {posts(rule.then_to)} is told" if rule.then_to else ""
    return f"a reminder where nobody answered{further}"


def posts(held: Iterable[r.Post], word: str = "and") -> str:
    names = [post.replace("_", " ") for post in held]
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _branch(pack: m.RulePack, condition: r.Condition) -> Branch:
    return Branch(words_of(pack, condition), tuple(_branch(pack, part) for part in r.parts_of(condition)))


def words_of(pack: m.RulePack, condition: r.Condition) -> str:
    """A condition without those inside it, with the numbers in force."""
    match condition:
        case r.Every():
            return "all of"
        case r.Some():
            return "any of"
        case r.No():
            return "not"
        case r.LastQuarter():
            return "of the quarter before"
        case r.TeamsAtLeast(number):
            return f"at least {number} ({value_now(pack, number)}) of the district's teams"
        case r.SomeDistrict(did, share):
            # It has the pressure when more than that share of its teams have it.
            return f"the pressure {did} a district, more than {share} ({value_now(pack, share)}) of whose teams {'had' if did == 'left' else 'have'} it"
    return r.in_words(condition)


def _example(example: r.AlertExample) -> str:
    return f"{example.name}: {', '.join(map(_quarter, example.quarters))} → {', '.join(_yes_or_no(example))}"


def _example_data(example: r.AlertExample) -> dict[str, Any]:
    return {"name": example.name, "quarters": list(example.quarters), "expect": _yes_or_no(example)}


def _yes_or_no(example: r.AlertExample) -> list[str]:
    return ["yes" if said else "no" for said in example.expect]


def _quarter(given: object) -> str:
    if isinstance(given, Mapping):
        return f"({', '.join(f'{key} {value}' for key, value in given.items())})"
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(_quarter, given))}]"
    return str(given)
