"""Look: what is new, and why it stands there.

Newest first, always. A word beside a row says what is special about it; it never moves it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm.model.item import ListedItem, State
from pkm.model.question import Question
from pkm.model.source import Source
from pkm.rules.moments import with_moments
from pkm.rules.query import And, Filter, parse_query
from pkm.rules.reading import minutes_for
from pkm.rules.steering import steer
from pkm.seek.questions import whys
from pkm.seek.reasons import Fold, Known, because, draw, fold, posts_seldom
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
        question: Only items that match this question.
        random: So many by chance, from rarely seen sources first; 0 for the newest.
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
    question: Question | None = None
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
    ids, folds, rare = _ids(shelf, ask, chosen, random_below)
    sources = shelf.store.sources.by_id()
    found = shelf.store.items.many(ids)
    listed = shelf.store.items.listed([found[one] for one in ids if one in found], sources)
    minutes = None
    if ask.minutes is not None:
        listed, minutes = _within(shelf, listed, ask.minutes)
        folds = tuple(fold for fold in folds if fold.after <= len(listed))
    known = Known(
        seldom=seldom(shelf, (one.source for one in listed if one.source is not None)),
        questions=whys(shelf, [one.item.id for one in listed], _asked(shelf, ask)),
        rare=rare,
        by_chance=bool(ask.random),
    )
    return Looked(
        rows=tuple(Row(listed=one, because=because(one, known)) for one in listed),
        folds=folds,
        sources=sources,
        matching=shelf.store.items.count(chosen),
        minutes=minutes,
    )


def _asked(shelf: Shelf, ask: Ask) -> tuple[Question, ...]:
    """The questions that rows may name: those that are open, and the one asked for though it be closed."""
    asked = shelf.store.questions.open()
    if ask.question is None or any(one.id == ask.question.id for one in asked):
        return asked
    return (ask.question, *asked)


def _filter(shelf: Shelf, ask: Ask) -> ItemFilter:
    return ItemFilter(
        states=() if ask.everything else (State.NEW,),
        source=ask.source,
        space=ask.space,
        tag=ask.tag,
        since=ask.since,
        ids=_matching(shelf, ask),
        only_hidden=ask.hidden,
    )


def _matching(shelf: Shelf, ask: Ask) -> tuple[str, ...] | None:
    """Ids of the items that hold what is looked for; None if nothing is."""
    found = [
        frozenset(one) for one in (_with_words(shelf, ask), _with_question(shelf, ask)) if one is not None
    ]
    return tuple(frozenset.intersection(*found)) if found else None


def _with_words(shelf: Shelf, ask: Ask) -> Iterable[str] | None:
    if not ask.words.strip():
        return None
    state = () if ask.everything else (Filter("is", "new"),)
    saved: dict[str, str] = {}
    if "@" in ask.words:
        from pkm.shelf import searches  # noqa: PLC0415 - it can write too, and few looks name a saved search

        saved = searches.queries(shelf, ask.words)
    read = parse_query(ask.words, saved)
    said = with_moments(read, now=shelf.now(), zone=shelf.zone)
    wanted = And((said, Filter("in", "items"), *state))
    return (hit.ref for hit in shelf.store.search.find(wanted, limit=FOUND_MOST, newest=True))


def _with_question(shelf: Shelf, ask: Ask) -> Iterable[str] | None:
    if ask.question is None:
        return None
    sought = steer(ask.question.title, ask.question.words)
    if ask.everything or ask.hidden:
        return shelf.store.questions.matching(sought)
    [waiting] = shelf.store.questions.waiting([sought])
    return waiting


def _ids(
    shelf: Shelf, ask: Ask, chosen: ItemFilter, random_below: Callable[[int], int]
) -> tuple[list[str], tuple[Fold, ...], frozenset[str | None]]:
    order = shelf.store.items.in_order(chosen)
    if ask.random:
        decided = shelf.store.absence.decided(shelf.now() - timedelta(days=SELDOM_DAYS))
        drawn, rare = draw(order, decided, ask.random, random_below)
        return drawn, (), rare
    ids, folds = fold(order, limit=ask.limit, per_source=0 if ask.source else ask.per_source)
    return ids, folds, frozenset()


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


def seldom(shelf: Shelf, sources: Iterable[Source]) -> frozenset[str]:
    """Those of these sources that post less than once a week, as far as four weeks or more can tell; their ids."""
    now = shelf.now()
    since = now - timedelta(days=SELDOM_DAYS)
    feeds = {source.id for source in sources if source.kind == "feed"}
    return frozenset(
        source
        for source, (count, first, _last) in shelf.store.sources.seen_between(feeds, since).items()
        if posts_seldom(count, now - max(first, since))
    )
