"""The texts of one item: what its feed gives, what its page has, and which of them is shown."""

from dataclasses import dataclass

from pkm.model.item import Enclosure, Item, Text
from pkm.model.source import CAPTURES
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """What there is of an item to read.

    Attributes:
        shown: The better one; None if there is none.
        feed: As the feed of its source gives it; None if it gives none, or it was put in by hand.
        page: As its page has it; None if that was not asked for, or has none.
    """

    shown: Text | None
    feed: Text | None
    page: Text | None

    @property
    def origin(self) -> str | None:
        """`page` or `feed`, whichever is shown; None if it is neither (pasted words), or nothing is."""
        sha = self.shown.sha if self.shown else None
        if sha is None:
            return None
        if self.page is not None and self.page.sha == sha:
            return "page"
        return "feed" if self.feed is not None and self.feed.sha == sha else None

    @property
    def differ(self) -> bool:
        """Whether there are two texts to choose from."""
        return self.feed is not None and self.page is not None and self.feed.sha != self.page.sha


def bodies_of(shelf: Shelf, item: Item) -> Bodies:
    """The texts of an item."""
    store = shelf.store
    arrivals = [one for one in store.arrivals.of_item(item.id) if one.source == item.source]
    source = store.sources.get(item.source or "")
    page = store.page_texts.get(item.url)
    by_hand = source is not None and source.kind == CAPTURES
    return Bodies(
        shown=store.texts.get(item.text_sha),
        feed=store.texts.get(arrivals[0].text_sha) if arrivals and not by_hand else None,
        page=store.texts.get(page.text_sha) if page else None,
    )


def enclosures_of(shelf: Shelf, item: Item) -> tuple[Enclosure, ...]:
    """The files that an item carries, in any of the sources that it came in by; each address once."""
    found: dict[str, Enclosure] = {}
    for arrival in shelf.store.arrivals.of_item(item.id):
        for one in arrival.enclosures:
            found.setdefault(one.url, one)
    return tuple(found.values())
