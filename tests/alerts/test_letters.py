"""A letter in two dresses: the same words, nothing that breaks out, and a page that can be heard as well as seen."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from alerts.browser import CHROMIUM, WHY_NOT, Browser
from hypothesis import example, given
from hypothesis import strategies as st

from springtide.alerts.letters.html import as_html
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.letters.plain import in_plain_words, plain, sentence
from springtide.alerts.letters.text import as_text

ALERT = Letter(
    "North Duty, 2009/10 Q2: High, raised from Increased",
    (
        Section("", ("In North Duty, pressures coincide that raise the risk that standards may become unsafe. This is about pressures on the team, and says nothing about anyone's work.",
                     "Level: High. With what is missing it could not be higher. Confidence: medium, because the team is smaller than eight posts.")),
        Section("What changed, and why", ("Last quarter the level was Increased.",), (
            "Posts unfilled: 3 of 9 are vacant; the threshold is a quarter (paras 24, 29).",
            "A peak of referrals: 40 % over the usual number (para 29).",
            "Several complex cases in crisis at the same time (para 29).")),
        Section("What to do this week", (), (
            "Go through the cases in crisis, and name cover for each.",
            "Protect supervision time first.",
            "Say what can stop until the peak is over.")),
        Section("How to answer", ("Please answer by 5 pm on Tuesday 14 July 2009. An answer is kept beside the team, and never changes its level.",
                                  'springtide alerts answer 3F1C09AB77E2 --agree, or --disagree "why", or --action "what"')),
    ),
)  # fmt: skip

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</h1><h2>Other</h2>",
    "<!-- ",
    "]]>",
    "{{ letter.subject }}{% raw %}",
    "&lt;b&gt;",
    "http://evil.example/x",
    "HTTPS://EVIL.EXAMPLE",
    "//evil.example",
    "www.evil.example",
    "evil.example/path?q=1",
    "evil\u3002example",
    "e\u200bvil.exa\u00admple",
    "a.person@evil.example",
    "mailto:a@evil.example",
    "tel:0123456789",
    "javascript:alert(1)",
    "data:text/html,x",
    "\\\\server\\share",
    "file:///etc/passwd",
    "[look here](https://evil.example)",
    "<https://evil.example|look here>",
    "<!channel> @here",
    "((name))",
    "{{DATE(2009-01-01,SHORT)}}",
    "# Heading",
    "* North\n* South",
    "---",
    "^ inset",
    "**North** __South__ `code` ~gone~",
    "North\r\nBcc: a@evil.example\r\n\r\n<p>body",
    "North\u2028South\u2029East\x85West\x0bUp\x0cDown",
    "North\x00\x07\x1b[31mred",
    "\u202eelpmaxe\u202c \u2066x\u2069 \u200f\u061c",
    "N\u200bo\u200cr\u200dt\ufeffh\u2060",
    "\U000e0041\U000e0042tagged",
    "North\ufe0f\u034f\u3164\u2800",
    "No\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308rth",
    "N" * 10_000,
    "North " * 2_000,
    "\ud800 alone",
    "",
    "  ",
]
# What mail programs make links of without being asked, as far as they can be known: schemes, hosts, addresses, shares.
MADE_LINKS = re.compile(r"//|[^\W\d]:\S|\S@|@\S|\b[\w-]+[.\u3002][^\W\d_]{2,}|\\\\|\]\(", re.IGNORECASE)
PLACEHOLDERS = re.compile(r"\(\(|\{\{|<|>")
VOID = {"meta"}
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li"}
ATTRIBUTES = {"lang", "charset", "name", "content"}


class Parsed(HTMLParser):
    """Tags in order, attributes, texts by their innermost element, and whether everything is closed in turn."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[tuple[str, str]] = []
        self.other: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1], data))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    @property
    def body(self) -> list[tuple[str, str]]:
        return [(tag, text) for tag, text in self.texts if tag not in ("title", "style")]


