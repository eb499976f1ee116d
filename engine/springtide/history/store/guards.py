"""Triggers by which the database itself refuses to change or take away what was filed."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

_SAYS = "what was filed is never changed or taken away: file a correction instead"

# SQLite's INSERT OR REPLACE takes the old row away without asking a delete trigger, so inserting over a row is refused too:
# also over its rowid, by which a row can be replaced that has nothing else in common. (The number of a record or an event is
# its rowid.) A migration that changes a trigger writes it out: what an earlier one made stays what it was.
_SAME_ROW = {
    "documents": "rowid = NEW.rowid OR hash = NEW.hash",
    "records": "number = NEW.number OR previous = NEW.previous OR hash = NEW.hash"
    " OR (kind = NEW.kind AND quarter = NEW.quarter AND version = NEW.version)",
    "team_results": "rowid = NEW.rowid OR (record = NEW.record AND team = NEW.team)",
    "outbox": "rowid = NEW.rowid OR id = NEW.id OR key = NEW.key",
    "outbox_events": "number = NEW.number OR hash = NEW.hash",
}
GUARDED = tuple(_SAME_ROW)
_FUNCTION, _DOES = "springtide_only_added_to", f"BEGIN RAISE EXCEPTION '{_SAYS}'; END"
# PostgreSQL keeps what a trigger answers to as bits: 1 for each row, 2 before, 8 delete, 16 update, 32 truncate.
_BITS = {"no_change": 1 + 2 + 8 + 16, "no_truncate": 2 + 32}
_IN_POSTGRESQL = text("""
    SELECT t.tgname AS name, c.relname AS "table", t.tgenabled = 'O' AND t.tgqual IS NULL AND t.tgattr = '' AS always, t.tgtype AS bits,
           p.proname AS function, p.prosrc AS does
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE n.nspname = current_schema() AND NOT t.tgisinternal
""")


def guards(dialect: str, table: str) -> dict[str, str]:
    """The triggers of one table, by name, as SQL; in PostgreSQL they call a function of the store's own."""
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
        f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
        f"{table}_no_truncate": f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    }


def altered_guards(connection: Connection, tables: Iterable[str] = GUARDED) -> tuple[str, ...]:
    """The triggers of some tables that are not there as they were made, and those on them that the store did not make."""
    guarded = {*tables}
    if connection.dialect.name == "sqlite":
        wanted: dict[str, object] = {name: sql for table in guarded for name, sql in guards("sqlite", table).items()}
        rows = connection.execute(text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
        there: dict[str, object] = {row.name: row.sql for row in rows if row.tbl_name in guarded}
    else:
        wanted = {f"{table}_{deed}": (table, True, bits, _FUNCTION, _DOES) for table in guarded for deed, bits in _BITS.items()}
        there = {row.name: tuple(row)[1:] for row in connection.execute(_IN_POSTGRESQL) if row.table in guarded}
    return tuple(sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name)))
