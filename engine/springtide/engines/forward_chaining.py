"""Forward chaining in durable-rules, held so that it can't fail silently.

The package is sound on constant tests over flat facts with chaining, and on little else
(docs/decisions/0003-holding-durable-rules.md): only symbols go in, every fact has an id of its own,
one session a team is created, run, read and deleted in one call, and nothing it swallows is lost.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..logic.facts import Facts, Majority, Team
from ..logic.judge import truth_of
from ..logic.model import RulePack
from ..logic.strata import findings_ids, majorities, verdict
from ..logic.truth import Truth
from .clauses import (
    ALWAYS,
    MODES,
    Clause,
    Stage,
    compile_stages,
    receiving_conditions,
    receiving_name,
    symbols_of,
    truth_from,
)
from .result import EngineResult, TeamFindings, pressures_in, rules_in, supervision_in

# Far inside the limits at which the package hangs, crashes or drops facts.
_MOST_RULES = 4000
_MOST_RULES_ON_ONE_TEST = 200
_MOST_VALUES_OF_ONE_PROPERTY = 500


class ForwardChainingError(RuntimeError):
    """The engine did something it must not; nothing it said can be used."""


def why_unavailable() -> str | None:
    """Why forward chaining can't be had here, in a sentence; None where it can."""
    try:
        import durable.engine  # noqa: F401
    except ImportError as error:
        return f"durable-rules is not installed or does not load ({error})"
    return None


@dataclass
class _Run:
    """One team's run: what is known and why, and what went wrong."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)


@dataclass(frozen=True)
class Derivation:
    """What forward chaining concluded, each symbol with the antecedents it was first derived from."""

    known: dict[str, tuple[str, ...]]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.known


class Chainer:
    """One stage's clauses, registered once with durable-rules; `derive` runs one team through them."""

    def __init__(self, stage: Stage):
        from durable.engine import Host

        class QuietHost(Host):  # type: ignore[misc, unused-ignore]
            """The default host's background threads would run some actions on their own time."""

            def _run(self) -> None:
                return

        _check_limits(stage)
        self.stage = stage
        self._read = frozenset(symbol for clause in stage.clauses for symbol in clause.antecedents)
        self._run: _Run | None = None
        self._team = ""
        self._sessions = 0
        self._host = QuietHost()
        self._host.register_rulesets({stage.name: copy.deepcopy(self._definition())})

    def derive(self, team: str, symbols: Iterable[str]) -> Derivation:
        """Everything that follows for one team from the symbols given.

        Raises:
            ForwardChainingError: an action failed, a fact was refused, or work was left undone.
        """
        self._sessions += 1
        session = f"s{self._sessions}"
        self._run, self._team = _Run(), session
        host, name = self._host, self.stage.name
        try:
            host.assert_fact(name, {"id": f"{session}:_begin", "sid": session, "begin": "yes"})
            for symbol in sorted(set(symbols) | {ALWAYS}):
                self._assert(lambda fact: host.assert_fact(name, fact), symbol, ())
            self._check_nothing_lost(session)
            return Derivation(self._run.known)
        finally:
            self._run = None
            host.delete_state(name, session)

    def _assert(self, put: Callable[[dict[str, str]], Any], symbol: str, because: tuple[str, ...]) -> None:
        assert self._run is not None
        if symbol in self._run.known:
            return
        self._run.known[symbol] = because
        if symbol not in self._read:
            return  # a fact that no rule reads would be refused
        name, _, mode = symbol.rpartition(":")
        put({"id": f"{self._team}:{symbol}", "sid": self._team, mode: name})

    def _check_nothing_lost(self, session: str) -> None:
        assert self._run is not None
        ruleset = self.stage.name
        if self._run.faults:
            raise ForwardChainingError(f"team {self._team}: {self._run.faults[0]!r}") from self._run.faults[0]
        if swallowed := self._host.get_state(ruleset, session).get("exception"):
            raise ForwardChainingError(f"an action failed inside durable-rules: {swallowed}")
        stored = {fact["id"] for fact in self._host.get_facts(ruleset, session)}
        expected = {f"{session}:{symbol}" for symbol in self._run.known if symbol in self._read} | {f"{session}:_begin"}
        if stored != expected:
            lost = sorted(expected ^ stored)[:5]
            raise ForwardChainingError(f"the facts stored are not those asserted: {', '.join(lost)}")

    def _definition(self) -> dict[str, Any]:
        """The ruleset: a rule a clause, and one that opens a session."""
        rules: dict[str, Any] = {"begin": {"all": [{"m": {"begin": "yes"}}], "run": _do_nothing}}
        for place, clause in enumerate(self.stage.clauses):
            tests = []
            for index, symbol in enumerate(clause.antecedents):
                name, _, mode = symbol.rpartition(":")
                tests.append({f"m_{index}" if len(clause.antecedents) > 1 else "m": {mode: name}})
            rules[f"clause_{place}"] = {"all": tests, "run": self._action(clause)}
        return rules

    def _action(self, clause: Clause) -> Callable[[Any], None]:
        """A plain one-argument function: anything else durable-rules mistakes for something asynchronous."""

        def conclude(context: Any) -> None:
            try:
                self._assert(context.assert_fact, clause.conclusion, clause.antecedents)
            except BaseException as fault:  # durable-rules would swallow even an interrupt
                if self._run is not None:
                    self._run.faults.append(fault)

        return conclude

    def close(self) -> None:
        """Free the registered rules; the package itself has no public way."""
        import durable_rules_engine

        for ruleset in self._host._ruleset_list:
            durable_rules_engine.delete_ruleset(ruleset._handle)


