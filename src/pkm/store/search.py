"""Finding: the index of folded words, and a query tree compiled to safe SQL.

The index is an external-content FTS5 table over `search_text`, which holds folded text. FTS5 must be told
the OLD folded values before a content row changes, or the index silently keeps dead words.
User text reaches FTS5 only as one quoted phrase at a time; AND, OR and NOT are SQL. (A single MATCH
string fails on `NOT "x"` alone, on a bracket followed by a word, and on much punctuation.)
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pkm.rules.fold import fold
from pkm.rules.query import Node, terms
from pkm.store.database import ended_by_signal
from pkm.store.query_sql import Condition, conjunction, needs_words, phrase, split

_WEIGHTS = "10.0, 6.0, 4.0, 4.0, 1.0"  # title, tags, quote, comment, body
_COLUMNS = "title, tags, quote, comment, body"
_KIND_FACTOR = "CASE s.kind WHEN 'note' THEN 1.3 WHEN 'quote' THEN 1.2 WHEN 'item' THEN 1.0 ELSE 1.1 END"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A thing that a query found.

    Attributes:
        rank: Larger is better; comparable within one answer only.
    """

    kind: str
    ref: str
    rank: float


class Search:
    """The index of words over items, notes, quotes and editions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

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

    def find(self, query: Node, *, limit: int, newest: bool = False) -> tuple[Hit, ...]:
        """What a query finds: best first, or newest first.

        Args:
            query: From `rules.query.parse_query`.
            limit: 0 for all.
            newest: Newest first instead of best first.
        """
        bound = limit or -1
        if newest or not needs_words(query):
            return self._newest(query, bound)
        said = conjunction(query)
        if said is not None:
            return self._ranked(" AND ".join(said), "1", [], bound)
        condition = Condition(filters=True)
        where = condition.node(query)
        positive = [one for one in map(phrase, terms(query)) if one]
        return self._ranked(" OR ".join(positive), where, condition.values, bound)

    def _newest(self, query: Node, bound: int) -> tuple[Hit, ...]:
        phrases, rest = split(query)
        if phrases:
            return self._newest_with(" AND ".join(phrases), rest, bound)
        condition = Condition()
        where = condition.node(query)
        rows = self._db.execute(
            f"SELECT s.kind, s.ref FROM search_text AS s WHERE {where} ORDER BY s.rowid DESC LIMIT ?",
            (*condition.values, bound),
        ).fetchall()
        return tuple(Hit(kind=kind, ref=ref, rank=0.0) for kind, ref in rows)

    def _newest_with(self, match: str, rest: Node, bound: int) -> tuple[Hit, ...]:
        """The index gives its hits newest first by itself: whoever wants few reads few."""
        condition = Condition(filters=True)
        where = condition.node(rest)
        rows = self._db.execute(
            "SELECT s.kind, s.ref FROM search JOIN search_text AS s ON s.rowid = search.rowid"
            f" WHERE search MATCH ? AND {where} ORDER BY search.rowid DESC LIMIT ?",
            (match, *condition.values, bound),
        ).fetchall()
        return tuple(Hit(kind=kind, ref=ref, rank=0.0) for kind, ref in rows)

    def _ranked(self, match: str, where: str, values: Sequence[object], bound: int) -> tuple[Hit, ...]:
        rows = self._db.execute(
            f"SELECT s.kind, s.ref, -bm25(search, {_WEIGHTS}) * {_KIND_FACTOR} AS score FROM search"
            f" JOIN search_text AS s ON s.rowid = search.rowid WHERE search MATCH ? AND {where}"
            " ORDER BY score DESC, s.rowid DESC LIMIT ?",
            (match, *values, bound),
        ).fetchall()
        return tuple(Hit(kind=kind, ref=ref, rank=rank) for kind, ref, rank in rows)

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
