"""Why a row stands where it does, and what is folded. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pkm.model.item import ListedItem
from pkm.model.source import Tie

_SELDOM_A_WEEK = 1.0
_LEAST_HISTORY_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """More items of one source that would have stood here.

    Attributes:
        source: Its id; None for items that came from none.
        after: How many rows stand above it.
    """

    source: str | None
    count: int
    after: int


def fold(
    order: Iterable[tuple[str, str | None]], *, limit: int, per_source: int
) -> tuple[list[str], tuple[Fold, ...]]:
    """The rows to show, and how many of a source are folded where it would have filled the list.

    Args:
        order: Items with their sources, in the order of the list.
        limit: Rows to show; 0 for all.
        per_source: Rows of one source that may stand together; 0 for no such limit.
    """
    shown: list[str] = []
    folds: list[Fold] = []
    together = 0
    before: str | None = None
    for item, source in order:
        together = together + 1 if shown and source == before else 1
        before = source
        if per_source and together > per_source:
            if folds and folds[-1].after == len(shown):
                folds[-1] = replace(folds[-1], count=folds[-1].count + 1)
            else:
                folds.append(Fold(source=source, count=1, after=len(shown)))
        elif limit and len(shown) >= limit:
            break
        else:
            shown.append(item)
    return shown, tuple(folds)


def by_chance(ids: Sequence[str], count: int, random_below: Callable[[int], int]) -> list[str]:
    """So many of them drawn by chance, in the order that they had."""
    left = list(range(len(ids)))
    drawn = [left.pop(random_below(len(left))) for _ in range(min(count, len(left)))]
    return [ids[place] for place in sorted(drawn)]


def because(listed: ListedItem, seldom: frozenset[str], *, by_chance: bool = False) -> tuple[str, ...]:
    """Why an item deserves a look; words of the closed list, the weightiest first."""
    said = []
    if listed.source is not None and listed.source.tie == Tie.STRONG:
        said.append("strong tie")
    if listed.sources > 1:
        said.append(f"{listed.sources} of your sources link to it")
    if listed.item.source in seldom:
        said.append("seldom posts")
    if by_chance:
        said.append("by chance")
    return tuple(said)


def posts_seldom(count: int, span: timedelta) -> bool:
    """Whether so many items in that time are less than one a week; False where the time is too short to tell."""
    weeks = span / timedelta(weeks=1)
    return span >= timedelta(days=_LEAST_HISTORY_DAYS) and count / weeks < _SELDOM_A_WEEK
