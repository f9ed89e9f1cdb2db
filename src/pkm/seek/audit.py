"""Were we polite? The checks of the public Feed Reader Score, made on the log of our own requests. Pure.

Each check holds, does not hold, or had too few requests to tell. What the user asked for by name is not
counted where the schedule is judged, and servers on this computer are the user's own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from pkm.model.asked import Asked, Purpose
from pkm.net.address import is_loopback
from pkm.rules.amounts import counted
from pkm.rules.limits import FLOOR_S, FLOOR_WITHOUT_VALIDATORS_S, HOST_GAP_S

FORBIDDEN: Final = frozenset(
    {
        "cookie",
        "referer",
        "cache-control",
        "pragma",
        "origin",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-ch-ua",
    }
)
_BY_HAND: Final = frozenset({Purpose.NAMED, Purpose.FOLLOW, Purpose.BACKFILL})
_ON_PURPOSE: Final = _BY_HAND | {Purpose.WHOLE, Purpose.DATE}
# Between our decision and the moment that the log has, a little time may pass; clocks are set, too.
_SLACK_S: Final = 1.0
# Daily rounds ask half an hour early, or a source would be due only every second time.
_DAILY_S: Final = FLOOR_WITHOUT_VALIDATORS_S - 60 * 60


class Verdict(StrEnum):
    """What a check says."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    TOO_FEW = "not enough requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule of politeness, and what the log says of it.

    Attributes:
        name: A word for scripts.
        rule: In a sentence.
        looked_at: How many requests, or pairs of them, it is about.
        broken: The requests that broke it.
        detail: What was found, in words; empty if there is nothing to say.
    """

    name: str
    rule: str
    looked_at: int
    broken: tuple[Asked, ...] = ()
    detail: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it says."""
        if self.broken:
            return Verdict.BROKEN
        return Verdict.HOLDS if self.looked_at else Verdict.TOO_FEW


def audit(requests: Sequence[Asked]) -> tuple[Check, ...]:
    """The checks.

    Args:
        requests: In the order in which they began.
    """
    made = [one for one in requests if one.sent or one.status is not None]
    outside = [one for one in made if not is_loopback(one.host or "")]
    return (
        _conditional(made),
        _verbatim(made),
        _gap(
            "gap-per-address",
            "an address is asked once an hour at most",
            outside,
            key=lambda one: one.url,
            least_s=FLOOR_S,
        ),
        _gap(
            "gap-without-validators",
            "an address that gives no validators is asked once a day at most",
            [one for one in outside if not any(one.gave) and one.status == 200],
            key=lambda one: one.url,
            least_s=_DAILY_S,
        ),
        _gap(
            "gap-per-host",
            "requests to one host begin a second apart",
            outside,
            key=lambda one: one.host,
            least_s=HOST_GAP_S,
            by_hand=True,
        ),
        _retry_after(made),
        _gone(made),
        _each("nothing-forbidden", "no cookies, no Referer, no cache busting", made, _is_plain),
        _each("packed", "compressed answers are asked for", made, lambda one: "accept-encoding" in one.sent),
        _each("named", "every request says who asks", made, lambda one: "user-agent" in one.sent),
    )


def share_conditional(requests: Iterable[Asked]) -> tuple[int, int]:
    """How many requests asked only for what changed, and how many there were."""
    found = [one.conditional for one in requests if one.sent]
    return sum(found), len(found)


def _conditional(requests: Sequence[Asked]) -> Check:
    """Who gave an ETag or a date is asked with it the next time."""
    looked, broken = 0, list[Asked]()
    for before, after in _neighbours(requests):
        if not any(before.gave) or after.purpose in _ON_PURPOSE or before.hops or after.hops:
            continue
        if before.status not in {200, 304} or before.error:
            continue
        looked += 1
        if not after.conditional:
            broken.append(after)
    share, of = share_conditional(requests)
    detail = f"{share} of {counted(of, 'request')} asked only for what changed" if of else ""
    return Check(
        name="conditional",
        rule="who gave validators is asked with them the next time",
        looked_at=looked,
        broken=tuple(broken),
        detail=detail,
    )


