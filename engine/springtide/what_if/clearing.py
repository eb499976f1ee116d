"""The least costly sets of changes that bring a team below flagged: whole units only, and none cheaper.

What a level follows from are comparisons. Levers that share none are apart; of those that do, every combination of whole
units is weighed, and of all that leave the comparisons alike only the cheapest is kept. So nothing cheaper is passed over.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..batch.arithmetic import Bools, Floats, Ints
from ..batch.bearing import questions_read
from ..batch.cells import Board, Settings
from ..batch.following import figures_behind
from ..logic.answers import Answer, favourable_answers, from_worst_to_best
from ..logic.conditions import MeasureTest
from ..logic.levers import Lever, room, wholes
from ..logic.model import RulePack
from ..logic.truth import Truth
from .problems import WhatIfError
from .tipping import can_pull, whole_turns

ANSWERS = "answers"  # what `only` calls the team's own answers
_MOST_COMBINATIONS = 3_000_000
_MOST_OPTIONS = 4_000_000
_AT_A_TIME = 50_000
_SHOWN = 6


@dataclass(frozen=True)
class Costs:
    """What one unit of each lever costs, and one better answer; a lever or answers without a cost are not tried."""

    levers: Mapping[str, float]
    answer: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Way:
    """One set of changes that clears the team: so many units of which levers, and which answers turned."""

    units: tuple[tuple[Lever, int], ...]
    answers: tuple[str, ...]
    cost: float
    level: str
    could_be: str


@dataclass(frozen=True)
class Cleared:
    """What it takes to bring a team below flagged. With no `ways` where nothing in the levers tried does.

    `tried` has each lever with the most units that there are of it, `left_out` those of which too little is known.
    `lowest` is the lowest level that they come to. At that level, and where the fewest risk rules of a flagged level hold,
    `still` has those that do, `ended` those that held before and then do not, and `furthest` is how far that is to go.
    """

    team: str
    level: str
    flagged: bool
    ways: tuple[Way, ...]
    tried: tuple[tuple[Lever, int], ...]
    answers_tried: tuple[str, ...]
    left_out: tuple[Lever, ...]
    lowest: str
    still: tuple[str, ...]
    ended: tuple[str, ...] = ()
    furthest: Way | None = None


def costs_of(pack: RulePack) -> Costs:
    """The pack's own costs of what a manager can do."""
    return Costs({lever.id: lever.cost.value for lever in pack.levers.values() if lever.manager_can and lever.cost is not None}, source=f"rules {pack.id}")


def clear(board: Board, team: str, costs: Costs | None = None, only: Iterable[str] | None = None) -> Cleared:
    """The least costly ways to bring a team's level below flagged, the cheapest first, each with other levers than the rest.

    All else, and every other team, stays as it is. No part of a way can be spared, and no set of whole units costs less
    than the first.

    Args:
        costs: None: the pack's own.
        only: the levers to try, by id, and `answers` for the team's own; None: all that have a cost.

    Raises:
        WhatIfError: `only` names what there is not, or there are too many combinations to weigh.
    """
    costs = costs or costs_of(board.pack)
    levers, questions = _chosen(board, team, costs, only)
    figures = board.evidence[team].figures
    known = [lever for lever in levers if can_pull(lever, figures)]
    reach = {lever: _reach(board, team, lever) for lever in known}
    usable = [lever for lever in known if reach[lever]]
    left_out = tuple(lever for lever in levers if lever not in known)
    tried = tuple((lever, reach[lever]) for lever in usable)
    level = board.verdicts[team].level
    if not board.pack.levels.flagged(level):
        return Cleared(team, level, False, (), tried, tuple(questions), left_out, level, ())
    options = [_options(board, team, group, reach, costs) for group in _apart(board, usable)]
    options += [_answer_options(costs, question) for question in questions]
    choices = _Choices.of(options or [_Options((), np.zeros((1, 0), dtype=np.int64), np.zeros(1))])
    ways = tuple(_ways(board, team, choices))
    if ways:
        return Cleared(team, level, True, ways, tried, tuple(questions), left_out, ways[0].level, ())
    furthest, still, ended = _at_best(board, team, choices)
    return Cleared(team, level, True, ways, tried, tuple(questions), left_out, furthest.level, still, ended, furthest)


