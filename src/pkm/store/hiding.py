"""What rules keep out of view, and what the user showed again."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.store.columns import to_moment, to_text

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Whether an item is in view.

    Attributes:
        hidden_by: Name of the rule that hides it; None if it is in view.
        shown_at: Aware, UTC; when the user showed it again: no rule hides it from then on. None: never.
    """

    hidden_by: str | None = None
    shown_at: datetime | None = None


class Hiding:
    """Two columns of the table of items."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def views(self, items: Sequence[str]) -> dict[str, View]:
        """Whether these items are in view."""
        found: dict[str, View] = {}
        for start in range(0, len(items), _CHUNK):
            part = items[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT id, hidden_by, shown_at FROM items WHERE id IN ({marks})", part
            ).fetchall()
            found.update((row[0], View(hidden_by=row[1], shown_at=to_moment(row[2]))) for row in rows)
        return found

    def set(self, views: Iterable[tuple[str, View]]) -> None:
        """Bring items into view or out of it."""
        self._db.executemany(
            "UPDATE items SET hidden_by = ?, shown_at = ? WHERE id = ?",
            [(view.hidden_by, to_text(view.shown_at), item) for item, view in views],
        )

    def by(self, rule: str) -> tuple[str, ...]:
        """Ids of the items that a rule of this name hides, newest first."""
        rows = self._db.execute(
            "SELECT id FROM items WHERE hidden_by = ? ORDER BY sort_at DESC, id DESC", (rule,)
        ).fetchall()
        return tuple(item for (item,) in rows)

    def counts(self) -> dict[str, int]:
        """How many items each rule hides now, by its name."""
        rows = self._db.execute(
            "SELECT hidden_by, count(*) FROM items WHERE hidden_by IS NOT NULL GROUP BY hidden_by"
        )
        return dict(rows.fetchall())

    def decided(self) -> dict[str, int]:
        """How many items each rule ever kept or let go, by its name."""
        rows = self._db.execute("SELECT reason, count(*) FROM decisions WHERE by = 'rule' GROUP BY reason")
        return {name: count for name, count in rows.fetchall() if name is not None}
