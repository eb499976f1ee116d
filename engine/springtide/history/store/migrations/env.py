"""Alembic's way in: the migrations run on the connection, and in the transaction, that the store gives."""

from alembic import context

from springtide.history.store.tables import SCHEMA_TABLE

# SQLite can undo the making of a table as well, so that a store is never left half made.
context.configure(connection=context.config.attributes["connection"], version_table=SCHEMA_TABLE, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
