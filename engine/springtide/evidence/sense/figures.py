"""Figures that moved too far since last quarter, do not fit one another, or stand where another belongs."""

from __future__ import annotations

from collections.abc import Iterator

from ...logic.quarter import Quarter
from ...logic.sense_checks import SenseCheck
from ..records import Remark
from .seen import CLOSE, Seen

# -- since last quarter ----------------------------------------------------------------------------


def moved(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Values further from last quarter's than is likely, where the change is more than a few things counted."""
    for team, quarter in seen.rows_of:
        for name in check.measures:
            now = seen.value(team, quarter, name)
            last = None if now is None else seen.last(team, quarter, name)
            if now is None or last is None or not _moved_far(check, seen, team, quarter, name, now, last) or seen.excused(check, team, quarter):
                continue
            way = "rose" if now > last else "fell"
            says = f"'{seen.heading(name)}' of {team} {way} from {seen.say(name, last)} to {seen.say(name, now)} since {quarter.previous}"
            yield seen.of_cell(check, team, quarter, name, says)


def _moved_far(check: SenseCheck, seen: Seen, team: str, quarter: Quarter, name: str, now: float, last: float) -> bool:
    counted = check.counted_in or name
    counts = (now, last) if counted == name else (seen.value(team, quarter, counted), seen.last(team, quarter, counted))
    if counts[0] is None or counts[1] is None:
        # Without its count a small team's change can't be told from a large one's: only a greater one is odd.
        uncounted = check.number("uncounted")
        return uncounted is not None and abs(now - last) > uncounted + CLOSE
    amount = check.number("amount")
    return _beyond(check, now, last) and (amount is None or abs(counts[0] - counts[1]) >= amount - CLOSE)


def _beyond(check: SenseCheck, now: float, last: float) -> bool:
    change, times = check.number("change"), check.number("times")
    if change is not None:
        return abs(now - last) > change + CLOSE
    return times is not None and max(now, last) > times * min(now, last) + CLOSE


# -- of one quarter --------------------------------------------------------------------------------


def total(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Parts that do not fit their whole. Nothing is said where a part or the whole is not known."""
    assert check.whole is not None
    assert check.relation is not None
    groups = [check.measures] if check.relation.startswith("sum") else [(name,) for name in check.measures]
    # A rate held against its own arithmetic is one that was supplied: what is worked out fits, or its parts do not.
    find = seen.supplied if check.relation == "each about the whole" else seen.value
    for team, quarter in seen.rows_of:
        whole = seen.result(team, quarter, check.whole)
        if whole is None:
            continue
        for group in groups:
            values = {name: value for name in group if (value := find(team, quarter, name)) is not None}
            if len(values) == len(group) and not _fits(check, sum(values.values()), whole):
                says = f"{team} has {_parts(seen, values)}, and {_whole(check, seen, group[0], whole)}"
                yield seen.of_cell(check, team, quarter, next(name for name in group if seen.place(team, quarter, name)), says)


def _fits(check: SenseCheck, parts: float, whole: float) -> bool:
    """Whether the parts are within both allowances; with neither, they must not pass the whole at all."""
    beyond = parts - whole if str(check.relation).endswith("at most the whole") else abs(parts - whole)
    allowance, share = check.number("allowance") or 0.0, check.number("allowed_share") or 0.0
    return beyond <= max(allowance, share * abs(whole)) + CLOSE


def _parts(seen: Seen, values: dict[str, float]) -> str:
    """ "30 cases as 'Child protection plans'", or "12 FTE as 'Staff in post' and 8 posts as 'Vacant posts', together 20"."""
    together = f", together {round(sum(values.values()), 2):g}" if len(values) > 1 else ""
    return " and ".join(seen.given(name, value) for name, value in values.items()) + together


def _whole(check: SenseCheck, seen: Seen, part: str, whole: float) -> str:
    if check.whole_text in seen.pack.figures or check.whole_text in seen.pack.measures:
        return seen.given(check.whole_text, whole)
    return f"{seen.say(part, round(whole, 4))} as {check.whole_text}"


def count_in_a_share(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Shares that were written down as a whole number, or are in per cent a count of the same team and quarter."""
    high = check.number("high") or 0.0
    for team, quarter in seen.rows_of:
        for name in check.measures:
            share = seen.supplied(team, quarter, name)
            if share is None:
                continue
            if share >= 1 and share == round(share):
                yield seen.of_cell(check, team, quarter, name, f"{team} has {share:g} as '{seen.heading(name)}', which is {seen.say(name, share)}")
                continue
            same = next((count for count in check.counts if _is_per_cent(share, seen.value(team, quarter, count))), None)
            if same is not None and share >= high - CLOSE:
                count = seen.value(team, quarter, same)
                assert count is not None
                says = f"{team} has {seen.given(name, share)}, and {seen.given(same, count)}"
                yield seen.of_cell(check, team, quarter, name, says)


def _is_per_cent(share: float, count: float | None) -> bool:
    return count is not None and abs(100 * share - count) < CLOSE * 100
