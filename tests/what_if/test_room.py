"""Nobody comes, leaves or moves for whom there is no room, and the refusal says what can be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
KENT = ["whatif", str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4"]


def said(*arguments: str, code: int = 2) -> str:
    result = CliRunner().invoke(cli, [*KENT, *arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["T013:T046=20"], "room for 6.8 posts of the 20 asked for: an experienced permanent social worker leaves; ask for 6.8 or fewer"),
        (["T013:T046=5"], "T046 has 16 posts as 'Established posts' and 3 posts as 'Vacant posts', so there is room for 3 posts of the 5 asked for"),
        (["T046:T013=3", "--with", "agency"], "room for 2.8 agency workers of the 3"),
        (["T013:T046=1", "--with", "newly_qualified"], "room for 0.5 posts of the 1"),
    ],
)
def test_a_move_makes_nobody(arguments: list[str], says: str) -> None:
    assert says in said("--move", *arguments)


def test_two_moves_and_a_change_fill_no_more_posts_than_there_are() -> None:
    assert "room for 1 post of the 2" in said("--move", "T013:T046=2", "--move", "T002:T046=2")
    assert "room for 0 posts of the 1" in said("T046", "--move", "T013:T046=1", "--set", "vacant_posts=-3", "--with", "experienced")
    said("--move", "T013:T046=3", "--move", "T046:T002=1", code=0)


@pytest.mark.parametrize(
    ("asked", "limit"),
    [("vacant_posts=9", "ask for vacant_posts=8.9 or fewer"), ("vacant_posts=+9", "ask for vacant_posts=+7.9 or fewer"), ("vacant_posts=+900%", "ask for vacant_posts=8.9 or fewer")],
)
def test_the_limit_is_of_what_was_asked(asked: str, limit: str) -> None:
    refused = said("T002", "--set", asked)
    assert "T002 has 10 posts as 'Established posts'" in refused and limit in refused


def test_agency_staff_cover_no_more_posts_than_are_vacant_and_leave_them_vacant() -> None:
    assert "room for 0.5 agency workers of the 1 asked for" in said("T005", "--set", "vacant_posts=-1", "--with", "agency")
    everywhere = said("--set", "vacant_posts=-1", "--with", "agency", code=0)
    assert "is taken as 0" not in everywhere and "T005, T014, T059: there is room for 0.5 agency workers" in everywhere
    one = said("T046", "--set", "vacant_posts=-1", "--with", "agency", code=0)
    assert "Asked: Vacant posts -1, agency in Thanet DIAT 1 (T046): an agency social worker comes; vacant posts stay as they are" in one


def test_what_would_follow_is_named_only_where_something_would() -> None:
    assert "(assumed, in place of what would follow)" not in said("T002", "--set", "q44=never", "--assume", "referrals=5", code=0)
    assert "(assumed, in place of what would follow)" in said("T002", "--set", "vacant_posts=+1", "--assume", "case_holders_fte=9", code=0)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("established_posts=0", "T002 has 8.6 FTE as 'Staff in post' and 0 posts as 'Vacant posts', together 8.6, and 0 posts as 'Established posts'"),
        ("child_protection_cases_unallocated=99999", "T002 has 99999 cases as 'Child protection cases with no worker', and 172 cases as 'Cases the team works'"),
    ],
)
def test_figures_that_do_not_fit_together_are_remarked_on(asked: str, says: str) -> None:
    """By the checks that evidence is read with, and only what the change made."""
    assert says in said("T002", "--set", asked, code=0)
    assert "Does not fit together" not in said("T002", "--set", "vacant_posts=+1", code=0)
