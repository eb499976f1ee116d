"""The questionnaire, levels, periods and paragraphs: what a pack says in words."""

from __future__ import annotations

from typing import Any

from ..logic import model as m
from . import schema
from .layers import Entry
from .problems import did_you_mean
from .reading import Reading, examples_of, paragraph_numbers, tidy


class TextReader(Reading):
    """Reads what a pack says in words."""

    def _words(self, heads: list[Any]) -> m.Words | None:
        for head in reversed(heads):
            if head.words:
                return m.Words(**head.words.model_dump())
        self.problems.append(self.stack.top.problem((), "no layer of this pack says its words", "words: {team, teams, district, county}"))
        return None

    def _questionnaire(self) -> m.Questionnaire | None:
        doc: schema.QuestionnaireDoc | None = self.docs.get(("questionnaire", "questionnaire"))
        if doc is None:
            return None
        entry = self.stack.of("questionnaire")["questionnaire"]
        themes = {theme.id for theme in doc.themes}
        for group in ("questions", "unnumbered"):
            for place, item in enumerate(getattr(doc, group)):
                if item.theme not in themes:
                    self.problems.append(entry.problem((group, place, "theme"), f"there is no theme '{item.theme}'",
                                                       did_you_mean(item.theme, themes)))  # fmt: skip
        for group in ("themes", "questions", "anomalies", "unnumbered"):
            self._each_once(entry, (group,), "id", [item.id for item in getattr(doc, group)])
        self._each_once(entry, ("scale", "answers"), "answer", [item.answer for item in doc.scale.answers])
        for place, question in enumerate(doc.questions):
            if question.id != f"q{question.number}":
                self.problems.append(entry.problem(("questions", place, "id"), f"question {question.number} is called '{question.id}'",
                                                   f"write id: q{question.number}, or correct the number"))  # fmt: skip
        for place, anomaly in enumerate(doc.anomalies):
            for index, name in enumerate(anomaly.questions):
                if name not in self.vocabulary.questions:
                    self.problems.append(entry.problem(("anomalies", place, "questions", index), f"there is no question '{name}'",
                                                       did_you_mean(name, self.vocabulary.questions)))  # fmt: skip
        scale = m.Scale(
            answers=tuple(item.answer for item in doc.scale.answers),
            favourable=tuple(item.answer for item in doc.scale.answers if item.meaning == "favourable"),
            not_counted=doc.scale.not_counted,
            missing=doc.scale.missing,
        )
        return m.Questionnaire(
            scale,
            tuple(m.Theme(t.id, t.title, paragraph_numbers(t.cites)) for t in doc.themes),
            tuple(m.Question(**tidy(q), at=entry.file.at(("questions", place))) for place, q in enumerate(doc.questions)),
            tuple(m.Anomaly(**tidy(a)) for a in doc.anomalies),
            tuple(m.Unnumbered(**tidy(u)) for u in doc.unnumbered),
        )

    def _each_once(self, entry: Entry, path: tuple[Any, ...], key: str, names: list[str]) -> None:
        for place, name in enumerate(names):
            if name in names[:place]:
                first = entry.file.place((*entry.path, *path, names.index(name), key))
                self.problems.append(entry.problem((*path, place, key), f"'{name}' stands here twice", f"the first is on line {first[0]}; keep one"))

    def _levels(self) -> m.Levels | None:
        doc: schema.LevelsDoc | None = self.docs.get(("levels", "levels"))
        if doc is None:
            return None
        entry = self.stack.of("levels")["levels"]
        ids = [level.id for level in doc.levels]
        self._each_once(entry, ("levels",), "id", ids)
        followed_from = doc.followed_from or doc.flagged_from
        for key, level in (("flagged_from", doc.flagged_from), ("followed_from", followed_from)):
            if level not in ids and (key == "flagged_from" or doc.followed_from):
                self.problems.append(entry.problem((key,), f"there is no level '{level}'", did_you_mean(level, ids)))
        self._threshold_named(entry, ("insufficient_evidence", "at_least"), doc.insufficient_evidence.at_least, "count")
        self._threshold_named(entry, ("clear_by",), doc.clear_by, "share")
        bands = doc.confidence
        for band in ("low_when", "medium_when"):
            for weight in ("major", "minor"):
                self._threshold_named(entry, ("confidence", band, weight), getattr(getattr(bands, band), weight), "count")
        thin = doc.insufficient_evidence
        return m.Levels(
            levels=tuple(m.Level(**tidy(level)) for level in doc.levels),
            flagged_from=doc.flagged_from,
            followed_from=followed_from,
            clear_by=doc.clear_by or "",
            insufficient=m.Level("insufficient evidence", *(" ".join(t.split()) for t in (thin.title, thin.words, thin.response))),
            insufficient_below=thin.at_least,
            confidence_low=bands.low_when.model_dump(exclude_none=True),
            confidence_medium=bands.medium_when.model_dump(exclude_none=True),
            examples=examples_of(entry, doc.examples, ("examples",)),
            confidence_examples=examples_of(entry, bands.examples, ("confidence", "examples")),
        )

    def _periods(self) -> dict[str, m.Period]:
        found = {}
        for key, entry in self.stack.of("periods").items():
            doc = self.docs.get(("periods", key))
            if doc is None:
                continue
            quarters = [self._quarter(entry, ("quarters", place), text) for place, text in enumerate(doc.quarters)]
            found[key] = m.Period(key, doc.title, tuple(q for q in quarters if q), " ".join(doc.source.split()))
        return found

    def _silenced(self) -> dict[str, m.Silenced]:
        found = {}
        for key, entry in self.stack.of("silenced").items():
            doc = self.docs.get(("silenced", key))
            if doc is not None:
                code, _, of = key.partition(" ")
                found[key] = m.Silenced(code, of, " ".join(doc.because.split()), entry.at)
        return found

    def _paragraphs(self) -> tuple[m.Paragraph, ...]:
        doc = self.docs.get(("paragraphs", "paragraphs"))
        if doc is None:
            return ()
        return tuple(
            m.Paragraph(p.number, " ".join(p.says.split()), p.grade, tuple(p.encoded_by), " ".join((p.not_encoded_because or "").split()))
            for p in doc.paragraphs
        )
