"""Words for moments and periods: `3w`, `yesterday`, `2026-10`, `2026-W47`, `2026-11-22`.

Periods are half-open, begin at midnight of the home's zone, and are given back in UTC; a week is an
ISO week, Monday to Sunday.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pkm.errors import UsageError

_AGO = re.compile(r"(\d{1,4})\s*([hdwmy])", re.ASCII)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE | re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_FORMS = "3d, 2w, yesterday, 2026-11-22, 2026-W47, 2026-11 or 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time.

    Attributes:
        name: As files name it: `2026-W47`, `2026-11`, `2026-11-15..2026-11-22`.
        starts_at: Aware, UTC; its first moment.
        ends_at: Aware, UTC; the first moment after it.
    """

    name: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.starts_at <= moment < self.ends_at


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in the zone, in UTC; an hour that occurs twice is read as the first."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """A naive local time of the zone as UTC."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def utc_stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_stamp(moment: datetime, zone: ZoneInfo) -> str:
    """`YYYY-MM-DDTHH:MM:SS` in the zone: how front matter writes a moment."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def parse_since(words: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment from which something counts.

    Args:
        words: `3d`, `2w`, `6h`, `today`, `yesterday`, or the name of a period (its start).
        now: Aware.
        zone: The home's.

    Raises:
        UsageError: The words name no moment.
    """
    said = words.strip().lower()
    today = now.astimezone(zone).date()
    if said == "today":
        return midnight(today, zone)
    if said == "yesterday":
        return midnight(today - timedelta(days=1), zone)
    if ago := _AGO.fullmatch(said):
        return _ago(int(ago[1]), ago[2], now)
    return parse_period(words, zone=zone).starts_at


def parse_until(words: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The first moment that no longer counts: a day or a period counts as a whole, `3d` is three days ago.

    Args:
        words: As for `parse_since`.
        now: Aware.
        zone: The home's.

    Raises:
        UsageError: The words name no moment.
    """
    said = words.strip().lower()
    if said in {"today", "yesterday"}:
        today = now.astimezone(zone).date()
        return midnight(today + timedelta(days=said == "today"), zone)
    if ago := _AGO.fullmatch(said):
        return _ago(int(ago[1]), ago[2], now)
    return parse_period(words, zone=zone).ends_at


def _ago(count: int, unit: str, now: datetime) -> datetime:
    span = timedelta(hours=count) if unit == "h" else timedelta(days=count * _DAYS[unit])
    try:
        return now.astimezone(UTC) - span
    except OverflowError as error:
        raise UsageError(f"'{count}{unit}' goes back too far", hint=f"try {_FORMS}") from error


def parse_period(words: str, *, zone: ZoneInfo) -> Period:
    """The period that words name: a day, an ISO week, a month or a year.

    Raises:
        UsageError: They name none.
    """
    said = words.strip().upper()
    try:
        if week := _WEEK.fullmatch(said):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return _days(f"{week[1]}-W{int(week[2]):02}", first, first + timedelta(days=7), zone)
        if month := _MONTH.fullmatch(said):
            return _month(int(month[1]), int(month[2]), zone)
        if _YEAR.fullmatch(said):
            return _days(said, date(int(said), 1, 1), date(int(said) + 1, 1, 1), zone)
        day = date.fromisoformat(words.strip())
        return _days(day.isoformat(), day, day + timedelta(days=1), zone)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"'{words}' is no day or period", hint=f"try {_FORMS}") from error


def _days(name: str, first: date, after: date, zone: ZoneInfo) -> Period:
    return Period(name=name, starts_at=midnight(first, zone), ends_at=midnight(after, zone))


def _month(year: int, month: int, zone: ZoneInfo) -> Period:
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return _days(f"{year:04}-{month:02}", first, after, zone)


def month_of(now: datetime, zone: ZoneInfo) -> Period:
    """The month in which a moment lies."""
    today = now.astimezone(zone).date()
    return _month(today.year, today.month, zone)


def last_days(count: int, *, now: datetime, zone: ZoneInfo) -> Period:
    """The last `count` days up to now, the day of now included; named by its ISO week if it has 7 days.

    The name is that of the week in which it ends, since that is what a reader calls "this week".
    """
    today = now.astimezone(zone).date()
    starts = midnight(today - timedelta(days=count), zone)
    year, week, _ = today.isocalendar()
    name = f"{year}-W{week:02}" if count == 7 else f"{today - timedelta(days=count)}..{today}"
    return Period(name=name, starts_at=starts, ends_at=now.astimezone(UTC) + timedelta(microseconds=1))
