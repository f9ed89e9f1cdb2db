"""What the store knows around an item or a source: for a look into it. Reads alone."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.rules.limits import OWN_WORDS
from pkm.store.columns import stamp, to_moment

_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the user had to do with a source.

    Attributes:
        came: Items that it brought, ever.
        kept: Of those, kept now.
        noted: Of those, with words of the user's own.
        shared: Of those, that left in an edition or by hand.
        since: Aware, UTC; when its first item was seen.
    """

    came: int
    kept: int
    noted: int
    shared: int
    since: datetime | None


class Background:
    """Questions about what stands around an item."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of_source(self, source: str) -> History:
        """The user's history with a source."""
        row = self._db.execute(
            "WITH mine AS (SELECT DISTINCT item FROM arrivals WHERE source = ?1)"
            " SELECT (SELECT count(*) FROM mine),"
            " (SELECT count(*) FROM mine JOIN items ON items.id = mine.item WHERE items.state = 'kept'),"
            " (SELECT count(*) FROM mine WHERE EXISTS (SELECT 1 FROM note_items JOIN notes ON notes.id = note_items.note"
            f" WHERE note_items.item = mine.item AND notes.own_words >= {OWN_WORDS} AND notes.missing_since IS NULL)),"
            " (SELECT count(*) FROM mine WHERE EXISTS (SELECT 1 FROM shares WHERE shares.item = mine.item"
            " AND shares.state = 'sent' AND shares.audience <> 'self')),"
            " (SELECT min(first_seen) FROM arrivals WHERE source = ?1)",
            (source,),
        ).fetchone()
        return History(came=row[0], kept=row[1], noted=row[2], shared=row[3], since=to_moment(row[4]))

    def counts(self, words: Sequence[str]) -> dict[str, int]:
        """In how many things each folded word stands; those that stand nowhere are left out."""
        self._db.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, search, row)"
        )
        found: dict[str, int] = {}
        for start in range(0, len(words), _CHUNK):
            part = words[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(f"SELECT term, doc FROM temp.vocabulary WHERE term IN ({marks})", part)
            found.update(rows.fetchall())
        return found

    def things(self) -> int:
        """How many things are indexed."""
        return int(self._db.execute("SELECT count(*) FROM search_text").fetchone()[0])

    def items_with(self, word: str, since: datetime, until: datetime) -> frozenset[str]:
        """The items of a stretch of time that have a folded word."""
        rows = self._db.execute(
            "SELECT s.ref FROM search JOIN search_text AS s ON s.rowid = search.rowid"
            " JOIN items ON items.id = s.ref WHERE search MATCH ? AND s.kind = 'item'"
            " AND items.sort_at >= ? AND items.sort_at < ?",
            (f'"{word.replace(chr(34), "")}"', stamp(since), stamp(until)),
        ).fetchall()
        return frozenset(row[0] for row in rows)

    def came_in(self, since: datetime, until: datetime) -> int:
        """How many items are of a stretch of time."""
        row = self._db.execute(
            "SELECT count(*) FROM items WHERE sort_at >= ? AND sort_at < ?", (stamp(since), stamp(until))
        ).fetchone()
        return int(row[0])
