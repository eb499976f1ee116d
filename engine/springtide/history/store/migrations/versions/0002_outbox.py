"""The outbox: messages that a record queued, and what became of each, both only ever added to."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SAYS = "what was filed is never changed or taken away: file a correction instead"
_SAME_ROW = {
    "outbox": "rowid = NEW.rowid OR id = NEW.id OR key = NEW.key",
    "outbox_events": "number = NEW.number OR hash = NEW.hash",
}


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("record", sa.Integer, sa.ForeignKey("records.number"), nullable=False),
        sa.Column("quarter", sa.String(16), nullable=False),
        sa.Column("post", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("not_before", sa.Text, nullable=False),
        sa.Column("answer_by", sa.Text, nullable=False),
        sa.Column("alerts", sa.Text, nullable=False),
        sa.Column("letter", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox_events",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message", sa.String(12), sa.ForeignKey("outbox.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("outbox_by_record", "outbox", ["record"])
    op.create_index("outbox_events_by_message", "outbox_events", ["message", "number"])
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
    for table in _SAME_ROW:
        yield f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION springtide_only_added_to()"
        yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION springtide_only_added_to()"
