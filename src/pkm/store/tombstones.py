"""What was pruned, so that no feed brings it back: the names of its arrivals and its addresses."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from pkm.store.columns import stamp

_CHUNK = 400


class Tombstones:
    """The table of tombstones: one row a name by which a source may bring a pruned item again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def bury(self, items: Sequence[str], *, at: datetime) -> None:
        """Remember every name of these items; called before their rows go.

        Args:
            items: Their ids.
            at: Aware; when they were pruned.
        """
        rows = [(item, stamp(at)) for item in items]
        # The address leads to the item alone: one that several items of a source bear (a home page) is not named.
        self._db.executemany(
            "INSERT OR REPLACE INTO tombstones (source, key, match_url, at, item) SELECT arrivals.source, arrivals.key,"
            " (SELECT min(match_url) FROM item_urls WHERE item = ?1), ?2, ?1 FROM arrivals WHERE item = ?1",
            rows,
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO tombstones (source, key, at, item) SELECT arrivals.source, alias, ?2, ?1"
            " FROM arrival_keys JOIN arrivals ON arrivals.id = arrival_keys.arrival WHERE item = ?1",
            rows,
        )
        # An address without an arrival, and every further address of the item.
        self._db.executemany(
            "INSERT OR IGNORE INTO tombstones (source, key, match_url, at, item)"
            " SELECT '', 'u:' || match_url, match_url, ?2, ?1 FROM item_urls WHERE item = ?1",
            rows,
        )

    def dig_up(self, items: Sequence[str]) -> None:
        """Forget that these items were pruned: they are put back, or may come back."""
        self._db.executemany("DELETE FROM tombstones WHERE item = ?", [(item,) for item in items])

    def buried(self, source: str, names: Iterable[str]) -> set[str]:
        """Which of these keys and aliases of a source were names of something that was pruned."""
        return self._which("SELECT key FROM tombstones WHERE source = ? AND key IN ({})", (source,), names)

    def buried_urls(self, match_urls: Iterable[str]) -> set[str]:
        """Which of these comparison addresses were those of something that was pruned, in any source."""
        return self._which("SELECT match_url FROM tombstones WHERE match_url IN ({})", (), match_urls)

    def any(self) -> bool:
        """Whether anything was ever pruned."""
        return self._db.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is not None

    def _which(self, statement: str, before: tuple[str, ...], names: Iterable[str]) -> set[str]:
        asked = list(dict.fromkeys(names))
        found: set[str] = set()
        for start in range(0, len(asked), _CHUNK):
            part = asked[start : start + _CHUNK]
            rows = self._db.execute(statement.format(", ".join("?" * len(part))), (*before, *part))
            found.update(name for (name,) in rows)
        return found
