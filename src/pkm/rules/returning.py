"""When an old note comes back, in arithmetic that anybody can do by hand; and which few are offered today.

A note waits 7 days at first. `fruitful` makes its wait 1.6 times as long, `not now` 2.5 times, `done` endless.
No wait is under 3 days or over 365. Each note's wait is shifted by up to a tenth, always the same for one
note, so that what was written on one day does not come back on one day. What was not answered simply
waits: nothing is counted, and no day offers more than `REVISITS_A_DAY`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import Final

from pkm.model.revisit import Answer, Offer, Rhythm, Why
from pkm.rules.limits import REVISITS_A_DAY

FIRST_WAIT: Final = 7.0  # days
LEAST_WAIT: Final = 3.0
LONGEST_WAIT: Final = 365.0
_FACTORS: Final = {Answer.FRUITFUL: 1.6, Answer.NOT_NOW: 2.5, Answer.DONE: 1.0}
_SHIFT: Final = 0.1
_SPAN: Final = 2**32
_GOLDEN: Final = 0.6180339887498949  # a step of this share of a ring falls between all places visited before


def rhythm(ref: str, made: date, answers: Sequence[tuple[date, Answer]]) -> Rhythm:
    """When something comes back.

    Args:
        ref: Its id.
        made: Local day on which it was written, or kept.
        answers: What was said to it and on which local day, oldest first.
    """
    wait, since, last = FIRST_WAIT, made, None
    for day, answer in answers:
        wait, since, last = longer(wait, answer), day, answer
    due = None if last == Answer.DONE else _after(since, shifted(wait, ref))
    return Rhythm(wait=wait, due=due, met=len(answers))


def longer(wait: float, answer: Answer) -> float:
    """The next wait in days, within its bounds."""
    return min(LONGEST_WAIT, max(LEAST_WAIT, wait * _FACTORS[answer]))


def shifted(wait: float, ref: str) -> int:
    """Whole days of a wait, up to a tenth more or less, always the same for one thing; within the bounds."""
    share = _place(ref) * 2 - 1
    return round(min(LONGEST_WAIT, max(LEAST_WAIT, wait * (1 + _SHIFT * share))))


def _after(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:  # a note dated to the end of the calendar
        return date.max


def todays(
    offers: Iterable[Offer], *, answered: frozenset[str] = frozenset(), limit: int = REVISITS_A_DAY
) -> tuple[Offer, ...]:
    """The few of a day: one for each reason in turn, then one more of each, nothing twice.

    Args:
        offers: As they stood when the day began, the best of each reason first.
        answered: What was answered today. It has had its place, and nothing moves up into it.
        limit: How many a day has.
    """
    queues: dict[Why, list[Offer]] = {why: [] for why in Why}
    for offer in offers:
        queues[offer.why].append(offer)
    taken: dict[str, Offer] = {}
    while len(taken) < limit and any(queues.values()):
        for queue in queues.values():
            while queue and queue[0].ref in taken:
                queue.pop(0)
            if queue and len(taken) < limit:
                offer = queue.pop(0)
                taken[offer.ref] = offer
    return tuple(offer for offer in taken.values() if offer.ref not in answered)


def drawn(refs: Iterable[str], day: date) -> list[str]:
    """The same things in an order that chance gives them for one day."""
    return sorted(refs, key=lambda ref: _place(f"{day.isoformat()} {ref}"))


def of_the_day(refs: Iterable[str], day: date) -> str | None:
    """One thing a day: a walk round a ring whose steps never come to the same place; None of nothing.

    All of n things come within some 3 n days. A new one moves the others by a place at most, so that few of
    the days ahead change.
    """
    ring = sorted(refs, key=_place)
    return ring[int(day.toordinal() * _GOLDEN % 1 * len(ring))] if ring else None


def _place(word: str) -> float:
    """From 0 to just below 1."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogateescape"), digest_size=4).digest()) / _SPAN
