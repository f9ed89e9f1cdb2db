"""What of each noun is searched."""

from pkm.model.item import Item, Text
from pkm.model.note import Note
from pkm.model.quote import Quote
from pkm.rules.words import own_text
from pkm.store.search import Document


def of_item(item: Item, text: Text | None) -> Document:
    """An item: title, tags, authors with the tags, text."""
    return Document(
        kind="item",
        ref=item.id,
        title=item.title or "",
        tags=" ".join((*item.tags, *item.authors)),
        body=text.text if text else "",
    )


def of_note(note: Note) -> Document:
    """A note: title and aliases, tags, its quotes apart from the user's own words."""
    own = own_text(note.file.body)
    quoted = "\n".join(quote.text for quote in note.file.quotes)
    return Document(
        kind="note",
        ref=note.id,
        title=" ".join((note.title, *note.file.aliases)),
        tags=" ".join(note.file.tags),
        quote=quoted,
        comment=own,
        body=note.file.body if not own and not quoted else "",
    )


def of_quote(quote: Quote, item: Item | None, *, comment: str = "") -> Document:
    """A quote, with the title of its item and what the user says of it."""
    return Document(
        kind="quote",
        ref=quote.id,
        title=(item.title or "") if item else "",
        tags=" ".join(quote.tags),
        quote=quote.anchor.exact,
        comment=comment,
    )


def of_edition(digest_id: str, title: str, words: str) -> Document:
    """An edition: what went out."""
    return Document(kind="edition", ref=digest_id, title=title, body=words)
