"""Export: every item of every state, with its text and its arrivals, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pkm.model.item import Arrival, Item, ListedItem, Text
from pkm.model.source import Source
from pkm.rules.html import sanitise
from pkm.shelf.shelf import Shelf

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedItem:
    """An item with all that is stored of it.

    Attributes:
        html: Sanitised again; None if there is no text.
        arrivals: Each with the source that it came from, None if that is forgotten.
    """

    listed: ListedItem
    text: str | None = None
    html: str | None = None
    arrivals: tuple[tuple[Arrival, Source | None], ...] = ()


def exported_items(shelf: Shelf) -> Iterator[ExportedItem]:
    """Every item, in order of id; read in parts, so that a large store needs little memory."""
    sources = {source.id: source for source in shelf.store.sources.all(removed=True)}
    items = shelf.store.items.each()
    while part := list(islice(items, _AT_ONCE)):
        yield from _exported(shelf, part, sources)


def _exported(shelf: Shelf, part: Sequence[Item], sources: dict[str, Source]) -> Iterator[ExportedItem]:
    arrivals = shelf.store.arrivals.of_items([item.id for item in part])
    for listed in shelf.store.items.listed(part, sources):
        text = shelf.store.texts.get(listed.item.text_sha)
        yield ExportedItem(
            listed=listed,
            text=text.text if text else None,
            html=_rendered(listed.item, text),
            arrivals=tuple((one, sources.get(one.source)) for one in arrivals.get(listed.item.id, ())),
        )


def _rendered(item: Item, text: Text | None) -> str | None:
    return sanitise(text.html, base_url=item.url) if text else None