def _chosen(board: Board, team: str, costs: Costs, only: Iterable[str] | None) -> tuple[list[Lever], list[str]]:
    levers = board.pack.levers
    wanted = list(only) if only is not None else [name for name in levers if name in costs.levers] + ([ANSWERS] if costs.answer is not None else [])
    for name in wanted:
        if name not in levers and name != ANSWERS:
            raise WhatIfError(f"there is nothing called '{name}' to change; there are {', '.join(levers)} and {ANSWERS}")
        if name in levers and name not in costs.levers and levers[name].cost is None:
            raise WhatIfError(f"'{name}' has no cost; give it one in the file of costs")
    questions = _adverse(board, team) if ANSWERS in wanted else []
    return [levers[name] for name in dict.fromkeys(wanted) if name != ANSWERS], questions


def _adverse(board: Board, team: str) -> list[str]:
    """The questions that a level can turn on and that the team did not answer favourably."""
    answers = board.evidence[team].answers
    return [question for question in questions_read(board.pack) if question in answers and answers[question].is_favourable is not Truth.MET]


def _cost(costs: Costs, lever: Lever) -> float:
    if lever.id in costs.levers:
        return costs.levers[lever.id]
    assert lever.cost is not None
    return lever.cost.value


def _reach(board: Board, team: str, lever: Lever) -> int:
    """How many whole units there can be of a lever, beyond which nothing turns any more."""
    most = room(lever, board.evidence[team].figures, board.pack.figures)
    if math.isinf(most):
        return max(whole_turns(board, team, lever)[0][:-1], default=0)
    return math.floor(most + 1e-9)


def _apart(board: Board, levers: Sequence[Lever]) -> list[list[Lever]]:
    """Levers in groups that share no comparison, nor a figure that bounds another's."""
    groups: list[tuple[set[object], list[Lever]]] = []
    for lever in levers:
        touched: set[object] = {leaf for leaf in board.comparisons if figures_behind(board.pack, leaf.measure) & lever.moves.keys()}
        touched |= lever.moves.keys()
        touched |= {whole for name, whole in wholes(board.pack.figures, board.pack.figures) if name in lever.moves}
        joined = [group for group in groups if group[0] & touched]
        groups = [group for group in groups if group not in joined]
        groups.append((touched.union(*(held for held, _ in joined)), [*(one for _, held in joined for one in held), lever]))
    order = {lever: place for place, lever in enumerate(levers)}
    return [sorted(held, key=order.__getitem__) for _, held in groups]


@dataclass(frozen=True)
class _Options:
    """What a group of levers, or one answer, can be brought to: the cheapest of each kind, with doing nothing first."""

    levers: tuple[Lever, ...]
    units: Ints
    costs: Floats
    question: str = ""


def _answer_options(costs: Costs, question: str) -> _Options:
    return _Options((), np.zeros((2, 0), dtype=np.int64), np.array([0.0, costs.answer if costs.answer is not None else 1.0]), question)


def _options(board: Board, team: str, group: Sequence[Lever], reach: Mapping[Lever, int], costs: Costs) -> _Options:
    """Every combination of whole units in a group, and of those that leave its comparisons alike the cheapest of each set of levers."""
    units = _combinations(board, team, group, reach)
    each = np.array([_cost(costs, lever) for lever in group])
    price = units @ each
    settings = Settings(len(units), board.moved(team, list(zip(group, units.T.astype(np.float64), strict=True))))
    keys = np.zeros(len(units), dtype=np.int64)
    moved = {name for lever in group for name in lever.moves}
    for leaf in board.comparisons:
        if figures_behind(board.pack, leaf.measure) & moved:
            keys = np.unique(keys * 3 + board.truths_of(team, settings, leaf), return_inverse=True)[1].astype(np.int64)
    for used in (units > 0).T:
        keys = keys * 2 + used
    order = np.lexsort((units.sum(axis=1), price, keys))
    first = np.unique(keys[order], return_index=True)[1]
    kept = np.sort(order[first])
    kept = kept[np.argsort(price[kept], kind="stable")]
    return _Options(tuple(group), units[kept], price[kept])


