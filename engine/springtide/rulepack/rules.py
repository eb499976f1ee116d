"""Pressures, supervision, risk rules, notices and reducers: everything with a condition."""

from __future__ import annotations

from typing import Any

from ..logic import model as m
from .condition_parser import ConditionParser
from .layers import Entry
from .problems import did_you_mean
from .reading import Reading, examples_of, paragraph_numbers


class RuleReader(Reading):
    """Reads everything that has conditions and examples of its own."""

    def _rules(self, kind: str, make: Any) -> dict[str, Any]:
        """The rules of one kind, by id in alphabetical order, so that the order of files can't matter."""
        found = {}
        for key, entry in sorted(self.stack.of(kind).items()):
            doc = self.docs.get((kind, key))
            parser = ConditionParser(entry.file, kind, self.vocabulary, self.problems)
            if doc is None:  # its shape is wrong; what else is wrong in its conditions is said at the same time
                for name in m.CONDITION_KEYS:
                    if isinstance(entry.data, dict) and entry.data.get(name) is not None:
                        parser.parse(entry.data[name], (name,))
                continue
            common = {
                "id": doc.id, "title": doc.title, "cites": paragraph_numbers(doc.cites),
                "because": " ".join(doc.because.split()), "at": entry.at,
                "examples": examples_of(entry, doc.examples, ("examples",)),
            }  # fmt: skip
            if hasattr(doc, "tell_the_manager"):
                common["tell_the_manager"] = " ".join(doc.tell_the_manager.split())
            rule = make(entry, doc, parser, common)
            if rule is not None:
                found[key] = rule
        return found

    def _conditions(self, parser: ConditionParser, doc: Any, *names: str) -> dict[str, Any] | None:
        parsed = {name: parser.parse(getattr(doc, name), (name,)) for name in names}
        return None if any(value is None for value in parsed.values()) else parsed

    def _points(self, entry: Entry, points: dict[str, int], allowed: tuple[str, ...]) -> None:
        for name in points:
            if name not in allowed:
                self.problems.append(entry.problem(("points", name), f"points can't be given for '{name}'",
                                                   did_you_mean(name, allowed), key=True))  # fmt: skip

    def _team_pressure(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        marks = ("present", "severe") if doc.felt is None else ("felt", "present", "severe")
        self._points(entry, doc.points, marks)
        parsed = self._conditions(parser, doc, *marks)
        return parsed and m.TeamPressure(**common, **parsed, family=doc.family, points=doc.points)

    def _county_pressure(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        self._threshold_named(entry, ("most",), doc.most, "share")
        parsed = self._conditions(parser, doc, "affected")
        return parsed and m.CountyPressure(**common, **parsed, most=doc.most)

    def _supervision(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        self._points(entry, doc.points, ("evidenced strained",))
        parsed = self._conditions(parser, doc, "evidenced_strained", "evidenced_adequate", "inferred_strained")
        return parsed and m.Supervision(**common, **parsed, points=doc.points)

    def _risk_rule(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        if doc.level not in self.vocabulary.levels:
            self.problems.append(entry.problem(("level",), f"there is no level '{doc.level}'",
                                               did_you_mean(doc.level, self.vocabulary.levels)))  # fmt: skip
        parsed = self._conditions(parser, doc, "when")
        return parsed and m.RiskRule(**common, **parsed, level=doc.level, points=doc.points, same_day=doc.same_day == "yes",
                                    stands_alone=doc.stands_alone == "yes")  # fmt: skip

    def _notice(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        parsed = self._conditions(parser, doc, "when")
        reason = " ".join((doc.worse_may_end_it_because or "").split())
        return parsed and m.Notice(**common, **parsed, channel=doc.channel, worse_may_end_it_because=reason)

    def _reducer(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        parsed = self._conditions(parser, doc, "when")
        return parsed and m.Reducer(**common, **parsed, weight=doc.weight)
