"""Gaps: stretches of time whose items of a feed we may never have seen. Pure.

A feed shows its newest items only. Asked after a long pause, it may have dropped some that stood in it
meanwhile. Two documents that share an item leave no gap between them. Two that share none may leave one,
between the newest item of the earlier and the oldest of the later; whether something stood there
nobody can tell by then, so it is said with a "may".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What one answer of a feed showed.

    Attributes:
        at: Aware, UTC; when it was asked.
        seen: Items in the document.
        new: Of those, never seen before.
        oldest_at: Aware, UTC; date of its oldest item. None if that is not known.
        newest_at: The same of its newest.
    """

    source: str
    at: datetime
    seen: int
    new: int
    oldest_at: datetime | None
    newest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of which a feed showed us nothing.

    Attributes:
        after: Aware, UTC; the newest item before it.
        before: Aware, UTC; the oldest item after it.
    """

    source: str
    after: datetime
    before: datetime


def gaps(windows: Iterable[Window]) -> tuple[Gap, ...]:
    """The gaps between the answers of each source, in order of the answers.

    Args:
        windows: Of any number of sources, those of each in order of time; empty documents left out.
    """
    last: dict[str, Window] = {}
    found = []
    for window in windows:
        earlier = last.get(window.source)
        if earlier is not None and window.new == window.seen:
            after, before = earlier.newest_at, window.oldest_at
            if after is not None and before is not None and after < before:
                found.append(Gap(source=window.source, after=after, before=before))
        last[window.source] = window
    return tuple(found)
