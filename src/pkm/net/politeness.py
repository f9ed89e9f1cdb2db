"""When to ask whom. Pure: the clock and the dice are arguments.

`Turns` lets one request a host go at a time, a second apart; `next_check_at`
and `backoff` say when a source is due again. Loopback hosts are the user's own
and know none of that, unless the caller says polite.
"""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from pkm.net.address import is_loopback
from pkm.rules import limits

T = TypeVar("T")

_HOUR_S = 60 * 60
_DAY_S = 24 * _HOUR_S
_PARKED_S = 100 * 365 * _DAY_S  # never again, unless the user asks by name
_JITTER = 0.1
_DOUBLING = (*(_HOUR_S * 2.0**n for n in range(5)), float(_DAY_S))


class Trouble(StrEnum):
    """Sorts of failure that are waited out differently."""

    PASSING = "passing"  # time-outs, 408, 5xx, a broken answer, not a feed
    MISSING = "missing"  # 404 and other 4xx, no such host
    BLOCKED = "blocked"  # 402, 403, 451
    LOGIN = "login"  # 401, 407
    BUSY = "busy"  # 429, and 503 with Retry-After: the whole host waits
    GONE = "gone"  # 410


_WAITS_S: dict[Trouble, tuple[float, ...]] = {
    Trouble.PASSING: _DOUBLING,
    Trouble.MISSING: (_DAY_S / 2, _DAY_S, 2 * _DAY_S, 7 * _DAY_S),
    Trouble.BLOCKED: (6 * _HOUR_S, 12 * _HOUR_S, _DAY_S),
    Trouble.LOGIN: (_DAY_S,),
    Trouble.BUSY: _DOUBLING,
    Trouble.GONE: (_DAY_S, _PARKED_S),
}


def trouble_of(status: int | None, *, asked_to_wait: bool = False) -> Trouble:
    """The sort of an HTTP status; None (no answer at all) is passing.

    Args:
        status: HTTP status code.
        asked_to_wait: The answer said for how long.
    """
    if status == 429 or (status == 503 and asked_to_wait):
        return Trouble.BUSY
    if status is None or status >= 500 or status < 400 or status in {408, 425}:
        return Trouble.PASSING
    if status in {401, 407}:
        return Trouble.LOGIN
    if status in {402, 403, 451}:
        return Trouble.BLOCKED
    return Trouble.GONE if status == 410 else Trouble.MISSING


def backoff(failures: int, kind: Trouble) -> timedelta:
    """How long to leave a source alone after its `failures`-th failure in a row (1 is the first)."""
    waits = _WAITS_S[kind]
    return timedelta(seconds=waits[min(max(failures, 1), len(waits)) - 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What bears on when to ask a source again; seconds, None where nobody said.

    Attributes:
        has_validators: The URL gave an ETag or Last-Modified.
        max_age_s: `Answer.max_age_s`.
        ttl_s: The feed's own `ttl` or update period.
        usual_gap_s: How far apart its items tend to be, if the caller adapts to that.
        retry_after_s: The server asked us to wait.
        failures: Failures in a row, this one included; 0 after a success.
        trouble: Sort of the last failure.
        loopback: The host is this computer.
    """

    has_validators: bool = False
    max_age_s: float | None = None
    ttl_s: float | None = None
    usual_gap_s: float | None = None
    retry_after_s: float | None = None
    failures: int = 0
    trouble: Trouble = Trouble.PASSING
    loopback: bool = False


def next_check_at(now: datetime, facts: Facts, *, jitter: float = 0.0, polite: bool = False) -> datetime:
    """When the source is due again.

    Args:
        now: Aware; when the request began.
        facts: What is known.
        jitter: 0 to 1, drawn by the caller: adds up to 10 %.
        polite: Treat loopback hosts like all others.
    """
    if facts.loopback and not polite:
        return now + timedelta(seconds=_capped(facts.retry_after_s))
    floor = limits.FLOOR_S if facts.has_validators else limits.FLOOR_WITHOUT_VALIDATORS_S
    if facts.failures:
        wait = max(backoff(facts.failures, facts.trouble).total_seconds(), limits.FLOOR_S)
    else:
        wait = max(floor, *map(_capped, (facts.max_age_s, facts.ttl_s, facts.usual_gap_s)))
    asked = _capped(facts.retry_after_s)
    return now + timedelta(seconds=max(wait * (1 + _JITTER * jitter), asked))


def _capped(wait_s: float | None) -> float:
    return min(max(wait_s or 0.0, 0.0), float(limits.LONGEST_WAIT_S))


def server_of(url: str) -> str:
    """The host that shares a turn; the URL itself if it has none that can be read."""
    try:
        return (urlsplit(url).hostname or url).rstrip(".")
    except ValueError:
        return url


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
    waiting: deque[Ask[T]]
    at_once: int
    gap_s: float
    in_flight: int = 0
    not_before_s: float = float("-inf")
    offered: bool = False


class Turns(Generic[T]):
    """Who may ask now. Not thread-safe: one thread hands out the turns.

    Args:
        asks: What is to be asked; of one host in this order.
        gap_s: Seconds from one start to the next on one host.
        at_once: Requests at once in all.
        loopback_at_once: Requests at once on a loopback host, without a gap.
        polite: Treat loopback hosts like all others.
    """

    def __init__(
        self,
        asks: Iterable[Ask[T]],
        *,
        gap_s: float = limits.HOST_GAP_S,
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
            free = ask.is_loopback and not polite
            new = _Queue[T](deque(), loopback_at_once if free else 1, 0.0 if free else gap_s)
            self._queues.setdefault(server_of(ask.url), new).waiting.append(ask)
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

    def stop_host(self, url: str) -> list[Ask[T]]:
        """Drop what waits for the host of `url`, as a 429 demands; what was dropped."""
        queue = self._queues.get(server_of(url))
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
