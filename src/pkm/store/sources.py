"""Sources and what their addresses gave us to ask with."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pkm.model.source import CAPTURES, Health, Source, Space, Stance, Tie, Validators
from pkm.store.columns import moment, paths, stamp, to_json, to_moment, to_text

_COLUMNS = (
    "id, url, title, home_url, kind, format, space, tie, stance, why, folders, private, private_host, isolate,"
    " full, key_policy, followed_at, muted_at, removed_at, checked_at, succeeded_at, failing_since, failures,"
    " error_kind, error, hint, next_check_at"
)
_SETTABLE = (
    "url, title, home_url, kind, format, space, tie, stance, why, folders, private, private_host, isolate,"
    " full, key_policy, followed_at, muted_at, removed_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One finished request to a source, for the log of pulls.

    Attributes:
        at: Aware, UTC; when it began.
        status: HTTP status; None if there was no answer.
        seen: Items in the document; new, revised: of those.
        oldest_key: Of the oldest item in the document, newest_key of the newest; None if it had none.
    """

    source: str
    at: datetime
    status: int | None
    seen: int = 0
    new: int = 0
    revised: int = 0
    oldest_key: str | None = None
    newest_key: str | None = None
    error: str | None = None


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
        for table in ("source_urls", "fetches"):
            self._db.execute(f"DELETE FROM {table} WHERE source = ?", (source_id,))
        self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))

    def has_arrivals(self, source_id: str) -> bool:
        """Whether it ever brought something in."""
        row = self._db.execute("SELECT 1 FROM arrivals WHERE source = ? LIMIT 1", (source_id,)).fetchone()
        return row is not None

    def set_health(self, source_id: str, health: Health) -> None:
        """Store how the last request went."""
        self._db.execute(
            "UPDATE sources SET checked_at = ?, succeeded_at = ?, failing_since = ?, failures = ?, error_kind = ?,"
            " error = ?, hint = ?, next_check_at = ? WHERE id = ?",
            (
                to_text(health.checked_at),
                to_text(health.succeeded_at),
                to_text(health.failing_since),
                health.failures,
                health.error_kind,
                health.error,
                health.hint,
                to_text(health.next_check_at),
                source_id,
            ),
        )

    def validators(self, source_id: str) -> dict[str, Validators]:
        """What a source's addresses gave us, by address."""
        rows = self._db.execute(
            "SELECT url, etag, last_modified, body_sha FROM source_urls WHERE source = ?", (source_id,)
        ).fetchall()
        return {
            url: Validators(url=url, etag=etag, last_modified=modified, body_sha=sha)
            for url, etag, modified, sha in rows
        }

    def set_validators(self, source_id: str, validators: Validators) -> None:
        """Store what an address gave us now."""
        # Not one INSERT … ON CONFLICT, and `source` is written only if it changes: a statement that may have to
        # be taken back alone makes SQLite first write out what the search index holds in memory, so every
        # source of a transaction paid for a small piece of index (a tenth of a first pull).
        known = self._db.execute("SELECT source FROM source_urls WHERE url = ?", (validators.url,)).fetchone()
        said = (validators.etag, validators.last_modified, validators.body_sha, validators.url)
        if known is None:
            self._db.execute(
                "INSERT INTO source_urls (source, etag, last_modified, body_sha, url) VALUES (?, ?, ?, ?, ?)",
                (source_id, *said),
            )
            return
        self._db.execute(
            "UPDATE source_urls SET etag = ?, last_modified = ?, body_sha = ? WHERE url = ?", said
        )
        if known[0] != source_id:
            self._db.execute("UPDATE source_urls SET source = ? WHERE url = ?", (source_id, validators.url))

    def saw_no_move(self, source_id: str) -> None:
        """Forget what was counted of permanent redirects: the address answers by itself."""
        moves = self._db.execute(
            "SELECT 1 FROM source_urls WHERE source = ? AND permanent_target IS NOT NULL", (source_id,)
        ).fetchone()
        if moves:  # looked at first, for the reason in `set_validators`
            self._db.execute(
                "UPDATE source_urls SET permanent_target = NULL, seen = 0, first_seen = NULL"
                " WHERE source = ? AND permanent_target IS NOT NULL",
                (source_id,),
            )

    def saw_move(self, source: Source, target: str, at: datetime) -> tuple[int, datetime]:
        """Count the sightings of a permanent redirect; another target begins anew.

        Returns:
            How often the address led there, and since when.
        """
        row = self._db.execute(
            "SELECT seen, first_seen FROM source_urls WHERE url = ? AND permanent_target = ?",
            (source.url, target),
        ).fetchone()
        seen, first = (row[0] + 1, moment(row[1])) if row else (1, at)
        self._db.execute(
            "INSERT INTO source_urls (url, source, permanent_target, seen, first_seen) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (url) DO UPDATE SET permanent_target = excluded.permanent_target,"
            " seen = excluded.seen, first_seen = excluded.first_seen",
            (source.url, source.id, target, seen, stamp(first)),
        )
        return seen, first

    def gone_since(self, source_id: str) -> datetime | None:
        """When its answers since began to be 410 Gone; None if the last one was none."""
        (at,) = self._db.execute(
            "SELECT min(at) FROM fetches WHERE source = ?1 AND status = 410 AND at > coalesce("
            "(SELECT max(at) FROM fetches WHERE source = ?1 AND status IS NOT 410), '')",
            (source_id,),
        ).fetchone()
        return to_moment(at)

    def log_fetch(self, fetch: Fetch) -> None:
        """Add a finished request to the log of pulls."""
        self._db.execute(
            "INSERT INTO fetches (source, at, status, seen, new, revised, oldest_key, newest_key, error)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fetch.source,
                stamp(fetch.at),
                fetch.status,
                fetch.seen,
                fetch.new,
                fetch.revised,
                fetch.oldest_key,
                fetch.newest_key,
                fetch.error,
            ),
        )

    def stopped_hosts(self, now: datetime) -> dict[str, datetime]:
        """Hosts that asked us to wait, and until when."""
        rows = self._db.execute(
            "SELECT host, not_before FROM hosts WHERE not_before > ?", (stamp(now),)
        ).fetchall()
        return {host: moment(at) for host, at in rows}

    def stop_host(self, host: str, not_before: datetime, reason: str) -> None:
        """Remember that a host asked us to wait."""
        self._db.execute(
            "INSERT INTO hosts (host, not_before, reason) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE SET"
            " not_before = max(not_before, excluded.not_before), reason = excluded.reason",
            (host, stamp(not_before), reason),
        )

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
            next_check_at=to_moment(text["next_check_at"]),
        ),
    )
