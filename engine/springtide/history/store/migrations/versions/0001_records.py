"""Documents, the chain of records, and the results of teams, each of them only ever added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from springtide.history.store.guards import GUARDED, guards, preparation

revision = "0001"
down_revision = None


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
    dialect = op.get_bind().dialect.name
    for statement in (*preparation(dialect), *(sql for table in GUARDED for sql in guards(dialect, table).values())):
        op.execute(sa.text(statement))