def expected(letter: Letter) -> list[tuple[str, str]]:
    shown = in_plain_words(letter)
    said = [("h1", shown.subject)]
    for section in shown.sections:
        said += [("h2", section.heading), *(("p", one) for one in section.says), *(("li", one) for one in section.points)]
    return [(tag, text) for tag, text in said if text]


def letter_of(name: str) -> Letter:
    return Letter(f"{name}: High", (Section(name, (f"In {name} pressures coincide.", name), (name, f"{name}, too")), Section("", (), (name,)), Section("What to do")))


def words_of_text(letter: Letter) -> list[str]:
    return [word for line in as_text(letter).splitlines() for word in re.sub(r"^- ", "", line).split()]


# -- the same words -----------------------------------------------------------------------------


def test_the_text_is_as_it_should_be() -> None:
    assert as_text(ALERT) == (Path(__file__).parent / "letters" / "alert.txt").read_text(encoding="utf-8")


def test_a_word_with_a_hyphen_stays_on_one_line() -> None:
    text = as_text(Letter("Long-term " * 40, (Section("", ("--disagree " * 40,)),)))
    assert all(word in ("Long-term", "--disagree") for word in text.split())


def test_the_page_says_what_the_text_says() -> None:
    page = Parsed(as_html(ALERT))
    assert [word for _, text in page.body for word in text.split()] == words_of_text(ALERT)
    assert page.body == expected(ALERT)
    assert [text for tag, text in page.texts if tag == "title"] == [ALERT.subject]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_breaks_out_of_neither(name: str) -> None:
    check(letter_of(name))


anything = st.text(st.characters(codec=None), max_size=200) | st.text(st.sampled_from("<>&\"'/:.@#*_`[](){}\\ \n\r\u202e\u200b\u0301-aA1|^~=%;!"), max_size=60)
sections = st.builds(Section, anything, st.lists(anything, max_size=3).map(tuple), st.lists(anything, max_size=3).map(tuple))


@given(st.builds(Letter, anything, st.lists(sections, max_size=3).map(tuple)))
@example(Letter("", ()))
@example(Letter("a", (Section("b"),)))
def test_no_letter_breaks_out(letter: Letter) -> None:
    check(letter)


