"""A site that moved to another platform names all its old pieces anew: find them again. Pure.

Held as carefully as the oldest readers hold it: many at once or not at all, one to one, by the path of the
link or by title and day. A body alone proves nothing, however long, so none is looked at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from pkm.rules.identity import path_step, title_step
from pkm.rules.sameness import MOST_CANDIDATES, same_moment, same_title
from pkm.seek.said import Said, published
from pkm.store.arrivals import KnownArrival

FEWEST = 5
SHARE = 0.6

Thing = TypeVar("Thing")


def rekeyed(new: Sequence[Said], gone: Sequence[KnownArrival]) -> dict[str, KnownArrival]:
    """Which arrivals the new things of a document are, if so many are that the site must have moved.

    Args:
        new: What no name leads to an arrival.
        gone: Arrivals that the document does not list.

    Returns:
        Arrivals by the new key; empty unless there are at least `FEWEST` new and `SHARE` of them were found.
    """
    if len(new) < FEWEST:
        return {}
    found = _paired(new, gone, lambda one: path_step(one.item.url), lambda one: path_step(one.url))
    left = [one for one in new if one.keyed.key not in found]
    rows = {one.row for one in found.values()}
    found |= _paired(
        left,
        [one for one in gone if one.row not in rows],
        lambda one: title_step(one.item.title, published(one.item)),
        lambda one: title_step(one.title, one.published_at),
    )
    return found if len(found) >= len(new) * SHARE else {}


def _paired(
    new: Sequence[Said],
    gone: Sequence[KnownArrival],
    name_of: Callable[[Said], str | None],
    known_as: Callable[[KnownArrival], str | None],
) -> dict[str, KnownArrival]:
    """Pairs with one name; where several share it, title or moment must single one out."""
    there = _grouped(gone, known_as)
    pairs: dict[str, KnownArrival] = {}
    for name, group in _grouped(new, name_of).items():
        candidates = there.get(name, [])
        if len(group) > MOST_CANDIDATES or len(candidates) > MOST_CANDIDATES:
            continue
        if len(group) == len(candidates) == 1:
            pairs[group[0].keyed.key] = candidates[0]
            continue
        for one in group:
            fit = [known for known in candidates if _fits(one, known)]
            rivals = [other for other in group if any(_fits(other, known) for known in fit)]
            if len(fit) == len(rivals) == 1:
                pairs[one.keyed.key] = fit[0]
    return pairs


def _fits(one: Said, known: KnownArrival) -> bool:
    return same_title(one.item.title, known.title) and same_moment(published(one.item), known.published_at)


def _grouped(things: Iterable[Thing], name_of: Callable[[Thing], str | None]) -> Mapping[str, list[Thing]]:
    groups: dict[str, list[Thing]] = defaultdict(list)
    for one in things:
        name = name_of(one)
        if name is not None:
            groups[name].append(one)
    return groups
