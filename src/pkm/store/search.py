"""The index of folded words; what a query finds in it is worked out in `store/finder.py`.

The index is an external-content FTS5 table over `search_text`, which holds folded text. FTS5 must be told
the OLD folded values before a content row changes, or the index silently keeps dead words.
User text reaches FTS5 only as one quoted phrase at a time; AND, OR and NOT are SQL. (A single MATCH
string fails on `NOT "x"` alone, on a bracket followed by a word, and on much punctuation.)
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pkm.rules.fold import fold
from pkm.rules.query import Node
from pkm.store.database import ended_by_signal
from pkm.store.filter_sql import FLAGS
from pkm.store.finder import BY_RANK, NEWEST, Finder, Hit, Order
from pkm.store.patterns import BUDGET_S, Patterns

_COLUMNS = "title, tags, quote, comment, body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is searched of one thing.

    Attributes:
        kind: `item`, `note`, `quote` or `edition`.
        ref: Its id.
    """

    kind: str
    ref: str
    title: str = ""
    tags: str = ""
    quote: str = ""
    comment: str = ""
    body: str = ""

    def folded(self) -> tuple[str, str, str, str, str]:
        """The five columns as they are indexed."""
        return (fold(self.title), fold(self.tags), fold(self.quote), fold(self.comment), fold(self.body))


class Search:
    """The index of words over items, notes, quotes and editions."""

    def __init__(self, connection: sqlite3.Connection, *, patience_s: float = BUDGET_S) -> None:
        """Take the connection.

        Args:
            connection: Of the store.
            patience_s: So many seconds a regular expression may look through texts.
        """
        self._db = connection
        self._patterns = Patterns(patience_s)
        self._finder = Finder(connection, self._patterns)
        connection.create_function("matches", 2, self._patterns.matches)

    def put(self, documents: Iterable[Document]) -> None:
        """Index things, new ones and known ones."""
        for document in documents:
            row = self._db.execute(
                f"SELECT rowid, {_COLUMNS} FROM search_text WHERE kind = ? AND ref = ?",
                (document.kind, document.ref),
            ).fetchone()
            folded = document.folded()
            if row is None:
                self._insert(document, folded)
            elif tuple(row[1:]) != folded:
                self._forget(row)
                self._db.execute(
                    "UPDATE search_text SET title = ?, tags = ?, quote = ?, comment = ?, body = ? WHERE rowid = ?",
                    (*folded, row[0]),
                )
                self._index(row[0], folded)

    def add(self, documents: Iterable[Document]) -> None:
        """Index things that are known to be new."""
        for document in documents:
            self._insert(document, document.folded())

    def drop(self, kind: str, ref: str) -> None:
        """Take a thing out of the index."""
        row = self._db.execute(
            f"SELECT rowid, {_COLUMNS} FROM search_text WHERE kind = ? AND ref = ?",
            (kind, ref),
        ).fetchone()
        if row is not None:
            self._forget(row)
            self._db.execute("DELETE FROM search_text WHERE rowid = ?", (row[0],))

    def find(
        self, query: Node, *, limit: int, newest: bool = False, order: Order | None = None
    ) -> tuple[Hit, ...]:
        """What a query finds: best first, newest first, or in another order.

        Args:
            query: From `rules.query.parse_query`, its moments and links looked up.
            limit: 0 for all.
            newest: Newest first instead of best first.
            order: Says more than `newest`.
        """
        return self._finder.find(query, limit=limit, order=order or (NEWEST if newest else BY_RANK))

    @property
    def stopped(self) -> bool:
        """Whether the last search ended before a regular expression had seen all texts."""
        return self._patterns.stopped

    def flags(self, ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """What these things are or have, in the words of `filter_sql.FLAGS`."""
        found: dict[str, set[str]] = {one: set() for one in ids}
        asked = json.dumps(list(ids))
        for name, flagged in FLAGS.items():
            rows = self._db.execute(
                f"SELECT value FROM json_each(?) WHERE value IN ({flagged})", (asked,)
            ).fetchall()
            for (one,) in rows:
                found[one].add(name)
        return {one: frozenset(names) for one, names in found.items()}

    def vocabulary(self, shortest: int, longest: int) -> dict[str, int]:
        """The indexed words of some lengths, folded, each with the number of things that hold it."""
        self._db.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, search, row)"
        )
        rows = self._db.execute(
            "SELECT term, doc FROM temp.vocabulary WHERE length(term) BETWEEN ? AND ?", (shortest, longest)
        )
        return dict(rows.fetchall())

    def check(self) -> bool:
        """Whether the index agrees with what it indexes; rank 1, since 0 looks at the index alone."""
        try:
            self._db.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if ended_by_signal(error):
                raise
            return False
        return True

    def rebuild(self) -> None:
        """Make the index again from the folded columns."""
        self._db.execute("INSERT INTO search (search) VALUES ('rebuild')")

    def _insert(self, document: Document, folded: tuple[str, ...]) -> None:
        cursor = self._db.execute(
            f"INSERT INTO search_text (kind, ref, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (document.kind, document.ref, *folded),
        )
        self._index(int(cursor.lastrowid or 0), folded)

    def _index(self, row: int, folded: Sequence[str]) -> None:
        self._db.execute(
            f"INSERT INTO search (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (row, *folded),
        )

    def _forget(self, row: Sequence[object]) -> None:
        self._db.execute(
            f"INSERT INTO search (search, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            tuple(row),
        )