def _combinations(board: Board, team: str, group: Sequence[Lever], reach: Mapping[Lever, int]) -> Ints:
    """Every combination of whole units for which there is room. Of the lever with the longest reach only those at which something turns.

    Where nothing turns between one unit and one fewer, the one fewer does as well, and costs less; so a way that is the
    cheapest has every lever either at nought or right at a turn.
    """
    longest = max(group, key=lambda lever: reach[lever])
    others = [lever for lever in group if lever is not longest]
    number = math.prod(reach[lever] + 1 for lever in others)
    if number > _MOST_COMBINATIONS:
        raise WhatIfError(f"{team}: {number} combinations of {', '.join(lever.id for lever in others)} are too many to weigh; name fewer with --only")
    ranges = np.meshgrid(*(np.arange(reach[lever] + 1) for lever in others), indexing="ij") if others else []
    rest = np.stack([one.reshape(-1) for one in ranges], axis=1) if others else np.zeros((1, 0), dtype=np.int64)
    rest = rest[_there_is_room(board, team, others, rest)]
    at_turns = _turns(board, team, longest, reach[longest], others, rest)
    units = np.concatenate([np.insert(rest, group.index(longest), one, axis=1) for one in at_turns])
    units = np.unique(units, axis=0)
    return units[_there_is_room(board, team, group, units)]


def _there_is_room(board: Board, team: str, levers: Sequence[Lever], units: Ints) -> Bools:
    """Whether the figures that these levers are for stay within what there is, all of them together."""
    figures, declared = board.evidence[team].figures, board.pack.figures
    fits = np.ones(len(units), dtype=bool)
    names = {name for lever in levers for name in lever.moves if name in lever.stands_for and name in figures}
    after = {}
    held = [(name, whole) for name, whole in wholes(figures, declared) if name in names]
    for name in names.union(whole for _, whole in held):
        after[name] = figures[name] + sum((lever.moves[name].by * units[:, place] for place, lever in enumerate(levers) if name in lever.moves), np.zeros(len(units)))
    for name in names:
        fits &= after[name] >= -1e-9
    for name, whole in held:
        if figures[name] <= figures[whole]:
            fits &= after[name] <= after[whole] + 1e-9
    return fits


def _turns(board: Board, team: str, lever: Lever, reach: int, others: Sequence[Lever], rest: Ints) -> Iterator[Ints]:
    """For each combination of the others, the least units of a lever at which each comparison has turned; and none of them."""
    yield np.zeros(len(rest), dtype=np.int64)
    for leaf in board.comparisons:
        if not figures_behind(board.pack, leaf.measure) & lever.moves.keys():
            continue

        def truths(units: Ints, leaf: MeasureTest = leaf) -> Ints:
            pulls = [*zip(others, rest.T.astype(np.float64), strict=True), (lever, units.astype(np.float64))]
            held = board.truths_of(team, Settings(len(rest), board.moved(team, pulls)), leaf)
            return np.broadcast_to(np.asarray(held), (len(rest),)).astype(np.int64)

        low, high = np.zeros(len(rest), dtype=np.int64), np.full(len(rest), reach, dtype=np.int64)
        begins = truths(low)
        while np.any(high - low > 1):
            middle = (low + high) // 2
            same = truths(middle) == begins
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        yield np.where(truths(high) != begins, high, 0)


@dataclass(frozen=True)
class _Choices:
    """Options of every group taken together, the cheapest choice first: for each, which option of which group."""

    options: tuple[_Options, ...]
    picked: Ints
    costs: Floats

    @staticmethod
    def of(options: Sequence[_Options]) -> _Choices:
        number = math.prod(len(one.costs) for one in options)
        if number > _MOST_OPTIONS:
            raise WhatIfError(f"{number} sets of changes are too many to weigh; name fewer with --only")
        picked = np.stack([one.reshape(-1) for one in np.meshgrid(*(np.arange(len(one.costs)) for one in options), indexing="ij")], axis=1)
        costs = sum((one.costs[picked[:, place]] for place, one in enumerate(options)), np.zeros(len(picked)))
        order = np.argsort(costs, kind="stable")
        return _Choices(tuple(options), picked[order], costs[order])

    def units(self, begin: int, end: int) -> dict[Lever, Ints]:
        """How many units of each lever in some of the choices."""
        return {
            lever: one.units[self.picked[begin:end, group], place]
            for group, one in enumerate(self.options)
            if not one.question
            for place, lever in enumerate(one.levers)
        }

    def turned(self, begin: int, end: int) -> dict[str, Ints]:
        """Which answers are turned in some of the choices."""
        return {one.question: self.picked[begin:end, group] for group, one in enumerate(self.options) if one.question}


