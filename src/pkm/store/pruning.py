"""Items that nobody needs any more: found, taken out whole with all that hangs on them, and put back."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from pkm.store.columns import stamp

_CHUNK = 400
Row = tuple[str, dict[str, Any]]
"""A table's name, and the cells of one of its rows by column."""

# What hangs on an item: table, and the condition that finds its rows for a list of ids. In the order of putting back.
_HANGING: Final = (
    ("texts", "sha IN (SELECT text_sha FROM items WHERE id IN ({0}))"),
    ("texts", "sha IN (SELECT text_sha FROM arrivals WHERE item IN ({0}))"),
    (
        "texts",
        "sha IN (SELECT versions.text_sha FROM versions JOIN arrivals ON arrivals.id = arrival WHERE item IN ({0}))",
    ),
    (
        "texts",
        "sha IN (SELECT text_sha FROM page_texts WHERE url IN (SELECT url FROM items WHERE id IN ({0})))",
    ),
    ("items", "id IN ({0})"),
    ("page_texts", "url IN (SELECT url FROM items WHERE id IN ({0}))"),
    ("item_urls", "item IN ({0})"),
    ("item_ids", "id IN ({0})"),
    ("arrivals", "item IN ({0})"),
    ("arrival_keys", "arrival IN (SELECT id FROM arrivals WHERE item IN ({0}))"),
    ("versions", "arrival IN (SELECT id FROM arrivals WHERE item IN ({0}))"),
    ("decisions", "item IN ({0})"),
    ("tags", '"on" IN ({0})'),
)
_REMOVED: Final = (
    "versions",
    "arrival_keys",
    "arrivals",
    "item_urls",
    "item_ids",
    "decisions",
    "tags",
    "page_texts",
)
_WORTHLESS: Final = """
    sort_at < ?1 AND first_seen < ?1 AND stub = 0 AND later_at IS NULL AND kept_at IS NULL AND state != 'kept'
    AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.item = items.id AND event IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM note_items WHERE note_items.item = items.id)
    AND NOT EXISTS (SELECT 1 FROM quotes WHERE quotes.item = items.id)
    AND NOT EXISTS (SELECT 1 FROM shares WHERE shares.item = items.id)
    AND NOT EXISTS (SELECT 1 FROM tags WHERE "on" = items.id AND by = 'user')
    AND NOT EXISTS (SELECT 1 FROM arrivals JOIN sources ON sources.id = arrivals.source
                    WHERE arrivals.item = items.id AND sources.kind = 'captures')
"""
"""SQL: an item of which the user made nothing: no keep, no note, quote, tag, share or capture, ever."""


