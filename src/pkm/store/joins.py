"""Two items that turned out to be one: everything of the one becomes the other's."""

import sqlite3
from typing import Final

MOVED: Final = ("arrivals", "decisions", "item_urls", "quotes", "shares", "awaited", "tombstones")
"""Tables whose rows simply go over; of `note_items` and `tags` what both have is kept once."""


class Joins:
    """Moves the rows of one item to another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def absorb(self, loser: str, winner: str) -> None:
        """Give an item all that another one has; the other's id leads to it from now on."""
        for table in MOVED:
            self._db.execute(f"UPDATE {table} SET item = ? WHERE item = ?", (winner, loser))
        self._db.execute("UPDATE OR IGNORE note_items SET item = ? WHERE item = ?", (winner, loser))
        self._db.execute("DELETE FROM note_items WHERE item = ?", (loser,))
        self._db.execute('UPDATE OR IGNORE tags SET "on" = ? WHERE "on" = ?', (winner, loser))
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (loser,))
        self._db.execute("UPDATE item_ids SET id = ? WHERE id = ?", (winner, loser))
        self._db.execute("INSERT OR REPLACE INTO item_ids (old, id) VALUES (?, ?)", (loser, winner))
        self._db.execute("UPDATE changes SET ref = ? WHERE ref = ?", (winner, loser))
        self._db.execute("DELETE FROM items WHERE id = ?", (loser,))
