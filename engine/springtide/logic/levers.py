"""What can change in a team, one whole unit at a time, and every figure that moves with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from .model import Basis, Figure

Way = Literal["higher", "lower"]


@dataclass(frozen=True)
class Effect:
    """How much one unit of a lever adds to a figure; `basis` and `source` where that is not one for one."""

    by: float
    basis: Basis | None = None
    source: str = ""


@dataclass(frozen=True)
class Cost:
    """What one unit of a lever costs beside the others; it has no unit of its own."""

    value: float
    basis: Basis
    source: str


@dataclass(frozen=True)
class SupervisionNeed:
    """The hours of supervision that one more worker needs, by what they are counted for ("month")."""

    hours: tuple[tuple[str, float], ...]
    basis: Basis
    source: str


@dataclass(frozen=True)
class LeverExample:
    given: dict[str, float]
    expect: dict[str, float]


@dataclass(frozen=True)
class Lever:
    """Something that can change by whole units, and the figures that move with it.

    `stands_for`: the figures that, raised or lowered, call for it; `who`, what it is chosen by where several do, and
    `unless_said` the one that is taken then. `moved_from` is the lever of the team that a worker comes from, `later` what
    follows after how many quarters. `out_of` is the figure beside which one unit is much or little; `tips`, whether its
    tipping points are worth a list.
    """

    id: str
    title: str
    one: str
    many: str
    stands_for: dict[str, Way]
    moves: dict[str, Effect]
    says: str
    out_of: str
    cites: tuple[int, ...]
    who: str = ""
    unless_said: bool = False
    moved_from: str = ""
    later: tuple[int, str] | None = None
    supervision: SupervisionNeed | None = None
    manager_can: bool = False
    tips: bool = False
    cost: Cost | None = None
    examples: tuple[LeverExample, ...] = ()
    at: str = field(default="", compare=False)

    @property
    def main(self) -> str:
        """The figure by which it is called: the first that calls for it and that it moves."""
        return next((name for name in self.stands_for if name in self.moves), next(iter(self.moves)))

    def __hash__(self) -> int:
        return hash(self.id)

    def units(self, number: float) -> str:
        """ "1 post", "2.5 posts"."""
        return f"{number:g} {self.one if number == 1 else self.many}"


def standing_for(levers: Iterable[Lever], figure: str, way: Way) -> tuple[Lever, ...]:
    """The levers that raising or lowering a figure may call for, the one taken unless said first."""
    found = [lever for lever in levers if lever.stands_for.get(figure) == way]
    return tuple(sorted(found, key=lambda lever: not lever.unless_said))


def room(lever: Lever, figures: Mapping[str, float], declared: Mapping[str, Figure]) -> float:
    """How many units there can be of a lever, by the figures that call for it (where none does, by all that it moves):
    what is not there can't go."""
    return min((most for most, _ in _rooms(lever, figures, declared)), default=float("inf"))


def room_by(lever: Lever, figures: Mapping[str, float], declared: Mapping[str, Figure]) -> str:
    """The figure of which there is too little, or whose whole is too small, for any more units; "" where there is no end."""
    return min(_rooms(lever, figures, declared), default=(0.0, ""))[1]


def _rooms(lever: Lever, figures: Mapping[str, float], declared: Mapping[str, Figure]) -> Iterator[tuple[float, str]]:
    for name, effect in lever.moves.items():
        if (lever.stands_for and name not in lever.stands_for) or name not in figures:
            continue
        if effect.by < 0:
            yield max(figures[name] / -effect.by, 0.0), name
        cap = declared[name].at_most
        if effect.by > 0 and cap is not None and cap in figures and cap not in lever.moves:
            yield max((figures[cap] - figures[name]) / effect.by, 0.0), name


def pulled(figures: Mapping[str, Any], pulls: Iterable[tuple[Lever, Any]], declared: Mapping[str, Figure], lesser: Any = min, greater: Any = max) -> dict[str, Any]:
    """Figures after so many units of each lever, all at once; what is not known stays unknown.

    Nothing falls below none, and no part passes its whole. The numbers may be arrays, given what takes the lesser and
    the greater of two.
    """
    changed = dict(figures)
    for lever, number in pulls:
        for name, effect in lever.moves.items():
            if name in changed:
                changed[name] = changed[name] + effect.by * number
    for name in changed:
        if changed[name] is not figures[name]:
            changed[name] = greater(changed[name], 0.0)
    for name, figure in declared.items():
        cap = figure.at_most
        if cap is not None and name in changed and cap in changed and (changed[name] is not figures[name] or changed[cap] is not figures[cap]):
            changed[name] = lesser(changed[name], changed[cap])
    return changed
