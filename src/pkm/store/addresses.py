"""What each address that we asked gave us to ask with, and where it sends us for good."""

import sqlite3
from datetime import datetime

from pkm.model.asked import Move
from pkm.model.source import Manner, Source, Validators
from pkm.store.columns import moment, stamp, to_moment, to_text

_MANNER = "any_type, unpacked, date_only, same_bodies, unchanged_since"


class Addresses:
    """The table of addresses. Each belongs to one source, or its validators would hide one's items from another."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of(self, source_id: str) -> dict[str, Validators]:
        """What a source's addresses gave us, by address."""
        rows = self._db.execute(
            f"SELECT url, etag, last_modified, body_sha, {_MANNER} FROM source_urls WHERE source = ?",
            (source_id,),
        ).fetchall()
        return {
            url: Validators(
                url=url,
                etag=etag,
                last_modified=modified,
                body_sha=sha,
                manner=Manner(
                    any_type=bool(any_type),
                    unpacked=bool(unpacked),
                    date_only=bool(date_only),
                    same_bodies=same_bodies,
                    unchanged_since=to_moment(since),
                ),
            )
            for url, etag, modified, sha, any_type, unpacked, date_only, same_bodies, since in rows
        }

    def set(self, source_id: str, validators: Validators) -> None:
        """Store what an address gave us now; that of another source which is still followed stays that one's."""
        # Not one INSERT … ON CONFLICT, and `source` is written only if it changes: a statement that may have to
        # be taken back alone makes SQLite first write out what the search index holds in memory, so every
        # source of a transaction paid for a small piece of index (a tenth of a first pull).
        known = self._db.execute(
            "SELECT source, removed_at FROM source_urls JOIN sources ON sources.id = source"
            " WHERE source_urls.url = ?",
            (validators.url,),
        ).fetchone()
        if known is not None and known[0] != source_id and known[1] is None:
            return
        manner = validators.manner
        said = (
            validators.etag,
            validators.last_modified,
            validators.body_sha,
            int(manner.any_type),
            int(manner.unpacked),
            int(manner.date_only),
            manner.same_bodies,
            to_text(manner.unchanged_since),
            validators.url,
        )
        if known is None:
            self._db.execute(
                f"INSERT INTO source_urls (source, etag, last_modified, body_sha, {_MANNER}, url)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (source_id, *said),
            )
            return
        self._db.execute(
            "UPDATE source_urls SET etag = ?, last_modified = ?, body_sha = ?, any_type = ?, unpacked = ?,"
            " date_only = ?, same_bodies = ?, unchanged_since = ? WHERE url = ?",
            said,
        )
        if known[0] != source_id:
            self._db.execute("UPDATE source_urls SET source = ? WHERE url = ?", (source_id, validators.url))

    def saw_no_move(self, source_id: str) -> None:
        """Forget what was counted of permanent redirects not yet believed: the address answers by itself."""
        moves = self._db.execute(
            "SELECT 1 FROM source_urls WHERE source = ? AND permanent_target IS NOT NULL AND learnt_at IS NULL",
            (source_id,),
        ).fetchone()
        if moves:  # looked at first, for the reason in `set`
            self._db.execute(
                "UPDATE source_urls SET permanent_target = NULL, seen = 0, first_seen = NULL"
                " WHERE source = ? AND permanent_target IS NOT NULL AND learnt_at IS NULL",
                (source_id,),
            )

    def saw_move(self, source: Source, target: str, at: datetime) -> Move:
        """Count the sightings of a permanent redirect; another target begins anew."""
        row = self._db.execute(
            "SELECT seen, first_seen FROM source_urls"
            " WHERE url = ? AND permanent_target = ? AND learnt_at IS NULL",
            (source.url, target),
        ).fetchone()
        seen, first = (row[0] + 1, moment(row[1])) if row else (1, at)
        self._db.execute(
            "INSERT INTO source_urls (url, source, permanent_target, seen, first_seen) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (url) DO UPDATE SET permanent_target = excluded.permanent_target,"
            " seen = excluded.seen, first_seen = excluded.first_seen, learnt_at = NULL",
            (source.url, source.id, target, seen, stamp(first)),
        )
        return Move(source=source.id, url=source.url, target=target, seen=seen, first_seen=first)

    def learnt(self, move: Move, at: datetime) -> None:
        """The source asks at the target from now on; the old address is remembered as one of its own."""
        self._db.execute("UPDATE source_urls SET learnt_at = ? WHERE url = ?", (stamp(at), move.url))

    def moves(self, source_id: str | None = None) -> tuple[Move, ...]:
        """Permanent redirects, watched or believed, the latest first; of one source or of all."""
        rows = self._db.execute(
            "SELECT source, url, permanent_target, seen, first_seen, learnt_at FROM source_urls"
            " WHERE permanent_target IS NOT NULL AND (?1 IS NULL OR source = ?1)"
            " ORDER BY first_seen DESC, url",
            (source_id,),
        ).fetchall()
        return tuple(
            Move(
                source=source,
                url=url,
                target=target,
                seen=seen,
                first_seen=moment(first),
                learnt_at=to_moment(learnt),
            )
            for source, url, target, seen, first, learnt in rows
        )
