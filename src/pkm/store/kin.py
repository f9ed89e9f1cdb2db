"""What other things share words, tags or a question with one."""

import json
import sqlite3
from collections.abc import Sequence

from pkm.rules.query import Term
from pkm.store.query_sql import phrase

_KINDS = "kind IN ('item', 'note')"
_MOST_HOLDERS = 200


class Kin:
    """Asks the index and the tables who shares what."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def things(self) -> int:
        """How many things are indexed."""
        return int(self._db.execute("SELECT count(*) FROM search_text").fetchone()[0])

    def counts(self, words: Sequence[str]) -> list[tuple[str, int]]:
        """The words, each with the number of things that hold it."""
        found = []
        for word in words:
            match = phrase(Term(word))
            if match is not None:
                row = self._db.execute(
                    "SELECT count(*) FROM search WHERE search MATCH ?", (match,)
                ).fetchone()
                found.append((word, int(row[0])))
        return found

    def holding(self, word: str) -> tuple[str, ...]:
        """Ids of the items and notes that hold a word, the last come first; 200 at most."""
        match = phrase(Term(word))
        if match is None:
            return ()
        rows = self._db.execute(
            "SELECT s.ref FROM search JOIN search_text AS s ON s.rowid = search.rowid"
            f" WHERE search MATCH ? AND +s.{_KINDS} ORDER BY search.rowid DESC LIMIT ?",
            (match, _MOST_HOLDERS),
        ).fetchall()
        return tuple(ref for (ref,) in rows)

    def tagged_alike(self, ref: str) -> dict[str, tuple[str, ...]]:
        """The tags of a thing, each with the items and notes that bear it too; tags of over 200 things apart."""
        rows = self._db.execute(
            """SELECT mine.tag, other."on" FROM tags AS mine JOIN tags AS other ON other.fold = mine.fold"""
            """ WHERE mine."on" = ?1 AND other."on" != ?1 AND substr(other."on", 1, 1) IN ('i', 'n')"""
            """ AND (SELECT count(*) FROM tags AS each WHERE each.fold = mine.fold) <= ?2 ORDER BY 1, 2""",
            (ref, _MOST_HOLDERS),
        ).fetchall()
        found: dict[str, list[str]] = {}
        for tag, other in rows:
            found.setdefault(tag, []).append(other)
        return {tag: tuple(others) for tag, others in found.items()}

    def on_one_item(self, ref: str) -> tuple[tuple[str, str], ...]:
        """Notes on this item, or the items of this note and the other notes on them: `note`, `item` or `both`, and the id."""
        rows = self._db.execute(
            "SELECT 'note', note FROM note_items WHERE item = ?1"
            " UNION SELECT 'item', item FROM note_items WHERE note = ?1"
            " UNION SELECT 'both', other.note FROM note_items AS mine JOIN note_items AS other"
            " ON other.item = mine.item WHERE mine.note = ?1 AND other.note != ?1",
            (ref,),
        ).fetchall()
        return tuple(rows)

    def kept_for_one_question(self, ref: str) -> dict[str, tuple[str, ...]]:
        """The questions that an item was kept for, by title, each with the other items that were."""
        rows = self._db.execute(
            "SELECT DISTINCT notes.title, other.item FROM decisions AS mine"
            " JOIN decisions AS other ON other.question = mine.question JOIN notes ON notes.id = mine.question"
            " WHERE mine.item = ?1 AND mine.question IS NOT NULL AND other.item != ?1 ORDER BY 1, 2",
            (ref,),
        ).fetchall()
        found: dict[str, list[str]] = {}
        for title, other in rows:
            found.setdefault(title, []).append(other)
        return {title: tuple(others) for title, others in found.items()}

    def sources_of(self, items: Sequence[str]) -> dict[str, str]:
        """The source that each of these items shows."""
        rows = self._db.execute(
            "SELECT id, source FROM items WHERE source IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(items)),),
        ).fetchall()
        return dict(rows)
