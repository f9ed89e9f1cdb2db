"""When a source is asked again, and why then. Pure: the clock and the dice are arguments.

    floor | rhythm, or the user's wish | what the server says | what the feed says | trouble -> the longest

A server's wishes are honoured up to a week. Loopback hosts are the user's own and know no floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from pkm.model.source import Rhythm
from pkm.rules import limits

_HOUR_S = 60 * 60
_DAY_S = 24 * _HOUR_S
_JITTER = 0.1
_DOUBLING = (*(_HOUR_S * 2.0**n for n in range(5)), float(_DAY_S))
# Who pulls once a day at the same minute must find due what was asked a few minutes later yesterday.
_DAY_LONG_S = 20 * _HOUR_S
_GRACE_S = 30 * 60
_SILENT = ((365, 7 * _DAY_S), (90, 3 * _DAY_S), (30, _DAY_S))  # days without news, and the wait then
_HOURS_A_WEEK = 7 * 24


class Trouble(StrEnum):
    """Sorts of failure that are waited out differently."""

    PASSING = "passing"  # time-outs, 408, 5xx, a broken answer, not a feed
    MISSING = "missing"  # 404 and other 4xx, no such host
    BLOCKED = "blocked"  # 402, 403, 451, a bot check
    LOGIN = "login"  # 401, 407
    BUSY = "busy"  # 429, and 503 with Retry-After: the whole host waits
    GONE = "gone"  # 410


class Because(StrEnum):
    """What decided when a source is asked again."""

    FLOOR = "floor"  # nobody is asked more than hourly
    NO_VALIDATORS = "no-validators"  # it gives nothing to ask "anything new?" with: daily at most
    RHYTHM = "rhythm"  # half the usual time between its items
    SILENCE = "silence"  # nothing new for a month or more
    WISH = "wish"  # the user's interval
    MAX_AGE = "max-age"  # Cache-Control or Expires
    TTL = "ttl"  # the feed's own ttl or update period
    SKIPPED = "skipped"  # hours or days at which the feed is not updated
    TROUBLE = "trouble"  # it failed
    RETRY_AFTER = "retry-after"  # the server said so
    PARKED = "parked"  # only by name
    LOOPBACK = "loopback"  # this computer's own: at any time


_TOLD = {
    Because.FLOOR: "nobody is asked more than hourly",
    Because.NO_VALIDATORS: "it cannot be asked for news alone, so daily at most",
    Because.RHYTHM: "half the usual time between its items",
    Because.SILENCE: "it has had nothing new for a month or more",
    Because.WISH: "your interval",
    Because.MAX_AGE: "its server says how long an answer stays fresh",
    Because.TTL: "the feed says so",
    Because.SKIPPED: "the feed rules out the hours before",
    Because.TROUBLE: "it failed",
    Because.RETRY_AFTER: "its server asked us to wait",
    Because.PARKED: "by name alone: it is parked",
    Because.LOOPBACK: "it is on this computer",
}


def told(because: str | None) -> str:
    """What decided the next request, for a person; empty if nothing did yet."""
    return _TOLD[Because(because)] if because in set(Because) else ""


_WAITS_S: dict[Trouble, tuple[float, ...]] = {
    Trouble.PASSING: _DOUBLING,
    Trouble.MISSING: (_DAY_S / 2, _DAY_S, 2 * _DAY_S, 7 * _DAY_S),
    Trouble.BLOCKED: (6 * _HOUR_S, 12 * _HOUR_S, _DAY_S),
    Trouble.LOGIN: (_DAY_S,),
    Trouble.BUSY: _DOUBLING,
    Trouble.GONE: (_DAY_S,),
}
_KINDS = {"name": Trouble.MISSING, "bot-check": Trouble.BLOCKED, "credentials": Trouble.LOGIN}
_PASS_QUICKLY = frozenset({"timeout", "unreachable", "no-network", "name-service", "broken-answer"})


def trouble_of(status: int | None, *, kind: str = "", asked_to_wait: bool = False) -> Trouble:
    """The sort of a failure; no answer at all is passing, unless the name is not known.

    Args:
        status: HTTP status code; None without an answer.
        kind: `kind` of the error.
        asked_to_wait: The answer said for how long.
    """
    if kind in _KINDS:
        return _KINDS[kind]
    if status == 429 or (status == 503 and asked_to_wait):
        return Trouble.BUSY
    if status is None or status >= 500 or status < 400 or status in {408, 425}:
        return Trouble.PASSING
    if status in {401, 407}:
        return Trouble.LOGIN
    if status in {402, 403, 451}:
        return Trouble.BLOCKED
    return Trouble.GONE if status == 410 else Trouble.MISSING


def may_pass_soon(status: int | None, *, kind: str, asked_to_wait: bool = False) -> bool:
    """Whether a second try in the same run is worth it: 408, 425, 5xx, and a wire that failed."""
    if status is None or kind == "broken-answer":
        return kind in _PASS_QUICKLY
    return not asked_to_wait and (status >= 500 or status in {408, 425})


def backoff(failures: int, kind: Trouble) -> timedelta:
    """How long to leave a source alone after its `failures`-th failure in a row (1 is the first)."""
    return timedelta(seconds=_step(_WAITS_S[kind], failures))


def _step(waits: Sequence[float], number: int) -> float:
    return waits[min(max(number, 1), len(waits)) - 1]


def host_wait_s(strikes: int, status: int | None, asked_s: float | None) -> float | None:
    """Seconds for which a whole host is left alone; None if it is not.

    Args:
        strikes: Times in a row that it was too busy for us, this one included.
        status: What it answered.
        asked_s: How long it asked us to wait, if it did.
    """
    if status == 429 or (status == 503 and asked_s):
        return asked_s or _step(_DOUBLING, strikes)
    if status == 503 and strikes > 1:
        return _step(_DOUBLING, strikes - 1)
    return None


def rhythm_of(moments: Sequence[datetime]) -> Rhythm:
    """How often a source has something new; it says nothing of what its feed says.

    Args:
        moments: Of its items, in any order. Those of one moment count once: they came together.
    """
    known = sorted(set(moments), reverse=True)[: limits.RHYTHM_ITEMS]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(known)]
    return Rhythm(gap_s=median(gaps) if gaps else None, newest_at=known[0] if known else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What bears on when to ask a source again; seconds, None where nobody said.

    Attributes:
        has_validators: The URL gave an ETag or Last-Modified.
        rhythm: How often it has something new, and when it says that it has.
        interval_s: The user's wish, in place of what its items say.
        max_age_s: `Answer.max_age_s`.
        retry_after_s: The server asked us to wait.
        failures: Failures in a row, this one included; 0 after a success.
        trouble: Sort of the last failure.
        loopback: The host is this computer.
    """

    has_validators: bool = False
    rhythm: Rhythm = field(default_factory=Rhythm)
    interval_s: int | None = None
    max_age_s: float | None = None
    retry_after_s: float | None = None
    failures: int = 0
    trouble: Trouble = Trouble.PASSING
    loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """When a source is due again, aware, and what decided that."""

    at: datetime
    because: Because


