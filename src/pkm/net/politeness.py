"""Who may be asked now: one request a host at a time, each a while after the last. Pure: the clock is an argument.

Loopback hosts are the user's own and know none of that, unless the caller says polite.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from pkm.net.address import is_loopback
from pkm.rules import limits

T = TypeVar("T")

# Hosts that want a longer gap than all others, with their subdomains. Reddit answers about one feed a minute.
_GAPS_S = {"reddit.com": 61.0}


@lru_cache(maxsize=8_192)  # asked for many times in a pull, and addresses are few
def server_of(url: str) -> str:
    """The host that shares a turn; the URL itself if it has none that can be read."""
    try:
        host = (urlsplit(url).hostname or url).rstrip(".")
    except ValueError:
        return url
    return next((slow for slow in _GAPS_S if host.endswith(f".{slow}")), host)


def gap_of(host: str) -> float:
    """Seconds from the start of one request to `host` to the start of the next.

    Args:
        host: As `server_of` gives it.
    """
    return _GAPS_S.get(host, limits.HOST_GAP_S)


def has_long_gap(host: str) -> bool:
    """Whether its gap has to be kept from one run to the next."""
    return host in _GAPS_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Generic[T]):
    """One request that waits for its turn.

    Attributes:
        url: Decides the host.
        about: The caller's own: which source it is for.
        is_loopback: The host is this computer.
    """

    url: str
    about: T
    is_loopback: bool = False


def ask_for(url: str, about: T) -> Ask[T]:
    """An ask whose host is taken for this computer if it is written so."""
    return Ask(url=url, about=about, is_loopback=is_loopback(server_of(url)))


@dataclass(slots=True)
class _Queue(Generic[T]):
    at_once: int
    gap_s: float
    not_before_s: float
    waiting: deque[Ask[T]] = field(default_factory=deque)
    in_flight: int = 0
    offered: bool = False


class Turns(Generic[T]):
    """Who may ask now. Not thread-safe: one thread hands out the turns.

    Args:
        asks: What is to be asked; of one host in this order.
        earliest_s: By host, when the first request to it may start; on the clock that `start` is told.
        at_once: Requests at once in all.
        loopback_at_once: Requests at once on a loopback host, without a gap.
        polite: Treat loopback hosts like all others.
    """

    def __init__(
        self,
        asks: Iterable[Ask[T]],
        *,
        earliest_s: Mapping[str, float] | None = None,
        at_once: int = limits.HOSTS_AT_ONCE,
        loopback_at_once: int = limits.LOOPBACK_AT_ONCE,
        polite: bool = False,
    ) -> None:
        self._at_once = at_once
        self._in_flight = 0
        self._waiting = 0
        self._queues: dict[str, _Queue[T]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._serial = 0
        for ask in asks:
            host, free = server_of(ask.url), ask.is_loopback and not polite
            if host not in self._queues:
                self._queues[host] = _Queue[T](
                    at_once=loopback_at_once if free else 1,
                    gap_s=0.0 if free else gap_of(host),
                    not_before_s=(earliest_s or {}).get(host, float("-inf")),
                )
            self._queues[host].waiting.append(ask)
            self._waiting += 1
        for host in self._queues:
            self._offer(host)

    @property
    def waiting(self) -> int:
        """Asks that have not started."""
        return self._waiting

    @property
    def done(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self._in_flight and not self._waiting

    def start(self, now_s: float) -> Ask[T] | None:
        """The ask whose turn it is, under way from now on; None if none may start yet.

        Args:
            now_s: Any clock that never runs backwards, the same for all calls.
        """
        self._forget_empty()
        if self._in_flight >= self._at_once or not self._ready or self._ready[0][0] > now_s:
            return None
        host = heapq.heappop(self._ready)[2]
        queue = self._queues[host]
        queue.offered = False
        queue.in_flight += 1
        queue.not_before_s = now_s + queue.gap_s
        self._in_flight += 1
        self._waiting -= 1
        ask = queue.waiting.popleft()
        self._offer(host)
        return ask

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until `start` gives something; None if first a request must finish, or nothing waits."""
        self._forget_empty()
        if self._in_flight >= self._at_once or not self._ready:
            return None
        return max(self._ready[0][0] - now_s, 0.0)

    def finished(self, ask: Ask[T]) -> None:
        """Tell that an ask which `start` gave is over."""
        host = server_of(ask.url)
        self._in_flight -= 1
        self._queues[host].in_flight -= 1
        self._offer(host)

    def stop_host(self, host: str) -> list[Ask[T]]:
        """Drop what waits for `host`, as a 429 demands; what was dropped."""
        queue = self._queues.get(host)
        if queue is None:
            return []
        dropped = list(queue.waiting)
        queue.waiting.clear()
        self._waiting -= len(dropped)
        return dropped

    def _offer(self, host: str) -> None:
        queue = self._queues[host]
        if queue.waiting and not queue.offered and queue.in_flight < queue.at_once:
            queue.offered = True
            self._serial += 1  # hosts that may start at once do so in order of arrival
            heapq.heappush(self._ready, (queue.not_before_s, self._serial, host))

    def _forget_empty(self) -> None:
        while self._ready and not self._queues[self._ready[0][2]].waiting:
            self._queues[heapq.heappop(self._ready)[2]].offered = False
