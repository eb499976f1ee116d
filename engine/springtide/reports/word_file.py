"""The questionnaire as a Word file: the same content gives the same bytes.

python-docx writes neither the clock nor anything random into the file's parts, but the archive around them carries
times; so it is packed again, every entry with one fixed time and stored as it is, for two builds of the library that
compresses need not agree on the bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from itertools import groupby

from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from .questionnaire import TITLE, Asked, Block, Heading, Line, Paragraph

_LANGUAGE = "en-GB"
_FONT = "Arial"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that an archive can hold
_DARK = RGBColor(0x1F, 0x2A, 0x44)
_BOX = "\u2610"
_PAGE_WIDTH, _ANSWER_WIDTH = 18.0, 1.7  # cm, without the margins; what the answers leave is the statement's
_CELL_MARGIN = 55  # twentieths of a point, left and right; with more, long answers would be broken


# -- the two layouts -------------------------------------------------------------------------------


def forms_file(lines: Iterable[Line]) -> bytes:
    """The forms layout, a paragraph for each line. Numbers and letters are text; no list, no table, no header."""
    word = _new_document()
    styles = {"title": "Title", "introduction": "Subtitle", "heading": "Heading 1"}
    before = ""
    for line in lines:
        paragraph = word.add_paragraph(line.text, style=styles.get(line.kind, "Normal"))
        if line.kind in ("question", "choice"):
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = True
        if line.kind == "question":
            paragraph.runs[0].bold = True
        if line.kind == "gap":
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.keep_with_next = before == "heading"
        before = line.kind
    return _packed(word)


def print_file(blocks: Iterable[Block]) -> bytes:
    """The print layout: a table of statements and boxes for each theme, its heading row repeated on every page."""
    word = _new_document()
    _number_the_pages(word)
    for asks, group in groupby(blocks, key=lambda block: isinstance(block, Asked) and block.statement):
        if asks:
            _add_statements(word, [block for block in group if isinstance(block, Asked)])
        else:
            for block in group:
                _add_block(word, block)
    return _packed(word)


def _add_block(word: Word, block: Block) -> None:
    if isinstance(block, Heading):
        word.add_heading(block.text, level=block.level)
    elif isinstance(block, Paragraph):
        word.add_paragraph(block.text)
    else:
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(6)
        paragraph.paragraph_format.keep_together = True
        paragraph.add_run(block.text).bold = True
        if block.choices:
            paragraph.add_run().add_break()
            for place, choice in enumerate(block.choices):
                paragraph.add_run("   " if place else "")
                _text_with_boxes(paragraph, f"{_BOX} {choice}", unbroken=True)
        else:
            paragraph.add_run("  " + "_" * 30)


def _add_statements(word: Word, asked: Sequence[Asked]) -> None:
    answers = asked[0].choices
    table = word.add_table(rows=1, cols=1 + len(answers), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _describe(table._tbl.tblPr, "Statements and answers", "Each row has a statement and a box under each answer; tick one box in each row.")
    _set_cell_margins(table._tbl.tblPr)
    widths = [Cm(_PAGE_WIDTH - _ANSWER_WIDTH * len(answers)), *(Cm(_ANSWER_WIDTH) for _ in answers)]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    header = table.rows[0]
    _set(header._tr.get_or_add_trPr(), "w:cantSplit")
    _set(header._tr.get_or_add_trPr(), "w:tblHeader")  # it is the heading row, and stands on every page
    _fill(header, ["Tick one box in each row", *answers], widths, bold=True)
    _keep_with_next(header, True)  # nor does it stand at the foot of a page with one statement
    for cell in header.cells:
        _shade(cell, "E7EAF0")
    for place, block in enumerate(asked):
        row = table.add_row()
        _set(row._tr.get_or_add_trPr(), "w:cantSplit")
        _fill(row, [block.text, *(_BOX for _ in answers)], widths)
        _keep_with_next(row, place == 0 and len(asked) > 1)


def _fill(row: _Row, texts: Sequence[str], widths: Sequence[Length], *, bold: bool = False) -> None:
    for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
        paragraph.paragraph_format.line_spacing = 1.0
        if place:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _text_with_boxes(paragraph, text)
        for run in paragraph.runs:
            run.bold = bold
            run.font.size = Pt(13) if text == _BOX else Pt(8) if place and bold else Pt(11)


def _keep_with_next(row: _Row, keep: bool) -> None:
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = keep


def _text_with_boxes(paragraph: WordParagraph, text: str, *, unbroken: bool = False) -> None:
    """Text in which a box has a font that holds one, so that no machine has to look for it.

    Unbroken text stays on one line: its spaces and hyphens are those at which no line ends.
    """
    for is_box, characters in groupby(text, key=lambda character: character == _BOX):
        run = paragraph.add_run()
        if is_box:
            _set_fonts(run._r.get_or_add_rPr(), "Segoe UI Symbol")
        for place, part in enumerate("".join(characters).split("-") if unbroken else ["".join(characters)]):
            if place:
                _set(run._r, "w:noBreakHyphen")
            run.add_text(part.replace(" ", "\u00a0") if unbroken else part)


# -- the document around them ----------------------------------------------------------------------


def _new_document() -> Word:
    """An empty A4 page of ours: title, language and styles set, and nothing left of the template's own properties."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(1.8)
    _drop_what_is_not_used(word)
    _set_properties(word)
    _set_language(word)
    sizes = {"Normal": 11, "Title": 22, "Subtitle": 11, "Heading 1": 14}
    for name, size in sizes.items():
        style = word.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size = Pt(size)
        style.font.italic = False
        style.font.color.rgb = RGBColor(0, 0, 0) if name in ("Normal", "Subtitle") else _DARK
        _set_fonts(style.element.get_or_add_rPr(), _FONT)
        for spacing in style.element.rPr.findall(qn("w:spacing")):
            style.element.rPr.remove(spacing)  # the template's subtitle has its letters apart
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.line_spacing = 1.15
    return word