def _verbatim(requests: Sequence[Asked]) -> Check:
    """What was sent is what that address gave, and nothing else."""
    looked, broken = 0, list[Asked]()
    given: dict[tuple[str, str | None], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    first_seen: set[tuple[str, str | None]] = set()
    for one in requests:
        key = (one.source, one.url)
        # What the log does not reach back to cannot be compared.
        known = key in first_seen
        if known and one.conditional:
            looked += 1
            pairs = zip(one.asked_with, given[key], strict=True)
            if any(sent is not None and gave and sent not in gave for sent, gave in pairs):
                broken.append(one)
        if one.status in {200, 226, 304} and not one.hops:
            first_seen.add(key)
            for mark, gave in zip(one.gave, given[key], strict=True):
                if mark is not None:
                    gave.add(mark)
            if one.conditional and not known:
                for mark, gave in zip(one.asked_with, given[key], strict=True):
                    if mark is not None:
                        gave.add(mark)
    return Check(
        name="verbatim",
        rule="validators are sent back as they came, to the address that gave them",
        looked_at=looked,
        broken=tuple(broken),
    )


def _gap(  # noqa: PLR0913 - what is compared, by what, and with what
    name: str,
    rule: str,
    requests: Sequence[Asked],
    *,
    key: Callable[[Asked], str | None],
    least_s: float,
    by_hand: bool = False,
) -> Check:
    looked, broken, shortest = 0, list[Asked](), None
    for before, after in _neighbours(requests, key):
        if not by_hand and (after.purpose in _BY_HAND or after.purpose == Purpose.AGAIN):
            continue
        gap_s = (after.at - before.at).total_seconds()
        looked += 1
        shortest = gap_s if shortest is None else min(gap_s, shortest)
        if gap_s < least_s - min(_SLACK_S, least_s / 10):
            broken.append(after)
    detail = f"the shortest was {_span(shortest)}" if shortest is not None else ""
    return Check(name=name, rule=rule, looked_at=looked, broken=tuple(broken), detail=detail)


def _retry_after(requests: Sequence[Asked]) -> Check:
    """A host that said for how long is left alone for so long."""
    until: dict[str, Asked] = {}
    looked, broken = 0, list[Asked]()
    for one in requests:
        asked = until.get(one.host or "")
        if asked is not None and one.purpose not in _BY_HAND and not _under_way(one, asked):
            looked += 1
            wait = timedelta(seconds=asked.retry_after_s or 0)
            if one.at < asked.at + wait - timedelta(seconds=_SLACK_S):
                broken.append(one)
        if one.retry_after_s and one.status in {429, 503}:
            until[one.host or ""] = one
    return Check(
        name="retry-after",
        rule="a host that asked us to wait is left alone for so long",
        looked_at=looked,
        broken=tuple(broken),
        detail=f"{counted(len(until), 'host')} asked us to wait" if until else "",
    )


def _under_way(one: Asked, other: Asked) -> bool:
    """Whether a request was sent before the answer to another was there: nobody could have known."""
    return one.at <= other.at + timedelta(milliseconds=other.took_ms or 0)


def _gone(requests: Sequence[Asked]) -> Check:
    """What answered 410 twice, a day apart, is asked by name alone."""
    first: dict[str, Asked] = {}
    parked: set[str] = set()
    looked, broken = 0, list[Asked]()
    for one in requests:
        if one.purpose in {Purpose.BACKFILL, Purpose.PAGE}:
            continue
        if one.source in parked and one.purpose not in _BY_HAND:
            broken.append(one)
        if one.status != 410:
            first.pop(one.source, None)
            parked.discard(one.source)
        elif one.source not in first:
            first[one.source] = one
        elif one.at - first[one.source].at >= timedelta(days=1):
            looked += 1
            parked.add(one.source)
    return Check(
        name="gone",
        rule="what is gone for good is asked no more",
        looked_at=looked,
        broken=tuple(broken),
    )


def _each(name: str, rule: str, requests: Sequence[Asked], holds: Callable[[Asked], bool]) -> Check:
    looked = [one for one in requests if one.sent]
    broken = tuple(one for one in looked if not holds(one))
    return Check(name=name, rule=rule, looked_at=len(looked), broken=broken)


def _is_plain(asked: Asked) -> bool:
    return not FORBIDDEN & set(asked.sent)


def _neighbours(
    requests: Sequence[Asked], key: Callable[[Asked], str | None] = lambda one: f"{one.source} {one.url}"
) -> Iterator[tuple[Asked, Asked]]:
    """Each request with the one before it of the same key."""
    groups: dict[str, list[Asked]] = defaultdict(list)
    for one in requests:
        if (name := key(one)) is not None:
            groups[name].append(one)
    for group in groups.values():
        yield from pairwise(group)


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(int(seconds // size), unit)
    return f"{seconds:.1f} seconds"
