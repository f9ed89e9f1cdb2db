"""Hosts that asked us to wait, until when, and how often in a row."""

import sqlite3
from datetime import datetime

from pkm.model.asked import HostState
from pkm.store.columns import moment, stamp, to_moment, to_text

_COLUMNS = "host, not_before, reason, strikes, asked_at"


class Hosts:
    """The table of hosts; gives and takes `HostState`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def all(self) -> dict[str, HostState]:
        """Every host that we know something of, by name."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM hosts").fetchall()
        return {row[0]: _state(row) for row in rows}

    def get(self, host: str) -> HostState | None:
        """What is known of that host."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM hosts WHERE host = ?", (host,)).fetchone()
        return _state(row) if row else None

    def stopped(self, now: datetime) -> dict[str, HostState]:
        """Hosts that are left alone now."""
        return {host: state for host, state in self.all().items() if state.not_before > now}

    def save(self, state: HostState) -> None:
        """Store what a host wants."""
        self._db.execute(
            f"INSERT INTO hosts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (host) DO UPDATE SET"
            " not_before = excluded.not_before, reason = excluded.reason, strikes = excluded.strikes,"
            " asked_at = excluded.asked_at",
            (state.host, stamp(state.not_before), state.reason, state.strikes, to_text(state.asked_at)),
        )

    def forget(self, host: str) -> None:
        """It answers as it should again."""
        self._db.execute("DELETE FROM hosts WHERE host = ?", (host,))


def _state(row: tuple[str, str, str | None, int, str | None]) -> HostState:
    host, not_before, reason, strikes, asked_at = row
    return HostState(
        host=host,
        not_before=moment(not_before),
        reason=reason,
        strikes=strikes,
        asked_at=to_moment(asked_at),
    )
