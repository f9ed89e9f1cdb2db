"""What a feed asks of its readers: how long to wait, when not to come, where its other documents are."""

from typing import Final

from pkm.rules import limits
from pkm.seek import values
from pkm.seek.raw import Raw, dicts_of, get

_PERIODS_S: Final = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def link_of(head: Raw, rel: str, url: str) -> str | None:
    """The first link of this relation; `url` is the address that gave the feed."""
    links = (one for one in dicts_of(head, "links") if get(one, "rel") == rel)
    return next((values.address(url, get(one, "href")) for one in links), None)


def wait_of(head: Raw) -> int | None:
    """Seconds between updates: RSS `ttl` in minutes, else the syndication module's period."""
    minutes = values.whole(get(head, "ttl"), 10**6)
    if minutes:
        return min(minutes * 60, int(limits.LONGEST_WAIT_S))
    period = _PERIODS_S.get(str(get(head, "sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    times = values.whole(get(head, "sy_updatefrequency"), 10**6) or 1
    return min(max(period // times, 1), int(limits.LONGEST_WAIT_S))


def hours_of(head: Raw) -> tuple[int, ...]:
    """RSS `skipHours`: 0 to 23, GMT (24 is midnight, as some count)."""
    hours = (values.whole(one, 24) for one in _texts(head, "skip_hours"))
    return tuple(sorted({hour % 24 for hour in hours if hour is not None}))


def days_of(head: Raw) -> tuple[int, ...]:
    """RSS `skipDays`: English names of days, GMT."""
    names = (one.strip()[:3].lower() for one in _texts(head, "skip_days"))
    return tuple(sorted({_DAYS.index(name) for name in names if name in _DAYS}))


def moved_to(head: Raw, url: str) -> str | None:
    """`itunes:new-feed-url`, or the `newLocation` of a redirecting RSS document."""
    targets = (values.address(url, get(head, key)) for key in ("itunes_new-feed-url", "newlocation"))
    return next((one for one in targets if one and one != url), None)


def _texts(head: Raw, key: str) -> list[str]:
    value = get(head, key)
    return [one for one in value[:64] if isinstance(one, str)] if isinstance(value, list) else []
