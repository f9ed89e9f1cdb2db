"""Which sources are asked now, and in which order. Pure: the clock and the dice are arguments."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pkm.model.source import CAPTURES, Source
from pkm.net.politeness import server_of
from pkm.rules.limits import FLOOR_S
from pkm.seek.patience import Because, Trouble


def due(sources: Sequence[Source], *, now: datetime, everything: bool = False) -> tuple[Source, ...]:
    """The sources to ask now: followed, neither muted nor parked, and due; the longest unasked first.

    Args:
        sources: To choose from.
        now: Aware.
        everything: Also those that are not due yet, down to the floor between two requests. Who asked us to
            wait, refused our login or is gone, is left alone all the same.
    """
    ready = [
        one
        for one in sources
        if _may_be_asked(one) and (is_due(one, now) or (everything and _may_be_hurried(one, now)))
    ]
    return tuple(sorted(ready, key=lambda one: (one.health.checked_at or one.followed_at or now, one.id)))


def in_turn(sources: Sequence[Source], *, chance: Callable[[], float]) -> tuple[Source, ...]:
    """The order to ask in: hosts shuffled, of each host one by chance first, then the rest as they stand.

    Else it would be the same few of a host, each time, that come too late for its patience.

    Args:
        sources: Whom to ask.
        chance: Draws 0 to 1.
    """
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        hosts.setdefault(server_of(source.url), []).append(source)
    ordered: list[Source] = []
    for group in _shuffled(list(hosts.values()), chance):
        ordered.append(group.pop(_drawn(chance, len(group))))
        ordered.extend(group)
    return tuple(ordered)


def _shuffled(groups: list[list[Source]], chance: Callable[[], float]) -> list[list[Source]]:
    """Fisher and Yates: every order as likely as any other."""
    for last in range(len(groups) - 1, 0, -1):
        other = _drawn(chance, last + 1)
        groups[last], groups[other] = groups[other], groups[last]
    return groups


def _drawn(chance: Callable[[], float], count: int) -> int:
    return min(int(chance() * count), count - 1)


def _may_be_asked(source: Source) -> bool:
    wanted = source.followed and source.muted_at is None and source.health.parked_at is None
    return wanted and source.kind != CAPTURES


def is_due(source: Source, now: datetime) -> bool:
    """Whether its time has come, nothing else considered."""
    return _before(source.health.next_check_at, now)


def _may_be_hurried(source: Source, now: datetime) -> bool:
    health = source.health
    firm = health.next_because == Because.RETRY_AFTER or health.trouble in {
        Trouble.LOGIN,
        Trouble.BUSY,
        Trouble.GONE,
    }
    return not firm and _before(health.checked_at, now - timedelta(seconds=FLOOR_S))


def _before(moment: datetime | None, limit: datetime) -> bool:
    return moment is None or moment <= limit
