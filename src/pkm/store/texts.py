"""The texts that arrivals brought."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pkm.model.item import Text
from pkm.store.columns import stamp

_CHUNK = 400


class Texts:
    """The table of bodies, kept by their hash so that equal ones are kept once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, texts: Iterable[Text], *, at: datetime, kind: str = "feed") -> None:
        """Store bodies; one that is there stays as it is."""
        self._db.executemany(
            "INSERT OR IGNORE INTO texts (sha, kind, html, text, seen_at) VALUES (?, ?, ?, ?, ?)",
            [(text.sha, kind, text.html, text.text, stamp(at)) for text in texts],
        )

    def forget_unused(self, sha: str | None) -> None:
        """Drop a body that nothing shows, no version or page holds and no quote was made on."""
        self._db.execute(
            "DELETE FROM texts WHERE sha = ?1 AND NOT EXISTS (SELECT 1 FROM arrivals WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM items WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM versions WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM page_texts WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM quotes WHERE text_sha = ?1)",
            (sha,),
        )

    def get(self, sha: str | None) -> Text | None:
        """The body of that hash."""
        row = self._db.execute("SELECT sha, html, text FROM texts WHERE sha = ?", (sha,)).fetchone()
        return Text(sha=row[0], html=row[1], text=row[2]) if row else None

    def is_fetched(self, sha: str | None) -> bool:
        """Whether a body was asked for or put in by hand, and not served by a feed."""
        row = self._db.execute("SELECT kind FROM texts WHERE sha = ?", (sha,)).fetchone()
        return row is not None and row[0] != "feed"

    def lengths(self, shas: Sequence[str]) -> Mapping[str, int]:
        """How many characters of plain text these bodies have."""
        found: dict[str, int] = {}
        for start in range(0, len(shas), _CHUNK):
            part = shas[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(f"SELECT sha, length(text) FROM texts WHERE sha IN ({marks})", part)
            found.update(rows.fetchall())
        return found
