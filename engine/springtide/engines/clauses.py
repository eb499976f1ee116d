"""A rule pack as positive clauses over symbols: what forward chaining can run safely.

Three truth values become four plain symbols a finding, so that no rule needs negation:

    X:met       X holds            X:refuted   X does not hold
    X:could     X may hold         X:doubted   X may not hold

`not` swaps them, `any` becomes one clause a branch, `all` one clause with several antecedents.
Numbers, thresholds and counting over teams are settled before, in `logic`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from ..logic import conditions as c
from ..logic.facts import SUPERVISION_STATES
from ..logic.model import RulePack
from ..logic.truth import Truth

ALWAYS = "always:met"
MODES = ("met", "could", "refuted", "doubted")
_OPPOSITE = {"met": "refuted", "could": "doubted", "refuted": "met", "doubted": "could"}
_DUAL = {"met": False, "could": False, "refuted": True, "doubted": True}


@dataclass(frozen=True)
class Clause:
    """If every antecedent is known, so is the conclusion."""

    conclusion: str
    antecedents: tuple[str, ...]


def symbols_of(name: str, truth: Truth) -> tuple[str, ...]:
    """The symbols that a truth value stands for."""
    match truth:
        case Truth.MET:
            return f"{name}:met", f"{name}:could"
        case Truth.NOT_MET:
            return f"{name}:refuted", f"{name}:doubted"
    return f"{name}:could", f"{name}:doubted"


def truth_from(name: str, known: Container[str]) -> Truth:
    """The truth value that derived symbols stand for.

    Raises:
        ValueError: the symbols contradict each other.
    """
    met, could = f"{name}:met" in known, f"{name}:could" in known
    if met and not could:
        raise ValueError(f"'{name}' was derived as met but not as possible")
    return Truth.between(met, could)


def atom_name(leaf: c.Condition) -> str:
    """The symbol of a condition that is settled outside, or found by a lower stratum."""
    match leaf:
        case c.PressureTest(pressure, grade):
            return f"{pressure}.{grade}"
        case c.CountyTest(pressure, aspect):
            return f"{pressure}.{aspect}"
        case c.SupervisionTest(state):
            return f"supervision is {state}"
        case c.RuleTest(rule):
            return rule
        case c.ReceivingTeam(part):
            return receiving_name(part)
    return c.in_words(leaf)


class Compiler:
    """Collects the clauses of one stage; every sub-condition becomes a symbol of its own."""

    def __init__(self, thresholds: dict[str, float]):
        self.thresholds = thresholds
        self.clauses: list[Clause] = []
        self.defined: set[str] = set()
        self.atoms: dict[str, c.Condition] = {}

    def define(self, name: str, condition: c.Condition) -> None:
        """Clauses that conclude all four symbols of a finding from a condition."""
        self.defined.add(name)
        inner = self._symbol(name, condition)
        if inner != name:
            for mode in MODES:
                self.clauses.append(Clause(f"{name}:{mode}", (f"{inner}:{mode}",)))

    def join(self, name: str, parts: list[str], *, every: bool) -> None:
        """A finding from others by name: every one of them, or any."""
        self.defined.add(name)
        for mode in MODES:
            antecedents = _each_once(f"{part}:{mode}" for part in parts)
            if every != _DUAL[mode]:
                self.clauses.append(Clause(f"{name}:{mode}", antecedents or (ALWAYS,)))
            else:
                self.clauses.extend(Clause(f"{name}:{mode}", (one,)) for one in antecedents)

    def swap(self, name: str, part: str) -> None:
        """A finding as the negation of another."""
        self.defined.add(name)
        for mode in MODES:
            self.clauses.append(Clause(f"{name}:{mode}", (f"{part}:{_OPPOSITE[mode]}",)))

    def _symbol(self, name: str, condition: c.Condition) -> str:
        """The symbol of a condition, with the clauses for it added; `name` is used for a compound one."""
        match condition:
            case c.AllOf(parts) | c.AnyOf(parts):
                inside = [self._symbol(f"{name}/{place}", part) for place, part in enumerate(parts, 1)]
                self.join(name, inside, every=isinstance(condition, c.AllOf))
                return name
            case c.Not(part):
                self.swap(name, self._symbol(f"{name}/not", part))
                return name
            case c.AtLeastOf(n, parts):
                inside = [self._symbol(f"{name}/{place}", part) for place, part in enumerate(parts, 1)]
                self._at_least(name, round(self.thresholds[n]), inside)
                return name
        atom = atom_name(condition)
        self.atoms.setdefault(atom, condition)
        return atom

    def _at_least(self, name: str, n: int, parts: list[str]) -> None:
        """At least n hold when some n of them do; they do not when some len - n + 1 do not."""
        self.defined.add(name)
        for mode in MODES:
            size = len(parts) - n + 1 if _DUAL[mode] else n
            if size <= 0:
                self.clauses.append(Clause(f"{name}:{mode}", (ALWAYS,)))
            for chosen in combinations(parts, size) if size > 0 else ():
                self.clauses.append(Clause(f"{name}:{mode}", _each_once(f"{part}:{mode}" for part in chosen)))


def _each_once(symbols: Iterable[str]) -> tuple[str, ...]:
    """A clause that named a symbol twice would wait for two facts where there can be but one."""
    return tuple(dict.fromkeys(symbols))


@dataclass(frozen=True)
class Stage:
    """The clauses of one run over one team.

    `given` are the symbols that must come from outside, `atoms` the conditions behind those that are
    settled there, `findings` the names concluded.
    """

    name: str
    clauses: tuple[Clause, ...]
    given: tuple[str, ...]
    findings: tuple[str, ...]
    atoms: dict[str, c.Condition] = field(compare=False)


def compile_stages(pack: RulePack, thresholds: dict[str, float]) -> tuple[Stage, Stage]:
    """A pack as two stages: what a team alone decides, and what needs the county and other teams."""
    return _team_stage(pack, thresholds), _county_stage(pack, thresholds)


def receiving_name(part: c.Condition) -> str:
    """The symbol of a condition that is put to the receiving team."""
    return f"receiving team: {c.spelled_out(part)}"


def receiving_conditions(pack: RulePack) -> Iterator[c.Condition]:
    """Every condition that notices put to the receiving team."""
    for notice in pack.notices.values():
        yield from (asked.part for asked in c.walk(notice.when) if isinstance(asked, c.ReceivingTeam))


def _team_stage(pack: RulePack, thresholds: dict[str, float]) -> Stage:
    compiler, findings = Compiler(thresholds), []
    for pressure in pack.team_pressures.values():
        compiler.define(f"{pressure.id}.severe", pressure.severe)
        compiler.define(f"{pressure.id}.present itself", pressure.present)
        compiler.join(f"{pressure.id}.present", [f"{pressure.id}.present itself", f"{pressure.id}.severe"], every=False)
        if pressure.felt is not None:
            compiler.define(f"{pressure.id}.felt itself", pressure.felt)
            compiler.join(f"{pressure.id}.felt", [f"{pressure.id}.felt itself", f"{pressure.id}.present"], every=False)
        findings += [f"{pressure.id}.{mark}" for mark in pressure.marks]
    for county in pack.county_pressures.values():
        compiler.define(f"{county.id}.affected", county.affected)
        findings.append(f"{county.id}.affected")
    supervision = pack.supervision
    for part, condition in (("strained", supervision.evidenced_strained), ("adequate", supervision.evidenced_adequate),
                            ("inferred", supervision.inferred_strained)):  # fmt: skip
        compiler.define(f"{supervision.id}.{part}", condition)
        findings.append(f"{supervision.id}.{part}")
    for asked in receiving_conditions(pack):
        compiler.define(receiving_name(asked), asked)
        findings.append(receiving_name(asked))
    return made_into_stage(f"team-{pack.hash[:16]}", compiler, findings)


def _county_stage(pack: RulePack, thresholds: dict[str, float]) -> Stage:
    compiler, findings = Compiler(thresholds), []
    for rule in pack.risk.values():
        compiler.define(rule.id, rule.when)
        findings.append(rule.id)
    for notice in pack.notices.values():
        compiler.define(notice.id, notice.when)
        findings.append(notice.id)
    for atom, leaf in list(compiler.atoms.items()):
        if isinstance(leaf, c.LevelTest) and not leaf.last_quarter:
            least = pack.levels.rank(leaf.level)
            reaching = [r.id for r in pack.risk.values() if pack.levels.rank(r.level) >= least]
            compiler.join(atom, reaching if least else [], every=not least)  # all of nothing: nothing lies below the lowest
        if isinstance(leaf, c.SupervisionTest):
            _supervision_state(compiler, pack.supervision.id, leaf.state)
    return made_into_stage(f"county-{pack.hash[:16]}", compiler, findings)


def _supervision_state(compiler: Compiler, name: str, state: str) -> None:
    """Evidence outranks inference, and adverse evidence outranks good reports."""
    parts = dict(zip(SUPERVISION_STATES, ("strained", "adequate", "inferred"), strict=True))
    outranking = SUPERVISION_STATES[: SUPERVISION_STATES.index(state)]
    inside = [f"{name}.{parts[state]}"]
    for other in outranking:
        compiler.swap(f"not {name}.{parts[other]} for {state}", f"{name}.{parts[other]}")
        inside.append(f"not {name}.{parts[other]} for {state}")
    compiler.join(f"supervision is {state}", inside, every=True)


def made_into_stage(name: str, compiler: Compiler, findings: list[str]) -> Stage:
    """A compiler's clauses as a stage that concludes the findings named."""
    clauses = _needed(compiler.clauses, findings)
    read = {symbol for clause in clauses for symbol in clause.antecedents}
    wanted = {symbol for symbol in read if symbol.rpartition(":")[0] not in compiler.defined}
    return Stage(name, clauses, tuple(sorted(wanted)), tuple(dict.fromkeys(findings)), compiler.atoms)


def _needed(clauses: list[Clause], findings: list[str]) -> tuple[Clause, ...]:
    """The clauses from which the findings' `met` and `could` follow; the rest would be idle work."""
    by_conclusion: dict[str, list[Clause]] = {}
    for clause in dict.fromkeys(clauses):
        by_conclusion.setdefault(clause.conclusion, []).append(clause)
    needed: dict[str, None] = {}
    waiting = [f"{finding}:{mode}" for finding in findings for mode in ("met", "could")]
    while waiting:
        symbol = waiting.pop()
        if symbol not in needed:
            needed[symbol] = None
            waiting.extend(one for clause in by_conclusion.get(symbol, []) for one in clause.antecedents)
    return tuple(clause for symbol in needed for clause in by_conclusion.get(symbol, []))
