"""Opening the store: what is ours, what is too new, what is broken, and what a full disk or a kill leaves."""

import hashlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from pkm.errors import DiskFull, StoreDamaged, StoreTooNew
from pkm.store import database
from pkm.store.database import APPLICATION_ID, VERSION, is_due, open_database, wal_is_safe
from pkm.store.store import open_store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


@pytest.fixture
def made(path):
    open_database(path).close()
    return path


def sha(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_version(path, version, min_reader):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'min_reader'", (str(min_reader),))


def refused(path, error):
    """Both ways of looking refuse the file, and leave its bytes alone."""
    before = sha(path)
    with pytest.raises(error) as told:
        is_due(path)
    with pytest.raises(error):
        open_database(path)
    assert sha(path) == before
    assert told.value.exit_code == 12
    return told.value


def test_a_store_of_a_newer_pkm_is_refused_and_its_bytes_stay(made):
    set_version(made, VERSION + 1, VERSION + 1)
    error = refused(made, StoreTooNew)
    assert "newer" in error.what
    assert error.hint


def test_a_newer_store_that_older_readers_may_read_is_opened(made):
    set_version(made, VERSION + 5, VERSION)
    assert not is_due(made)
    open_database(made).close()


def test_a_newer_store_of_an_unknown_shape_is_refused(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (x)")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION + 9}")
    refused(path, StoreTooNew)


def test_the_database_of_another_program_is_refused_and_its_bytes_stay(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE rss_item (x)")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    assert "another program" in refused(path, StoreDamaged).why


@pytest.mark.parametrize("junk", [b"x" * 100, b"SQLite format 3\x00", os.urandom(5000), b"\x00" * 4096])
def test_garbage_is_refused_and_its_bytes_stay(path, junk):
    path.write_bytes(junk)
    assert "doctor --rebuild" in refused(path, StoreDamaged).hint


def test_a_truncated_store_is_told_as_damaged_and_never_as_a_bug(made):
    made.write_bytes(made.read_bytes()[: 5 * 4096])
    with pytest.raises(StoreDamaged), open_store(made) as store:  # noqa: PT012 - the change fails as a whole
        store.items.unsensed()
        store.connection.execute("SELECT count(*) FROM search").fetchall()
        raise StoreDamaged(store.quick_check())


def test_an_empty_file_becomes_a_store(path):
    path.touch()
    assert is_due(path)
    with open_store(path) as store:
        assert store.quick_check() == "ok"
    assert not is_due(path)


@pytest.mark.parametrize("name", ["with space", "what?", "a#b", "100%25", "é漢", "quo'te"])
def test_a_folder_of_any_name_can_hold_the_store(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    open_database(folder / "store.db").close()
    assert not is_due(folder / "store.db")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [name]


def test_nobody_else_can_read_the_store_or_its_journals_whatever_the_umask(path):
    before = os.umask(0o022)
    try:
        with open_store(path) as store, store.transaction():
            store.connection.execute("PRAGMA cache_spill = 1")
            store.files.set_fact("a", "b")
            modes = {entry.name: entry.stat().st_mode & 0o077 for entry in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes
    assert not any(modes.values())


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 3), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_wal_is_used_only_where_sqlite_has_the_fix_of_the_reset_race(version, safe):
    assert wal_is_safe(version) is safe


def test_the_journal_mode_is_the_safe_one_of_this_sqlite_even_for_a_file_from_elsewhere(made):
    other = "DELETE" if wal_is_safe() else "WAL"
    with closing(sqlite3.connect(made)) as connection:
        connection.execute(f"PRAGMA journal_mode = {other}")
    with open_store(made) as store:
        assert store.journal_mode() == ("wal" if wal_is_safe() else "truncate")


def test_commits_are_synced_and_references_checked(made):
    with closing(open_database(made)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (30_000,)


def test_a_transaction_that_fails_leaves_nothing(made):
    with open_store(made) as store:
        with pytest.raises(RuntimeError, match="half-way"), store.transaction():  # noqa: PT012 - the change fails as a whole
            store.files.set_fact("seen", "1")
            raise RuntimeError("half-way")
        assert store.files.fact("seen") is None
        with store.transaction():
            store.files.set_fact("seen", "2")
        assert store.files.fact("seen") == "2"


def test_a_commit_that_fails_leaves_nothing_and_the_next_one_works(made):
    with open_store(made) as store:
        with pytest.raises(sqlite3.IntegrityError), store.transaction():  # noqa: PT012 - the change fails as a whole
            store.connection.execute("PRAGMA defer_foreign_keys = ON")
            store.connection.execute("INSERT INTO item_ids (old, id) VALUES ('a', 'nothing')")
        with store.transaction():
            store.files.set_fact("seen", "2")
        assert store.files.fact("seen") == "2"


def test_a_journal_that_a_killed_writer_left_is_rolled_back_by_the_next_command(made, tmp_path):
    later = tmp_path / "later.db"
    with open_store(made) as store:
        store.connection.execute("PRAGMA journal_mode = TRUNCATE")
        store.connection.execute("PRAGMA cache_size = 5")
        with store.transaction():
            for number in range(3_000):
                store.files.set_fact(f"fact {number}", "x" * 500)
            # What a power cut leaves: pages half written, and the journal that says how they were.
            shutil.copy(made, later)
            shutil.copy(f"{made}-journal", f"{later}-journal")
    assert is_due(later)
    with open_store(later) as store:
        assert store.quick_check() == "ok"
        assert store.files.fact("fact 1") is None
    assert not is_due(later)


WRITER = """
import sys
from pathlib import Path
from pkm.store.store import open_store
with open_store(Path(sys.argv[1])) as store:
    for number in range(100_000):
        with store.transaction():
            store.files.set_fact("first", str(number))
            store.files.set_fact("second", str(number))
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_had_confirmed(made):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(made)], stdout=subprocess.PIPE, text=True)
    with writer:
        assert writer.stdout is not None
        for _ in range(40):
            confirmed = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        confirmed = max([confirmed, *map(int, writer.stdout.read().split())])
    with open_store(made) as store:
        first, second = store.files.fact("first"), store.files.fact("second")
        assert store.quick_check() == "ok"
    assert first == second
    assert int(first or -1) >= confirmed


FULL = """
import sys, resource
from pathlib import Path
from pkm.errors import DiskFull
from pkm.store.store import open_store
path = Path(sys.argv[1])
with open_store(path) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20_000,) * 2)
    try:
        with store.transaction():
            for number in range(2_000):
                store.files.set_fact(f"fact {number}", "x" * 500)
    except DiskFull as error:
        print(error)
        raise SystemExit(error.exit_code)
"""


def test_a_full_disk_is_told_and_nothing_is_changed(made):
    assert resource.RLIMIT_FSIZE
    answer = subprocess.run(
        [sys.executable, "-c", FULL, str(made)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == DiskFull.exit_code, answer.stderr
    assert "nothing was changed" in answer.stdout
    with open_store(made) as store:
        assert store.quick_check() == "ok"
        assert store.files.fact("fact 1") is None


def test_looking_whether_a_store_is_due_makes_no_file(tmp_path):
    assert is_due(tmp_path / "store.db")
    assert not list(tmp_path.iterdir())


def test_the_errors_of_a_bug_fly_on(made):
    with open_store(made) as store, pytest.raises(sqlite3.OperationalError), database.told():
        store.connection.execute("SELECT nothing FROM nowhere")


def test_a_folder_whose_name_is_no_utf_8_holds_a_store_like_any_other(tmp_path):
    folder = tmp_path / os.fsdecode(b"h\xff")
    folder.mkdir()
    assert is_due(folder / "store.db")
    open_database(folder / "store.db").close()
    assert not is_due(folder / "store.db")
