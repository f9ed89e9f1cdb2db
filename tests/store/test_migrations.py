"""Migrations: whole or not at all, and the schema that they make."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from pkm.store import migrations, schema_2
from pkm.store.database import APPLICATION_ID, VERSION, open_database
from pkm.store.migrations import migrate


class StoppingConnection(sqlite3.Connection):
    """A real connection that the machine takes away at the n-th statement."""

    left: int | None = None

    def execute(self, *words):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return super().execute(*words)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


def shape(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_a_migrated_store_is_marked_as_ours_and_of_this_version(path):
    with closing(open_database(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert connection.execute("SELECT value FROM meta WHERE key = 'min_reader'").fetchone() == ("1",)


@pytest.mark.parametrize("stop_at", [0, 1, 2, 3, 5, 8, 20, 40, 60])
def test_a_migration_that_is_cut_off_leaves_the_old_version_and_the_next_start_completes_it(
    path, tmp_path, stop_at
):
    connection = sqlite3.connect(path, isolation_level=None, factory=StoppingConnection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.left = stop_at
    with pytest.raises(KeyboardInterrupt):
        migrate(connection)
    connection.left = None
    connection.close()
    with closing(sqlite3.connect(path)) as looking:
        assert looking.execute("PRAGMA user_version").fetchone() == (0,)
        assert not looking.execute("SELECT 1 FROM sqlite_master WHERE name = 'items'").fetchone()
    open_database(path).close()
    open_database(tmp_path / "fresh.db").close()
    assert shape(path) == shape(tmp_path / "fresh.db")


def test_migrating_twice_changes_nothing(path):
    with closing(open_database(path)) as connection:
        before = shape(path)
        migrate(connection)
    assert shape(path) == before


def test_every_table_of_ours_is_strict_and_every_id_can_be_found_by_its_end(path):
    with closing(open_database(path)) as connection:
        tables = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        ).fetchall()
        indices = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
    loose = {name for name, strict in tables if not strict}
    assert {name for name in loose if not name.startswith(("sqlite_", "_sqlite"))} == set()
    assert {f"{noun}_tail" for noun in ("items", "notes", "sources", "quotes", "digests")} <= indices


def test_a_state_or_a_length_that_cannot_be_is_refused_by_the_store_itself(path):
    with closing(open_database(path)) as connection:
        cells = ("i-000000000000", "2026-11-22T00:00:00.000Z", "2026-11-22T00:00:00.000Z")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(
                "INSERT INTO items (id, first_seen, sort_at, state) VALUES (?, ?, ?, 'read')", cells
            )
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(
                "INSERT INTO items (id, first_seen, sort_at, title) VALUES (?, ?, ?, ?)", (*cells, "x" * 1001)
            )


def test_a_store_to_be_upgraded_is_copied_aside_first(path, tmp_path):
    from pkm.store.database import _copy_aside  # noqa: PLC0415 - no second migration exists that would call it

    open_database(path).close()
    _copy_aside(path, 1)
    copy = tmp_path / "store.db.before-2"
    assert shape(copy) == shape(path)
    assert copy.stat().st_mode & 0o077 == 0


def store_of_version_1(path):
    """A store as the first release made it, with a source and a request to it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrations.migrations.apply(Database(connection), stop_before="m002_the_full_loop")
    connection.execute("INSERT INTO sources (id, url) VALUES ('s-000000000001', 'https://a.example/feed')")
    connection.execute(
        "INSERT INTO fetches (source, at, status) VALUES ('s-000000000001', '2026-01-01T00:00:00.000Z', 200)"
    )
    return connection


def test_a_store_of_version_1_keeps_what_it_holds_and_gets_the_shape_of_a_new_one(path, tmp_path):
    store_of_version_1(path).close()
    with closing(open_database(path)) as connection:
        assert connection.execute("SELECT url FROM sources").fetchall() == [("https://a.example/feed",)]
        assert connection.execute("SELECT status, conditional FROM fetches").fetchall() == [(200, 0)]
    open_database(tmp_path / "fresh.db").close()
    assert shape(path) == shape(tmp_path / "fresh.db")
    assert (tmp_path / "store.db.before-2").exists()


@pytest.mark.parametrize("stop_at", range(len(schema_2.STATEMENTS) + 2))
def test_the_second_migration_cut_off_at_any_statement_leaves_version_1(path, stop_at):
    store_of_version_1(path).close()
    connection = sqlite3.connect(path, isolation_level=None, factory=StoppingConnection)
    before = shape(path)
    connection.left = stop_at
    with pytest.raises(KeyboardInterrupt):
        migrate(connection)
    connection.left = None
    connection.close()
    assert shape(path) == before
    open_database(path).close()
    with closing(sqlite3.connect(path)) as looking:
        assert looking.execute("SELECT url FROM sources").fetchall() == [("https://a.example/feed",)]
