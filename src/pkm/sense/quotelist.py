"""All quotes in one list: what each says, of what, what the user said of it, and how it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

from pkm.model.item import Item
from pkm.model.note import Note
from pkm.model.quote import Quote, Standing
from pkm.rules import query
from pkm.rules.moments import with_moments
from pkm.rules.notequotes import quote_comments
from pkm.rules.query import And, Filter
from pkm.shelf.shelf import Shelf
from pkm.store.quotes import QuoteFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQuote:
    """A quote as a list shows it.

    Attributes:
        item: None if nothing knows it any more.
        note: The note that it stands in; None if that is gone.
        comment: What the user says below it; empty for most.
        standing: Where it stands in what its item says now; None if that never changed since.
        earlier: The number that `pkm read --earlier` takes for the text that the quote was made on; None if the item
            still shows it, or it is not kept.
    """

    quote: Quote
    item: Item | None = None
    note: Note | None = None
    comment: str = ""
    standing: Standing | None = None
    earlier: int | None = None


def listed_quotes(shelf: Shelf, words: str, chosen: QuoteFilter) -> tuple[ListedQuote, ...]:
    """The quotes that a query finds, best first; of an empty one all, newest first.

    Args:
        shelf: Where; its files were looked at already.
        words: As for `pkm find`.
        chosen: What narrows it.
    """
    if not words.strip():
        return seen(shelf, shelf.store.quotes.listing(chosen))
    tree = with_moments(query.parse_query(words), now=shelf.now(), zone=shelf.zone)
    quoted = And((tree, Filter("in", "quotes")))
    hits = [hit.ref for hit in shelf.store.search.find(quoted, limit=0)]
    allowed = {
        one.id
        for one in shelf.store.quotes.listing(
            QuoteFilter(item=chosen.item, tag=chosen.tag, outcomes=chosen.outcomes)
        )
    }
    found = [hit for hit in hits if hit in allowed]
    return seen(shelf, shelf.store.quotes.many(found[: chosen.limit] if chosen.limit else found))


def seen(shelf: Shelf, quotes: Sequence[Quote]) -> tuple[ListedQuote, ...]:
    """Quotes with all that is told of them."""
    items = shelf.store.items.many([quote.item for quote in quotes])
    standings = shelf.store.standings.of(quote.id for quote in quotes)
    notes = {one: shelf.store.notes.get(one) for one in {quote.note for quote in quotes}}
    comments = {one: quote_comments(note.file.body) for one, note in notes.items() if note}
    return tuple(
        ListedQuote(
            quote=quote,
            item=items.get(quote.item),
            note=notes[quote.note],
            comment=comments.get(quote.note, {}).get(quote.id, ""),
            standing=standings.get(quote.id),
            earlier=earlier_of(shelf, quote) if quote.id in standings else None,
        )
        for quote in quotes
    )


def earlier_of(shelf: Shelf, quote: Quote) -> int | None:
    """Which earlier version of its item holds the text that a quote was made on, 1 for the last before now."""
    shas = [version.text_sha for version in reversed(shelf.store.versions.of_item(quote.item))]
    return shas.index(quote.text_sha) + 1 if quote.text_sha in shas else None
