"""The links between the notes, and what notes were called before."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from pkm.rules.linkgraph import LinkGraph
from pkm.rules.resolve import Named, Names
from pkm.store.columns import names
from pkm.store.notes import to_link


class Links:
    """What links name, and where they stand; of notes whose files are there."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def named(self) -> tuple[Named, ...]:
        """What every note can be linked by, in the order of their paths."""
        rows = self._db.execute(
            "SELECT id, path, title, aliases FROM notes WHERE missing_since IS NULL ORDER BY path"
        ).fetchall()
        return tuple(
            Named(id=note, path=path, title=title, aliases=names(aliases))
            for note, path, title, aliases in rows
        )

    def former(self) -> tuple[Named, ...]:
        """What notes were called before, with the id that each has now."""
        rows = self._db.execute("SELECT note, path, title FROM note_formers ORDER BY path, note").fetchall()
        return tuple(Named(id=note, path=path, title=title) for note, path, title in rows)

    def bodies(self) -> Iterator[tuple[str, str]]:
        """The id and the text of every note."""
        rows = self._db.execute("SELECT id, body FROM notes WHERE missing_since IS NULL ORDER BY path")
        yield from rows

    def marked(self, word: str, roots: Sequence[str] = ()) -> frozenset[str]:
        """Ids of the notes that are `orphan` (no note links there), `deadend` (link to none) or `broken`.

        Raises:
            KeyError: It is none of these words.
        """
        graph = self.graph(roots)
        return {"orphan": graph.orphans, "deadend": graph.dead_ends, "broken": graph.broken}[word]()

    def any_relation(self) -> bool:
        """Whether any link says how its note stands to the other one."""
        row = self._db.execute("SELECT EXISTS (SELECT 1 FROM links WHERE rel IS NOT NULL)").fetchone()
        return bool(row[0])

    def graph(self, roots: Sequence[str] = ()) -> LinkGraph:
        """All links with what they mean.

        Args:
            roots: Adopted folders: each a vault of its own, whose links mean its own notes first.
        """
        rows = self._db.execute(
            "SELECT note, target, anchor, label, rel, line, form FROM links ORDER BY note, position"
        )
        by_note = groupby(rows, key=itemgetter(0))
        return LinkGraph(
            names=Names(self.named(), roots=roots),
            links={note: tuple(to_link(row[1:]) for row in found) for note, found in by_note},
        )
