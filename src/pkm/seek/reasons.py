"""Why a row stands where it does, and what is folded. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


def draw(
    order: Iterable[tuple[str, str | None]],
    decided: Mapping[str | None, int],
    count: int,
    random_below: Callable[[int], int],
) -> tuple[list[str], frozenset[str | None]]:
    """So many items by chance, from sources rarely seen before all others.

    A source is rarely seen if the user lately decided about fewer of its items than about those of the
    average source that has something here. Of these one is drawn, then one of its items; a source comes again
    when each of them had its turn. Only when they have nothing left the other sources follow, likewise.

    Args:
        order: Items with their sources.
        decided: How many items of a source the user decided about lately; none if it is not there.
        count: How many to draw.
        random_below: `secrets.randbelow` or a stand-in for it.

    Returns:
        The items in the order that they had, and the sources that are rarely seen.
    """
    listed = list(order)
    items: dict[str | None, list[str]] = {}
    for item, source in listed:
        items.setdefault(source, []).append(item)
    average = sum(decided.get(source, 0) for source in items) / max(1, len(items))
    rare = frozenset(source for source in items if decided.get(source, 0) < average)
    drawn: set[str] = set()
    for sources in ([one for one in items if one in rare], [one for one in items if one not in rare]):
        while any(items[one] for one in sources) and len(drawn) < count:
            turn = [one for one in sources if items[one]]
            while turn and len(drawn) < count:
                source = turn.pop(random_below(len(turn)))
                drawn.add(items[source].pop(random_below(len(items[source]))))
    return [item for item, _source in listed if item in drawn], rare


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about the rows of a list as a whole.

    Attributes:
        seldom: Ids of sources that post less than once a week.
        questions: For an item, the words about the user's questions that it matches.
        rare: Sources that are rarely seen.
        by_chance: The rows were drawn.
        by_turn: Items that stand there since it was their source's turn.
    """

    seldom: frozenset[str] = frozenset()
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rare: frozenset[str | None] = frozenset()
    by_chance: bool = False
    by_turn: frozenset[str] = frozenset()


def because(listed: ListedItem, known: Known) -> tuple[str, ...]:
    """Why an item deserves a look; words of the closed list, the weightiest first."""
    said = []
    if listed.source is not None and listed.source.tie == Tie.STRONG:
        said.append("strong tie")
    said += known.questions.get(listed.item.id, ())
    if listed.sources > 1:
        said.append(f"{listed.sources} of your sources link to it")
    if listed.item.source in known.seldom:
        said.append("seldom posts")
    if known.by_chance and listed.item.source in known.rare:
        said.append("rarely seen source")
    if known.by_chance:
        said.append("by chance")
    if listed.item.id in known.by_turn:
        said.append("by turn")
    return tuple(said)


def posts_seldom(count: int, span: timedelta) -> bool:
    """Whether so many items in that time are less than one a week.

    False where the time is too short to tell, and for a source that was silent all that time: that one does
    not post seldom, it has stopped.
    """
    weeks = span / timedelta(weeks=1)
    return span >= timedelta(days=_LEAST_HISTORY_DAYS) and 0 < count / weeks < _SELDOM_A_WEEK
