"""Arrivals: what each source gave of an item, and the names by which it is known there."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.model.item import Arrival
from pkm.rules.pointers import via_text
from pkm.store.columns import (
    enclosures_text,
    moment,
    names,
    stamp,
    to_enclosures,
    to_json,
    to_moment,
    to_text,
    to_via,
)

_NAMES = (
    "source, key, item, title, url, authors, published_at, updated_at, date_source, first_seen, last_seen,"
    " position, content_sha, text_sha, comments_url, via, hat_tip, enclosures, tags, language, revisions"
)
_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArrival:
    """What is needed of a stored arrival to tell whether a feed says something new.

    Attributes:
        row: Its number in the table, which survives a change of key.
        date_source: `seen` where its date was only a guess, and may be bettered.
    """

    row: int
    key: str
    item: str
    content_sha: str
    first_seen: datetime
    date_source: str
    revisions: int


class Arrivals:
    """The table of arrivals; gives and takes `Arrival`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def known(self, source: str, keys: Iterable[str]) -> dict[str, KnownArrival]:
        """Which of these keys and aliases a source has, by the name that found it."""
        found: dict[str, KnownArrival] = {}
        asked = list(dict.fromkeys(keys))
        for start in range(0, len(asked), _CHUNK):
            part = asked[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                "SELECT names.name, arrivals.id, arrivals.key, item, content_sha, first_seen, date_source, revisions"
                " FROM (SELECT alias AS name, arrival FROM arrival_keys WHERE source = ? AND alias IN"
                f" ({marks}) UNION ALL SELECT key, id FROM arrivals WHERE source = ? AND key IN ({marks})) AS names"
                " JOIN arrivals ON arrivals.id = names.arrival",
                (source, *part, source, *part),
            ).fetchall()
            for name, row, key, item, sha, seen, dated, revisions in rows:
                known = KnownArrival(
                    row=row,
                    key=key,
                    item=item,
                    content_sha=sha,
                    first_seen=moment(seen),
                    date_source=dated,
                    revisions=revisions,
                )
                if name == key or name not in found:
                    found[name] = known
        return found

    def buried(self, source: str) -> set[str]:
        """Keys of the source that were pruned and must not come back."""
        rows = self._db.execute("SELECT key FROM tombstones WHERE source = ?", (source,)).fetchall()
        return {key for (key,) in rows}

    def add(self, arrivals: Iterable[Arrival]) -> None:
        """Store new arrivals with their aliases."""
        marks = ", ".join("?" * len(_NAMES.split(", ")))
        for arrival in arrivals:
            cursor = self._db.execute(f"INSERT INTO arrivals ({_NAMES}) VALUES ({marks})", _row(arrival))
            self._add_aliases(arrival, int(cursor.lastrowid or 0))

    def revise(self, row: int, arrival: Arrival) -> None:
        """Store what the source now says of an arrival that it had said otherwise."""
        columns = [name for name in _NAMES.split(", ") if name not in {"source", "item", "first_seen"}]
        cells = dict(zip(_NAMES.split(", "), _row(arrival), strict=True))
        settings = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE arrivals SET {settings} WHERE id = ?",
            (*(cells[name] for name in columns), row),
        )
        self._add_aliases(arrival, row)

    def touch(self, rows: Sequence[int], at: datetime) -> None:
        """Remember that these were still there."""
        self._db.executemany(
            "UPDATE arrivals SET last_seen = ? WHERE id = ?", [(stamp(at), row) for row in rows]
        )

    def of_item(self, item: str) -> tuple[Arrival, ...]:
        """The arrivals of an item, first seen first."""
        rows = self._db.execute(
            f"SELECT {_NAMES} FROM arrivals WHERE item = ? ORDER BY first_seen, id",
            (item,),
        ).fetchall()
        return tuple(_arrival(row) for row in rows)

    def of_items(self, items: Sequence[str]) -> dict[str, tuple[Arrival, ...]]:
        """The arrivals of many items."""
        found: dict[str, tuple[Arrival, ...]] = {}
        for start in range(0, len(items), _CHUNK):
            part = items[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {_NAMES} FROM arrivals WHERE item IN ({marks}) ORDER BY first_seen, id",
                part,
            ).fetchall()
            for row in rows:
                arrival = _arrival(row)
                found[arrival.item] = (*found.get(arrival.item, ()), arrival)
        return found

    def count(self, source: str) -> int:
        """How many things a source brought in."""
        (count,) = self._db.execute("SELECT count(*) FROM arrivals WHERE source = ?", (source,)).fetchone()
        return int(count)

    def _add_aliases(self, arrival: Arrival, row: int) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO arrival_keys (source, alias, arrival) VALUES (?, ?, ?)",
            [(arrival.source, alias, row) for alias in arrival.aliases],
        )


def _row(arrival: Arrival) -> tuple[object, ...]:
    return (
        arrival.source,
        arrival.key,
        arrival.item,
        arrival.title,
        arrival.url,
        to_json(arrival.authors),
        to_text(arrival.published_at),
        to_text(arrival.updated_at),
        arrival.date_source,
        stamp(arrival.first_seen),
        stamp(arrival.last_seen),
        arrival.position,
        arrival.content_sha,
        arrival.text_sha,
        arrival.comments_url,
        via_text(arrival.via),
        arrival.hat_tip,
        enclosures_text(arrival.enclosures),
        to_json(arrival.tags),
        arrival.language,
        arrival.revisions,
    )


def _arrival(row: Sequence[str]) -> Arrival:
    return Arrival(
        source=row[0],
        key=row[1],
        item=row[2],
        title=row[3],
        url=row[4],
        authors=names(row[5]),
        published_at=to_moment(row[6]),
        updated_at=to_moment(row[7]),
        date_source=row[8],
        first_seen=moment(row[9]),
        last_seen=moment(row[10]),
        position=int(row[11]),
        content_sha=row[12],
        text_sha=row[13],
        comments_url=row[14],
        via=to_via(row[15]),
        hat_tip=row[16],
        enclosures=to_enclosures(row[17]),
        tags=names(row[18]),
        language=row[19],
        revisions=int(row[20]),
    )
