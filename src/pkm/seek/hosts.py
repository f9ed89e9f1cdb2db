"""What hosts want of us, beyond one pull: who asked to wait is left alone by every source, until then."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pkm.model.asked import HostState
from pkm.net.address import is_loopback
from pkm.net.politeness import gap_of, has_long_gap
from pkm.seek.fetch import Fetched
from pkm.seek.patience import host_wait_s
from pkm.shelf.shelf import Shelf

BUSY: Final = frozenset({429, 503})
"""What a host answers that gets too much."""


class HostWatch:
    """The hosts of one pull, and what the store knows of them.

    Args:
        shelf: Where.
        polite: Treat loopback hosts like all others.
    """

    def __init__(self, shelf: Shelf, *, polite: bool) -> None:
        self._shelf = shelf
        self._polite = polite
        self._known = shelf.store.hosts.all()

    def stopped(self, now: datetime) -> dict[str, datetime]:
        """Hosts that are to be left alone now, and until when."""
        return {host: one.not_before for host, one in self._known.items() if one.not_before > now}

    def waits_s(self, now: datetime) -> dict[str, float]:
        """Seconds until a host may be asked whose gap is longer than a pull may be."""
        asked = {host: one.asked_at for host, one in self._known.items() if one.asked_at}
        return {host: gap_of(host) - (now - at).total_seconds() for host, at in asked.items()}

    def quiet_until(self, host: str, now: datetime) -> datetime | None:
        """Until when that host is to be left alone, by its own word or since it was asked just now; None if not."""
        known = self._known.get(host)
        if known is None:
            return None
        gap = timedelta(seconds=gap_of(host)) if has_long_gap(host) else timedelta()
        until = max(known.not_before, known.asked_at + gap if known.asked_at else known.not_before)
        return until if until > now else None

    def concerns(self, fetched: Fetched) -> bool:
        """Whether `hear` would take note of this answer: most leave nothing to store."""
        told = fetched.status in BUSY or fetched.host in self._known or has_long_gap(fetched.host)
        return fetched.status is not None and told

    def hear(self, fetched: Fetched) -> datetime | None:
        """Take note of an answer; inside `shelf.writing`. Until when the host is to be left alone, if it is."""
        host, was = fetched.host, self._known.get(fetched.host)
        if not self.concerns(fetched):
            return None
        state = was or HostState(host=host, not_before=fetched.began_at)
        if has_long_gap(host):
            state = replace(state, asked_at=fetched.began_at)
        strikes = state.strikes + 1 if fetched.status in BUSY else 0
        wait_s = self._wait_s(fetched, strikes)
        if wait_s is None:
            self._save(replace(state, strikes=strikes, reason=None))
            return None
        until = max(self._shelf.now() + timedelta(seconds=wait_s), state.not_before)
        self._save(replace(state, strikes=strikes, not_before=until, reason=f"it answered {fetched.status}"))
        return until

    def _wait_s(self, fetched: Fetched, strikes: int) -> float | None:
        asked = fetched.retry_after_s
        if fetched.status == 503 and not asked and is_loopback(fetched.host) and not self._polite:
            return None  # this computer's own servers fall and rise while somebody works on them
        return host_wait_s(strikes, fetched.status, asked)

    def _save(self, state: HostState) -> None:
        if state.strikes or state.asked_at:
            self._known[state.host] = state
            self._shelf.store.hosts.save(state)
        else:
            self._known.pop(state.host, None)
            self._shelf.store.hosts.forget(state.host)
