"""A rule pack as a whole: the list of its rules, and the trace through the report."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..logic import model as m
from ..logic.alerts.rules import AlertRule
from .rule_page import decides, head
from .wording import paras

_STRATA = (
    ("Team pressures", "team_pressures"),
    ("County pressures", "county_pressures"),
    ("Risk rules", "risk"),
    ("Notices", "notices"),
    ("Confidence", "reducers"),
)


def list_as_dict(pack: m.RulePack) -> dict[str, Any]:
    listed: list[m.Declared | AlertRule] = [*pack.rules.values(), *pack.alerts.values()]
    rules = [
        {"id": rule.id, "kind": type(rule).__name__, "title": rule.title, "cites": [f"para {n}" for n in rule.cites], "at": rule.at}
        for rule in listed
    ]
    return head(pack) | {"layers": list(pack.layers), "rules": rules}


def render_list(pack: m.RulePack) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Id", "What it says", "Decides", "Paragraphs"):
        table.add_column(column, overflow="fold")
    for heading, name in _STRATA:
        table.add_row(Text(heading, style="bold underline"))
        for rule in getattr(pack, name).values():
            table.add_row(f"  {rule.id}", rule.title, decides(rule, pack), paras(rule.cites))
        if name == "county_pressures":
            table.add_row(Text("Supervision", style="bold underline"))
            table.add_row(f"  {pack.supervision.id}", pack.supervision.title, "", paras(pack.supervision.cites))
    if pack.alerts:
        table.add_row(Text("Alerts", style="bold underline"))
    for alert in pack.alerts.values():
        table.add_row(f"  {alert.id}", alert.title, "alert", paras(alert.cites))
    return Group(Text(f"{pack.title} ({pack.id} {pack.version}, {pack.hash[:12]}; layers {', '.join(pack.layers)})", style="bold"), Text(), table)


# -- trace -----------------------------------------------------------------------------------


def trace_as_dict(pack: m.RulePack) -> dict[str, Any]:
    return head(pack) | {
        "paragraphs": [
            {"number": p.number, "says": p.says, "grade": p.grade, "encoded_by": list(p.encoded_by), "not_encoded_because": p.not_encoded_because or None}
            for p in pack.paragraphs
        ]
    }


def render_trace(pack: m.RulePack) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Para", justify="right", no_wrap=True)
    table.add_column("What it says, in our words", overflow="fold", ratio=5)
    table.add_column("Encoded by, or why not", overflow="fold", ratio=6)
    for p in pack.paragraphs:
        table.add_row(str(p.number), p.says, ", ".join(p.encoded_by) or f"Not encoded: {p.not_encoded_because}")
    encoded = sum(bool(p.encoded_by) for p in pack.paragraphs)
    total = f"{len(pack.paragraphs)} of 30 paragraphs accounted for: {encoded} encoded, {len(pack.paragraphs) - encoded} with a reason why not."
    return Group(Text(f"The report paragraph by paragraph ({pack.id} {pack.version})", style="bold"), Text(), table, Text(), Text(total))
