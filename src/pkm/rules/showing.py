"""Which of its arrivals an item shows: title, link, authors, language and text come from one of them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Showable:
    """What is weighed of an arrival.

    Attributes:
        public: Its source is not private.
        own: It links to its own source's site: who wrote it, not who pointed to it.
        shown: The item shows it now.
        chars: Characters of its plain text.
    """

    public: bool
    own: bool
    shown: bool
    chars: int


def best(arrivals: Sequence[Showable]) -> int:
    """Place of the arrival that the item is to show; they stand in the order in which they were first seen.

    Only those that say at least half as much as the longest come into question, so that a summary never takes
    the place of a text. Of these: what is public before what is private, the author's own before whoever
    pointed to it, the one that is shown already, the first seen.
    """
    least = max(one.chars for one in arrivals) / 2
    able = [place for place, one in enumerate(arrivals) if one.chars >= least]
    return max(
        able, key=lambda place: (arrivals[place].public, arrivals[place].own, arrivals[place].shown, -place)
    )


def is_worse(chars: int, shown: int) -> bool:
    """Whether a text is so much shorter than the one shown that it must not replace it."""
    return chars * 2 < shown
