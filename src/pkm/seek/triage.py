"""Triage: what is new and why it stands there; keep it, let it go.

Newest first, always. A word beside a row says what is special about it; it never moves it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from pkm.errors import UsageError
from pkm.model.item import Item, ListedItem, State, Via
from pkm.model.note import Kind, Note
from pkm.model.source import Source, Tie
from pkm.rules.amounts import counted
from pkm.rules.limits import BUSY_S
from pkm.rules.query import And, Filter, parse_query
from pkm.rules.reading import minutes_for
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.pointers import point
from pkm.shelf.shelf import Shelf
from pkm.store.items import ItemFilter

FOUND_MOST = 2_000
SELDOM_DAYS = 90
_SELDOM_A_WEEK = 1.0
_LEAST_HISTORY_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to look for.

    Attributes:
        words: A query; empty for all.
        everything: Items of every state, not the new ones alone.
        limit: Rows to show; 0 for all.
        minutes: Stop after so much reading; None for no such limit.
        since: Aware; items that stand at or after it.
        random: So many by chance, out of all; 0 for the newest.
        per_source: Rows of one source that may stand together; 0 for no such limit.
    """

    words: str = ""
    everything: bool = False
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
class Fold:
    """More items of one source that would have stood here.

    Attributes:
        source: Its id; None for items that came from none.
        after: How many rows stand above it.
    """

    source: str | None
    count: int
    after: int


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
        wanted = [parse_query(ask.words), Filter("in", "items")]
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
    )


def _ids(
    shelf: Shelf, ask: Ask, chosen: ItemFilter, random_below: Callable[[int], int]
) -> tuple[list[str], tuple[Fold, ...]]:
    order = shelf.store.items.in_order(chosen)
    if ask.random:
        return by_chance([item for item, _ in order], ask.random, random_below), ()
    return fold(order, limit=ask.limit, per_source=0 if ask.source else ask.per_source)


def by_chance(ids: Sequence[str], count: int, random_below: Callable[[int], int]) -> list[str]:
    """So many of them drawn by chance, in the order that they had."""
    left = list(range(len(ids)))
    drawn = [left.pop(random_below(len(left))) for _ in range(min(count, len(left)))]
    return [ids[place] for place in sorted(drawn)]


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


def posts_seldom(count: int, span: timedelta) -> bool:
    """Whether so many items in that time are less than one a week; False where the time is too short to tell."""
    weeks = span / timedelta(weeks=1)
    return span >= timedelta(days=_LEAST_HISTORY_DAYS) and count / weeks < _SELDOM_A_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepWishes:
    """What is said with a keep.

    Attributes:
        words: A sentence of the user's own; None for none.
        via: Whose pointer led to it.
        hat_tip: Who set the user off.
        question: Id of the question that it is kept for.
    """

    words: str | None = None
    via: Via | None = None
    hat_tip: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a decision.

    Attributes:
        items: As they now are, in the order asked for.
        moved: How many of them were elsewhere before.
        note: The note that took the sentence; None if there was none.
    """

    items: tuple[Item, ...]
    moved: int
    note: Note | None = None


def keep(shelf: Shelf, items: Sequence[Item], wishes: KeepWishes) -> Decided:
    """Keep items, and file the sentence that was said about them.

    Raises:
        UsageError: There are no words in the sentence, or the question is none.
    """
    if wishes.words is not None:
        notes.must_hold_words(wishes.words)
    _must_be_question(shelf, wishes.question)
    with shelf.writing():
        items = _as_now(shelf, items)  # another pkm may have decided since they were read
        if not _changes(items, State.KEPT, wishes):
            return Decided(items=tuple(items), moved=0)
        command = shelf.store.undo_log.begin("keep", f"kept {counted(len(items), 'item')}", shelf.now())
        if wishes.via or wishes.hat_tip:
            items = tuple(
                point(shelf, item, via=wishes.via, hat_tip=wishes.hat_tip, command=command) for item in items
            )
        move = Move(after=State.KEPT, question=wishes.question)
        moved = decide(shelf, items, move, command=command)
        note = annotate(shelf, items, wishes.words, command=command) if wishes.words else None
    return Decided(items=_as_now(shelf, items), moved=len(moved), note=note)


def _changes(items: Sequence[Item], after: State, wishes: KeepWishes) -> bool:
    """Whether anything would change; what changes nothing is nothing to take back."""
    said = wishes.words or wishes.via or wishes.hat_tip
    return any(item.state != after for item in items) or bool(items and said)


def annotate(shelf: Shelf, items: Sequence[Item], words: str, *, command: int) -> Note:
    """File a sentence: with the comment on one item, or as a new note on several; inside `shelf.writing`."""
    if len(items) == 1 and (comment := notes.comment_note(shelf, items[0])) is not None:
        return notes.append(shelf, comment, words, command=command)
    new = notes.NewNote(text=words, items=tuple(items), kind=Kind.COMMENT)
    return notes.make(shelf, new, command=command)


def let_go(shelf: Shelf, items: Sequence[Item]) -> Decided:
    """Let items go; one that was kept is kept no longer, its notes stay."""
    with shelf.writing(wait_s=BUSY_S):
        items = _as_now(shelf, items)
        if not _changes(items, State.LET_GO, KeepWishes()):
            return Decided(items=tuple(items), moved=0)
        command = shelf.store.undo_log.begin("drop", f"let go {counted(len(items), 'item')}", shelf.now())
        moved = decide(shelf, items, Move(after=State.LET_GO), command=command)
    return Decided(items=_as_now(shelf, items), moved=len(moved))


def older(shelf: Shelf, before: datetime) -> tuple[Item, ...]:
    """The new items that stand before a moment.

    Args:
        shelf: Where.
        before: Aware.
    """
    found = shelf.store.items.listing(
        ItemFilter(states=(State.NEW,), until=before), shelf.store.sources.by_id()
    )
    return tuple(one.item for one in found)


def _as_now(shelf: Shelf, items: Sequence[Item]) -> tuple[Item, ...]:
    found = shelf.store.items.many([item.id for item in items])
    return tuple(islice((found[item.id] for item in items if item.id in found), len(items)))


def _must_be_question(shelf: Shelf, question: str | None) -> None:
    if question is None:
        return
    note = shelf.store.notes.get(question)
    if note is None or note.kind != Kind.QUESTION:
        raise UsageError(
            f"{question} is no question",
            why=f"it is a note of kind {note.kind}" if note else "there is no such note",
            hint='write one: pkm note --kind question "…"',
        )
