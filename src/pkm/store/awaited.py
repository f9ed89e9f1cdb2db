"""Stubs that will come in: which item a key of a source is, by the word of the user's files."""

import sqlite3


class Awaited:
    """The table of keys under which items that only files know are expected."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, source_url: str, key: str, item: str) -> None:
        """Expect an item under a key of the source at that address."""
        self._db.execute(
            "INSERT OR REPLACE INTO awaited (source_url, key, item) VALUES (?, ?, ?)", (source_url, key, item)
        )

    def of(self, source_url: str) -> dict[str, str]:
        """The items that are expected of a source, by key."""
        rows = self._db.execute(
            "SELECT key, item FROM awaited WHERE source_url = ?", (source_url,)
        ).fetchall()
        return dict(rows)

    def came_in(self, item: str) -> None:
        """An item is here: nothing more is expected of it."""
        self._db.execute("DELETE FROM awaited WHERE item = ?", (item,))
