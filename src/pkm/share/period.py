"""Which stretch of time a draft is about, from the words of the call and the last edition."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from pkm.errors import UsageError
from pkm.model.audience import Audience
from pkm.model.digest import Digest
from pkm.rules.when import Period, last_days, month_of, parse_period, parse_since, parse_until
from pkm.shelf.shelf import Shelf

WEEK_DAYS = 7
LAST = "last"
MOMENT = timedelta(milliseconds=1)
"""The shortest time that the store tells apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The words of the call; all None or False: a week.

    Attributes:
        period: `2026-W47`, `2026-11`, a day, a year.
        since: `3d`, `last`, a day or a period.
        until: Likewise; a day or a period counts as a whole.
    """

    week: bool = False
    period: str | None = None
    month: bool = False
    since: str | None = None
    until: str | None = None

    @property
    def is_default(self) -> bool:
        """Whether the period is ours to choose, so that an open draft may go on."""
        return not (self.period or self.month or self.since or self.until)


def period_of(shelf: Shelf, audience: Audience, asked: Asked) -> Period:
    """The period that the words mean.

    Raises:
        UsageError: They contradict each other, or mean nothing.
    """
    _refuse_several(asked)
    if asked.period:
        return parse_period(asked.period, zone=shelf.zone)
    if asked.month:
        return month_of(shelf.now(), shelf.zone)
    ends_at = _just_after(shelf.now())
    if asked.until:
        ends_at = parse_until(asked.until, now=shelf.now(), zone=shelf.zone)
    if not asked.since:
        return _week(shelf, audience, ends_at, open_end=not asked.until)
    starts_at = _since(shelf, audience, asked.since)
    if starts_at is None:
        return _week(shelf, audience, ends_at, open_end=not asked.until)
    if starts_at >= ends_at:
        raise UsageError("the period ends before it begins", hint="give --since an earlier day than --until")
    return stretch(starts_at, ends_at, shelf)


def last_edition(shelf: Shelf, audience: str) -> Digest | None:
    """The newest edition for an audience."""
    editions = shelf.store.digests.editions(audience)
    return editions[0] if editions else None


def end_of(edition: Digest) -> datetime:
    """Up to when an edition took notes: the end of its period, unless it went out before that."""
    return min(edition.ends_at, edition.exported_at or edition.ends_at)


def stretch(starts_at: datetime, ends_at: datetime, shelf: Shelf) -> Period:
    """A period named by its first and last day."""
    first, last = (moment.astimezone(shelf.zone).date() for moment in (starts_at, ends_at - MOMENT))
    return Period(
        name=f"{first}..{last}", starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC)
    )


def _week(shelf: Shelf, audience: Audience, ends_at: datetime, *, open_end: bool) -> Period:
    """The last seven days, or since the last edition if that is longer."""
    last = ends_at - MOMENT
    week = last_days(WEEK_DAYS, now=last, zone=shelf.zone)
    edition = last_edition(shelf, audience.name)
    if edition and end_of(edition) < week.starts_at:
        return stretch(end_of(edition), ends_at, shelf)
    return replace(week, ends_at=ends_at) if open_end else stretch(week.starts_at, ends_at, shelf)


def _since(shelf: Shelf, audience: Audience, words: str) -> datetime | None:
    if words.strip().lower() != LAST:
        return parse_since(words, now=shelf.now(), zone=shelf.zone)
    edition = last_edition(shelf, audience.name)
    return end_of(edition) if edition else None


def _refuse_several(asked: Asked) -> None:
    given = [
        flag
        for flag, said in (
            ("--week", asked.week),
            ("--period", asked.period),
            ("--month", asked.month),
            ("--since", asked.since),
        )
        if said
    ]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} contradict each other", hint="give one of them")
    if asked.until and (asked.period or asked.month):
        raise UsageError(f"--until does not go with {given[0]}", hint="give --since and --until")


def _just_after(moment: datetime) -> datetime:
    """What happened at this very moment counts."""
    return moment + MOMENT
