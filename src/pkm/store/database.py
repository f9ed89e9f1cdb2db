"""Opening the database: the version check, the settings, and the one kind of transaction.

Checked with plain sqlite3 before anything else is loaded. SQLite before 3.51.3 (but for the back ports
3.50.7 and 3.44.6) can lose a commit when a checkpoint races another connection's commit in WAL mode, so
there we keep a rollback journal; in both modes every writer holds `write.lock`.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pkm.errors import Busy, DiskFull, StoreDamaged, StoreTooNew
from pkm.rules.fold import fold
from pkm.rules.limits import BUSY_S
from pkm.rules.signs import holds
from pkm.rules.sitename import at_site

APPLICATION_ID: Final = 0x706B6D31  # "pkm1"
VERSION: Final = 2
KEPT_COPIES: Final = 3
_BREATH_OPS: Final = 50_000  # steps of SQLite's machine: about a millisecond

_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_READONLY", "SQLITE_CANTOPEN"}
_BUSY = {"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED", "SQLITE_BUSY_RECOVERY"}
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CORRUPT_INDEX", "SQLITE_CORRUPT_VTAB"}


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info[:3]) -> bool:
    """Whether a SQLite version has the fix of the WAL-reset race."""
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    return version >= (3, 51, 3)


def _breath() -> int:
    """Let Python see to its signals; one that raises ends the statement with SQLITE_INTERRUPT."""
    return 0


def ended_by_signal(error: sqlite3.Error) -> bool:
    """Whether a signal ended a statement: that says nothing of the store."""
    return getattr(error, "sqlite_errorname", None) == "SQLITE_INTERRUPT"


@contextmanager
def told() -> Iterator[None]:
    """Turn the errors of SQLite that a user can mend into ours; bugs fly on."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        if name in _FULL or (name.startswith("SQLITE_IOERR") and name != "SQLITE_IOERR_CORRUPTFS"):
            raise DiskFull(
                "the store cannot be written",
                why=f"SQLite says: {error} (disk full, over quota, or read-only)",
                hint="free some space, then run the same command again; nothing was changed",
            ) from error
        if name in _BUSY:
            raise Busy(
                "another program holds the store", why=str(error), hint="try again in a moment"
            ) from error
        if name in _DAMAGED or (isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error)):
            raise damaged(str(error)) from error
        raise


def damaged(why: str) -> StoreDamaged:
    """The error for a store that cannot be what it should."""
    return StoreDamaged(
        "the store is damaged",
        why=why,
        hint="pkm doctor --rebuild makes it again from your files; the damaged one is kept beside it",
    )


def _create_private(path: Path) -> None:
    """Make an empty file that only the user can read, before SQLite makes one that all can."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600))
    except FileExistsError:
        return
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            raise DiskFull(f"{path} cannot be made", why=str(error.strerror)) from error
        raise


def connect(path: Path) -> sqlite3.Connection:
    """Open the file with our settings; its version is not yet looked at."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, cached_statements=256)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.execute("PRAGMA cache_size = -16000")
    # Python hears Ctrl-C and SIGTERM only where it runs: without this a long statement could not be ended.
    connection.set_progress_handler(_breath, _BREATH_OPS)
    connection.create_function("folded", 1, fold, deterministic=True)  # names as words are compared
    connection.create_function("at_site", 2, at_site, deterministic=True)
    connection.create_function("words_in", 1, lambda text: len(text.split()), deterministic=True)
    connection.create_function("has_signs", -1, holds, deterministic=True)
    return connection


def _look(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of what is there: 0 for an empty file; refuses what is not ours, or too new."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION_ID:
        raise damaged(f"{path} is another program's database")
    if version > VERSION and _min_reader(connection) > VERSION:
        raise StoreTooNew(
            f"{path} was made by a newer pkm",
            why=f"it is of version {version}, this pkm knows version {VERSION}; nothing was changed",
            hint="install the newer pkm again",
        )
    return int(version)


def _min_reader(connection: sqlite3.Connection) -> int:
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'min_reader'").fetchone()
    except sqlite3.OperationalError:
        return VERSION + 1  # of a shape that we do not know
    return int(row[0]) if row and str(row[0]).isdigit() else VERSION + 1


def _set_journal(connection: sqlite3.Connection) -> None:
    wanted = "wal" if wal_is_safe() else "truncate"
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    # TRUNCATE is a setting of the connection; WAL is one of the file.
    if mode != wanted:
        connection.execute(f"PRAGMA journal_mode = {wanted}")


def _copy_aside(path: Path, version: int) -> None:
    """Keep the file as it was before a migration, and the newest few such copies."""
    backup = path.with_name(f"{path.name}.before-{version + 1}")
    draft = backup.with_name(backup.name + ".draft")
    _create_private(draft)
    source, target = sqlite3.connect(path), sqlite3.connect(draft)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    draft.replace(backup)
    copies = sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda copy: copy.stat().st_mtime_ns)
    for old in copies[:-KEPT_COPIES]:
        old.unlink()


def open_database(path: Path) -> sqlite3.Connection:
    """Open the store, made or migrated first where that is due; a due one needs the write lock held.

    Raises:
        StoreTooNew: A newer pkm made it.
        StoreDamaged: It is no database, or not ours.
        DiskFull: It cannot be made or written.
    """
    with told():
        fresh = not path.exists() or path.stat().st_size == 0
        if fresh:
            _create_private(path)
        connection = connect(path)
        try:
            version = _look(connection, path)
            _set_journal(connection)
            if version < VERSION:
                _upgrade(connection, path, version)
        except BaseException:
            connection.close()
            raise
    return connection


def _upgrade(connection: sqlite3.Connection, path: Path, version: int) -> None:
    from pkm.store.migrations import migrate  # noqa: PLC0415 - sqlite-utils is loaded only when it is due

    if version:
        _copy_aside(path, version)
    else:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(connection)


def is_due(path: Path) -> bool:
    """Whether opening will make or migrate the store, so that the caller takes the write lock first."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with told():
        connection = connect_to_read(path)
        try:
            return _look(connection, path) < VERSION
        except sqlite3.OperationalError as error:
            if _needs_recovery(error):
                return True
            raise
        finally:
            connection.close()


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that is there for reading alone: nothing is made or changed."""
    where = f"file:{quote(os.fsencode(path))}?mode=ro"
    return sqlite3.connect(where, uri=True, isolation_level=None, timeout=BUSY_S)


def _needs_recovery(error: sqlite3.OperationalError) -> bool:
    """Whether a writer died in the middle of a commit: its journal must be rolled back by one who may write."""
    return (getattr(error, "sqlite_errorname", "") or "").startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN"))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction; begun at once as a writer, so that it never fails half-way for a lock."""
    with told():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
