"""Quotes on the shelf: stored with their journal line, found again in every text that arrives, taken back.

All inside `shelf.writing`. Where a quote stands is found anew from the anchor as it was made, never from
where it stood last: small steps would lead anywhere.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pkm.model.item import Item, Text
from pkm.model.quote import Outcome, Quote, Standing
from pkm.rules.notequotes import quote_comments
from pkm.rules.reanchor import Stands, reanchor
from pkm.shelf import index, journal
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change

_BEST: Final = (Outcome.EXACT, Outcome.EDITED, Outcome.AMBIGUOUS, Outcome.ORPHAN)


def store(shelf: Shelf, quote: Quote, event: str) -> None:
    """Store a quote and index it."""
    item = shelf.store.items.get(quote.item)
    if item is not None and item.id != quote.item:
        quote = replace(quote, item=item.id)
    known = shelf.store.quotes.get(quote.id)
    shelf.store.quotes.save(quote, event=event)
    if known is not None and known.anchor != quote.anchor:
        shelf.store.standings.forget(quote.id)
    put(shelf, [quote])


def put(shelf: Shelf, quotes: Sequence[Quote]) -> None:
    """Index quotes with what their notes say of them."""
    notes = {one: shelf.store.notes.get(one) for one in {quote.note for quote in quotes}}
    comments = {one: quote_comments(note.file.body) for one, note in notes.items() if note}
    shelf.store.search.put(
        index.of_quote(
            quote, shelf.store.items.get(quote.item), comment=comments.get(quote.note, {}).get(quote.id, "")
        )
        for quote in quotes
    )


def keep(shelf: Shelf, quote: Quote, *, command: int | None, do: str | None = None) -> None:
    """File a quote that stands in its note by now: its line, its row, its place in `undo`.

    Args:
        shelf: Where.
        quote: New, or known and changed.
        command: For `undo`.
        do: What the line says was done; None for a new quote.
    """
    known = shelf.store.quotes.get(quote.id)
    fields = {"do": do, **journal.quote_fields(quote)}
    event = journal.append(shelf, shelf.home.quotes, shelf.now(), fields)
    store(shelf, quote, event)
    if command is not None:
        before = journal.quote_text(known) if known else None
        change = Change(what="quote", ref=quote.id, before=before, after=journal.quote_text(quote))
        shelf.store.undo_log.add(command, [change])


def drop(shelf: Shelf, quote: Quote, *, command: int | None) -> None:
    """Take a quote out of journal and index; its note is the caller's business."""
    fields = {"do": "un-quote", "id": quote.id, "item": quote.item}
    journal.append(shelf, shelf.home.quotes, shelf.now(), fields)
    forget(shelf, quote.id)
    if command is not None:
        shelf.store.undo_log.add(
            command, [Change(what="quote", ref=quote.id, before=journal.quote_text(quote))]
        )


def forget(shelf: Shelf, quote_id: str) -> None:
    """Take a quote out of the index."""
    known = shelf.store.quotes.get(quote_id)
    shelf.store.quotes.remove(quote_id)
    shelf.store.search.drop("quote", quote_id)
    if known is not None:
        shelf.store.texts.forget_unused(known.text_sha)


def in_the_way(shelf: Shelf, change: Change) -> str | None:
    """Why a change of a quote cannot be taken back; None if it can."""
    known = shelf.store.quotes.get(change.ref)
    # Quotes of an older pkm were logged without their words.
    if known is None and (change.after is not None or change.before is None):
        return f"{change.ref} is gone"
    now = journal.quote_text(known) if known else None
    same = now == change.after or (change.before is None and change.after is None)
    return None if same else f"{change.ref} was changed since"


def restore(shelf: Shelf, change: Change) -> None:
    """Take back what was done to a quote; nothing is in the way."""
    known = shelf.store.quotes.get(change.ref)
    if change.before is None:
        if known is not None:
            drop(shelf, known, command=None)
        return
    quote = journal.to_quote_text(change.before)
    if quote is not None:
        keep(shelf, quote, command=None, do="undo")
        restand(shelf, quote.item)


# Found again.


def restand(shelf: Shelf, item_id: str) -> None:
    """Look for the quotes of an item in what it says now, as far as that was not done yet."""
    quotes = shelf.store.quotes.of_item(item_id)
    if not quotes:
        return
    item = shelf.store.items.get(item_id)
    texts = texts_of(shelf, item) if item else []
    if not texts:
        return
    known = shelf.store.standings.of(quote.id for quote in quotes)
    for quote in quotes:
        stood = known.get(quote.id)
        if stood is None and any(text.sha == quote.text_sha for text in texts):
            continue  # nothing changed since it was made
        if stood is not None and stood.text_sha == texts[0].sha and stood.outcome == Outcome.EXACT:
            continue
        stands = _standing(shelf, quote, texts)
        if stood is None or replace(stands, at=stood.at) != stood:
            shelf.store.standings.save(stands)


def texts_of(shelf: Shelf, item: Item) -> list[Text]:
    """What an item says now: the text that it shows, then those of its other arrivals."""
    arrivals = shelf.store.arrivals.of_item(item.id)
    keys = dict.fromkeys([item.text_sha, *(arrival.text_sha for arrival in arrivals)])
    return [text for key in keys if key and (text := shelf.store.texts.get(key)) and text.text]


def _standing(shelf: Shelf, quote: Quote, texts: Sequence[Text]) -> Standing:
    """Where a quote stands: in the first text that has it as it was, else edited, else nowhere."""
    made_on = shelf.store.texts.get(quote.text_sha)
    best: tuple[Stands, Text] | None = None
    for text in texts:
        found = reanchor(quote.anchor, text.text, made_on=made_on.text if made_on else None)
        if best is None or _BEST.index(found.outcome) < _BEST.index(best[0].outcome):
            best = (found, text)
        if found.outcome == Outcome.EXACT:
            break
    stands, text = best or (Stands(outcome=Outcome.ORPHAN), texts[0])
    return Standing(
        quote=quote.id,
        outcome=stands.outcome,
        text_sha=text.sha,
        start=stands.start,
        stop=stands.stop,
        words=text.text[stands.start : stands.stop] if stands.start is not None else None,
        at=shelf.now(),
    )