def check(letter: Letter) -> None:
    page, text = Parsed(as_html(letter)), as_text(letter)
    assert page.body == expected(letter)
    assert set(page.tags) <= TAGS and {name for name, _ in page.attributes} <= ATTRIBUTES and not page.other
    assert page.tags.count("h1") == page.tags.count("title") == page.tags.count("main") == 1
    assert [tag for tag in page.tags if tag in ("meta", "style", "html")] == ["html", "meta", "meta", "meta", "meta", "style"]
    assert "".join(words_of_text(letter)).replace("-", "") == "".join("".join(said.split()) for _, said in page.body).replace("-", "")
    assert all(len(line) <= 76 and line == line.rstrip() for line in text.split("\n"))
    assert text.endswith("\n") and all(character == "\n" or character.isprintable() for character in text)
    for _, said in page.body:
        assert not MADE_LINKS.search(said) and not PLACEHOLDERS.search(said), said
    as_html(letter).encode("utf-8")
    text.encode("utf-8")


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["North Duty", "St. John's", "Team 1.2", "Tonbridge & Malling", "9:30 Duty (A/B)", "Llŷn", "Zoë’s team", "DIAT_2", "North – Duty", "Team #1", "C+", "東京"])  # fmt: skip
def test_an_honest_name_stays_as_it_is(name: str) -> None:
    assert plain(name) == sentence(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  North\u00a0\t Duty ", "North Duty"),
        ("Zoe\u0308", "Zoë"),
        ("http://evil.example/x", "http: / /evil. example/x"),
        ("a.b@c.example", "a. b @ c. example"),
        ("<b>North</b>", "‹b›North‹/b›"),
        ("# *North*", "North"),
        ("((name))", "( (name))"),
        ("North\r\nBcc: x", "North Bcc: x"),
        ("No\u0301\u0302\u0303\u0304rth", "Nó\u0302\u0303rth"),
        ("\u200b\u202e", ""),
    ],
)
def test_how_a_name_is_shown(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_a_long_name_is_cut_and_says_so() -> None:
    assert plain("N" * 10_000) == "N" * 79 + "…"
    assert plain("North Duty", most=7) == "North…"
    assert plain("North Duty", most=10) == "North Duty"
    assert plain("North @ South", most=8) == "North…"  # not "@…", which would be taken apart the next time
    assert len(sentence("a b " * 5_000)) <= 2_000


@given(anything, st.integers(1, 90))
def test_a_name_is_short_seen_and_settled(name: str, most: int) -> None:
    shown = plain(name, most)
    assert len(shown) <= most and shown.isprintable() and shown == " ".join(shown.split())
    assert not MADE_LINKS.search(shown) and not PLACEHOLDERS.search(shown)
    assert not re.search(r"[*`~^|]|^[#+=>•-]", shown)
    assert plain(shown, most) == sentence(shown) == shown


# -- in a browser -------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: dict[str, Any]) -> float:
    dark, light = sorted((luminance(one["colour"]), luminance(one["behind"])))
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def outline(browser: Browser) -> list[tuple[str, str, int]]:
    """Headings and list items of the tree with the text in them."""
    return [one for one in browser.tree() if one[0] in ("heading", "list", "listitem", "main", "paragraph", "RootWebArea", "link", "image", "table")]


@pytest.mark.skipif(CHROMIUM is None, reason=WHY_NOT)
class TestInABrowser:
    @pytest.mark.parametrize("styled", [True, False], ids=["styled", "without styles"])
    def test_a_screen_reader_is_told_of_headings_and_lists(self, browser: Browser, tmp_path: Path, styled: bool) -> None:
        page = tmp_path / "letter.html"
        html = as_html(ALERT)
        page.write_text(html if styled else re.sub("<style>.*</style>", "", html, flags=re.DOTALL), encoding="utf-8")
        browser.show(page, width=360)
        found = outline(browser)
        assert found[0] == ("RootWebArea", ALERT.subject, 0)
        assert [(name, level) for role, name, level in found if role == "heading"] == [(ALERT.subject, 1), *((one.heading, 2) for one in ALERT.sections if one.heading)]
        roles = [role for role, _, _ in found]
        assert roles.count("main") == 1 and roles.count("list") == 2
        assert roles.count("listitem") == sum(len(one.points) for one in ALERT.sections)
        assert roles.count("paragraph") == sum(len(one.says) for one in ALERT.sections)
        assert not {"link", "image", "table"} & set(roles)

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    @pytest.mark.parametrize("letter", [ALERT, letter_of("N" * 300)], ids=["alert", "one long word"])
    def test_it_can_be_read_on_a_phone(self, browser: Browser, tmp_path: Path, dark: bool, letter: Letter) -> None:
        page = tmp_path / "letter.html"
        page.write_text(as_html(letter), encoding="utf-8")
        browser.show(page, width=320, dark=dark)
        looks = browser.looks()
        assert {one["tag"] for one in looks} == {"H1", "H2", "P", "LI"}
        for one in looks:
            assert contrast(one) >= 7 and one["size"] >= 16 and not one["past"], one
        assert (luminance(looks[0]["behind"]) < 0.1) == dark

    def test_nothing_is_fetched_whatever_a_team_is_called(self, browser: Browser, tmp_path: Path) -> None:
        for number, name in enumerate(HOSTILE):
            page = tmp_path / f"{number}.html"
            page.write_text(as_html(letter_of(name)), encoding="utf-8")
            browser.asked_for.clear()
            browser.show(page, width=360)
            assert browser.asked_for == [page.as_uri()]
            assert not {"link", "image", "table", "button"} & {role for role, _, _ in browser.tree()}
