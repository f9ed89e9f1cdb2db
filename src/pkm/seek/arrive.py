"""What a feed brought, onto the shelf: one source, one transaction, validators in it.

keys | compare | join or make items | what was edited, dated or renamed | save all of it or nothing
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pkm.model.item import ParsedFeed, ParsedItem, State
from pkm.model.source import MAIL, Source
from pkm.rules.identity import downgraded, keys_under, title_step
from pkm.rules.limits import FIRST_PULL_NEW, ITEMS_PER_PULL
from pkm.rules.ruleset import Rule
from pkm.seek.compare import (
    Changes,
    Near,
    address_of,
    burial_names,
    by_name,
    compare,
    first_states,
    later_states,
    newest,
    sort_moment,
    unburied,
    unknown,
)
from pkm.seek.edits import date, revise
from pkm.seek.moved import FEWEST
from pkm.seek.newcomers import Added, add
from pkm.seek.said import Said, dated, published, said_of
from pkm.shelf.shelf import Shelf
from pkm.store.arrivals import KnownArrival

_LATELY = 2_000  # arrivals among which those of a site that moved are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one answer brought.

    Attributes:
        seen: Items in the document.
        new: Of those, stored for the first time.
        waiting: Of the new ones, those that wait to be looked at (the rest was filed away).
        hidden: Of the new ones, those that a rule of the user's hides.
        revised: Said otherwise than before.
        rekeyed: Known under a new name, since their site moved.
        oldest_key: Key of the oldest item in the document; None if it has none.
        newest_key: Key of the newest. By these two it is later told whether two documents overlap.
    """

    seen: int = 0
    new: int = 0
    waiting: int = 0
    hidden: int = 0
    revised: int = 0
    rekeyed: int = 0
    oldest_key: str | None = None
    newest_key: str | None = None


def bring(  # noqa: PLR0913 - the facts of one answer
    shelf: Shelf,
    source: Source,
    feed: ParsedFeed,
    *,
    now: datetime,
    first_new: int = FIRST_PULL_NEW,
    rules: Sequence[Rule] = (),
    arriving: State | None = None,
) -> Brought:
    """Store what a feed says; inside `shelf.writing`.

    Args:
        shelf: Where.
        source: Whose feed; it is stored already.
        feed: As parsed.
        now: Aware, UTC; the moment of first sight.
        first_new: How many items of a source's first pull wait to be looked at.
        rules: The user's, as `rules.ruleset.at_moment` gives them; for what comes in for the first time.
        arriving: Where all that is new is to stand; None: where the source's past puts it.
    """
    items = dated(feed.items)
    source = _as_it_is(shelf, source, items)
    # What the feed says of itself is stored later; a rule may go by its title already.
    source = replace(source, title=source.title or feed.title, home_url=feed.home_url or source.home_url)
    first = not shelf.store.sources.has_arrivals(source.id)
    said, shared = said_of(
        items, policy=source.key_policy, shared=shelf.store.arrival_names.shared(source.id)
    )
    shelf.store.arrival_names.share(source.id, shared)
    said = newest(said, first_pull=first)
    # Letters of one sender bear one subject and link to one page every week: each is itself alone.
    by_key = source.kind == MAIL
    said = tuple(_alone(one) for one in said) if by_key else said
    known = _known(shelf, source, said)
    near = None if first or by_key else _near(shelf, source, said, known)
    changes = compare(said, known, near)
    new = _not_pruned(shelf, source, changes.new)
    if arriving is not None:
        states: tuple[State, ...] = (arriving,) * len(new)
    elif first:
        states = first_states(new, most_new=first_new)
    else:
        states = later_states(new, oldest=_oldest(shelf, source, new), now=now)
    _keep_up(shelf, source, changes, now)
    added = add(shelf, source, new, states, now=now, rules=rules)
    counted = sum(revise(shelf, source, revision, now=now) for revision in changes.revised)
    if feed.complete and not feed.truncated and len(items) <= ITEMS_PER_PULL:
        shelf.store.arrivals.mark_gone(source.id, now)
    return _brought(said, changes, now, added=added, revised=counted)


