"""The county's findings by theme, in the two lists of the report's paragraphs 8 to 19."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ..evidence.records import EvidenceSet
from ..logic.county_findings import CountyFinding
from ..logic.documents import SCHEMA_VERSION
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .wording import counted, indented, paras

_HEADINGS = {"positive": "Positive", "improvement": "Improvement required"}


def render(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, found: Sequence[CountyFinding]) -> RenderableType:
    """Theme by theme: positives, then improvements, each with how many teams stand behind it."""
    parts: list[RenderableType] = [
        Text(f"{quarter}: findings from {len(evidence.teams)} {pack.words.teams}", style="bold"),
        Text(f"Rules {pack.id} {pack.version} ({pack.hash[:12]}), evidence {evidence.hash[:12]}"),
    ]
    for theme in pack.questionnaire.themes:
        of_theme = [finding for finding in found if finding.question.theme == theme.id]
        parts += [Text(), Text(theme.title, style="bold underline")]
        for word, heading in _HEADINGS.items():
            chosen = [finding for finding in of_theme if finding.finding == word]
            if chosen:
                parts.append(Text(f"  {heading}", style="bold"))
                parts += [_line(finding) for finding in chosen]
        parts += [indented(f"No finding: question {f.question.number}: {_why_none(f)}", by=4) for f in of_theme if f.finding == "none"]
        parts += list(_unnumbered(pack, theme.id))
    parts += [Text(), *_totals(found)]
    return Group(*parts)


def _line(finding: CountyFinding) -> RenderableType:
    asked = finding.question
    silent = f", {finding.silent} not known" if finding.silent else ""
    key = " Here a low answer is favourable." if asked.favourable_when == "low" else ""
    return indented(
        f"Q{asked.number} {asked.statement}{key} {finding.favourable} of {finding.responding} favourable{silent} ({paras(asked.cites)})",
        by=4,
    )


def _why_none(finding: CountyFinding) -> str:
    if finding.question.favourable_when == "unknown":
        return "the report never says what it asks or what was found"
    return "nobody answered it"


def _unnumbered(pack: RulePack, theme: str) -> Iterator[RenderableType]:
    for note in pack.questionnaire.unnumbered:
        if note.theme == theme:
            yield indented(f"Note {note.id}, attached to no question: {note.says} ({paras(note.cites)})", by=4)


def _totals(found: Sequence[CountyFinding]) -> Iterator[Text]:
    counts = {word: sum(finding.finding == word for finding in found) for word in ("positive", "improvement", "none")}
    yield Text(f"{counts['positive']} positive, {counts['improvement']} improvement required, {counts['none']} without a finding.")
    told = [f for f in found if f.question.county_finding != "none"]
    same = sum(finding.as_reported for finding in told)
    yield Text(f"The report of 2009 has {counted(len(told), 'numbered finding')}; {same} of them are the same here.")
    yield Text("Positive where more than half of the teams whose answer is known are favourable; an improvement point is not a verdict (para 5).", style="dim")


def as_dict(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, found: Sequence[CountyFinding]) -> dict[str, Any]:
    """The findings as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash},
        "evidence_hash": evidence.hash,
        "quarter": str(quarter),
        "engines": [],
        "findings": [
            {
                "question": f.question.id, "theme": f.question.theme, "finding": f.finding, "favourable": f.favourable,
                "adverse": f.adverse, "responding": f.responding, "silent": f.silent,
                "report_finding": f.question.county_finding, "cites": [f"para {n}" for n in f.question.cites],
            }
            for f in found
        ],
        "notes": [
            {"id": n.id, "theme": n.theme, "finding": n.finding, "question": None, "says": n.says, "cites": [f"para {p}" for p in n.cites]}
            for n in pack.questionnaire.unnumbered
        ],
    }  # fmt: skip
