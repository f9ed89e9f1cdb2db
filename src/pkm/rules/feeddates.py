"""Dates as feeds write them.

RFC 822 with its relatives (RFC 2822, asctime, names in other languages), RFC 3339 and ISO 8601,
seconds or milliseconds since 1970. What has no zone is taken as UTC; what cannot be, is None.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

EARLIEST_YEAR: Final = 1990
"""Feeds are younger; an earlier date is a default that nobody set."""
LATEST_YEAR: Final = 2200
_LONGEST = 100

# Hours east of UTC. Where a name has several meanings, the one that feeds use most.
_ZONES: Final = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1,
    "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "SAST": 2, "CAT": 2,
    "WAT": 1, "EAT": 3, "IST": 5.5, "PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "SGT": 8, "HKT": 8, "AWST": 8,
    "PHT": 8, "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "BRT": -3, "ART": -3, "CLT": -4, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
# The first letters of each month, in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTHS: Final = (
    "jan ene gen", "feb fev fév", "mar mär mrz mrt", "apr abr avr", "may mai mag mei", "jun giu juin",
    "jul lug juil", "aug ago aou aoû", "sep set", "oct okt out ott", "nov", "dec dez dic déc dez",
)  # fmt: skip
_MONTH: Final = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts.split()}

_NUMBER = re.compile(r"[0-9]{9,13}")
_ISO = re.compile(
    r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?|([0-9]{2})([0-9]{2})|-([0-9]{3}))?(?=[TtZz+\s]|$)"
)
_DAY_FIRST = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s-]+([^\W\d_]{3,12})\.?,?[\s-]+([0-9]{2,4})\b")
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,12})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?(?:,?\s+([0-9]{4})\b)?")
_YEAR = re.compile(r"\b([12][0-9]{3})\b")
_TIME = re.compile(
    r"(?:^|[\sTt])([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:[.,][0-9]*)?)?(?=[^0-9]|$)\s*([AaPp]\.?[Mm]\b)?"
)
_TIME_BASIC = re.compile(r"[Tt]([0-9]{2})([0-9]{2})([0-9]{2})?(?:[.,][0-9]*)?(?=[^0-9]|$)()")
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?([+-])([0-9]{1,2}):?([0-9]{2})?(?=[^0-9:]|$)")
_NAME = re.compile(r"\b([A-Z]{1,4})\b")


def parse_date(text: str | None) -> datetime | None:
    """An aware UTC date, or None if there is none, or none that can be true.

    A day without a time is its midnight in UTC. Nothing before 1990 or after 2200 is taken.
    """
    words = " ".join((text or "")[:_LONGEST].split())
    if _NUMBER.fullmatch(words):
        return _since_1970(int(words))
    try:
        return _checked(_read(words))
    except (ValueError, OverflowError):
        return None


def _since_1970(number: int) -> datetime | None:
    seconds = number / 1000 if number >= 10**11 else number
    return _checked(datetime.fromtimestamp(seconds, tz=UTC))


def _checked(when: datetime | None) -> datetime | None:
    if when is None:
        return None
    utc = when.astimezone(UTC)
    return utc if EARLIEST_YEAR <= utc.year <= LATEST_YEAR else None


def _read(words: str) -> datetime | None:
    day = _iso_day(words) or _named_day(words)
    if day is None:
        return None
    date, rest = day
    return _with_time(date, rest)


def _iso_day(words: str) -> tuple[datetime, str] | None:
    """A date that begins with its year, and what stands behind it."""
    found = _ISO.match(words)
    if found is None:
        found = _ISO.match(words.partition(", ")[2])  # a day's name before it
        if found is None or not found.group(3):
            return None
    if found.group(0).isdigit() and len(found.group(0)) not in (4, 8):
        return None
    year, month, day, month_8, day_8, of_year = (int(part) if part else 0 for part in found.groups())
    if of_year:
        return _midnight(year, 1, 1) + timedelta(days=of_year - 1), found.string[found.end() :]
    date = _midnight(year, month or month_8 or 1, day or day_8 or 1)
    return date, found.string[found.end() :]


def _named_day(words: str) -> tuple[datetime, str] | None:
    """A date with its month as a word, and the text without it."""
    for found in _DAY_FIRST.finditer(words):
        month = _month(found.group(2))
        if month:
            date = _midnight(_whole_year(found.group(3)), month, int(found.group(1)))
            return date, words[found.end() :]
    for found in _MONTH_FIRST.finditer(words):
        month = _month(found.group(1))
        year = found.group(3) or _last_year(words[found.end() :])
        if month and year:
            return _midnight(int(year), month, int(found.group(2))), words[found.end() :]
    return None


def _last_year(text: str) -> str | None:
    found = _YEAR.findall(text)
    return found[-1] if found else None


def _month(word: str) -> int | None:
    word = word.lower()
    return _MONTH.get(word[:4]) or _MONTH.get(word[:3])


def _whole_year(digits: str) -> int:
    """Two digits as RFC 2822, section 4.3, reads them."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def _with_time(date: datetime, rest: str) -> datetime:
    found = _TIME.search(rest) or _TIME_BASIC.match(rest)
    if found is None:
        return date
    hour, minute, second = int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)
    if found.group(4):
        hour = hour % 12 + (12 if found.group(4)[0] in "Pp" else 0)
    next_day = hour == 24 and minute == second == 0
    moment = date.replace(hour=0 if next_day else hour, minute=minute, second=min(second, 59))
    if second > 60:
        raise ValueError(second)
    return moment.replace(tzinfo=_zone(rest[found.end() :])) + timedelta(days=next_day)


def _zone(text: str) -> timezone:
    found = _OFFSET.search(text)
    if found:
        hours, minutes = int(found.group(2)), int(found.group(3) or 0)
        shift = timedelta(hours=hours, minutes=minutes)
        return timezone(-shift if found.group(1) == "-" else shift)
    for name in _NAME.findall(text):
        if name in _ZONES:
            return timezone(timedelta(hours=_ZONES[name]))
    return UTC
