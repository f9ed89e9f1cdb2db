"""Sources: what the user set, what the feed said, and how they answer."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pkm.model.source import CAPTURES, Health, Rhythm, Source, Space, Stance, Tie
from pkm.store.columns import (
    asking_text,
    moment,
    numbers,
    paths,
    stamp,
    to_asking,
    to_extras,
    to_json,
    to_moment,
    to_text,
)

_COLUMNS = (
    "id, url, title, home_url, kind, format, space, tie, stance, why, folders, private, private_host, isolate,"
    " full, key_policy, interval_s, options, extras, followed_at, muted_at, removed_at, checked_at,"
    " succeeded_at, failing_since, failures, error_kind, error, hint, trouble, next_check_at, next_because, parked_at,"
    " parked_because, gap_s, newest_at, ttl_s, skip_hours, skip_days"
)
_SETTABLE = (
    "url, title, home_url, kind, format, space, tie, stance, why, folders, private, private_host, isolate,"
    " full, key_policy, interval_s, options, extras, followed_at, muted_at, removed_at"
)


class Sources:
    """The table of sources; gives and takes `Source`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self, *, removed: bool = False) -> tuple[Source, ...]:
        """All that are followed, by title; with `removed` also those that no longer are."""
        where = "" if removed else "WHERE removed_at IS NULL"
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM sources {where} ORDER BY lower(coalesce(title, url)), id"
        ).fetchall()
        tags = self._tags()
        return tuple(_source(row, tags.get(row[0], ())) for row in rows)

    def by_id(self) -> dict[str, Source]:
        """Every source ever followed, by its id."""
        return {source.id: source for source in self.all(removed=True)}

    def get(self, source_id: str) -> Source | None:
        """The source of that id."""
        return self._one("id = ?", source_id)

    def at(self, url: str) -> Source | None:
        """The source of that address, or one that was ever asked for there."""
        found = self._one("url = ?", url)
        if found is None:
            row = self._db.execute("SELECT source FROM source_urls WHERE url = ?", (url,)).fetchone()
            found = self.get(row[0]) if row else None
        return found

    def captures(self) -> Source | None:
        """The built-in one for what is put in by hand."""
        return self._one("kind = ?", CAPTURES)

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM sources WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def save(self, source: Source) -> None:
        """Store what the user set and the feed said; the health stays as it is."""
        values = (
            source.id,
            source.url,
            source.title,
            source.home_url,
            source.kind,
            source.format,
            source.space,
            source.tie,
            source.stance,
            source.why,
            to_json(source.folders),
            int(source.private),
            int(source.private_host),
            int(source.isolate),
            source.full,
            source.key_policy,
            source.interval_s,
            asking_text(source.asking),
            to_json(source.extras),
            to_text(source.followed_at),
            to_text(source.muted_at),
            to_text(source.removed_at),
        )
        marks = ", ".join("?" * len(values))
        updates = ", ".join(f"{name} = excluded.{name}" for name in _SETTABLE.split(", "))
        self._db.execute(
            f"INSERT INTO sources (id, {_SETTABLE}) VALUES ({marks})"
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            values,
        )
        self._set_tags(source)

    def forget(self, source_id: str) -> None:
        """Drop a source that has brought nothing in (an undone follow)."""
        for table in ("source_urls", "fetches", "proposals"):
            self._db.execute(f"DELETE FROM {table} WHERE source = ?", (source_id,))
        self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))

    def has_arrivals(self, source_id: str) -> bool:
        """Whether it ever brought something in."""
        row = self._db.execute("SELECT 1 FROM arrivals WHERE source = ? LIMIT 1", (source_id,)).fetchone()
        return row is not None

    def states(self, source_id: str) -> dict[str, int]:
        """How many things it brought that are new, kept and let go."""
        rows = self._db.execute(
            "SELECT state, count(DISTINCT items.id) FROM arrivals JOIN items ON items.id = arrivals.item"
            " WHERE arrivals.source = ? GROUP BY state ORDER BY state",
            (source_id,),
        ).fetchall()
        return {str(state): int(count) for state, count in rows}

    def set_health(self, source_id: str, health: Health) -> None:
        """Store how the last request went."""
        self._db.execute(
            "UPDATE sources SET checked_at = ?, succeeded_at = ?, failing_since = ?, failures = ?, error_kind = ?,"
            " error = ?, hint = ?, trouble = ?, next_check_at = ?, next_because = ?, parked_at = ?,"
            " parked_because = ? WHERE id = ?",
            (
                to_text(health.checked_at),
                to_text(health.succeeded_at),
                to_text(health.failing_since),
                health.failures,
                health.error_kind,
                health.error,
                health.hint,
                health.trouble,
                to_text(health.next_check_at),
                health.next_because,
                to_text(health.parked_at),
                health.parked_because,
                source_id,
            ),
        )

    def set_rhythm(self, source_id: str, rhythm: Rhythm) -> None:
        """Store how often it has something new, and when it says that it has."""
        self._db.execute(
            "UPDATE sources SET gap_s = ?, newest_at = ?, ttl_s = ?, skip_hours = ?, skip_days = ? WHERE id = ?",
            (
                rhythm.gap_s,
                to_text(rhythm.newest_at),
                rhythm.ttl_s,
                to_json(rhythm.skip_hours),
                to_json(rhythm.skip_days),
                source_id,
            ),
        )

    def last_moments(self, source_id: str, *, limit: int) -> tuple[datetime, ...]:
        """When its last items appeared, the latest first: by their own date, else by when we first saw them."""
        rows = self._db.execute(
            "SELECT coalesce(min(published_at, first_seen), first_seen) AS at FROM arrivals WHERE source = ?"
            " ORDER BY at DESC LIMIT ?",
            (source_id, limit),
        ).fetchall()
        return tuple(moment(at) for (at,) in rows)

    def seen_between(
        self, sources: Iterable[str], since: datetime
    ) -> dict[str, tuple[int, datetime, datetime]]:
        """What these sources brought since a moment: how many, the oldest and the newest of all they ever brought.

        Args:
            sources: Their ids.
            since: Aware; only the count heeds it.
        """
        found: dict[str, tuple[int, datetime, datetime]] = {}
        for source in dict.fromkeys(sources):
            count, first, last = self._db.execute(
                "SELECT count(*) FILTER (WHERE coalesce(published_at, first_seen) >= ?),"
                " min(coalesce(published_at, first_seen)), max(coalesce(published_at, first_seen))"
                " FROM arrivals WHERE source = ?",
                (stamp(since), source),
            ).fetchone()
            if first is not None:
                found[source] = (count, moment(first), moment(last))
        return found

    def _one(self, where: str, *values: object) -> Source | None:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM sources WHERE {where}", values).fetchone()
        if row is None:
            return None
        tags = self._db.execute('SELECT tag FROM tags WHERE "on" = ? ORDER BY tag', (row[0],)).fetchall()
        return _source(row, tuple(tag for (tag,) in tags))

    def _tags(self) -> dict[str, tuple[str, ...]]:
        rows = self._db.execute(
            """SELECT "on", tag FROM tags WHERE "on" LIKE 's-%' ORDER BY tag"""
        ).fetchall()
        found: dict[str, tuple[str, ...]] = {}
        for source, tag in rows:
            found[source] = (*found.get(source, ()), tag)
        return found

    def _set_tags(self, source: Source) -> None:
        self._db.execute('DELETE FROM tags WHERE "on" = ?', (source.id,))
        self._db.executemany(
            'INSERT OR IGNORE INTO tags ("on", tag, fold) VALUES (?, ?, ?)', _tag_rows(source.id, source.tags)
        )


