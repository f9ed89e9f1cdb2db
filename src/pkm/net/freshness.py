"""What an answer's headers say about when to ask again. Pure; RFC 9110, RFC 9111.

Headers are a mapping with lower-case names. Values are text from outside: what
cannot be read counts as not said.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pkm.rules import limits

Headers = Mapping[str, str]

_DATE_CHARS = 64
_EPOCH_FROM = 1_000_000_000  # a larger "seconds" is a moment, not a wait
_DIGITS = 12


def http_date(value: str) -> datetime | None:
    """An HTTP-date in any of its forms (RFC 9110, section 5.6.7) as aware UTC, or None."""
    if len(value) > _DATE_CHARS:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after_s(headers: Headers, now: datetime) -> float | None:
    """Seconds that the server asked us to wait, 0 to 7 days; None if it did not.

    A date counts from the server's own `Date`, since clocks differ. Some send
    `X-RateLimit-Reset` instead, in seconds or as a moment.
    """
    value = headers.get("retry-after")
    wait = None if value is None else _wait(value, headers, now)
    if wait is None:
        wait = _seconds(headers.get("x-ratelimit-reset", ""))
    if wait is None:
        return None
    if wait >= _EPOCH_FROM:
        wait -= now.timestamp()
    return min(max(wait, 0.0), float(limits.LONGEST_WAIT_S))


def max_age_s(headers: Headers) -> float | None:
    """Seconds for which the answer says it stays fresh, as of its arrival; None if it does not say.

    `max-age`, else `Expires` less `Date`; both less `Age`; nothing at all if the
    server wants no caching.
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-store" in directives or "no-cache" in directives:
        return None
    lifetime = _seconds(directives["max-age"]) if "max-age" in directives else _until_expiry(headers)
    return None if lifetime is None else max(lifetime - (_seconds(headers.get("age", "")) or 0.0), 0.0)


def _until_expiry(headers: Headers) -> float | None:
    expires, sent = http_date(headers.get("expires", "")), http_date(headers.get("date", ""))
    return None if expires is None or sent is None else (expires - sent).total_seconds()


def _wait(value: str, headers: Headers, now: datetime) -> float | None:
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
    until = http_date(value)
    if until is None:
        return None
    return (until - (http_date(headers.get("date", "")) or now)).total_seconds()


def _directives(header: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in header.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _seconds(value: str) -> float | None:
    whole, _, fraction = value.strip().partition(".")
    good = whole.isascii() and whole.isdigit() and len(whole) <= _DIGITS
    return float(whole) if good and (not fraction or fraction.isdigit()) else None
