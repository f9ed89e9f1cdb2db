"""Whether two sayings of a source are about one thing: weighed where its names do not settle it.

A false match hides an item for ever, a missed one shows it twice, so a match wants two witnesses. Titles
and moments are good ones; equal bodies are none (episodes of a podcast, strips of a comic say the same).
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import TypeVar

from pkm.rules.identity import squash

MOST_CANDIDATES = 4
"""Of a larger group nobody can tell who is who."""
_SIMILAR = 0.75  # of two titles at one moment: a corrected headline
_SAME_MOMENT = timedelta(seconds=1)
_NUMBERS = re.compile(r"[0-9]+")
_LONGEST = 300  # characters of a title that are compared

Candidate = TypeVar("Candidate")


def same_title(one: str | None, other: str | None) -> bool:
    """Whether two titles are the same but for white space and capitals; no title is like no other."""
    return bool(one and other) and squash(one or "") == squash(other or "")


def same_moment(one: datetime | None, other: datetime | None) -> bool:
    """Whether two dates are the same to the second; no date is like no other."""
    return one is not None and other is not None and abs(one - other) < _SAME_MOMENT


def alike(one: str | None, other: str | None) -> bool:
    """Whether two titles are so near that one may be the other, corrected; another number is another part."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - few pulls need it

    if not one or not other or _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return False
    return SequenceMatcher(None, squash(one)[:_LONGEST], squash(other)[:_LONGEST]).ratio() >= _SIMILAR


def of_the_moment(
    title: str | None,
    moment: datetime,
    candidates: Sequence[Candidate],
    title_of: Callable[[Candidate], str | None],
) -> Candidate | None:
    """Which of the things that a source published at one moment a nameless or renamed one is; None: none.

    Args:
        title: What it is called now.
        moment: When it was published; at midnight it is only a day, and a corrected headline no witness.
        candidates: Things that were published at that moment and are no longer listed.
        title_of: What each was called.
    """
    if len(candidates) > MOST_CANDIDATES:
        return None
    equal = [one for one in candidates if same_title(title, title_of(one))]
    if len(equal) == 1:
        return equal[0]
    if equal or len(candidates) != 1 or moment.timetz().replace(tzinfo=None) == time.min:
        return None
    return candidates[0] if alike(title, title_of(candidates[0])) else None
