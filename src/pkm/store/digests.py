"""Digests, and the log of what was shared."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from pkm.model.digest import Digest, DraftState, Share, ShareState
from pkm.store.columns import moment, stamp, to_moment, to_text

_DIGEST = (
    "id, audience, period, starts_at, ends_at, path, template, state, edition, created_at, exported_at, sha"
)
_SHARE = "event, at, device, state, audience, level, item, url, note, content_sha, edition, digest, channel, reason"


class Digests:
    """The table of digests; gives and takes `Digest`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, digest_id: str) -> Digest | None:
        """The digest of that id."""
        found = self._some("id = ?", digest_id)
        return found[0] if found else None

    def at(self, path: str) -> Digest | None:
        """The digest whose draft is that file."""
        found = self._some("path = ?", path)
        return found[0] if found else None

    def ending(self, tail: str) -> tuple[str, ...]:
        """Ids of those whose id ends so (4 characters at least)."""
        rows = self._db.execute(
            "SELECT id FROM digests WHERE substr(id, -4) = ? AND id LIKE '%' || ? LIMIT 9", (tail[-4:], tail)
        ).fetchall()
        return tuple(row[0] for row in rows)

    def drafts(self) -> tuple[Digest, ...]:
        """The open drafts, oldest first."""
        return self._some("state = ?", DraftState.DRAFT, "created_at, id")

    def editions(self, audience: str | None = None) -> tuple[Digest, ...]:
        """The editions, newest first; of one audience or of all."""
        if audience is None:
            return self._some("state = ?", DraftState.EXPORTED, "exported_at DESC, id DESC")
        return self._some("state = 'exported' AND audience = ?", audience, "edition DESC, exported_at DESC")

    def next_edition(self, audience: str) -> int:
        """The number that the next edition to an audience gets."""
        (last,) = self._db.execute(
            "SELECT max(edition) FROM digests WHERE audience = ?", (audience,)
        ).fetchone()
        return int(last or 0) + 1

    def save(self, digest: Digest) -> None:
        """Store a digest as it now is."""
        columns = _DIGEST.split(", ")
        updates = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
        self._db.execute(
            f"INSERT INTO digests ({_DIGEST}) VALUES ({', '.join('?' * len(columns))})"
            f" ON CONFLICT (id) DO UPDATE SET {updates}",
            (
                digest.id,
                digest.audience,
                digest.period,
                stamp(digest.starts_at),
                stamp(digest.ends_at),
                digest.path,
                digest.template,
                digest.state,
                digest.edition,
                stamp(digest.created_at),
                to_text(digest.exported_at),
                digest.sha,
            ),
        )

    def remove(self, digest_id: str) -> None:
        """Take a draft out of the index; its file is not touched."""
        self._db.execute("DELETE FROM digests WHERE id = ? AND state = 'draft'", (digest_id,))

    def _some(self, where: str, value: str, order: str = "id") -> tuple[Digest, ...]:
        rows = self._db.execute(
            f"SELECT {_DIGEST} FROM digests WHERE {where} ORDER BY {order}",
            (value,),
        ).fetchall()
        return tuple(_digest(row) for row in rows)


class Shares:
    """The log of what went to whom; append-only, a copy of `share-log.jsonl`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, share: Share) -> None:
        """Append; a line that is known already stays as it is."""
        self._db.execute(
            f"INSERT OR IGNORE INTO shares ({_SHARE}) VALUES ({', '.join('?' * 14)})",
            (
                share.event,
                stamp(share.at),
                share.device,
                share.state,
                share.audience,
                share.level,
                share.item,
                share.url,
                share.note,
                share.content_sha,
                share.edition,
                share.digest,
                share.channel,
                share.reason,
            ),
        )

    def listing(
        self, *, audience: str | None = None, item: str | None = None, since: datetime | None = None
    ) -> tuple[Share, ...]:
        """What was shared, newest first."""
        terms, values = ["1"], []
        for term, value in (
            ("audience = ?", audience),
            ("item = ?", item),
            ("at >= ?", to_text(since)),
        ):
            if value is not None:
                terms.append(term)
                values.append(value)
        rows = self._db.execute(
            f"SELECT {_SHARE} FROM shares WHERE {' AND '.join(terms)} ORDER BY at DESC, event DESC",
            values,
        ).fetchall()
        return tuple(_share(row) for row in rows)

    def of_digest(self, digest_id: str) -> tuple[Share, ...]:
        """What of a digest went out in an edition, newest first."""
        rows = self._db.execute(
            f"SELECT {_SHARE} FROM shares WHERE digest = ? AND state = 'sent' AND edition IS NOT NULL"
            " ORDER BY at DESC, event DESC",
            (digest_id,),
        ).fetchall()
        return tuple(_share(row) for row in rows)

    def notes_sent(self, audience: str) -> set[str]:
        """Ids of notes that stood in an edition to an audience."""
        rows = self._db.execute(
            "SELECT DISTINCT note FROM shares WHERE audience = ? AND state = 'sent' AND edition IS NOT NULL"
            " AND note IS NOT NULL",
            (audience,),
        ).fetchall()
        return {note for (note,) in rows}


def _digest(row: Sequence[str]) -> Digest:
    return Digest(
        id=row[0],
        audience=row[1],
        period=row[2],
        starts_at=moment(row[3]),
        ends_at=moment(row[4]),
        path=row[5],
        template=row[6],
        state=DraftState(row[7]),
        edition=int(row[8]) if row[8] is not None else None,
        created_at=moment(row[9]),
        exported_at=to_moment(row[10]),
        sha=row[11],
    )


def _share(row: Sequence[str]) -> Share:
    return Share(
        event=row[0],
        at=moment(row[1]),
        device=row[2],
        state=ShareState(row[3]),
        audience=row[4],
        level=row[5],
        item=row[6],
        url=row[7],
        note=row[8],
        content_sha=row[9],
        edition=int(row[10]) if row[10] is not None else None,
        digest=row[11],
        channel=row[12],
        reason=row[13],
    )
