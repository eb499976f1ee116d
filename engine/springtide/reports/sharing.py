"""An explanation as it may leave the district: the same lines, with small counts and what gives them away left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ..logic import explain as x
from ..logic.facts import Facts
from ..logic.sharing import FEWEST_SHOWN, WITHHELD, Hidden, hidden
from ..logic.truth import Truth

SAYS = (
    f"For sharing: counts under {FEWEST_SHOWN} are not shown, nor what would give them away; of an answer by fewer than "
    f"{FEWEST_SHOWN} people, only its side. Levels, what is met and thresholds stand as they are."
)


@dataclass(frozen=True)
class Shared:
    """One team's facts with what of them may be shown, this quarter's numbers and last quarter's."""

    facts: Facts

    @cached_property
    def now(self) -> Hidden:
        return hidden(self.facts)

    @cached_property
    def last(self) -> Hidden:
        return hidden(self.facts, last_quarter=True)

    @cached_property
    def receiving(self) -> Shared:
        return self if self.facts.receiving is None else Shared(self.facts.receiving)

    def nodes(self, nodes: Iterable[x.Node]) -> tuple[x.Node, ...]:
        """Lines of an explanation of this team, and everything beneath them."""
        return tuple(self._node(node) for node in nodes)

    def _node(self, node: x.Node) -> x.Node:
        if node.kind == "receiving team":
            return replace(node, parts=self.receiving.nodes(node.parts))
        kept = replace(node, parts=self.nodes(node.parts))
        if node.kind == "measure":
            words = self.now.get(node.id)
            kept = replace(kept, cells=self.cells(node.id))
            return kept if words is None else replace(kept, value=words, margin=WITHHELD if node.margin else "")
        if node.kind == "supplied":
            return replace(kept, value=self.now.get(node.id, node.value))
        if node.kind == "answer":
            return replace(kept, value=self.answer(node.id), cells=self.answer_cells(node.id))
        return kept

    def number(self, name: str, last_quarter: bool = False) -> str:
        """A figure or measure as it may be shown."""
        return (self.last if last_quarter else self.now).get(name) or x.number_said(self.facts, name, last_quarter)

    def cells(self, name: str) -> tuple[str, ...]:
        """Where a number came from, each figure as it may be shown."""
        return tuple(x.cells_of(name, self.facts, self.number))

    def answer(self, question: str) -> str:
        """The team's answer; of one that fewer than five people gave, its side only, which what is met tells anyway."""
        answer = self.facts.evidence.answer(question)
        if answer.counted == 0 or not self._few(question):
            return str(answer)
        if answer.is_adverse is Truth.MET:
            return "on the adverse side"
        return "on the favourable side" if answer.is_favourable is Truth.MET else "on either side, with what is not known"

    def answer_cells(self, question: str) -> tuple[str, ...]:
        """Where an answer came from; the rows of fewer than five responses would count them, and point at each."""
        cell = self.facts.evidence.cells.get(question)
        if not cell:
            return ()
        return (f"responses.csv, {question}",) if self._few(question) else (f"{cell}, {question}",)

    def _few(self, question: str) -> bool:
        """Whether fewer than five answered one way or the other, or did not know, where any did."""
        answer = self.facts.evidence.answer(question)
        return any(0 < count < FEWEST_SHOWN for count in (answer.counted + answer.not_applicable, answer.favourable, answer.adverse, answer.unknown))


