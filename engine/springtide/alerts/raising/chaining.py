"""The same rules for alerts in durable-rules: what each quarter shows goes in as facts, and which rules hold comes out.

Each of a rule's words is settled outside for this quarter and the one before, and what follows from them is chained. The
plain evaluation in `logic.alerts.judging` must come to the same, or no alert is raised.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...engines.clauses import Compiler, Stage, made_into_stage
from ...engines.forward_chaining import concluded, why_unavailable
from ...logic.alerts import rules as r
from ...logic.alerts.judging import Raised, Story, Subject, raised
from ...logic.model import RulePack
from ...logic.truth import Truth, at_least


class RulesDisagree(RuntimeError):
    """The two ways of judging the rules for alerts do not come to the same."""


def raised_by_both(pack: RulePack, story: Story, place: int) -> tuple[list[Raised], str]:
    """The alerts of a quarter, judged twice; and why it was only once where forward chaining can't be had.

    Raises:
        RulesDisagree: nothing is to be sent then.
        ForwardChainingError: durable-rules did something it must not.
    """
    plain = raised(pack.alerts, story, place)
    reason = why_unavailable()
    if reason:
        return plain, reason
    chained = raised(pack.alerts, story, place, _Chained(pack, story).truth)
    if plain != chained:
        differing = sorted({f"{one.rule.id} of {one.subject.key}" for one in {*plain} ^ {*chained}})
        raise RulesDisagree(f"two ways of judging the rules for alerts do not agree on {', '.join(differing[:5])}; nothing was queued")
    return plain, ""


class _Chained:
    """Whether rules hold, by forward chaining; each subject and quarter is asked once."""

    def __init__(self, pack: RulePack, story: Story):
        self.pack, self.story = pack, story
        self._stages = {about: _stage(pack, about) for about in r.ABOUT}
        self._found: dict[tuple[r.About, Subject, int], dict[str, Truth]] = {}

    def truth(self, rule: r.AlertRule, subject: Subject, place: int) -> Truth:
        return self.findings(rule.about, subject, place)[rule.id]

    def findings(self, about: r.About, subject: Subject, place: int) -> dict[str, Truth]:
        key = (about, subject, place)
        if key not in self._found:
            stage, atoms = self._stages[about]
            truths = {name: self._settled(atom, subject, place) for name, atom in atoms.items()}
            self._found[key] = concluded(stage, truths)
        return self._found[key]

    def _settled(self, atom: r.Condition, subject: Subject, place: int) -> Truth:
        if isinstance(atom, r.LastQuarter):
            last = self.story.before(place)
            return Truth.CANNOT_TELL if last is None else self._settled(atom.part, subject, last)
        if isinstance(atom, r.TeamsAtLeast):
            teams = self.story.teams(place, subject.area, subject.district)
            found = (self.findings("team", team, place)[_asked(atom)] for team in teams)
            return at_least(round(self.story.thresholds[atom.number]), found)
        return self.story.leaf(atom, subject, place)


def _stage(pack: RulePack, about: r.About) -> tuple[Stage, dict[str, r.Condition]]:
    """The clauses of every rule about one kind of thing, and what has to be settled outside, by the symbol's name."""
    compiler, atoms = Compiler({}), dict[str, r.Condition]()
    wanted = {rule.id: rule.when for rule in pack.alerts.values() if rule.about == about}
    if about == "team":  # what districts ask of their teams
        wanted |= {_asked(part): part.part for rule in pack.alerts.values() for part in r.walk(rule.when) if isinstance(part, r.TeamsAtLeast)}
    for name, condition in wanted.items():
        _define(compiler, atoms, name, condition)
    return made_into_stage(f"alerts-{about.replace(' ', '-')}-{pack.hash[:16]}", compiler, [*wanted]), atoms


def _asked(part: r.TeamsAtLeast) -> str:
    return f"asked of teams: {r.in_words(part.part)}"


def _define(compiler: Compiler, atoms: dict[str, r.Condition], name: str, condition: r.Condition) -> None:
    """Clauses that conclude a finding from a condition; last quarter is pushed down to the words that read it."""
    match condition:
        case r.Every(parts) | r.Some(parts):
            compiler.join(name, [*_parts(compiler, atoms, name, parts)], every=isinstance(condition, r.Every))
        case r.No(part):
            compiler.swap(name, next(_parts(compiler, atoms, name, (part,))))
        case r.LastQuarter(r.Every(parts)):
            _define(compiler, atoms, name, r.Every(tuple(r.LastQuarter(part) for part in parts)))
        case r.LastQuarter(r.Some(parts)):
            _define(compiler, atoms, name, r.Some(tuple(r.LastQuarter(part) for part in parts)))
        case r.LastQuarter(r.No(part)):
            _define(compiler, atoms, name, r.No(r.LastQuarter(part)))
        case _:
            atom = r.in_words(condition)
            atoms[atom] = condition
            compiler.join(name, [atom], every=True)


def _parts(compiler: Compiler, atoms: dict[str, r.Condition], name: str, parts: tuple[r.Condition, ...]) -> Iterator[str]:
    for place, part in enumerate(parts, 1):
        _define(compiler, atoms, inner := f"{name}/{place}", part)
        yield inner