def _do_nothing(context: Any) -> None:
    return


def _check_limits(stage: Stage) -> None:
    """Refuse a pack that comes near what the package can hold, before it hangs or crashes."""
    uses: dict[str, int] = {}
    for clause in stage.clauses:
        for symbol in clause.antecedents:
            uses[symbol] = uses.get(symbol, 0) + 1
    if len(stage.clauses) > _MOST_RULES:
        raise ForwardChainingError(f"{len(stage.clauses)} clauses; durable-rules holds {_MOST_RULES} safely")
    for symbol, count in uses.items():
        if count > _MOST_RULES_ON_ONE_TEST:
            raise ForwardChainingError(f"'{symbol}' is read by {count} clauses; durable-rules holds {_MOST_RULES_ON_ONE_TEST} safely")
    for mode in MODES:
        count = sum(symbol.endswith(f":{mode}") for symbol in uses)
        if count > _MOST_VALUES_OF_ONE_PROPERTY:
            raise ForwardChainingError(f"{count} findings are tested; durable-rules holds {_MOST_VALUES_OF_ONE_PROPERTY} safely")


_chainers: dict[Stage, Chainer] = {}
_MOST_KEPT = 8


def _chainer(stage: Stage) -> Chainer:
    """Rules are registered once a process and pack; a what-if brings other facts, never other rules."""
    if stage not in _chainers:
        while len(_chainers) >= _MOST_KEPT:
            _chainers.pop(next(iter(_chainers))).close()
        _chainers[stage] = Chainer(stage)
    return _chainers[stage]


def concluded(stage: Stage, truths: Mapping[str, Truth]) -> dict[str, Truth]:
    """A stage's findings from the truth of what is settled outside, by name.

    Raises:
        ForwardChainingError: durable-rules did something it must not.
    """
    symbols = {symbol for name, truth in truths.items() for symbol in symbols_of(name, truth)}
    return _findings(stage, "", symbols & set(stage.given))


def evaluate(pack: RulePack, thresholds: dict[str, float], teams: Sequence[Team], facts: Mapping[str, Facts]) -> EngineResult:
    """Every team's findings by forward chaining, first each team alone, then with its county.

    Args:
        facts: by team id; only what conditions compare (numbers, answers, last quarter) is read.

    Raises:
        ForwardChainingError: durable-rules did something it must not.
    """
    alone, together = compile_stages(pack, thresholds)
    first = {team.id: _findings(alone, team.id, _settled(alone, facts[team.id])) for team in teams}
    county: dict[str, list[Majority]] = {}
    for area in sorted({team.county for team in teams}):
        members = [team.id for team in teams if team.county == area]
        affected = {p: [first[team][f"{p}.affected"] for team in members] for p in pack.county_pressures}
        county[area] = majorities(pack, thresholds, area, affected)
    results = {}
    for team in teams:
        known = dict(first[team.id])
        known |= {f"{majority.pressure}.on": majority.on for majority in county[team.county]}
        for asked in receiving_conditions(pack):
            name = receiving_name(asked)
            known[name] = first[team.transfers_to][name] if team.transfers_to else Truth.NOT_MET
        findings = known | _findings(together, team.id, _settled(together, facts[team.id], known))
        results[team.id] = TeamFindings(
            {name: findings[name] for name in findings_ids(pack)},
            verdict(pack, thresholds, pressures_in(pack, findings), supervision_in(pack, findings), rules_in(pack, findings)),
        )
    return EngineResult("forward", results, tuple(majority for area in county.values() for majority in area))


def _settled(stage: Stage, facts: Facts, known: Mapping[str, Truth] = MappingProxyType({})) -> set[str]:
    """The symbols a stage needs from outside: findings already known, and conditions settled in `logic`."""
    symbols: set[str] = set()
    for name in {symbol.rpartition(":")[0] for symbol in stage.given}:
        if f"{name}:met" != ALWAYS:
            symbols.update(symbols_of(name, known[name] if name in known else truth_of(stage.atoms[name], facts)))
    return symbols & set(stage.given)


def _findings(stage: Stage, team: str, symbols: set[str]) -> dict[str, Truth]:
    derived = _chainer(stage).derive(team, symbols)
    return {name: truth_from(name, derived.known) for name in stage.findings}