def _tag_rows(owner: str, tags: Iterable[str]) -> list[tuple[str, str, str]]:
    return [(owner, tag, tag.casefold()) for tag in tags]


def _source(row: tuple[object, ...], tags: tuple[str, ...]) -> Source:
    cells = dict(zip(_COLUMNS.split(", "), row, strict=True))
    text = {name: value if isinstance(value, str) else None for name, value in cells.items()}
    return Source(
        id=str(cells["id"]),
        url=str(cells["url"]),
        title=text["title"],
        home_url=text["home_url"],
        kind=str(cells["kind"]),
        format=text["format"],
        space=Space(text["space"]) if text["space"] else None,
        tie=Tie(text["tie"] or "unknown"),
        stance=Stance(text["stance"]) if text["stance"] else None,
        why=text["why"],
        folders=paths(text["folders"] or "[]"),
        tags=tags,
        private=bool(cells["private"]),
        private_host=bool(cells["private_host"]),
        isolate=bool(cells["isolate"]),
        full=str(cells["full"]),
        key_policy=int(str(cells["key_policy"])),
        interval_s=None if cells["interval_s"] is None else int(str(cells["interval_s"])),
        asking=to_asking(text["options"]),
        extras=to_extras(text["extras"] or "[]"),
        followed_at=to_moment(text["followed_at"]),
        muted_at=to_moment(text["muted_at"]),
        removed_at=to_moment(text["removed_at"]),
        health=Health(
            checked_at=to_moment(text["checked_at"]),
            succeeded_at=to_moment(text["succeeded_at"]),
            failing_since=to_moment(text["failing_since"]),
            failures=int(str(cells["failures"])),
            error_kind=text["error_kind"],
            error=text["error"],
            hint=text["hint"],
            trouble=text["trouble"],
            next_check_at=to_moment(text["next_check_at"]),
            next_because=text["next_because"],
            parked_at=to_moment(text["parked_at"]),
            parked_because=text["parked_because"],
        ),
        rhythm=Rhythm(
            gap_s=None if cells["gap_s"] is None else float(str(cells["gap_s"])),
            newest_at=to_moment(text["newest_at"]),
            ttl_s=None if cells["ttl_s"] is None else int(str(cells["ttl_s"])),
            skip_hours=numbers(text["skip_hours"] or "[]"),
            skip_days=numbers(text["skip_days"] or "[]"),
        ),
    )
