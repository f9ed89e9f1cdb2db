"""Look: what is new, and why it stands there.

Newest first, always. A word beside a row says what is special about it; it never moves it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm.model.item import ListedItem, State
from pkm.model.source import Source
from pkm.rules.moments import with_moments
from pkm.rules.query import And, Filter, parse_query
from pkm.rules.reading import minutes_for
from pkm.seek.reasons import Fold, because, by_chance, fold, posts_seldom
from pkm.shelf.shelf import Shelf
from pkm.store.items import ItemFilter

FOUND_MOST = 2_000
SELDOM_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to look for.

    Attributes:
        words: A query; empty for all.
        everything: Items of every state, not the new ones alone.
        hidden: What rules hide, and that alone.
        limit: Rows to show; 0 for all.
        minutes: Stop after so much reading; None for no such limit.
        since: Aware; items that stand at or after it.
        random: So many by chance, out of all; 0 for the newest.
        per_source: Rows of one source that may stand together; 0 for no such limit.
    """

    words: str = ""
    everything: bool = False
    hidden: bool = False
    limit: int = 20
    minutes: int | None = None
    space: str | None = None
    source: str | None = None
    tag: str | None = None
    since: datetime | None = None
    random: int = 0
    per_source: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An item in the list.

    Attributes:
        because: Why it deserves a look, in the words of the closed list; empty for most.
    """

    listed: ListedItem
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A list.

    Attributes:
        folds: In their order, each where its rows would have stood.
        sources: Every source, by its id.
        matching: How many items answer to what was asked, those not shown too.
        minutes: Reading time of the rows; None unless it was asked for.
    """

    rows: tuple[Row, ...]
    folds: tuple[Fold, ...]
    sources: dict[str, Source]
    matching: int
    minutes: int | None = None

    @property
    def undecided(self) -> tuple[str, ...]:
        """Ids of the rows that wait for a decision."""
        return tuple(row.listed.item.id for row in self.rows if row.listed.item.state == State.NEW)


def look(shelf: Shelf, ask: Ask, *, random_below: Callable[[int], int]) -> Looked:
    """The items that answer, newest first.

    Args:
        shelf: Where.
        ask: What for.
        random_below: `secrets.randbelow` or a stand-in for it.
    """
    chosen = _filter(shelf, ask)
    ids, folds = _ids(shelf, ask, chosen, random_below)
    sources = shelf.store.sources.by_id()
    found = shelf.store.items.many(ids)
    listed = shelf.store.items.listed([found[one] for one in ids if one in found], sources)
    minutes = None
    if ask.minutes is not None:
        listed, minutes = _within(shelf, listed, ask.minutes)
        folds = tuple(fold for fold in folds if fold.after <= len(listed))
    seldom = _seldom(shelf, listed)
    return Looked(
        rows=tuple(
            Row(listed=one, because=because(one, seldom, by_chance=bool(ask.random))) for one in listed
        ),
        folds=folds,
        sources=sources,
        matching=shelf.store.items.count(chosen),
        minutes=minutes,
    )


def _filter(shelf: Shelf, ask: Ask) -> ItemFilter:
    ids = None
    if ask.words.strip():
        said = with_moments(parse_query(ask.words), now=shelf.now(), zone=shelf.zone)
        wanted = [said, Filter("in", "items")]
        if not ask.everything:
            wanted.append(Filter("is", "new"))
        hits = shelf.store.search.find(And(tuple(wanted)), limit=FOUND_MOST, newest=True)
        ids = tuple(hit.ref for hit in hits)
    return ItemFilter(
        states=() if ask.everything else (State.NEW,),
        source=ask.source,
        space=ask.space,
        tag=ask.tag,
        since=ask.since,
        ids=ids,
        only_hidden=ask.hidden,
    )


def _ids(
    shelf: Shelf, ask: Ask, chosen: ItemFilter, random_below: Callable[[int], int]
) -> tuple[list[str], tuple[Fold, ...]]:
    order = shelf.store.items.in_order(chosen)
    if ask.random:
        return by_chance([item for item, _ in order], ask.random, random_below), ()
    return fold(order, limit=ask.limit, per_source=0 if ask.source else ask.per_source)


def _within(shelf: Shelf, listed: Sequence[ListedItem], minutes: int) -> tuple[tuple[ListedItem, ...], int]:
    """The first items that can be read in so many minutes; one at least, even if it is longer."""
    spent = 0.0
    kept: list[ListedItem] = []
    for one in listed:
        text = shelf.store.texts.get(one.item.text_sha)
        cost = minutes_for(text.text if text else "")
        if kept and spent + cost > minutes:
            break
        spent += cost
        kept.append(one)
    return tuple(kept), max(1, round(spent)) if kept else 0


def _seldom(shelf: Shelf, listed: Sequence[ListedItem]) -> frozenset[str]:
    """Those of the sources shown that post less than once a week, as far as four weeks or more can tell."""
    now = shelf.now()
    since = now - timedelta(days=SELDOM_DAYS)
    feeds = {one.source.id for one in listed if one.source is not None and one.source.kind == "feed"}
    return frozenset(
        source
        for source, (count, first, _last) in shelf.store.sources.seen_between(feeds, since).items()
        if posts_seldom(count, now - max(first, since))
    )
