"""What went on while the user was away: the last act of theirs, and what the feeds showed meanwhile."""

import sqlite3
from datetime import datetime

from pkm.rules.gaps import Window
from pkm.store.columns import moment, stamp, to_moment

LAST_ACT = (
    "SELECT max(at) FROM (SELECT max(at) AS at FROM decisions WHERE by IN ('user', 'catchup')"
    " UNION ALL SELECT max(modified_at) FROM notes"
    " UNION ALL SELECT max(at) FROM shares)"
)
"""SQL: when the user last decided, wrote or shared."""


class Absence:
    """Questions about a stretch of time; reads alone."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last_act(self) -> datetime | None:
        """When the user last decided about an item, wrote a note or shared; aware, UTC. None: never."""
        (at,) = self._db.execute(LAST_ACT).fetchone()
        return to_moment(at)

    def windows(self, since: datetime) -> tuple[Window, ...]:
        """What the feeds showed since a moment, in order of time, each with its last answer before that.

        Args:
            since: Aware.
        """
        rows = self._db.execute(
            "SELECT source, at, seen, new, oldest_key, newest_key FROM fetches WHERE seen > 0"
            " AND at >= coalesce((SELECT max(at) FROM fetches AS earlier WHERE earlier.source = fetches.source"
            " AND earlier.seen > 0 AND earlier.at < ?1), ?1) ORDER BY at, id",
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
