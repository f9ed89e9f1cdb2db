"""Amounts in words: how many, how long ago."""

from datetime import datetime, timedelta
from typing import Final

_PASSING: Final = 60  # seconds; clocks differ by so much
_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def counted(number: int, noun: str) -> str:
    """`1 note`, `2 notes`, `0 open drafts`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that is whole: `just now`, `3 days ago`; a future moment is `ahead`."""
    seconds = int((now - moment).total_seconds())
    if seconds < -_PASSING:
        return "ahead"
    told = (f"{counted(seconds // size, unit)} ago" for size, unit in _UNITS if seconds >= size)
    return next(told, "just now")


def age(moment: datetime, now: datetime) -> str:
    """How old in few letters: `now`, `5 min`, `3 h`, `2 d`, `6 wk`, then its date."""
    gone = now - moment
    if gone >= timedelta(days=70):
        return f"{moment:%Y-%m-%d}"
    if gone >= timedelta(days=14):
        return f"{gone.days // 7} wk"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if gone >= timedelta(seconds=size):
            return f"{gone // timedelta(seconds=size)} {unit}"
    return "now"


def byte_count(number: int) -> str:
    """`912 bytes`, `3.1 kB`, `24 MB`: in thousands, as disks are sold."""
    size = float(number)
    if size < 1_000:
        return counted(number, "byte")
    for unit in ("kB", "MB", "GB"):
        size /= 1_000
        if size < 999.5 or unit == "GB":
            return f"{size:.1f} {unit}" if size < 9.95 else f"{size:.0f} {unit}"
    return f"{size:.0f} GB"


def lasting(seconds: int) -> str:
    """A duration: `0:45`, `12:03`, `1:02:03`."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
