"""All tags, whatever bears them."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCount:
    """A tag and how much bears it, itself; what bears a tag below it is not counted in.

    Attributes:
        tag: In the way of writing that is used most.
    """

    tag: str
    notes: int = 0
    items: int = 0
    sources: int = 0
    quotes: int = 0

    @property
    def all(self) -> int:
        """How much bears it in all."""
        return self.notes + self.items + self.sources + self.quotes


class Tags:
    """The table of tags, read across what bears them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def counts(self) -> tuple[TagCount, ...]:
        """Every tag in use, by name; those of notes whose files are gone apart."""
        rows = self._db.execute(
            'SELECT fold, tag, substr("on", 1, 1), count(*) FROM tags'
            ' WHERE "on" NOT IN (SELECT id FROM notes WHERE missing_since IS NOT NULL)'
            " GROUP BY fold, tag, 3 ORDER BY fold, 4 DESC, tag"
        ).fetchall()
        found: dict[str, dict[str, int]] = {}
        written: dict[str, str] = {}
        for fold, tag, kind, count in rows:
            written.setdefault(fold, tag)
            kinds = found.setdefault(fold, {})
            kinds[kind] = kinds.get(kind, 0) + count
        return tuple(
            TagCount(
                tag=written[fold],
                notes=kinds.get("n", 0),
                items=kinds.get("i", 0),
                sources=kinds.get("s", 0),
                quotes=kinds.get("h", 0),
            )
            for fold, kinds in found.items()
        )

    def bearers(self, tag: str) -> tuple[str, ...]:
        """Ids of all that bear a tag or one below it."""
        fold = tag.casefold()
        below = fold.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "/%"
        rows = self._db.execute(
            'SELECT DISTINCT "on" FROM tags WHERE fold = ? OR fold LIKE ? ESCAPE ? ORDER BY "on"',
            (fold, below, "\\"),
        ).fetchall()
        return tuple(owner for (owner,) in rows)

    def of(self, owner: str) -> tuple[str, ...]:
        """The tags of one thing."""
        rows = self._db.execute('SELECT tag FROM tags WHERE "on" = ? ORDER BY tag', (owner,)).fetchall()
        return tuple(tag for (tag,) in rows)

    def by_rule(self, owner: str) -> tuple[str, ...]:
        """Those that the user's rules gave to one item."""
        rows = self._db.execute(
            'SELECT tag FROM tags WHERE "on" = ? AND by = ? ORDER BY tag', (owner, "rule")
        ).fetchall()
        return tuple(tag for (tag,) in rows)

    def put(self, owner: str, tags: Iterable[str]) -> None:
        """Let the user's tags stand on an item or a quote; one that is there stays as it is written."""
        self._db.executemany(
            'INSERT OR IGNORE INTO tags ("on", tag, fold) VALUES (?, ?, ?)',
            [(owner, tag, tag.casefold()) for tag in tags],
        )

    def take(self, owner: str, tags: Iterable[str]) -> None:
        """Take tags off an item or a quote, whoever gave them."""
        self._db.executemany(
            'DELETE FROM tags WHERE "on" = ? AND fold = ?', [(owner, tag.casefold()) for tag in tags]
        )