def next_due(now: datetime, facts: Facts, *, jitter: float = 0.0, polite: bool = False) -> Next:
    """When the source is due again.

    Args:
        now: Aware; when the request began.
        facts: What is known.
        jitter: 0 to 1, drawn by the caller: adds up to 10 %, so that not all ask at the same minute.
        polite: Treat loopback hosts like all others.
    """
    asked = _capped(facts.retry_after_s)
    if facts.loopback and not polite:
        because = Because.RETRY_AFTER if asked else Because.LOOPBACK
        return Next(at=now + timedelta(seconds=asked), because=because)
    wait, because = _trouble(facts) if facts.failures else _success(now, facts)
    spread = _spread(wait, facts, jitter=jitter)
    if asked > spread:
        return Next(at=now + timedelta(seconds=asked), because=Because.RETRY_AFTER)
    at = now + timedelta(seconds=spread)
    if facts.failures:
        return Next(at=at, because=because)
    open_at = _after_skipped(at, facts.rhythm)
    return Next(at=open_at, because=because if open_at == at else Because.SKIPPED)


def _trouble(facts: Facts) -> tuple[float, Because]:
    wait = backoff(facts.failures, facts.trouble).total_seconds()
    return max(wait, float(limits.FLOOR_S)), Because.TROUBLE


def _success(now: datetime, facts: Facts) -> tuple[float, Because]:
    floor = (
        (float(limits.FLOOR_S), Because.FLOOR)
        if facts.has_validators
        else (float(limits.FLOOR_WITHOUT_VALIDATORS_S), Because.NO_VALIDATORS)
    )
    own = (float(facts.interval_s), Because.WISH) if facts.interval_s else _adaptive(facts.rhythm, now)
    waits = [
        floor,
        own,
        (_capped(facts.max_age_s), Because.MAX_AGE),
        (_capped(facts.rhythm.ttl_s), Because.TTL),
    ]
    return max(waits, key=lambda one: one[0])  # of equal ones the first: the floor


def _adaptive(rhythm: Rhythm, now: datetime) -> tuple[float, Because]:
    """Half the usual gap, an hour to a day; longer once nothing came for a month."""
    silent = now - rhythm.newest_at if rhythm.newest_at else timedelta()
    for days, wait in _SILENT:
        if silent >= timedelta(days=days):
            return float(wait), Because.SILENCE
    if rhythm.gap_s is None:
        return 0.0, Because.RHYTHM
    return min(max(rhythm.gap_s / 2, float(_HOUR_S)), float(_DAY_S)), Because.RHYTHM


def _spread(wait: float, facts: Facts, *, jitter: float) -> float:
    """The wait as it falls: a day-long one a little earlier, never later, or a daily pull would skip a day."""
    firm = facts.failures and facts.trouble in {Trouble.GONE, Trouble.BUSY}
    if wait < _DAY_LONG_S or firm:
        return wait * (1 + _JITTER * jitter)
    return wait - _GRACE_S * (1 - jitter / 3)


def _after_skipped(at: datetime, rhythm: Rhythm) -> datetime:
    """The first moment from `at` on that the feed does not rule out; `at` itself if it rules out all."""
    if not rhythm.skip_hours and not rhythm.skip_days:
        return at
    for hours in range(_HOURS_A_WEEK):
        moment = at.astimezone(UTC) + timedelta(hours=hours)
        if moment.hour not in rhythm.skip_hours and moment.weekday() not in rhythm.skip_days:
            return moment
    return at


def _capped(wait_s: float | None) -> float:
    return min(max(wait_s or 0.0, 0.0), float(limits.LONGEST_WAIT_S))
