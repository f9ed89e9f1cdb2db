"""The log of requests, and what answers proposed: what `source health` and `source audit` read."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from pkm.model.asked import Asked, Proposal, Proposed, Purpose
from pkm.store.columns import moment, names, stamp, to_json, to_moment, to_text

_COLUMNS = (
    "source, at, purpose, status, seen, new, revised, rekeyed, oldest_key, newest_key, error, url, host, hops, sent, asked_with, gave,"
    " conditional, body_bytes, took_ms, retry_after_s, next_at, next_because"
)
_INSERT = "INSERT INTO fetches ({}) VALUES ({})".format(_COLUMNS, ", ".join("?" * len(_COLUMNS.split(", "))))


class Fetches:
    """The table of requests; gives and takes `Asked`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def log(self, asked: Asked) -> None:
        """Add a finished request."""
        self._db.execute(
            _INSERT,
            (
                asked.source,
                stamp(asked.at),
                asked.purpose,
                asked.status,
                asked.seen,
                asked.new,
                asked.revised,
                asked.rekeyed,
                asked.oldest_key,
                asked.newest_key,
                asked.error,
                asked.url,
                asked.host,
                to_json(asked.hops),
                to_json(asked.sent),
                to_json(asked.asked_with),
                to_json(asked.gave),
                int(asked.conditional),
                asked.body_bytes,
                asked.took_ms,
                asked.retry_after_s,
                to_text(asked.next_at),
                asked.next_because,
            ),
        )

    def of(self, source_id: str, *, limit: int = 20) -> tuple[Asked, ...]:
        """The last requests to a source, the latest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM fetches WHERE source = ? ORDER BY at DESC, id DESC LIMIT ?",
            (source_id, limit),
        ).fetchall()
        return tuple(map(_asked, rows))

    def since(self, at: datetime) -> tuple[Asked, ...]:
        """Every request since a moment, in the order in which they began."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM fetches WHERE at >= ? ORDER BY at, id", (stamp(at),)
        ).fetchall()
        return tuple(map(_asked, rows))

    def gone_since(self, source_id: str) -> datetime | None:
        """When its answers since began to be 410 Gone; None if the last one was none."""
        (at,) = self._db.execute(
            "SELECT min(at) FROM fetches WHERE source = ?1 AND status = 410 AND purpose NOT IN (?2, ?3)"
            " AND at > coalesce((SELECT max(at) FROM fetches WHERE source = ?1 AND status IS NOT 410"
            " AND purpose NOT IN (?2, ?3)), '')",
            (source_id, Purpose.BACKFILL, Purpose.PAGE),
        ).fetchone()
        return to_moment(at)

    def forget_before(self, at: datetime) -> None:
        """Drop what is older, but the last request to each source."""
        self._db.execute(
            "DELETE FROM fetches WHERE at < ? AND id NOT IN (SELECT max(id) FROM fetches GROUP BY source)",
            (stamp(at),),
        )

    def has_before(self, at: datetime) -> bool:
        """Whether anything is older than that, so that a lock need not be taken for nothing."""
        row = self._db.execute("SELECT count(*) FROM fetches WHERE at < ?", (stamp(at),)).fetchone()
        sources = self._db.execute("SELECT count(*) FROM sources").fetchone()
        return bool(row[0] > sources[0])


class Proposals:
    """The table of other addresses that answers proposed; one of a kind for a source."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def set(self, proposal: Proposal) -> None:
        """Remember it; one of the same address keeps its date."""
        self._db.execute(
            "INSERT INTO proposals (source, kind, url, at) VALUES (?, ?, ?, ?) ON CONFLICT (source, kind)"
            " DO UPDATE SET url = excluded.url, at = CASE url WHEN excluded.url THEN at ELSE excluded.at END",
            (proposal.source, proposal.kind, proposal.url, stamp(proposal.at)),
        )

    def withdraw(self, source_id: str, kinds: Iterable[Proposed]) -> None:
        """Forget those of these kinds: the last answer proposes them no more."""
        if self.of(source_id):
            self._db.executemany(
                "DELETE FROM proposals WHERE source = ? AND kind = ?", [(source_id, kind) for kind in kinds]
            )

    def of(self, source_id: str | None = None) -> tuple[Proposal, ...]:
        """All, or those of a source, the latest first."""
        rows = self._db.execute(
            "SELECT source, kind, url, at FROM proposals WHERE ?1 IS NULL OR source = ?1"
            " ORDER BY at DESC, source, kind",
            (source_id,),
        ).fetchall()
        return tuple(
            Proposal(source=source, kind=Proposed(kind), url=url, at=moment(at))
            for source, kind, url, at in rows
        )


def _asked(row: tuple[object, ...]) -> Asked:
    cells = dict(zip(_COLUMNS.split(", "), row, strict=True))
    del cells["conditional"]  # it follows from what was sent
    texts = {name: str(cells.pop(name) or "") for name in ("at", "next_at", "purpose", "hops", "sent")}
    asked_with, gave = (_pair(str(cells.pop(name))) for name in ("asked_with", "gave"))
    return Asked(
        at=moment(texts["at"]),
        next_at=to_moment(texts["next_at"]),
        purpose=Purpose(texts["purpose"]),
        hops=tuple((int(status), str(url)) for status, url in json.loads(texts["hops"])),
        sent=names(texts["sent"]),
        asked_with=asked_with,
        gave=gave,
        **cells,  # type: ignore[arg-type]  # the columns' types are those of the fields
    )


def _pair(text: str) -> tuple[str | None, str | None]:
    found = json.loads(text)
    return (found[0], found[1]) if len(found) == 2 else (None, None)
