"""The codes of remarks, and what each says in a few words. Each has a page in docs/reference/remarks."""

from __future__ import annotations

REMARKS = {
    "E01": "a table is not there",
    "E02": "a table has headings only",
    "E03": "a table has rows for other quarters, and none for this one",
    "E04": "a team's row stands in a quarter in which hardly anyone has one, and is wanting in this",
    "E05": "a county's name is one slip from that of a larger one",
    "E06": "two teams have one name",
    "E07": "a team was left out by `--skip-bad-rows`",
    "E08": "a row of figures was left out",
    "E09": "a response was left out",
    "E10": "a transfer was left out",
    "E11": "a team began, ended or changed",
    "E12": "a figure moved further since last quarter than is likely",
    "E13": "a total does not fit its parts",
    "E14": "every respondent of a team gave the same answers",
    "E15": "a response gives one answer to every question",
    "E16": "a count may stand where a share belongs",
    "E17": "a return is a copy of last quarter's",
    "E18": "a return is a copy of another team's",
    "E19": "a value is out of all proportion to its neighbours', or to last quarter's",
    "E20": "an acknowledgement matches no remark",
    "E21": "files of the folder look like tables and are not read",
    "E22": "responses of one file stand in another too",
}
UNMATCHED = "E20"
