"""An item as `sense` shows it before it asks: what it is, why it was kept, what was marked and said of it."""

import sys
import textwrap
from dataclasses import dataclass
from typing import Any

from pkm.cli.context import Run
from pkm.cli.documents import note_fields
from pkm.cli.glyphs import glyphs
from pkm.cli.itemview import item_fields, name_of, title_of
from pkm.cli.output import show_json, show_text
from pkm.cli.terminal import width
from pkm.model.item import Item, ListedItem, State
from pkm.model.note import Note
from pkm.model.quote import Quote
from pkm.rules.amounts import ago
from pkm.rules.clean import Sink, clean
from pkm.rules.passage import passage
from pkm.rules.pointers import via_text
from pkm.rules.urls import display_url
from pkm.rules.words import own_text
from pkm.shelf.shelf import Shelf

_WIDEST = 90
_NARROWEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is shown of an item.

    Attributes:
        kept: When and why it was kept, in words; empty if it is not.
        passage: Where nothing was marked: a sentence of its text to react to.
    """

    listed: ListedItem
    kept: str
    quotes: tuple[Quote, ...]
    notes: tuple[Note, ...]
    passage: str | None = None


def card(shelf: Shelf, item: Item) -> Card:
    """What is known of an item, for one who is to say what it means."""
    source = shelf.store.sources.get(item.source) if item.source else None
    [listed] = shelf.store.items.listed([item], {source.id: source} if source else {})
    quotes = shelf.store.quotes.of_item(item.id)
    return Card(
        listed=listed,
        kept=_kept(shelf, item),
        quotes=quotes,
        notes=shelf.store.notes.on(item.id),
        passage=None if quotes else _passage(shelf, item),
    )


def _passage(shelf: Shelf, item: Item) -> str | None:
    text = shelf.store.texts.get(item.text_sha) if item.text_sha else None
    question = shelf.store.questions.of_item(item.id)
    asked = shelf.store.notes.get(question) if question else None
    about = f"{item.title or ''} {asked.title if asked else ''}"
    return passage(text.text, about=about) if text and text.text else None


def _kept(shelf: Shelf, item: Item) -> str:
    if item.state != State.KEPT:
        return ""
    decided = [one for one in shelf.store.decisions.of(item.id) if one.after == State.KEPT]
    when = f"kept {ago(item.kept_at, shelf.now())}" if item.kept_at else "kept"
    if not decided:
        return when
    question = shelf.store.notes.get(decided[-1].question) if decided[-1].question else None
    whys = [decided[-1].reason or "", f"for your question '{question.title}'" if question else ""]
    return ": ".join([when, *filter(None, whys)])


def show_card(run: Run, shelf: Shelf, shown: Card, question: str) -> None:
    """Print an item and what is asked about it."""
    if run.json:
        show_json(_document(shown, question))
        return
    columns = max(_NARROWEST, min(width(run.environ), _WIDEST)) if run.table else 10_000
    show_text("\n".join(_lines(shelf, shown, question, columns)))


def _document(shown: Card, question: str) -> dict[str, Any]:
    return {
        "schema": "pkm.sense/1",
        "item": item_fields(shown.listed),
        "quotes": [{"id": quote.id, "text": quote.anchor.exact} for quote in shown.quotes],
        "notes": [note_fields(note) for note in shown.notes],
        "passage": shown.passage,
        "prompt": question,
    }


def _lines(shelf: Shelf, shown: Card, question: str, columns: int) -> list[str]:
    item, source = shown.listed.item, shown.listed.source
    dot = f" {glyphs(sys.stdout).dot} "
    published = f"{item.published_at.astimezone(shelf.zone):%Y-%m-%d}" if item.published_at else ""
    facts = [name_of(source), ", ".join(item.authors), published]
    via = via_text(item.via)
    lines = [
        *_wrapped(_line(title_of(item)), columns),
        *_wrapped(dot.join(_line(fact) for fact in facts if fact), columns, "  "),
        *(["  " + _line(display_url(item.url))] if item.url else []),
        *_wrapped(dot.join(filter(None, (shown.kept, f"via {via}" if via else ""))), columns, "  "),
    ]
    for quote in shown.quotes:
        lines += ["", *_wrapped(_line(quote.anchor.exact), columns, "  > ")]
    if shown.passage:
        lines += ["", *_wrapped(_line(shown.passage), columns, "  | ")]
    for note in shown.notes:
        said = own_text(note.file.body)
        lines += ["", f"  {note.path}"] if said else []
        lines += [line for part in said.splitlines() for line in _wrapped(part, columns, "    ")]
    return [*lines, "", *_wrapped(question, columns)]


def _line(text: str) -> str:
    return " ".join(clean(text, Sink.LINE).split())


def _wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        columns,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
