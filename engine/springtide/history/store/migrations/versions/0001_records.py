"""Documents, the chain of records, and the results of teams, each of them only ever added to.

What it makes is written out here and never changes, whatever becomes of the code: stores are there that it made.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SAYS = "what was filed is never changed or taken away: file a correction instead"
_SAME_ROW = {
    "documents": "rowid = NEW.rowid OR hash = NEW.hash",
    "records": "number = NEW.number OR previous = NEW.previous OR hash = NEW.hash"
    " OR (kind = NEW.kind AND quarter = NEW.quarter AND version = NEW.version)",
    "team_results": "rowid = NEW.rowid OR (record = NEW.record AND team = NEW.team)",
}


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("quarter", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.UniqueConstraint("kind", "quarter", "version", name="records_versions"),
    )
    op.create_table(
        "team_results",
        sa.Column("record", sa.Integer, sa.ForeignKey("records.number"), primary_key=True),
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("district", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("measures", sa.Text, nullable=False),
        sa.Column("movement", sa.Text, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
    )
    op.create_index("team_results_by_team", "team_results", ["team", "record"])
    op.create_index("team_results_by_district", "team_results", ["district", "record"])
    for statement in _in_sqlite() if op.get_bind().dialect.name == "sqlite" else _in_postgresql():
        op.execute(sa.text(statement))


def _in_sqlite() -> Iterator[str]:
    for table, same in _SAME_ROW.items():
        for deed in ("update", "delete"):
            yield f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )


def _in_postgresql() -> Iterator[str]:
    yield f"CREATE FUNCTION springtide_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '{_SAYS}'; END$$"
    for table in _SAME_ROW:
        yield f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION springtide_only_added_to()"
        yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION springtide_only_added_to()"
