"""The names by which sources call their arrivals: keys, aliases, and names that tell nothing apart."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pkm.store.columns import to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An arrival with all its names.

    Attributes:
        row: Its number in the table.
        published_at: Aware, UTC; None if the feed gave no date.
    """

    row: int
    key: str
    aliases: tuple[str, ...]
    title: str | None
    published_at: datetime | None


class ArrivalNames:
    """The tables of aliases and of shared names, and the keys of arrivals."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def learn(self, source: str, row: int, names: Iterable[str]) -> None:
        """Let further names lead to an arrival; one that leads to another stays with it."""
        self._db.executemany(
            "INSERT OR IGNORE INTO arrival_keys (source, alias, arrival) VALUES (?, ?, ?)",
            [(source, name, row) for name in names],
        )

    def rekey(self, source: str, row: int, key: str) -> None:
        """Give an arrival another key; the old one becomes an alias."""
        (old,) = self._db.execute("SELECT key FROM arrivals WHERE id = ?", (row,)).fetchone()
        self._db.execute("DELETE FROM arrival_keys WHERE source = ? AND alias = ?", (source, key))
        self._db.execute("UPDATE arrivals SET key = ? WHERE id = ?", (key, row))
        self.learn(source, row, [old])

    def shared(self, source: str) -> set[str]:
        """Names that two things of one document of the source bore."""
        rows = self._db.execute("SELECT name FROM shared_keys WHERE source = ?", (source,)).fetchall()
        return {name for (name,) in rows}

    def share(self, source: str, names: Iterable[str]) -> None:
        """Remember that these names tell nothing apart."""
        self._db.executemany(
            "INSERT OR IGNORE INTO shared_keys (source, name) VALUES (?, ?)",
            [(source, name) for name in names],
        )

    def policy(self, source: str) -> int:
        """Under which key policy the keys of its arrivals were made."""
        row = self._db.execute("SELECT keyed_by FROM sources WHERE id = ?", (source,)).fetchone()
        return int(row[0]) if row else 0

    def set_policy(self, source: str, policy: int) -> None:
        """Remember under which key policy the keys of its arrivals now are."""
        self._db.execute("UPDATE sources SET keyed_by = ? WHERE id = ?", (policy, source))

    def of(self, source: str) -> tuple[Named, ...]:
        """Every arrival of a source with its names, first stored first."""
        aliases: dict[int, tuple[str, ...]] = {}
        for row, alias in self._db.execute(
            "SELECT arrival, alias FROM arrival_keys WHERE source = ? ORDER BY alias", (source,)
        ).fetchall():
            aliases[row] = (*aliases.get(row, ()), alias)
        rows = self._db.execute(
            "SELECT id, key, title, published_at FROM arrivals WHERE source = ? ORDER BY id", (source,)
        ).fetchall()
        return tuple(
            Named(row=row, key=key, aliases=aliases.get(row, ()), title=title, published_at=to_moment(at))
            for row, key, title, at in rows
        )
