"""What went on while the user was away: the last act of theirs, and what the feeds showed meanwhile."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from pkm.rules.gaps import Window
from pkm.store.acts import LAST_ACT
from pkm.store.columns import moment, stamp, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A new item, as little of it as a plan needs.

    Attributes:
        source: Whose arrival it shows; None for none.
        links: In how many sources it arrived.
        put_off: The user said "later".
    """

    item: str
    source: str | None
    links: int
    put_off: bool


class Absence:
    """Questions about a stretch of time; reads alone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last_act(self) -> datetime | None:
        """When the user last decided about an item, wrote a note or shared; aware, UTC. None: never."""
        (at,) = self._db.execute(LAST_ACT).fetchone()
        return to_moment(at)

    def waiting(self, since: datetime | None) -> tuple[Waits, ...]:
        """The new items that no rule hides, newest first.

        Args:
            since: Aware; only what came in since then. None for all.
        """
        rows = self._db.execute(
            "SELECT id, source, later_at IS NOT NULL,"
            " (SELECT count(DISTINCT arrivals.source) FROM arrivals WHERE arrivals.item = items.id)"
            " FROM items WHERE state = 'new' AND hidden_by IS NULL AND first_seen >= ?"
            " ORDER BY sort_at DESC, id DESC",
            (stamp(since) if since else "",),
        ).fetchall()
        return tuple(
            Waits(item=item, source=source, links=links, put_off=bool(put_off))
            for item, source, put_off, links in rows
        )

    def decided(self, since: datetime) -> dict[str | None, int]:
        """Of how many of its items the user decided since a moment, by source.

        Args:
            since: Aware.
        """
        # `by` is said twice: with the first condition SQLite sees that the index of own decisions will do.
        rows = self._db.execute(
            "SELECT items.source, count(DISTINCT item) FROM decisions JOIN items ON items.id = decisions.item"
            " WHERE by IN ('user', 'catchup') AND by = 'user' AND at >= ? GROUP BY items.source",
            (stamp(since),),
        ).fetchall()
        return dict(rows)

    def windows(self, since: datetime) -> tuple[Window, ...]:
        """What the feeds showed since a moment, in order of time, each with its last answer before that.

        Args:
            since: Aware.
        """
        rows = self._db.execute(
            "SELECT source, at, seen, new, oldest_key, newest_key FROM fetches WHERE seen > 0"
            " AND purpose != 'backfill' AND at >= coalesce((SELECT max(at) FROM fetches AS earlier WHERE earlier.source = fetches.source"
            " AND earlier.seen > 0 AND earlier.purpose != 'backfill' AND earlier.at < ?1), ?1) ORDER BY at, id",
            (stamp(since),),
        ).fetchall()
        return tuple(
            Window(
                source=source,
                at=moment(at),
                seen=seen,
                new=new,
                oldest_at=self._dated(source, oldest),
                newest_at=self._dated(source, newest),
            )
            for source, at, seen, new, oldest, newest in rows
        )

    def _dated(self, source: str, key: str | None) -> datetime | None:
        """The date of an arrival; None if the feed gave none."""
        row = self._db.execute(
            "SELECT published_at FROM arrivals WHERE source = ?1 AND id = coalesce("
            "(SELECT id FROM arrivals WHERE source = ?1 AND key = ?2),"
            " (SELECT arrival FROM arrival_keys WHERE source = ?1 AND alias = ?2))",
            (source, key),
        ).fetchone()
        return to_moment(row[0]) if row else None