class Pruning:
    """Questions and statements over all tables that hold a part of an item."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def candidates(self, before: datetime, *, undecided: bool) -> tuple[str, ...]:
        """Ids of items that may go: let go, or hidden by a rule, and nothing was made of them.

        Args:
            before: Aware; older than this, by date and by first sight.
            undecided: Also those that nobody has decided about.
        """
        state = "1" if undecided else "(state = 'let-go' OR hidden_by IS NOT NULL)"
        rows = self._db.execute(
            f"SELECT id FROM items WHERE {_WORTHLESS} AND {state} ORDER BY id", (stamp(before),)
        ).fetchall()
        return tuple(item for (item,) in rows)

    def size(self, items: Sequence[str]) -> int:
        """About how many bytes they take: their texts, twice in the index."""
        total = 0
        for marks, part in _parts(items):
            (size,) = self._db.execute(
                "SELECT coalesce(sum(length(title) + length(tags) + length(body)), 0) FROM search_text"
                f" WHERE kind = 'item' AND ref IN ({marks})",
                part,
            ).fetchone()
            (texts,) = self._db.execute(
                "SELECT coalesce(sum(length(html) + length(text)), 0) FROM texts WHERE sha IN"
                f" (SELECT text_sha FROM items WHERE id IN ({marks}))",
                part,
            ).fetchone()
            total += int(size) + int(texts)
        return total

    def by_source(self, items: Sequence[str]) -> dict[str, int]:
        """How many of them came from which source."""
        counts: dict[str, int] = {}
        for marks, part in _parts(items):
            rows = self._db.execute(
                f"SELECT source, count(*) FROM items WHERE id IN ({marks}) AND source IS NOT NULL GROUP BY source",
                part,
            )
            for source, count in rows.fetchall():
                counts[source] = counts.get(source, 0) + count
        return counts

    def texts(self, items: Sequence[str]) -> tuple[str, ...]:
        """Keys of all their bodies: shown, of each arrival, and of earlier versions."""
        return tuple(dict.fromkeys(sha for marks, part in _parts(items) for sha in self._texts(marks, part)))

    def rows(self, items: Sequence[str]) -> Iterator[Row]:
        """Every row that hangs on these items; parents first within each part."""
        for marks, part in _parts(items):
            for table, condition in _HANGING:
                cursor = self._db.execute(f"SELECT * FROM {table} WHERE {condition.format(marks)}", part)
                names = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    yield table, dict(zip(names, row, strict=True))

    def remove(self, items: Sequence[str]) -> None:
        """Take items out with all that hangs on them; their texts go where nothing else shows them.

        The search index is the caller's: it must be told the old words first.
        """
        for marks, part in _parts(items):
            shas = self._texts(marks, part)
            conditions = dict(_HANGING)
            for table in _REMOVED:
                self._db.execute(f"DELETE FROM {table} WHERE {conditions[table].format(marks)}", part)
            self._db.execute(f"DELETE FROM items WHERE id IN ({marks})", part)
            self._forget_texts(shas)

    def _texts(self, marks: str, part: Sequence[str]) -> list[str]:
        return [
            sha
            for table, condition in _HANGING
            if table == "texts"
            for (sha,) in self._db.execute(
                f"SELECT sha FROM texts WHERE {condition.format(marks)}", part
            ).fetchall()
        ]

    def _forget_texts(self, shas: Sequence[str]) -> None:
        self._db.executemany(
            "DELETE FROM texts WHERE sha = ?1 AND NOT EXISTS (SELECT 1 FROM arrivals WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM items WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM versions WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM page_texts WHERE text_sha = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM quotes WHERE text_sha = ?1)",
            [(sha,) for sha in dict.fromkeys(shas)],
        )

    def put_back(self, rows: Iterable[Row]) -> tuple[str, ...]:
        """Put rows back that `rows` gave; ids of the items. What came in anew meanwhile stays as it is."""
        items: list[str] = []
        arrivals: dict[int, int | None] = {}
        for table, cells in rows:
            if table == "arrivals":
                arrivals[int(cells.pop("id"))] = self._insert(table, cells)
                continue
            if table in {"arrival_keys", "versions"}:
                cells["arrival"] = arrivals.get(int(cells["arrival"]))
                if cells["arrival"] is None:
                    continue
            if table == "decisions":
                cells |= {"command": None, "arrival": None}
                del cells["id"]
            if self._insert(table, cells) is not None and table == "items":
                items.append(str(cells["id"]))
        return tuple(items)

    def _insert(self, table: str, cells: dict[str, Any]) -> int | None:
        """The number of the row; None if one like it is there, or what it hangs on is not."""
        known = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})").fetchall()}
        kept = {name: cell for name, cell in cells.items() if name in known}
        names = ", ".join(f'"{name}"' for name in kept)
        marks = ", ".join("?" * len(kept))
        cursor = self._db.execute(
            f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", tuple(kept.values())
        )
        return int(cursor.lastrowid or 0) if cursor.rowcount else None

    def compact(self) -> None:
        """Give back to the disk what is free in the file, and leave no deleted byte in it; outside a transaction."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def to_line(row: Row) -> str:
    """A row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def of_line(line: str) -> Row:
    """The row of such a line."""
    table, cells = json.loads(line)
    return str(table), dict(cells)


def _parts(items: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for start in range(0, len(items), _CHUNK):
        part = tuple(items[start : start + _CHUNK])
        yield ", ".join("?" * len(part)), part
