"""What stands beside what is named: steps, codes and what a change of nothing leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
KENT = ["whatif", str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4"]
FILL_THREE = str(ROOT / "examples" / "kent-2009" / "scenarios" / "fill-three.yaml")


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli, [*KENT, *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_a_change_of_nothing_says_what_still_holds() -> None:
    text = said("T002", "--set", "vacant_posts=+0")
    assert "Nothing is other than it was" in text and "Still Increased, and this is what still makes it so" in text
    (team,) = json.loads(said("T002", "--set", "vacant_posts=+0", "--json"))["steps"][0]["teams"]
    assert team["team_id"] == "T002" and not team["changed"] and not team["moved"]


def test_later_steps_name_what_they_stand_beside() -> None:
    text = said("--scenario", FILL_THREE)
    assert re.search(r"What +After step 1 +After step 2", text) and re.search(r"Thanet DIAT 1 \(T046\) +Now +After step 1 +After step 2", text)
    assert "change their mind, beside step 1:" in text and "No rule or notice changes its mind, beside step 2." in text
    assert "change their mind, beside now:" in text
    steps = json.loads(said("--scenario", FILL_THREE, "--json"))["steps"]
    flips = [{one["id"] for one in step["changes"][0]["flips_since_the_step_before"]} for step in steps]
    assert "R3" in flips[1] and "R3" not in flips[2]


def test_codes_in_a_table_have_their_titles_below_it() -> None:
    text = " ".join(said("--district", "Dover", "--set", "vacant_posts=-1", "--with", "experienced").split())
    assert "R2: A coincidence with several local pressures, or a severe one" in text and "staffing gap: Posts unfilled, or staff absent" in text
