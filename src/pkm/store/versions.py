"""What arrivals said before their sources edited them."""

import sqlite3
from datetime import datetime

from pkm.model.item import Version
from pkm.store.columns import moment, stamp


class Versions:
    """The table of earlier versions; gives `Version`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def keep(self, arrival: int, *, until: datetime, most: int) -> tuple[str, ...]:
        """Remember what an arrival says, before it says otherwise; the oldest beyond so many go.

        A version that a quote was made on never goes.

        Args:
            arrival: Row of the arrival, as it still is.
            until: Aware; when its source said otherwise.
            most: Earlier versions to keep.

        Returns:
            Keys of the bodies of those that went.
        """
        self._db.execute(
            "INSERT OR REPLACE INTO versions (arrival, number, until, title, url, text_sha)"
            " SELECT id, 1 + coalesce((SELECT max(number) FROM versions WHERE arrival = ?1), 0), ?2, title, url,"
            " text_sha FROM arrivals WHERE id = ?1",
            (arrival, stamp(until)),
        )
        surplus = self._db.execute(
            "SELECT number, text_sha FROM versions WHERE arrival = ? ORDER BY number DESC LIMIT -1 OFFSET ?",
            (arrival, most),
        ).fetchall()
        gone: list[str] = []
        for number, sha in surplus:
            if not self.is_quoted(sha):
                self._db.execute("DELETE FROM versions WHERE arrival = ? AND number = ?", (arrival, number))
                gone += [sha] if sha else []
        return tuple(gone)

    def is_quoted(self, sha: str | None) -> bool:
        """Whether a quote was made on that body."""
        return self._db.execute("SELECT 1 FROM quotes WHERE text_sha = ?", (sha,)).fetchone() is not None

    def of_item(self, item: str) -> tuple[Version, ...]:
        """What the arrivals of an item said before, oldest first."""
        rows = self._db.execute(
            "SELECT arrivals.source, versions.until, versions.title, versions.url, versions.text_sha FROM versions"
            " JOIN arrivals ON arrivals.id = versions.arrival WHERE arrivals.item = ?"
            " ORDER BY versions.until, versions.arrival, versions.number",
            (item,),
        ).fetchall()
        return tuple(
            Version(source=source, until=moment(until), title=title, url=url, text_sha=sha)
            for source, until, title, url, sha in rows
        )
