"""What was last seen of the user's files that are no notes, and which journal lines were applied."""

import sqlite3
from collections.abc import Iterable, Mapping

from pkm.model.note import FileStamp


class Files:
    """Stamps of journals, `sources.opml` and drafts; ids of applied journal lines; small facts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def stamp(self, path: str) -> FileStamp | None:
        """What was last seen of a file, None if it never was."""
        row = self._db.execute(
            "SELECT size, mtime_ns, inode, sha, racy FROM files WHERE path = ?", (path,)
        ).fetchone()
        if row is None:
            return None
        return FileStamp(size=row[0], mtime_ns=row[1], inode=row[2], sha=row[3], racy=bool(row[4]))

    def set_stamp(self, path: str, stamp: FileStamp) -> None:
        """Remember what was seen of a file."""
        self._db.execute(
            "INSERT OR REPLACE INTO files (path, size, mtime_ns, inode, sha, racy) VALUES (?, ?, ?, ?, ?, ?)",
            (path, stamp.size, stamp.mtime_ns, stamp.inode, stamp.sha, int(stamp.racy)),
        )

    def applied(self, events: Iterable[str]) -> set[str]:
        """Which of these journal lines were applied."""
        asked = list(events)
        found: set[str] = set()
        for start in range(0, len(asked), 500):
            part = asked[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(f"SELECT event FROM events WHERE event IN ({marks})", part).fetchall()
            found.update(event for (event,) in rows)
        return found

    def apply(self, event: str, file: str) -> None:
        """Remember that a journal line was applied."""
        self._db.execute("INSERT OR IGNORE INTO events (event, file) VALUES (?, ?)", (event, file))

    def fact(self, key: str) -> str | None:
        """A small fact by its name."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_fact(self, key: str, value: str) -> None:
        """Remember a small fact."""
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))

    def copies(self) -> dict[str, str]:
        """The conflict copies that the last look met: of each its path, and the note that it is a copy of."""
        return dict(self._db.execute("SELECT path, original FROM note_copies").fetchall())

    def set_copies(self, copies: Mapping[str, str]) -> None:
        """Remember the conflict copies that are there."""
        self._db.execute("DELETE FROM note_copies")
        self._db.executemany("INSERT INTO note_copies (path, original) VALUES (?, ?)", sorted(copies.items()))
