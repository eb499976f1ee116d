"""The tables of a store. What they hold is only ever added to.

`records` is the chain. A record's body names by hash the documents, the rows of teams and the messages that belong to it,
so that a change anywhere is a change of the chain. What becomes of messages is a chain of its own (`outbox_events`), of
which each record that queues messages names the end.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

SCHEMA_TABLE = "springtide_schema"  # in which Alembic keeps the revision; a name that no other program uses
_HASH = String(64)

metadata = MetaData()

# Rule packs, evidence and results, each once, under the hash of what it says.
documents = Table(
    "documents", metadata,
    Column("hash", _HASH, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("content", Text, nullable=False),
)  # fmt: skip

records = Table(
    "records", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("quarter", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", _HASH, nullable=False, unique=True),
    Column("hash", _HASH, nullable=False, unique=True),
    UniqueConstraint("kind", "quarter", "version", name="records_versions"),
)  # fmt: skip

team_results = Table(
    "team_results", metadata,
    Column("record", Integer, ForeignKey("records.number"), primary_key=True),
    Column("team", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("district", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("measures", Text, nullable=False),
    Column("movement", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Index("team_results_by_team", "team", "record"),
    Index("team_results_by_district", "district", "record"),
)  # fmt: skip

# Messages to posts, not to people: no name and no address stands here. `id` is what people are told.
outbox = Table(
    "outbox", metadata,
    Column("id", String(12), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("record", Integer, ForeignKey("records.number"), nullable=False),
    Column("quarter", String(16), nullable=False),
    Column("post", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("not_before", Text, nullable=False),
    Column("answer_by", Text, nullable=False),
    Column("alerts", Text, nullable=False),
    Column("letter", Text, nullable=False),
    Index("outbox_by_record", "record"),
)  # fmt: skip

outbox_events = Table(
    "outbox_events", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("message", String(12), ForeignKey("outbox.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("what", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", _HASH, nullable=False, unique=True),
    Index("outbox_events_by_message", "message", "number"),
)  # fmt: skip