def _alone(said: Said) -> Said:
    return replace(said, keyed=replace(said.keyed, aliases=()))


def _brought(said: Sequence[Said], changes: Changes, now: datetime, *, added: Added, revised: int) -> Brought:
    aged = sorted(said, key=lambda one: sort_moment(one.item, now))
    return Brought(
        seen=len(said),
        new=added.new,
        waiting=added.waiting,
        hidden=added.hidden,
        revised=revised,
        rekeyed=changes.rekeyed,
        oldest_key=aged[0].keyed.key if aged else None,
        newest_key=aged[-1].keyed.key if aged else None,
    )


def _as_it_is(shelf: Shelf, source: Source, items: Sequence[ParsedItem]) -> Source:
    """The source as it is now, its ids trusted no further than this document lets them be."""
    stored = shelf.store.sources.get(source.id) or source  # it may have been set anew while it was asked
    policy = downgraded(items, stored.key_policy)
    if policy != stored.key_policy:
        stored = replace(stored, key_policy=policy)
        shelf.store.sources.save(stored)
    if policy != shelf.store.arrival_names.policy(stored.id):
        _follow_policy(shelf, stored)
    return stored


def _follow_policy(shelf: Shelf, source: Source) -> None:
    """Key what is stored as the source's documents are keyed from now on, so that nothing comes in twice."""
    names = shelf.store.arrival_names
    stored = names.of(source.id)
    titled = {one.row: title_step(one.title, one.published_at) for one in stored}
    named = {
        one.row: (one.key, *one.aliases, *([step] if (step := titled[one.row]) else [])) for one in stored
    }
    keys = keys_under(source.key_policy, named, names.shared(source.id))
    for one in stored:
        if keys.get(one.row, one.key) != one.key:
            names.rekey(source.id, one.row, keys[one.row])
    names.set_policy(source.id, source.key_policy)


def _known(shelf: Shelf, source: Source, said: Sequence[Said]) -> dict[str, KnownArrival]:
    """The arrivals that these may be: most by their key; only for the others every name is asked for."""
    known = shelf.store.arrivals.known(source.id, [one.keyed.key for one in said])
    other = [one for one in said if one.keyed.key not in known or known[one.keyed.key].key != one.keyed.key]
    aliases = [alias for one in other for alias in one.keyed.aliases]
    return shelf.store.arrivals.known(source.id, aliases) | known if aliases else known


def _near(shelf: Shelf, source: Source, said: Sequence[Said], known: dict[str, KnownArrival]) -> Near:
    left = unknown(said, by_name(said, known))
    arrivals = shelf.store.arrivals
    return Near(
        dated=arrivals.published(source.id, [at for one in left if (at := published(one.item))]),
        lately=arrivals.lately(source.id, _LATELY) if len(left) >= FEWEST else (),
    )


def _not_pruned(shelf: Shelf, source: Source, new: Sequence[Said]) -> tuple[Said, ...]:
    stones = shelf.store.tombstones
    if not new or not stones.any():
        return tuple(new)
    names = stones.buried(source.id, [name for one in new for name in burial_names(one)])
    addresses = [] if source.isolate else [url for one in new if (url := address_of(one))]
    return unburied(new, names, stones.buried_urls(addresses))


def _oldest(shelf: Shelf, source: Source, new: Sequence[Said]) -> datetime | None:
    return shelf.store.arrivals.oldest(source.id) if new else None


def _keep_up(shelf: Shelf, source: Source, changes: Changes, now: datetime) -> None:
    """What is known stays known: by its new names, with its real date, seen again today."""
    for one in changes.learnt:
        shelf.store.arrival_names.learn(source.id, one.row, one.names)
        if one.key is not None:
            shelf.store.arrival_names.rekey(source.id, one.row, one.key)
    for revision in changes.dated:
        date(shelf, revision)
    shelf.store.arrivals.touch(changes.still_there, now)
