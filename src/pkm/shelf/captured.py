"""The text of things put in by hand, and the built-in source that they arrive from."""

from dataclasses import replace
from hashlib import sha256
from html import escape

from pkm.model.item import Item, Text
from pkm.model.source import CAPTURES, Source
from pkm.shelf import index
from pkm.shelf.shelf import Shelf


def text_of_html(html: str, plain: str) -> Text:
    """A body for storing, from HTML that is clean already."""
    return Text(sha=sha256(html.encode()).hexdigest(), html=html, text=plain)


def text_of_words(words: str) -> Text:
    """A body for storing, from words that were typed or pasted."""
    paragraphs = [part.strip() for part in words.replace("\r\n", "\n").split("\n\n") if part.strip()]
    html = "\n".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    return text_of_html(html, words.strip())


def keep_text(shelf: Shelf, item: Item, words: str) -> None:
    """Give an item its pasted words back; inside `shelf.writing`."""
    text = text_of_words(words)
    shelf.store.texts.add([text], at=shelf.now(), kind="pasted")
    held = replace(item, text_sha=text.sha)
    shelf.store.items.update(held)
    shelf.store.search.put([index.of_item(held, text)])


def captures(shelf: Shelf) -> Source:
    """The built-in source, made at the first capture; inside `shelf.writing`."""
    known = shelf.store.sources.captures()
    if known is not None:
        return known
    made = Source(
        id=shelf.ids.new("s"), url="captures:", title=CAPTURES, kind=CAPTURES, followed_at=shelf.now()
    )
    shelf.store.sources.save(made)
    return made
