"""The questionnaire to send: read back from its file by a parser that knows the layout and nothing of the writer."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from docx.oxml.ns import qn

from springtide import RulePack, load_pack
from springtide.cli.main import cli
from springtide.logic.model import Scale
from springtide.reports.questionnaire import VIEWS, as_markdown, blocks, forms_lines, letter

ROOT = Path(__file__).resolve().parents[2]
TEAMS = ROOT / "examples" / "kent-2009" / "teams.csv"
SEVEN = ["always", "usually", "sometimes", "rarely", "never", "not applicable", "don't know"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["questionnaire", *(str(argument) for argument in arguments)], catch_exceptions=False)


def written(folder: Path, *arguments: object, name: str = "questionnaire.docx") -> Path:
    result = run("-o", folder / name, *arguments)
    assert result.exit_code == 0, result.output
    return folder / name


def teams_file(folder: Path, *names: str) -> Path:
    file = folder / "teams.csv"
    lines = [f'T{number:03d},"{name}",Kent' for number, name in enumerate(names, 1)]
    file.write_text("\n".join(["team_id,team_name,county", *lines]) + "\n", encoding="utf-8")
    return file


# -- an importer of our own ------------------------------------------------------------------------


def imported(paragraphs: list[str]) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """What stands before the first question, and each question with its choices; anything else is an error.

    A question begins with the next number and a point, a choice with the next letter and a point, and an empty line
    (or the end) closes a question.
    """
    before: list[str] = []
    questions: list[tuple[str, list[str]]] = []
    is_open = False
    for text in paragraphs:
        if not text:
            is_open = False
        elif is_open:
            place = len(questions[-1][1])
            mark = chr(65 + place) if place < 26 else chr(64 + place // 26) + chr(65 + place % 26)
            assert text.startswith(f"{mark}. "), text
            questions[-1][1].append(text.removeprefix(f"{mark}. "))
        elif text.startswith(f"{len(questions) + 1}. "):
            questions.append((text.split(". ", 1)[1], []))
            is_open = True
        else:
            assert not questions, f"this would be taken for a question: {text}"
            before.append(text)
    return before, questions


def paragraphs_of(file: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(str(file)).paragraphs]


def statements_of(pack: RulePack) -> list[tuple[str, str]]:
    return [(f"Q{q.number}. ", q.statement) for q in pack.questionnaire.questions]


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kent-2009", "england"])
@pytest.mark.parametrize("kind", ["docx", "txt"])
def test_a_form_has_the_48_in_order_with_seven_choices_each(name: str, kind: str, tmp_path: Path) -> None:
    file = written(tmp_path, "--rules", name, name=f"q.{kind}")
    before, questions = imported(paragraphs_of(file) if kind == "docx" else file.read_text(encoding="utf-8").splitlines())
    assert len(before) == 2
    (team, none), (view, views), *asked = questions
    assert team.startswith("Which team is this?" if name == "kent-2009" else "Which authority is this?")
    assert none == []
    assert (view, views) == ("Whose view is this?", list(VIEWS))
    assert len(asked) == 48
    for (text, choices), (prefix, statement) in zip(asked, statements_of(load_pack(name)), strict=True):
        assert text.startswith(prefix + statement)
        assert choices == SEVEN


def test_the_scale_is_the_packs_own(kent: RulePack) -> None:
    scale = Scale(("yes", "no"), ("yes",), "not ours", "no idea")
    pack = replace(kent, questionnaire=replace(kent.questionnaire, scale=scale))
    (_, introduction), questions = imported([line.text for line in forms_lines(blocks(pack))])
    assert {tuple(choices) for _, choices in questions[2:]} == {("yes", "no", "not ours", "no idea")}
    assert '"not ours"' in introduction
    assert "don't know" not in " ".join(text for text, _ in questions)


def test_numbers_and_letters_are_text_and_there_is_no_list_and_no_table(tmp_path: Path) -> None:
    word = Document(str(written(tmp_path, "--teams", TEAMS)))
    assert not word.tables
    assert not word.element.body.findall(f".//{qn('w:numPr')}")
    assert {paragraph.style.name for paragraph in word.paragraphs} == {"Title", "Subtitle", "Normal"}
    assert word.paragraphs[-1].text == "G. don't know"


def test_teams_are_choices_and_go_on_after_z(tmp_path: Path) -> None:
    _, questions = imported(paragraphs_of(written(tmp_path, "--teams", TEAMS)))
    assert questions[0][0] == "Which team is this?"
    assert len(questions[0][1]) == 60
    assert questions[0][1][0] == "T001 Ashford Duty"
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
    assert "more than the alphabet has letters" in run("--teams", TEAMS, "-o", tmp_path / "other.docx").output


def test_the_introduction_says_what_it_must(tmp_path: Path) -> None:
    _, introduction = imported(paragraphs_of(written(tmp_path)))[0]
    for words in ("raise the risk that standards may become unsafe", "not about blame", "no child's name", "no name of anyone on the staff",
                  "no detail of any case", "48 statements", "agreed together is best"):  # fmt: skip
        assert words in introduction
    assert "minute" not in introduction
    assert len(introduction) < 1000


def test_statements_without_a_wording_can_be_left_out_and_the_rest_keep_their_numbers(tmp_path: Path) -> None:
    _, questions = imported(paragraphs_of(written(tmp_path, "--known-only")))
    numbers = [text.split(".")[0] for text, _ in questions[2:]]
    assert len(numbers) == 44
    assert not {"Q14", "Q30", "Q32", "Q33"} & set(numbers)
    assert "Q14" in run("-o", tmp_path / "all.docx").output
    _, everything = imported(paragraphs_of(tmp_path / "all.docx"))
    assert everything[15][0] == 'Q14. Not reported; what it asked is not known. Please choose "don\'t know".'


def test_headings_are_there_when_they_are_asked_for(tmp_path: Path, kent: RulePack) -> None:
    word = Document(str(written(tmp_path, "--headings")))
    assert [p.text for p in word.paragraphs if p.style.name == "Heading 1"] == [theme.title for theme in kent.questionnaire.themes]


# -- paper -----------------------------------------------------------------------------------------


def test_the_paper_has_a_table_for_each_theme_with_its_heading_row_on_every_page(tmp_path: Path, kent: RulePack) -> None:
    word = Document(str(written(tmp_path, "--for", "print", "--teams", TEAMS)))
    themes = [theme.title for theme in kent.questionnaire.themes]
    assert [p.text for p in word.paragraphs if p.style.name == "Heading 1"] == themes
    assert [p.text for p in word.paragraphs if p.style.name == "Title"] == [word.core_properties.title]
    assert len(word.tables) == len(themes)
    found = []
    for table in word.tables:
        header, *rows = table.rows
        assert header._tr.trPr.find(qn("w:tblHeader")) is not None
        assert [cell.text for cell in header.cells][1:] == SEVEN
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None
        for row in rows:
            text, *boxes = (cell.text for cell in row.cells)
            assert boxes == ["\u2610"] * 7
            assert row._tr.trPr.find(qn("w:tblHeader")) is None
            found.append(text)
    for text, (prefix, statement) in zip(found, statements_of(kent), strict=True):
        assert text.startswith(prefix + statement)
    everything = "\n".join(p.text for p in word.paragraphs).replace("\u00a0", " ")
    for words in ("\u2610 T060 Tunbridge Wells Disabled Children", "\u2610 T002 Ashford Long-term 1", "\u2610 The team together", "Which quarter"):
        assert words in everything


def test_the_paper_as_text_has_boxes(tmp_path: Path) -> None:
    text = written(tmp_path, "--for", "print", name="q.txt").read_text(encoding="utf-8")
    assert text.count("   ".join(f"[ ] {word}" for word in SEVEN)) == 48


# -- both ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["forms", "print"])
def test_the_same_questionnaire_is_the_same_bytes(layout: str, tmp_path: Path) -> None:
    first, second = (written(tmp_path, "--for", layout, name=f"{n}.docx").read_bytes() for n in (1, 2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert {entry.create_system for entry in archive.infolist()} == {0}
        assert not re.search(rb"created|modified", archive.read("docProps/core.xml"))
        assert b"python-docx" not in archive.read("docProps/core.xml")


@pytest.mark.parametrize("layout", ["forms", "print"])
def test_title_and_language_are_set(layout: str, tmp_path: Path) -> None:
    word = Document(str(written(tmp_path, "--for", layout)))
    assert word.core_properties.title
    assert word.core_properties.language == "en-GB"
    assert {e.get(qn("w:val")) for e in word.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert word.settings.element.find(qn("w:themeFontLang")).get(qn("w:val")) == "en-GB"


@pytest.mark.parametrize("layout", ["forms", "print"])
def test_a_teams_name_is_text_whatever_it_looks_like(layout: str, tmp_path: Path) -> None:
    odd = ["=1+1", "@SUM(A1)", "<b>Bold</b> & Sons", "{ MERGEFIELD x }", "*_Star_*", "2. Second", "B. Other", "Tŷ Gwyn 家", "—", "A  b\tc"]
    file = written(tmp_path, "--for", layout, "--teams", teams_file(tmp_path, *odd))
    want = [f"T{number:03d} {' '.join(name.split())}" for number, name in enumerate(odd, 1)]
    if layout == "forms":
        assert imported(paragraphs_of(file))[1][0][1] == want
    else:
        text = "\n".join(paragraphs_of(file)).replace("\u00a0", " ")
        assert all(f"\u2610 {choice}" in text for choice in want)


@pytest.mark.parametrize("character", ["\x07", "\x7f", "\x9b", "\ufffe", "\U0001ffff"])
def test_what_no_document_can_hold_is_refused_and_named(character: str, tmp_path: Path) -> None:
    teams = teams_file(tmp_path, "Alpha", f"Be{character}ta")
    result = run("--teams", teams, "-o", tmp_path / "q.docx")
    assert result.exit_code == 3
    assert f"teams.csv, row 3, column team_name: holds U+{ord(character):04X}" in result.stderr
    assert not (tmp_path / "q.docx").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "the file is empty"), (b"team_id\nA\n", "'team_name' is missing"), (b"team_id,team_name,county\n", "has no teams"),
     (b"team_id,team_name,county\nA,One,K\nA,Two,K\n", "row 3, column team_id: 'A' is in the list twice"), (b"team_id,team_name,county\n,One,K\n", "is blank"),
     (b"team_id,team_name,county\nA,\xa3,K\n", "not UTF-8"), (b"PK\0\0", "not text"), (b'team_id,team_name,county\nA,"One\n', "row 2: a quotation mark")],
)  # fmt: skip
def test_a_team_list_that_is_none_is_3(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_bytes(content)
    result = run("--teams", tmp_path / "teams.csv", "-o", tmp_path / "q.docx")
    assert result.exit_code == 3
    assert says in result.stderr


def test_headings_of_a_team_list_are_understood_as_everywhere(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_bytes(b"\xef\xbb\xbfcounty,Team Name,Team-ID\nKent,Alpha,A1\n\n")
    _, questions = imported(paragraphs_of(written(tmp_path, "--teams", tmp_path / "teams.csv")))
    assert questions[0][1] == ["A1 Alpha"]


def test_nothing_is_written_over_unless_asked(tmp_path: Path) -> None:
    file = tmp_path / "questionnaire.docx"
    file.write_text("mine")
    result = run("-o", file)
    assert result.exit_code == 2
    assert "--overwrite" in result.stderr
    assert file.read_text() == "mine"
    assert run("-o", file, "--overwrite").exit_code == 0
    assert Document(str(file)).paragraphs
    assert [path.name for path in tmp_path.iterdir()] == ["questionnaire.docx"]


@pytest.mark.parametrize("name", ["q.pdf", "q", "q.doc"])
def test_another_kind_of_file_is_2(name: str, tmp_path: Path) -> None:
    assert run("-o", tmp_path / name).exit_code == 2


def test_a_folder_that_is_not_there_is_2_and_no_fault_of_ours(tmp_path: Path) -> None:
    result = run("-o", tmp_path / "none" / "q.docx")
    assert result.exit_code == 2
    assert "can't be written" in result.stderr


def test_as_json_it_says_what_was_written(tmp_path: Path) -> None:
    for layout in ("forms", "print"):
        file = tmp_path / f"{layout}.docx"
        found = json.loads(run("-o", file, "--for", layout, "--json").stdout)
        assert found == {"schema_version": found["schema_version"], "file": str(file), "questions": 48, "layout": layout}


def test_the_output_says_the_layout_and_what_was_not_checked(tmp_path: Path) -> None:
    text = run("-o", tmp_path / "q.docx").output
    for words in ("Quick import", "capital letter", "Not checked here", "first page", "Q18 Effectiveness of inter-agency co-ordination"):
        assert words in text
    assert "can't be checked here" in " ".join(run("--help").output.split())


def test_markdown_marks_up_nothing_of_the_text(kent: RulePack) -> None:
    text = as_markdown(forms_lines(blocks(kent, ["T1 *Star* <b> #1", "T2 [x](y)"]), headings=True))
    assert text.startswith("# Questionnaire")
    assert "A. T1 \\*Star\\* \\<b\\> \\#1  \nB. T2 \\[x\\](y)  \n" in text
    assert "\n## Service management\n" in text
