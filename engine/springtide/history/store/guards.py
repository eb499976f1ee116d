"""Triggers by which the database itself refuses to change or take away what was filed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

_SAYS = "what was filed is never changed or taken away: file a correction instead"

# SQLite's INSERT OR REPLACE takes the old row away without asking a delete trigger, so inserting over a row is refused too.
_SAME_ROW = {
    "documents": "hash = NEW.hash",
    "records": "number = NEW.number OR previous = NEW.previous OR hash = NEW.hash"
    " OR (kind = NEW.kind AND quarter = NEW.quarter AND version = NEW.version)",
    "team_results": "record = NEW.record AND team = NEW.team",
}
GUARDED = tuple(_SAME_ROW)


def guards(dialect: str, table: str) -> dict[str, str]:
    """The triggers of one table, by name, as SQL; in PostgreSQL they call the function of `preparation`."""
    if dialect == "sqlite":
        blocked = {
            f"{table}_no_{deed}": f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            for deed in ("update", "delete")
        }
        name = f"{table}_no_replace"
        blocked[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {_SAME_ROW[table]}) "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )
        return blocked
    return {
        f"{table}_no_change": f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION springtide_only_added_to()",
        f"{table}_no_truncate": f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION springtide_only_added_to()",
    }


def preparation(dialect: str) -> Iterator[str]:
    """What the triggers need to be there before them."""
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION springtide_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
        )


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """The triggers that are not there as they should be."""
    dialect = connection.dialect.name
    wanted = {name: sql for table in GUARDED for name, sql in guards(dialect, table).items()}
    if dialect == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there = {row.name: row.sql for row in found}
        return tuple(name for name, sql in wanted.items() if there.get(name) != sql)
    enabled = "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND tgenabled = 'O'"
    return tuple(sorted(set(wanted) - set(connection.execute(text(enabled)).scalars())))
