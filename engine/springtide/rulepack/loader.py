"""From a folder of YAML to a checked RulePack, or every mistake in it at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..logic import model as m
from . import checks
from .alert_reader import AlertReader
from .layers import find_pack, read_stack
from .problems import PackError, Problem
from .rules import RuleReader
from .senses import SenseReader
from .shapes import check_shape
from .tally_reader import TallyReader
from .texts import TextReader


def load_pack(name: str | Path) -> m.RulePack:
    """Load a rule pack by folder or by shipped name (`kent-2009`, `england`).

    Raises:
        PackError: with every mistake found, each as file, line, column, message and expectation.
    """
    problems: list[Problem] = []
    stack = read_stack(find_pack(name), problems)
    pack = _PackReader(stack, problems).build()
    if problems or pack is None:
        raise PackError(problems)
    return pack


def load_beneath(name: str | Path) -> m.RulePack | None:
    """The pack that a pack builds on; None where it builds on nothing, or on what can't be used by itself.

    Raises:
        PackError: there is no such pack.
    """
    folder = find_pack(name)
    stack = read_stack(folder, [])
    if len(stack.layers) < 2:
        return None
    try:
        return load_pack(Path(stack.layers[-2].file.name).parent)
    except PackError:
        return None


class _PackReader(SenseReader, TallyReader, AlertReader, TextReader, RuleReader):
    """Turns the merged entries into the model, stratum by stratum."""

    def build(self) -> m.RulePack | None:
        self._check_shapes()
        heads = [doc for doc in (check_shape(head, self.problems) for head in self.stack.layers) if doc]
        if any(kind.shape != "rule" for kind, _ in self.stack.unread):
            return None  # what such a file declares is not known, so nothing can be said of what names it
        self._collect_words()
        thresholds = self._thresholds()
        figures = self._figures(thresholds)
        parts: dict[str, Any] = {
            "figures": figures,
            "measures": self._measures(),
            "questionnaire": self._questionnaire(),
            "team_pressures": self._rules("team pressure", self._team_pressure),
            "county_pressures": self._rules("county pressure", self._county_pressure),
            "supervision": next(iter(self._rules("supervision", self._supervision).values()), None),
            "risk": self._rules("risk rule", self._risk_rule),
            "notices": self._rules("notice", self._notice),
            "reducers": self._rules("confidence reducer", self._reducer),
            "levels": self._levels(),
            "periods": self._periods(),
            "paragraphs": self._paragraphs(),
            "silenced": self._silenced(),
            "sense_checks": self._sense_checks(),
            "levers": self._levers(figures),
            "tallies": self._tallies(),
            "alerts": self._alerts(),
        }
        words = self._words(heads)
        if self.problems or any(part is None for part in parts.values()) or words is None:
            return None
        top = self.stack.top.data
        layers = tuple(f"{head.data['id']} {head.data['version']}" for head in self.stack.layers)
        language = next((head.data["language"] for head in reversed(self.stack.layers) if "language" in head.data), 1)
        pack = m.RulePack(
            id=top["id"], version=top["version"], title=top["title"], hash=self.stack.hash, layers=layers,
            words=words, thresholds=thresholds, about=" ".join(top["about"].split()), language=language, **parts,
        )  # fmt: skip
        self.problems.extend(checks.check_pack(pack, self.stack))
        return replace(pack, paragraphs=self._with_later_rules(pack))

    def _with_later_rules(self, pack: m.RulePack) -> tuple[m.Paragraph, ...]:
        """The index with the rules of higher layers under the paragraphs that they cite."""
        later = checks.later_than_the_index(self.stack)
        cited = {name: numbers for name, numbers in checks.citations(pack).items() if name in later}
        indexed = []
        for paragraph in pack.paragraphs:
            kept = [name for name in paragraph.encoded_by if name not in later]
            added = [name for name, numbers in cited.items() if paragraph.number in numbers]
            reason = "" if kept or added else paragraph.not_encoded_because
            indexed.append(replace(paragraph, encoded_by=(*kept, *added), not_encoded_because=reason))
        return tuple(indexed)
