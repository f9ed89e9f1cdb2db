"""What waits, by cheap counts: for `pkm` alone, which must answer at once and change nothing."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pkm.store.acts import LAST_ACT
from pkm.store.database import connect_to_read, told
from pkm.store.worded import UNSENSED, WORDED

_FAILURES = 3  # fewer are likely to pass
_SHIFT = timedelta(days=1)  # a first wait is up to a tenth longer than a week
_SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits at each step of the loop.

    Attributes:
        sources: How many are followed.
        new: Items that nobody has decided about yet.
        new_sources: From how many sources they come.
        troubled: Sources that keep failing: a person has to look.
        pulled_at: Aware, UTC; None if nothing was ever pulled.
        unsensed: Kept items without own words.
        notes_since: Notes with own words made since the moment asked for.
        ready: Notes that gained own words since then (or since the last edition, if that is longer ago), may
            go to the audience and stood in no edition to it.
        drafts: Open drafts.
        to_meet: An earlier note was never met again, and nothing was answered since yesterday.
        shared_at: Aware, UTC; when an edition last went to the audience. None: never.
        matched: Open questions that new items matched since the last look: id, title, how many items.
        last_act: Aware, UTC; when the user last decided, wrote or shared. None: never.
    """

    sources: int = 0
    new: int = 0
    new_sources: int = 0
    troubled: int = 0
    pulled_at: datetime | None = None
    unsensed: int = 0
    notes_since: int = 0
    ready: int = 0
    drafts: int = 0
    to_meet: bool = False
    shared_at: datetime | None = None
    matched: tuple[tuple[str, str, int], ...] = ()
    last_act: datetime | None = None


def look(path: Path, *, since: datetime, audience: str, level: int) -> Waiting:
    """Count what waits; the file is opened for reading alone.

    Args:
        path: The store, of the version that we know.
        since: Aware; notes made since then are counted.
        audience: Name of the audience whose next edition is asked about.
        level: Its level; notes of this one and wider may go to it.

    Raises:
        Busy, StoreDamaged: As they say.
    """
    with told(), closing(connect_to_read(path)) as connection:
        return count(connection, since=since, audience=audience, level=level)


def count(connection: sqlite3.Connection, *, since: datetime, audience: str, level: int) -> Waiting:
    """The same on an open store."""

    def one(statement: str, *values: object) -> tuple[int | str | None, ...]:
        row: tuple[int | str | None, ...] = connection.execute(statement, values).fetchone()
        return row

    since_text = _stamp(since)
    new, new_sources = one(
        # Named, since the planner prefers the index of states, and that costs a look at every row: 20 ms for 3.
        "SELECT coalesce(sum(waiting), 0), count(source) FROM (SELECT source, count(*) AS waiting FROM items"
        " INDEXED BY items_waiting WHERE state = 'new' AND hidden_by IS NULL GROUP BY source)"
    )
    sources, troubled, pulled = one(
        "SELECT count(*), coalesce(sum(failures >= ? AND muted_at IS NULL), 0), max(checked_at) FROM sources"
        " WHERE removed_at IS NULL AND kind = 'feed'",
        _FAILURES,
    )
    (unsensed,) = one(f"SELECT count(*) FROM items WHERE {UNSENSED}")
    (notes_since,) = one(
        f"SELECT count(*) FROM notes WHERE {WORDED} AND created_at >= ?",
        since_text,
    )
    (shared,) = one(
        "SELECT max(at) FROM shares WHERE audience = ? AND state = 'sent' AND edition IS NOT NULL", audience
    )
    begun = min(since_text, str(shared or since_text))
    (ready,) = one(
        f"SELECT count(*) FROM notes WHERE {WORDED} AND problem IS NULL"
        " AND rowid IN (SELECT rowid FROM notes WHERE created_at >= ?3"
        " UNION SELECT rowid FROM notes WHERE modified_at >= ?3)"
        " AND level >= ?1 AND (only = '[]' OR ?2 = 'self' OR EXISTS (SELECT 1 FROM json_each(only) WHERE value = ?2))"
        " AND id NOT IN (SELECT note FROM shares WHERE audience = ?2 AND state = 'sent'"
        " AND edition IS NOT NULL AND note IS NOT NULL)",
        level,
        audience,
        begun,
    )
    (to_meet,) = one(
        f"SELECT EXISTS (SELECT 1 FROM notes WHERE {WORDED} AND created_at < ?1"
        " AND id NOT IN (SELECT ref FROM revisits))"
        " AND NOT EXISTS (SELECT 1 FROM revisits WHERE at >= ?2)",
        _stamp(since - _SHIFT),
        _stamp(since + _SIX_DAYS),
    )
    (drafts,) = one("SELECT count(*) FROM digests WHERE state = 'draft'")
    (asked,) = one("SELECT count(*) FROM notes WHERE kind = 'question'")
    (last_act,) = one(LAST_ACT)
    return Waiting(
        sources=_number(sources),
        new=_number(new),
        new_sources=_number(new_sources),
        troubled=_number(troubled),
        pulled_at=_moment(pulled),
        unsensed=_number(unsensed),
        notes_since=_number(notes_since),
        ready=_number(ready),
        drafts=_number(drafts),
        to_meet=bool(to_meet),
        shared_at=_moment(shared),
        matched=_matched(connection) if asked else (),
        last_act=_moment(last_act),
    )


def _matched(connection: sqlite3.Connection) -> tuple[tuple[str, str, int], ...]:
    # Loaded only for those who ask questions: reading one takes the rules of queries.
    from pkm.rules.steering import steer  # noqa: PLC0415 - as above
    from pkm.store.questions import Questions  # noqa: PLC0415 - as above

    questions = Questions(connection)
    looks = questions.looks()
    rows = ((one, looks[one.id][1] if one.id in looks else 0) for one in questions.open())
    counted = (
        (one.id, one.title, len(questions.waiting([steer(one.title, one.words)], after=row)[0]))
        for one, row in rows
    )
    return tuple(row for row in counted if row[2])


def _number(cell: int | str | None) -> int:
    return cell if isinstance(cell, int) else 0


def _moment(cell: int | str | None) -> datetime | None:
    return datetime.fromisoformat(cell) if isinstance(cell, str) else None


def _stamp(moment: datetime) -> str:
    """As `columns.stamp`, which would load every noun."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