def _settings(board: Board, team: str, units: Mapping[Lever, Ints], turned: Mapping[str, Ints], size: int) -> Settings:
    pulls = [(lever, number.astype(np.float64)) for lever, number in units.items()]
    figures = board.moved(team, pulls)
    held = board.evidence[team].answers
    return Settings(size, figures, answers={question: ((held[question], _favourable(board.pack, question)), which) for question, which in turned.items()})


def _favourable(pack: RulePack, question: str) -> Answer:
    """An answer on the favourable side that everyone gives, no better than it need be."""
    scale = pack.questionnaire.scale
    good = favourable_answers(pack.questions[question], scale)
    answer = next(one for one in from_worst_to_best(pack.questions[question], scale) if one in good)
    return Answer(1, 0, 0, 0, answer, answer)


def _ways(board: Board, team: str, choices: _Choices) -> Iterator[Way]:
    """The cheapest set of changes with each set of levers, of those that clear the team and can't spare a part."""
    flagged_from = board.pack.levels.rank(board.pack.levels.flagged_from)
    shown: list[frozenset[str]] = []
    for begin in range(0, len(choices.costs), _AT_A_TIME):
        end = min(begin + _AT_A_TIME, len(choices.costs))
        units, turned = choices.units(begin, end), choices.turned(begin, end)
        outcome, _, _ = board.of_one(team, _settings(board, team, units, turned, end - begin))
        for place in np.flatnonzero(outcome.rank < flagged_from):
            pulls = {lever: int(number[place]) for lever, number in units.items() if number[place]}
            answers = tuple(question for question, which in turned.items() if which[place])
            used = frozenset([*(lever.id for lever in pulls), *answers])
            if any(other <= used for other in shown) or not _none_to_spare(board, team, pulls, answers, flagged_from):
                continue
            shown.append(used)
            yield Way(tuple(pulls.items()), answers, float(choices.costs[begin + place]), board.levels[outcome.level[place]], board.levels[outcome.could_be[place]])
            if len(shown) == _SHOWN:
                return


def _none_to_spare(board: Board, team: str, pulls: Mapping[Lever, int], answers: tuple[str, ...], flagged_from: int) -> bool:
    """Whether a unit less of any lever, or any answer left as it is, would leave the team flagged."""
    size = len(pulls) + len(answers)
    units = {lever: np.full(size, number, dtype=np.int64) for lever, number in pulls.items()}
    turned = {question: np.ones(size, dtype=np.int64) for question in answers}
    for place, held in enumerate((*units.values(), *turned.values())):
        held[place] -= 1
    outcome, _, _ = board.of_one(team, _settings(board, team, units, turned, size))
    return bool(np.all(outcome.rank >= flagged_from))


def _at_best(board: Board, team: str, choices: _Choices) -> tuple[Way, tuple[str, ...], tuple[str, ...]]:
    """The choice that comes to the lowest level, with the fewest rules of a flagged level met and the least cost; with the
    rules that are met there, and those that held and are not."""
    declared = board.pack.levels
    flagging = [rule for rule in board.pack.risk if declared.flagged(board.pack.risk[rule].level)]
    best: tuple[int, int, int] | None = None
    held: frozenset[str] = frozenset()
    outcomes: dict[int, tuple[str, str]] = {}
    now = frozenset(rule for rule, truth in board.facts[team].rules.items() if truth is Truth.MET)
    for begin in range(0, len(choices.costs), _AT_A_TIME):
        end = min(begin + _AT_A_TIME, len(choices.costs))
        outcome, cells, on = board.of_one(team, _settings(board, team, choices.units(begin, end), choices.turned(begin, end), end - begin))
        _, first = np.unique(np.stack([cells.places, *on]), axis=1, return_index=True)
        for place in sorted(int(one) for one in first):
            rules = cells.held[cells.places[place]].rules(tuple(int(truth) for truth in on[:, place]))
            found = int(outcome.rank[place]), sum(rule in rules for rule in flagging), begin + place
            if best is None or found < best:
                best, held = found, rules
                outcomes = {begin + place: (board.levels[outcome.level[place]], board.levels[outcome.could_be[place]])}
    assert best is not None
    at = best[2]
    pulls = tuple((lever, int(number[0])) for lever, number in choices.units(at, at + 1).items() if number[0])
    answers = tuple(question for question, which in choices.turned(at, at + 1).items() if which[0])
    furthest = Way(pulls, answers, float(choices.costs[at]), *outcomes[at])
    return furthest, tuple(rule for rule in flagging if rule in held), tuple(rule for rule in flagging if rule in now - held)
