"""Decide, apart from doing: what does a feed say that we do not have, or had otherwise? Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pkm.model.item import ParsedItem, State
from pkm.rules.identity import Keyed
from pkm.rules.limits import FIRST_PULL_NEW, ITEMS_FIRST_PULL, ITEMS_PER_PULL
from pkm.store.arrivals import KnownArrival

_FIRST_YEAR = 1990  # dates before the first feeds are mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An item of a feed with its key and the hash of what is said of it now."""

    keyed: Keyed
    content_sha: str

    @property
    def item(self) -> ParsedItem:
        """What the feed says."""
        return self.keyed.item


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a feed now says otherwise of an arrival that we have."""

    known: KnownArrival
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a feed says now, sorted.

    Attributes:
        new: Not had before, in document order.
        revised: Had, with other words.
        still_there: Numbers of the arrivals that it still lists.
    """

    new: tuple[Said, ...] = ()
    revised: tuple[Revision, ...] = ()
    still_there: tuple[int, ...] = ()


def names_of(said: Iterable[Said]) -> list[str]:
    """Every name by which the store might know these."""
    return [name for one in said for name in (one.keyed.key, *one.keyed.aliases)]


def compare(said: Sequence[Said], known: Mapping[str, KnownArrival], buried: Collection[str] = ()) -> Changes:
    """Sort what a feed says now into new, revised and still there; drop what was pruned for good.

    Args:
        said: In document order.
        known: The source's arrivals, by every name that `names_of` asked for.
        buried: Keys that must not come back.
    """
    rows = _matched(said, known)
    new: list[Said] = []
    revised: list[Revision] = []
    for one in said:
        found = rows.get(one.keyed.key)
        if found is not None:
            if found.content_sha != one.content_sha:
                revised.append(Revision(known=found, said=one))
        elif one.keyed.key not in buried:
            new.append(one)
    return Changes(
        new=tuple(new), revised=tuple(revised), still_there=tuple(found.row for found in rows.values())
    )


def _matched(said: Sequence[Said], known: Mapping[str, KnownArrival]) -> dict[str, KnownArrival]:
    """Which arrival each item is, by its key; two items of one document are never one arrival."""
    keys = [one.keyed.key for one in said]
    # Who bears an arrival's very key is that arrival, before anybody whom a lower step leads to it.
    rows = {key: found for key in keys if (found := known.get(key)) is not None and found.key == key}
    taken = {found.row for found in rows.values()}
    for one in said:
        if one.keyed.key in rows:
            continue
        names = (one.keyed.key, *one.keyed.aliases)
        found = next((row for name in names if (row := known.get(name)) and row.row not in taken), None)
        if found is not None:
            rows[one.keyed.key] = found
            taken.add(found.row)
    return rows


def newest(said: Sequence[Said], *, first_pull: bool) -> tuple[Said, ...]:
    """At most so many as one pull may bring: the newest, in document order."""
    most = ITEMS_FIRST_PULL if first_pull else ITEMS_PER_PULL
    if len(said) <= most:
        return tuple(said)
    kept = {id(one) for one in sorted(said, key=_age)[:most]}
    return tuple(one for one in said if id(one) in kept)


def first_states(said: Sequence[Said], *, most_new: int = FIRST_PULL_NEW) -> tuple[State, ...]:
    """The first pull of a source owes nobody its past: its newest few are new, the rest is filed away."""
    fresh = {id(one) for one in sorted(said, key=_age)[:most_new]}
    return tuple(State.NEW if id(one) in fresh else State.LET_GO for one in said)


def _age(one: Said) -> tuple[float, int]:
    published = believable(one.item.published_at)
    return (-published.timestamp() if published else 0.0, one.item.position)


def believable(published: datetime | None) -> datetime | None:
    """A date that can be one; None for what is none."""
    return published if published is not None and published.year >= _FIRST_YEAR else None


def sort_moment(item: ParsedItem, seen_at: datetime) -> datetime:
    """Where an item stands in lists: its date, but never later than when it was first seen.

    Undated items that came together keep the order of their document, the first being the newest.
    """
    published = believable(item.published_at)
    if published is None:
        return seen_at.astimezone(UTC) - timedelta(milliseconds=min(item.position, 100_000))
    return min(published, seen_at).astimezone(UTC)
