"""Which file of a pack holds what: the layout of a pack, said once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from . import schema


@dataclass(frozen=True)
class Kind:
    """A kind of file. Its shape: one `document`, a mapping of `entries` whose keys follow a pattern, or a `rule` a file."""

    name: str
    place: str
    model: type[schema.Doc]
    shape: str = "document"
    keys: str = schema.WORD


KINDS = (
    Kind("pack", "pack.yaml", schema.PackDoc),
    Kind("paragraphs", "paragraphs.yaml", schema.ParagraphsDoc),
    Kind("questionnaire", "questionnaire.yaml", schema.QuestionnaireDoc),
    Kind("figures", "figures.yaml", schema.FigureDoc, "entries"),
    Kind("measures", "measures.yaml", schema.MeasureDoc, "entries"),
    Kind("thresholds", "thresholds.yaml", schema.ThresholdDoc, "entries"),
    Kind("periods", "periods.yaml", schema.PeriodDoc, "entries"),
    Kind("sense checks", "sense_checks.yaml", schema.SenseCheckDoc, "entries"),
    Kind("what if", "what_if.yaml", schema.LeverDoc, "entries"),
    Kind("tallies", "tallies.yaml", schema.TallyDoc, "entries"),
    Kind("alert", "alerts.yaml", schema.AlertDoc, "entries"),
    Kind("silenced", "silenced.yaml", schema.SilencedDoc, "entries", schema.SILENCED),
    Kind("levels", "levels.yaml", schema.LevelsDoc),
    Kind("supervision", "supervision.yaml", schema.SupervisionDoc),
    Kind("team pressure", "pressures/team/", schema.TeamPressureDoc, "rule"),
    Kind("county pressure", "pressures/county/", schema.CountyPressureDoc, "rule"),
    Kind("risk rule", "risk/", schema.RiskRuleDoc, "rule"),
    Kind("notice", "notices/", schema.NoticeDoc, "rule"),
    Kind("confidence reducer", "confidence/", schema.ReducerDoc, "rule"),
)

BY_NAME = {kind.name: kind for kind in KINDS}
PLACES = tuple(kind.place for kind in KINDS)


def kind_of(path: PurePosixPath) -> Kind | None:
    """The kind of a file from its place in the pack; None where a pack has no such place."""
    for kind in KINDS:
        if kind.place.endswith("/"):
            if f"{path.parent}/" == kind.place:
                return kind
        elif str(path) == kind.place:
            return kind
    return None
