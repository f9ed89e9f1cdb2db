"""Passages that the user marks: found in the stored text, never guessed."""

from dataclasses import dataclass

from pkm.errors import NotFound
from pkm.model.item import Item, Text
from pkm.model.note import Note
from pkm.model.quote import Anchor, Quote
from pkm.rules import anchor
from pkm.shelf import journal, replay
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage and the text that it stands in.

    Attributes:
        text_sha: Key of that text in `texts`.
    """

    anchor: Anchor
    text_sha: str


def passage_of(shelf: Shelf, item: Item, words: str) -> Passage:
    """Where words stand in the text of an item: the text that it shows, else one of its other arrivals'.

    Raises:
        NotFound: They stand in none; the message shows the nearest passages. Or there is no text.
        UsageError: They stand in several places.
    """
    texts = _texts(shelf, item)
    if not texts:
        raise NotFound(
            f"there is no text of '{item.title or item.id}' here to quote from",
            hint=f'say it in your own words: pkm sense {item.id} -m "what it means to you"',
        )
    failure: NotFound | None = None
    for text in texts:
        try:
            return Passage(anchor=anchor.find(text.text, words), text_sha=text.sha)
        except NotFound as error:
            failure = failure or error
    raise NotFound(
        f"the passage does not stand in '{item.title or item.id}'",
        why=failure.why if failure else "",
        hint=f"copy it from the text: pkm read {item.id}",
    )


def _texts(shelf: Shelf, item: Item) -> list[Text]:
    arrivals = shelf.store.arrivals.of_item(item.id)
    keys = dict.fromkeys([item.text_sha, *(arrival.text_sha for arrival in arrivals)])
    return [text for key in keys if key and (text := shelf.store.texts.get(key)) and text.text]


def already(shelf: Shelf, item: Item, passage: Passage) -> Quote | None:
    """The quote of an item that marks this passage, if there is one."""
    wanted = anchor.fold(passage.anchor.exact).text.strip()
    for quote in shelf.store.quotes.of_item(item.id):
        same = anchor.fold(quote.anchor.exact).text.strip() == wanted
        if same and shelf.store.notes.get(quote.note) is not None:
            return quote
    return None


def made(shelf: Shelf, item: Item, passage: Passage, note: Note) -> Quote:
    """A new quote that will stand in a note; nothing is stored yet."""
    return Quote(
        id=shelf.ids.new("h"),
        item=item.id,
        url=item.url,
        anchor=passage.anchor,
        text_sha=passage.text_sha,
        note=note.id,
        created_at=shelf.now(),
    )


def keep(shelf: Shelf, quote: Quote, *, command: int) -> None:
    """File a quote that stands in its note by now: its line, its row, its place in `undo`."""
    event = journal.append(shelf, shelf.home.quotes, quote.created_at, journal.quote_fields(quote))
    replay.keep_quote(shelf, quote, event)
    shelf.store.undo_log.add(command, [Change(what="quote", ref=quote.id)])
