"""Words that the reports on alerts share."""

from __future__ import annotations

from datetime import datetime

from ...alerts.escalating import Waiting
from ...alerts.people.working_days import LONDON

_POSTS = {"team_manager": "team manager", "district_manager": "district manager", "head_of_service": "head of service"}


def post_words(post: str, place: str) -> str:
    """ "district manager of Dover"."""
    name = _POSTS.get(post, post.replace("_", " "))
    return f"{name} of {place}" if place else name


def when(moment: datetime) -> str:
    """A time as people in England have it."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%b %Y %H:%M}"


def answer_words(one: Waiting, now: datetime) -> str:
    """Whether an alert was answered, and by when it is to be."""
    if one.answered:
        last = one.answered[-1]
        return f"{ {'agree': 'agreed', 'disagree': 'disagreed', 'action': 'being acted on'}[last.kind]} {last.at.day} {last.at:%b}"
    if one.due is None:
        return "not sent yet"
    return f"overdue since {when(one.due)}" if one.is_overdue(now) else f"due {when(one.due)}"