def _set_properties(word: Word) -> None:
    properties = word.core_properties
    properties.title, properties.author, properties.language = TITLE, "springtide", _LANGUAGE
    properties.comments = ""
    for name in ("dcterms:created", "dcterms:modified"):  # no time is better than one that is not true
        for element in properties._element.findall(qn(name)):
            properties._element.remove(element)


def _drop_what_is_not_used(word: Word) -> None:
    """The template's picture of another page, its styles a second time, and its eighty styles for tables."""
    for relations, of_no_use in ((word.part.package.rels, "/thumbnail"), (word.part.rels, "/stylesWithEffects")):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(of_no_use)]:
            relations.pop(key)
    for style in list(word.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in ("Normal Table", "Table Grid"):
            style.delete()


def _set_language(word: Word) -> None:
    for element in (*word.styles.element.iter(qn("w:lang")), *word.settings.element.iter(qn("w:themeFontLang"))):
        element.set(qn("w:val"), _LANGUAGE)


def _set_fonts(properties: object, font: str) -> None:
    """Name a font for every script, over the theme's."""
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _number_the_pages(word: Word) -> None:
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("Page ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _set(properties: object, name: str) -> None:
    properties.append(OxmlElement(name))  # type: ignore[attr-defined]


def _set_cell_margins(properties: object) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.find(qn("w:tblLook")).addprevious(margins)  # type: ignore[attr-defined]


def _describe(properties: object, title: str, description: str) -> None:
    """What a screen reader says of a table before its cells."""
    for name, text in (("w:tblCaption", title), ("w:tblDescription", description)):
        element = OxmlElement(name)
        element.set(qn("w:val"), text)
        properties.append(element)  # type: ignore[attr-defined]


def _shade(cell: _Cell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


# -- bytes -----------------------------------------------------------------------------------------


def _packed(word: Word) -> bytes:
    written, packed = io.BytesIO(), io.BytesIO()
    word.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.create_system = 0  # else it tells Windows from the rest
            new.writestr(entry, old.read(name))
    return packed.getvalue()
