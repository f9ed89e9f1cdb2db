"""Arrivals: what each source gave of an item, and the names by which it is known there."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
_KNOWN = (
    "arrivals.id, arrivals.key, item, content_sha, first_seen, date_source, revisions, changes, title, url,"
    " published_at, text_sha"
)
_LASTING = frozenset({"source", "key", "item", "first_seen", "position"})
_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArrival:
    """What is needed of a stored arrival to tell whether a feed says something new.

    Attributes:
        row: Its number in the table, which survives a change of key.
        date_source: `seen` where its date was only a guess, and may be bettered.
        revisions: How often its source edited it, as far as it was counted.
        changes: At how many looks in a row it was found changed.
        published_at: Aware, UTC; None if the feed gave no date.
        text_sha: Key of its body in `texts`; None if it has none.
    """

    row: int
    key: str
    item: str
    content_sha: str
    first_seen: datetime
    date_source: str
    revisions: int
    changes: int = 0
    title: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    text_sha: str | None = None


class Arrivals:
    """The table of arrivals; gives and takes `Arrival`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def known(self, source: str, keys: Iterable[str]) -> dict[str, KnownArrival]:
        """Which of these keys and aliases a source has, by the name that found it."""
        found: dict[str, KnownArrival] = {}
        for part in _parts(keys):
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {_KNOWN}, names.name"
                " FROM (SELECT alias AS name, arrival FROM arrival_keys WHERE source = ? AND alias IN"
                f" ({marks}) UNION ALL SELECT key, id FROM arrivals WHERE source = ? AND key IN ({marks})) AS names"
                " JOIN arrivals ON arrivals.id = names.arrival",
                (source, *part, source, *part),
            ).fetchall()
            for row in rows:
                known, name = _known(row), row[-1]
                if name == known.key or name not in found:
                    found[name] = known
        return found

    def published(self, source: str, moments: Iterable[datetime]) -> dict[datetime, list[KnownArrival]]:
        """The arrivals of a source that were published at these moments, by moment."""
        asked = {stamp(at): at for at in moments}
        found: dict[datetime, list[KnownArrival]] = {}
        for part in _parts(asked):
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {_KNOWN}, published_at FROM arrivals WHERE source = ? AND published_at IN ({marks})",
                (source, *part),
            ).fetchall()
            for row in rows:
                found.setdefault(asked[row[-1]], []).append(_known(row))
        return found

    def lately(self, source: str, limit: int) -> tuple[KnownArrival, ...]:
        """The arrivals that a source brought last."""
        rows = self._db.execute(
            f"SELECT {_KNOWN} FROM arrivals WHERE source = ? ORDER BY id DESC LIMIT ?", (source, limit)
        ).fetchall()
        return tuple(_known(row) for row in rows)

    def oldest(self, source: str) -> datetime | None:
        """The oldest date that a source ever gave an item; None if it gave none."""
        (at,) = self._db.execute(
            "SELECT min(published_at) FROM arrivals WHERE source = ? AND published_at IS NOT NULL", (source,)
        ).fetchone()
        return to_moment(at)

    def add(self, arrivals: Iterable[Arrival]) -> None:
        """Store new arrivals with their aliases."""
        marks = ", ".join("?" * len(_NAMES.split(", ")))
        for arrival in arrivals:
            cursor = self._db.execute(f"INSERT INTO arrivals ({_NAMES}) VALUES ({marks})", _row(arrival))
            self._add_aliases(arrival, int(cursor.lastrowid or 0))

    def revise(self, row: int, arrival: Arrival, *, changes: int = 0) -> None:
        """Store what the source now says of an arrival that it had said otherwise; its key stays.

        Args:
            row: Which.
            arrival: As it now is.
            changes: At how many looks in a row it was found changed.
        """
        columns = [name for name in _NAMES.split(", ") if name not in _LASTING]
        cells = dict(zip(_NAMES.split(", "), _row(arrival), strict=True))
        settings = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(
            f"UPDATE arrivals SET {settings}, changes = ? WHERE id = ?",
            (*(cells[name] for name in columns), changes, row),
        )

    def date(self, row: int, published_at: datetime) -> None:
        """Give an arrival the date of its feed in place of a guess."""
        self._db.execute(
            "UPDATE arrivals SET published_at = ?, date_source = 'feed' WHERE id = ?",
            (stamp(published_at), row),
        )

    def touch(self, rows: Sequence[int], at: datetime) -> None:
        """Remember that these were still there, as they had been."""
        self._db.executemany(
            "UPDATE arrivals SET last_seen = ?, changes = 0 WHERE id = ?", [(stamp(at), row) for row in rows]
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
        for part in _parts(items):
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {_NAMES} FROM arrivals WHERE item IN ({marks}) ORDER BY first_seen, id",
                part,
            ).fetchall()
            for row in rows:
                arrival = _arrival(row)
                found[arrival.item] = (*found.get(arrival.item, ()), arrival)
        return found

    def mark_gone(self, source: str, at: datetime) -> None:
        """Of a complete document read at `at`: what was not in it is gone from it, what was in it is there."""
        self._db.execute(
            "UPDATE arrivals SET gone_at = CASE WHEN last_seen < ?2 THEN coalesce(gone_at, ?2) END"
            " WHERE source = ?1 AND (last_seen < ?2 OR gone_at IS NOT NULL)",
            (source, stamp(at)),
        )

    def gone(self, source: str) -> int:
        """How many things of a source are gone from it."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM arrivals WHERE source = ? AND gone_at IS NOT NULL", (source,)
        ).fetchone()
        return int(count)

    def last_row(self) -> int:
        """Number of the arrival that came last; 0 if none did."""
        (row,) = self._db.execute("SELECT coalesce(max(id), 0) FROM arrivals").fetchone()
        return int(row)

    def made_since(self, source: str, row: int) -> tuple[str, ...]:
        """Items that a source's arrivals after that one made, and did not find here."""
        rows = self._db.execute(
            "SELECT DISTINCT items.id FROM arrivals JOIN items ON items.id = arrivals.item"
            " WHERE arrivals.source = ?1 AND arrivals.id > ?2 AND items.source = ?1"
            " AND NOT EXISTS (SELECT 1 FROM arrivals AS other WHERE other.item = items.id AND other.id <= ?2)",
            (source, row),
        ).fetchall()
        return tuple(item for (item,) in rows)

    def count(self, source: str) -> int:
        """How many things a source brought in."""
        (count,) = self._db.execute("SELECT count(*) FROM arrivals WHERE source = ?", (source,)).fetchone()
        return int(count)

    def _add_aliases(self, arrival: Arrival, row: int) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO arrival_keys (source, alias, arrival) VALUES (?, ?, ?)",
            [(arrival.source, alias, row) for alias in arrival.aliases],
        )


def _parts(names: Iterable[str]) -> Iterator[list[str]]:
    asked = list(dict.fromkeys(names))
    return (asked[start : start + _CHUNK] for start in range(0, len(asked), _CHUNK))


def _known(row: Sequence[Any]) -> KnownArrival:
    return KnownArrival(
        row=row[0],
        key=row[1],
        item=row[2],
        content_sha=row[3],
        first_seen=moment(row[4]),
        date_source=row[5],
        revisions=row[6],
        changes=row[7],
        title=row[8],
        url=row[9],
        published_at=to_moment(row[10]),
        text_sha=row[11],
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
