"""Real homes and shelves for tests: real files, real SQLite, a clock that is set by hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pkm.model.item import Item, ParsedFeed, ParsedItem, State
from pkm.model.source import Source
from pkm.seek.arrive import bring
from pkm.shelf import following, home
from pkm.shelf.decide import Move, decide
from pkm.shelf.home import Home
from pkm.shelf.shelf import Shelf, ShelfOptions, open_shelf

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEED = "https://example.org/feed"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **delta: float) -> None:
        self.at += timedelta(**delta)


def new_home(tmp_path: Path, *, settings: str = "") -> Home:
    """A home as `pkm init` makes it."""
    made = home.at(tmp_path / "home")
    home.make(made, settings=settings)
    return made


@contextmanager
def opened(
    at: Home, *, now: datetime | Callable[[], datetime] = NOW, zone: str = "UTC", **options
) -> Iterator[Shelf]:
    """Its shelf; `now` is a moment or a `Clock`."""
    clock = now if callable(now) else Clock(now)
    with open_shelf(at, options=ShelfOptions(zone=ZoneInfo(zone), **options), now=clock) as shelf:
        yield shelf


def stored_source(shelf: Shelf, url: str = FEED, **fields) -> Source:
    """A source that is followed; the one of that address, if there is one."""
    known = shelf.store.sources.at(url)
    if known is not None:
        return known
    source = Source(
        id=shelf.ids.new("s"), url=url, followed_at=shelf.now(), **{"title": "A source", **fields}
    )
    with shelf.writing():
        following.save(shelf, [source], command=None)
    return source


def stored_item(
    shelf: Shelf,
    *,
    title: str | None = "A title",
    url: str | None = "https://example.org/a",
    html: str | None = "<p>Words of the item.</p>",
    source: Source | str | None = None,
    keep: bool = False,
    **parsed,
) -> Item:
    """An item that a feed brought; new, or kept."""
    owner = source if isinstance(source, Source) else stored_source(shelf, source or FEED)
    one = ParsedItem(raw_id=parsed.pop("raw_id", url or title), title=title, url=url, html=html, **parsed)
    before = {item.id for item in shelf.store.items.each()}
    with shelf.writing():
        bring(shelf, owner, ParsedFeed(format="rss20", items=(one,)), now=shelf.now())
    found = [item for item in shelf.store.items.each() if item.id not in before]
    item = found[0] if found else next(one for one in shelf.store.items.each() if one.url == url)
    if keep:
        with shelf.writing():
            decide(shelf, [item], Move(after=State.KEPT), command=None)
    kept = shelf.store.items.get(item.id)
    assert kept is not None
    return kept
