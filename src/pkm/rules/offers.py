"""What could be met again today, and why: lists for `returning.todays` to take from. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pkm.model.revisit import Answer, Met, Offer, Past, Rhythm, Why
from pkm.rules.returning import drawn, rhythm

WEEK: Final = timedelta(days=7)
KEPT_LONG: Final = timedelta(days=14)
"""So old is a promise before it is worth a reminder."""

_WORDS: Final = {Answer.FRUITFUL: "fruitful", Answer.NOT_NOW: "put off", Answer.DONE: "done"}
_DAYS_A_MONTH: Final = 30.4
_DAYS_A_YEAR: Final = 365.25


class Diary:
    """What was answered up to a day, and when each thing comes back.

    Args:
        answers: By id, oldest first.
        day: Local; what was answered on it is not looked at, so that the day's list stands still.
        zone: The home's.
    """

    def __init__(self, answers: Mapping[str, Sequence[Met]], *, day: date, zone: ZoneInfo) -> None:
        self.day = day
        self.zone = zone
        self.today = frozenset(ref for ref, said in answers.items() if said and met_on(said[-1], zone) == day)
        self._answers = {
            ref: [(met_on(one, zone), one.answer) for one in said if met_on(one, zone) < day]
            for ref, said in answers.items()
        }

    def rhythm(self, ref: str, made: date) -> Rhythm:
        """When it comes back, as it stood when the day began."""
        return rhythm(ref, made, self._answers.get(ref, ()))

    def last(self, ref: str) -> tuple[date, Answer] | None:
        """The last answer before the day."""
        said = self._answers.get(ref)
        return said[-1] if said else None

    def waits(self, ref: str, made: date) -> bool:
        """Whether the user put it off until later, or for good: then no reason brings it sooner."""
        if self.last(ref) is None:
            return False
        due = self.rhythm(ref, made).due
        return due is None or due > self.day


def met_on(met: Met, zone: ZoneInfo) -> date:
    """The local day of an answer."""
    return met.at.astimezone(zone).date()


def offers_of_notes(notes: Iterable[Past], diary: Diary) -> Iterator[Offer]:
    """Notes of this day in earlier years, those that are due, those that were never met since."""
    fresh: dict[str, date] = {}
    due: list[tuple[date, str, str]] = []
    for note in notes:
        made = note.created_at.astimezone(diary.zone).date()
        if diary.waits(note.id, made) or made >= diary.day:
            continue
        if (made.month, made.day) == (diary.day.month, diary.day.day):
            yield Offer(ref=note.id, why=Why.THIS_DAY, because=f"written on this day in {made.year}")
        came = diary.rhythm(note.id, made).due
        last = diary.last(note.id)
        if last is not None and came is not None:
            due.append((came, note.id, f"{_WORDS[last[1]]} {since(last[0], diary.day)}"))
        elif came is not None and came <= diary.day:
            fresh[note.id] = made
    # What came due last stands first: after an absence nothing is in arrears, the newest is met.
    for _, ref, because in sorted(due, reverse=True):
        yield Offer(ref=ref, why=Why.DUE, because=because)
    for ref in drawn(fresh, diary.day):
        because = f"written {since(fresh[ref], diary.day)}, not met since"
        yield Offer(ref=ref, why=Why.UNMET, because=because)


def offers_of_links(
    linked: Iterable[tuple[str, Past]], notes: Mapping[str, Past], diary: Diary
) -> Iterator[Offer]:
    """Older notes that notes of this week link to.

    Args:
        linked: Id of the note that is meant, and the note of this week that links to it.
        notes: By id.
        diary: What was answered.
    """
    for ref, by in linked:
        note = notes.get(ref)
        if note is None:
            continue
        made = note.created_at.astimezone(diary.zone).date()
        if made <= diary.day - WEEK and not diary.waits(ref, made):
            because = f"'{by.title}', which you wrote this week, links to it"
            yield Offer(ref=ref, why=Why.LINKED, because=because)


def offers_of_claims(
    lacking: Iterable[tuple[str, str]], diary: Diary, made: Mapping[str, Past]
) -> Iterator[Offer]:
    """Claims that are not whole: id, and what the first one lacks."""
    for ref, what in lacking:
        note = made.get(ref)
        written = note.created_at.astimezone(diary.zone).date() if note else diary.day
        if note is not None and written < diary.day and not diary.waits(ref, written):
            yield Offer(ref=ref, why=Why.CLAIM, because=what)


def offers_of_items(kept: Iterable[tuple[str, date]], diary: Diary) -> Iterator[Offer]:
    """Items that were kept long ago and have no words yet: id, and on which local day."""
    for ref, made in kept:
        if not diary.waits(ref, made):
            because = f"kept {since(made, diary.day)}, no words of yours yet"
            yield Offer(ref=ref, why=Why.KEPT, because=because)


def since(day: date, today: date) -> str:
    """How long ago a day was, as people say it."""
    days = (today - day).days
    for size, least, unit in (
        (_DAYS_A_YEAR, 700, "year"),
        (_DAYS_A_MONTH, 60, "month"),
        (7, 14, "week"),
    ):
        if days >= least:
            return f"{round(days / size)} {unit}s ago"
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
