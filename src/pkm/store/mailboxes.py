"""What was read of the mail folders that are followed; nothing of it is written into them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MboxMark:
    """How far an mbox was read.

    Attributes:
        size: Bytes.
        sha: SHA-256, in hexadecimal, of what stood just before that place: it says whether the file only grew.
    """

    size: int
    sha: str


class Mailboxes:
    """The tables of mails that were read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def seen(self, source: str) -> frozenset[str]:
        """Names of the files of a maildir that were read."""
        rows = self._db.execute("SELECT name FROM mail_seen WHERE source = ?", (source,)).fetchall()
        return frozenset(name for (name,) in rows)

    def see(self, source: str, names: Iterable[str]) -> None:
        """Remember that they were."""
        self._db.executemany(
            "INSERT OR IGNORE INTO mail_seen (source, name) VALUES (?, ?)", [(source, name) for name in names]
        )

    def forget(self, source: str, names: Iterable[str]) -> None:
        """Files that are no longer there need not be remembered."""
        self._db.executemany(
            "DELETE FROM mail_seen WHERE source = ? AND name = ?", [(source, name) for name in names]
        )

    def mark(self, source: str) -> MboxMark | None:
        """How far an mbox was read; None if it never was."""
        row = self._db.execute("SELECT size, sha FROM mail_marks WHERE source = ?", (source,)).fetchone()
        return MboxMark(size=row[0], sha=row[1]) if row else None

    def set_mark(self, source: str, mark: MboxMark) -> None:
        """Remember how far it was."""
        self._db.execute(
            "INSERT OR REPLACE INTO mail_marks (source, size, sha) VALUES (?, ?, ?)",
            (source, mark.size, mark.sha),
        )
