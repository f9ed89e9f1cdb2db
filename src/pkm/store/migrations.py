"""Migrations: append-only, importing nothing of ours but their own statements.

Each runs in one transaction with its record and with `user_version`, so a kill at any statement leaves
the old version or the new one, never a mixture. sqlite-utils costs a seventh of a second to import, so
this module is imported only when a migration is due.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from pkm.store import schema_1, schema_2

migrations = Migrations("pkm")


@migrations()
def m001_whole_schema(db: Database) -> None:
    """Everything that section 3 of the design names, used yet or not, so that it need not move later."""
    for statement in schema_1.STATEMENTS:
        db.execute(statement)
    # The folding of that day: rules/fold.py may move on, and a store must say which one filled its index.
    db.execute("INSERT INTO meta (key, value) VALUES ('min_reader', '1'), ('fold_version', '1')")
    db.execute("PRAGMA user_version = 1")


@migrations()
def m002_the_full_loop(db: Database) -> None:
    """What asking politely, telling items apart, capturing and looking back need beyond the first shape."""
    for statement in schema_2.STATEMENTS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 2")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version; the caller holds the write lock and has made a copy."""
    database = Database(connection, execute_plugins=False)
    migrations.apply(database)
