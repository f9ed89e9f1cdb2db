"""Decide, apart from doing: what does a feed say that we do not have, or had otherwise? Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pkm.model.item import ParsedItem, State
from pkm.rules.limits import FIRST_PULL_NEW, ITEMS_FIRST_PULL, ITEMS_PER_PULL, RESET_DAYS
from pkm.rules.sameness import of_the_moment, same_moment, same_title
from pkm.rules.urls import is_home_page, match_url
from pkm.seek.moved import rekeyed
from pkm.seek.said import Said, published
from pkm.store.arrivals import KnownArrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a feed now says otherwise of an arrival that we have.

    Attributes:
        rekeyed: Its site moved, so its other words are no edit.
    """

    known: KnownArrival
    said: Said
    rekeyed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Names by which a feed calls an arrival that we knew by others.

    Attributes:
        key: Its key from now on; None if it keeps its own.
    """

    row: int
    names: tuple[str, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a feed says now, sorted.

    Attributes:
        new: Not had before, in document order.
        revised: Had, with other words.
        dated: Had with a guessed date, and now with a real one.
        learnt: Had under other names.
        still_there: Numbers of the arrivals that it still lists as they were.
    """

    new: tuple[Said, ...] = ()
    revised: tuple[Revision, ...] = ()
    dated: tuple[Revision, ...] = ()
    learnt: tuple[Learnt, ...] = ()
    still_there: tuple[int, ...] = ()

    @property
    def rekeyed(self) -> int:
        """How many are known under a new key since their site moved."""
        return sum(one.key is not None for one in self.learnt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What else a source has that the new things of a document might be.

    Attributes:
        dated: Arrivals by the moment at which they were published.
        lately: Its newest arrivals; empty where too little is new for a move.
    """

    dated: Mapping[datetime, Sequence[KnownArrival]]
    lately: Sequence[KnownArrival] = ()


def names_of(said: Iterable[Said]) -> list[str]:
    """Every name by which the store might know these."""
    return [name for one in said for name in (one.keyed.key, *one.keyed.aliases)]


def compare(said: Sequence[Said], known: Mapping[str, KnownArrival], near: Near | None = None) -> Changes:
    """Sort what a feed says now into new, revised and still there.

    Args:
        said: In document order.
        known: The source's arrivals, by every name that `names_of` asked for.
        near: What the others might be; None on a first pull.
    """
    rows = by_name(said, known)
    moved: dict[str, KnownArrival] = {}
    if near is not None:
        rows |= _by_moment(unknown(said, rows), near.dated, {one.row for one in rows.values()})
        there = {one.row for one in rows.values()}
        moved = rekeyed(unknown(said, rows), [one for one in near.lately if one.row not in there])
    return _sorted(said, known, rows, moved)


def unknown(said: Sequence[Said], rows: Mapping[str, KnownArrival]) -> tuple[Said, ...]:
    """Those that no name leads to an arrival."""
    return tuple(one for one in said if one.keyed.key not in rows)


def _sorted(
    said: Sequence[Said],
    known: Mapping[str, KnownArrival],
    rows: Mapping[str, KnownArrival],
    moved: Mapping[str, KnownArrival],
) -> Changes:
    new: list[Said] = []
    revised: list[Revision] = []
    dated: list[Revision] = []
    learnt: list[Learnt] = []
    there: list[int] = []
    for one in said:
        key = one.keyed.key
        found = rows.get(key) or moved.get(key)
        if found is None:
            new.append(one)
            continue
        if found.content_sha != one.content_sha:
            revised.append(Revision(known=found, said=one, rekeyed=key in moved))
        else:
            there.append(found.row)
            if found.date_source == "seen" and published(one.item):
                dated.append(Revision(known=found, said=one))
        names = tuple(name for name in (key, *one.keyed.aliases) if name not in known and name != found.key)
        if names:
            learnt.append(Learnt(row=found.row, names=names, key=key if key in moved else None))
    return Changes(
        new=tuple(new),
        revised=tuple(revised),
        dated=tuple(dated),
        learnt=tuple(learnt),
        still_there=tuple(there),
    )


def by_name(said: Sequence[Said], known: Mapping[str, KnownArrival]) -> dict[str, KnownArrival]:
    """Which arrival each item is, by its key; two items of one document are never one arrival."""
    keys = [one.keyed.key for one in said]
    # Who bears an arrival's very key is that arrival, before anybody whom a lower step leads to it.
    rows = {key: found for key in keys if (found := known.get(key)) is not None and found.key == key}
    taken = {found.row for found in rows.values()}
    for one in said:
        if one.keyed.key in rows:
            continue
        names = (one.keyed.key, *one.keyed.aliases)
        found = next(
            (
                row
                for name in names
                if (row := known.get(name)) and row.row not in taken and _holds(name, one, row)
            ),
            None,
        )
        if found is not None:
            rows[one.keyed.key] = found
            taken.add(found.row)
    return rows


def _holds(name: str, said: Said, known: KnownArrival) -> bool:
    """Whether a lower name may be believed: against ids that differ it wants a second witness."""
    two_ids = said.item.raw_id is not None and known.key.startswith("g:")
    if name == known.key or name.startswith("g:") or not (two_ids or name.startswith("p:")):
        return True
    return same_title(said.item.title, known.title) or same_moment(published(said.item), known.published_at)


def _by_moment(
    said: Sequence[Said], dated: Mapping[datetime, Sequence[KnownArrival]], taken: set[int]
) -> dict[str, KnownArrival]:
    """Items whose names all changed, by the moment of their publication and their title."""
    rows: dict[str, KnownArrival] = {}
    moments = [at for one in said if (at := published(one.item))]
    for one in said:
        moment = published(one.item)
        if moment is None or moments.count(moment) > 1:
            continue
        left = [known for known in dated.get(moment, ()) if known.row not in taken]
        found = of_the_moment(one.item.title, moment, left, lambda known: known.title)
        if found is not None:
            rows[one.keyed.key] = found
            taken.add(found.row)
    return rows


def unburied(new: Sequence[Said], names: AbstractSet[str], addresses: AbstractSet[str]) -> tuple[Said, ...]:
    """Those that are nothing which was pruned.

    Args:
        new: In document order.
        names: Keys and aliases of the source's that were pruned.
        addresses: Comparison addresses that were pruned anywhere.
    """
    return tuple(
        one for one in new if names.isdisjoint(burial_names(one)) and address_of(one) not in addresses
    )


def burial_names(said: Said) -> tuple[str, ...]:
    """Names by which a pruned thing is known again; a path alone may be that of another site."""
    return tuple(name for name in (said.keyed.key, *said.keyed.aliases) if not name.startswith("p:"))


def address_of(said: Said) -> str | None:
    """The comparison address that tells a thing from others; a bare home page tells nothing."""
    url = said.item.url
    return match_url(url) if url and not is_home_page(url) else None


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


def later_states(said: Sequence[Said], *, oldest: datetime | None, now: datetime) -> tuple[State, ...]:
    """A feed that serves its past again owes nobody that either: what is older than all we had is filed away.

    Args:
        said: What is new.
        oldest: Aware; the oldest date that the source ever gave. None: it gave none.
        now: Aware.
    """
    limit = now - timedelta(days=RESET_DAYS)
    return tuple(
        State.LET_GO
        if oldest is not None and (at := published(one.item)) and at < min(oldest, limit)
        else State.NEW
        for one in said
    )


def _age(one: Said) -> tuple[float, int]:
    at = published(one.item)
    return (-at.timestamp() if at else 0.0, one.item.position)


def sort_moment(item: ParsedItem, seen_at: datetime) -> datetime:
    """Where an item stands in lists: its date, but never later than when it was first seen.

    Undated items that came together keep the order of their document, the first being the newest.
    """
    at = published(item)
    if at is None:
        return seen_at.astimezone(UTC) - timedelta(milliseconds=min(item.position, 100_000))
    return min(at, seen_at).astimezone(UTC)
