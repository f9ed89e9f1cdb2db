"""What stays in view after an absence: few items, each for a reason. Pure.

In this order: from a source of strong tie, or one that seldom posts; what matches a question; what several
sources link to; then each source in its turn. A reason takes half of the places that are still free at most, so that
one broad question does not fill the list, and none hides what has no reason at all. Within a reason the
sources take turns, the newest item of each before the second of any.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item that waits.

    Attributes:
        source: Whose; None for what came from none.
        near: Its source is of strong tie, or seldom posts.
        asked: It matches a question.
        links: How many sources brought it.
    """

    item: str
    source: str | None
    near: bool = False
    asked: bool = False
    links: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """An item that stays in view.

    Attributes:
        by_turn: For no other reason than that it was its source's turn.
    """

    item: str
    by_turn: bool = False


_STEPS: tuple[Callable[[Candidate], bool], ...] = (
    lambda one: one.near,
    lambda one: one.asked,
    lambda one: one.links > 1,
)


def pick(candidates: Sequence[Candidate], *, limit: int, per_source: int) -> tuple[Picked, ...]:
    """The items that stay in view, in the order of the reasons.

    Args:
        candidates: Newest first.
        limit: So many at most.
        per_source: So many of one source at most, but for those that come by turn; 0 for no such limit.
    """
    taken: dict[str, Picked] = {}
    of_source: dict[str | None, int] = {}
    for step in _STEPS:
        most = len(taken) + (limit - len(taken) + 1) // 2
        for one in turns([one for one in candidates if step(one) and one.item not in taken]):
            if len(taken) >= most:
                break
            if per_source and of_source.get(one.source, 0) >= per_source:
                continue
            taken[one.item] = Picked(item=one.item)
            of_source[one.source] = of_source.get(one.source, 0) + 1
    left = [one for one in candidates if one.item not in taken]
    fresh = [one for one in left if one.source not in of_source]
    for one in (*turns(fresh), *turns([one for one in left if one.source in of_source])):
        if len(taken) >= limit:
            break
        taken[one.item] = Picked(item=one.item, by_turn=True)
    return tuple(taken.values())


def turns(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """The first of each source, then the second of each, and so on; sources in order of their first."""
    rounds: list[list[Candidate]] = []
    met: dict[str | None, int] = {}
    for one in candidates:
        turn = met.get(one.source, 0)
        met[one.source] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(one)
    for sharing in rounds:
        yield from sharing
