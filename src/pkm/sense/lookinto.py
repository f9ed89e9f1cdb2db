"""What can be known here of an item or a source, without a network: who, when, who else reports it, from where.

Facts, no judgement: nothing here is added up, weighed or turned into a verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pkm.model.item import Item
from pkm.model.note import Kind, Note
from pkm.model.source import Source
from pkm.rules.checkfile import SOURCE_KEY
from pkm.rules.coverage import DAYS, ROWS, Shares, distinct_words, rarest, same_site, sharing
from pkm.rules.origins import Origin, named_origins, origins
from pkm.shelf.shelf import Shelf
from pkm.store.background import History
from pkm.store.notes import NoteFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """An item of another site that may report the same.

    Attributes:
        words: The rare words that both have.
    """

    item: Item
    source: Source | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who else reports it, of what the user follows.

    Attributes:
        since: Aware, UTC; the stretch of time that was looked at.
        until: Aware, UTC.
        looked_at: How many items are of it, whatever their site.
        words: The rare words that were looked for; empty if it has none to compare by.
        found: Those that share the most words first.
        more: How many more there are.
    """

    since: datetime
    until: datetime
    looked_at: int
    words: tuple[str, ...] = ()
    found: tuple[Covering, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known here.

    Attributes:
        item: None if a source is looked into.
        source: Whose arrival the item shows, or the source itself; None for a stub.
        history: The user's own with the source; None without one.
        checks: Earlier checks of the item, of other items of its source, and of the source; newest first.
        edits: How often its source edited the item since it was first seen.
        coverage: None if a source is looked into.
        origins: Links that look like an origin.
        named: Sentences that say from whom the text has it.
        at: Aware, UTC; when it was looked at.
    """

    item: Item | None
    source: Source | None
    history: History | None
    checks: tuple[Note, ...]
    edits: int = 0
    coverage: Coverage | None = None
    origins: tuple[Origin, ...] = ()
    named: tuple[str, ...] = ()
    at: datetime

    @property
    def title(self) -> str:
        """What it is called."""
        if self.item is not None:
            return self.item.title or self.item.url or self.item.id
        return (self.source.title or self.source.url) if self.source else ""


def facts_of_item(shelf: Shelf, item: Item) -> Facts:
    """What is known of an item."""
    source = shelf.store.sources.get(item.source) if item.source else None
    text = shelf.store.texts.get(item.text_sha)
    arrivals = shelf.store.arrivals.of_item(item.id)
    return Facts(
        item=item,
        source=source,
        history=shelf.store.background.of_source(source.id) if source else None,
        checks=_checks(shelf, source, item),
        edits=sum(arrival.revisions for arrival in arrivals),
        coverage=_coverage(shelf, item, text.text if text else ""),
        origins=origins(text.html, base=item.url) if text else (),
        named=named_origins(text.text) if text else (),
        at=shelf.now(),
    )


def facts_of_source(shelf: Shelf, source: Source) -> Facts:
    """What is known of a source."""
    return Facts(
        item=None,
        source=source,
        history=shelf.store.background.of_source(source.id),
        checks=_checks(shelf, source, None),
        at=shelf.now(),
    )


def checks_on(shelf: Shelf, item: str) -> tuple[Note, ...]:
    """The checks of an item, newest first."""
    return tuple(reversed([note for note in shelf.store.notes.on(item) if note.kind == Kind.CHECK]))


def _checks(shelf: Shelf, source: Source | None, item: Item | None) -> tuple[Note, ...]:
    made = shelf.store.notes.listing(NoteFilter(kind=Kind.CHECK))
    items = {one for note in made for one in note.file.items}
    brought = {
        one
        for one, arrivals in shelf.store.arrivals.of_items(list(items)).items()
        if source and any(arrival.source == source.id for arrival in arrivals)
    }
    mine = brought | ({item.id} if item else set())
    found = [
        note
        for note in made
        if mine & set(note.file.items) or (source and dict(note.file.extra).get(SOURCE_KEY) == source.id)
    ]
    return tuple(sorted(found, key=lambda note: (note.created_at, note.id), reverse=True))


# Who else.


def _coverage(shelf: Shelf, item: Item, text: str) -> Coverage:
    background = shelf.store.background
    at = item.published_at or item.first_seen
    since, until = at - timedelta(days=DAYS), at + timedelta(days=DAYS)
    counts = background.counts(distinct_words(item.title or "", text))
    words = rarest(counts, things=background.things())
    found = {word: background.items_with(word, since, until) - {item.id} for word in words}
    candidates = sharing(found, words, item.title or "")
    others = _of_other_sites(shelf, item, candidates)
    return Coverage(
        since=since,
        until=until,
        looked_at=background.came_in(since, until),
        words=words,
        found=others[:ROWS],
        more=max(0, len(others) - ROWS),
    )


def _of_other_sites(shelf: Shelf, item: Item, candidates: Sequence[Shares]) -> tuple[Covering, ...]:
    items = shelf.store.items.many([one.item for one in candidates])
    sources = shelf.store.sources.by_id()
    return tuple(
        Covering(item=other, source=sources.get(other.source or ""), words=one.words)
        for one in candidates
        if (other := items.get(one.item)) is not None and _is_elsewhere(item, other)
    )


def _is_elsewhere(item: Item, other: Item) -> bool:
    if item.url and other.url:
        return not same_site(item.url, other.url)
    return item.source != other.source
