"""What a source had before it was followed: the older pages of its feed, one after the other.

    the feed itself, as in a pull | the page before it | … | until nothing unknown is on a page

A feed names its older pages (RFC 5005: `next` and `prev-archive`; JSON Feed: `next_url`). They are asked for
only here, never in a pull: two seconds apart, a few at a time. Nobody owes the past anything, so what
comes in is filed away unless the user wants it new.
"""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import sleep

from pkm.errors import FeedError, PkmError
from pkm.model.asked import Asked, Proposal, Proposed, Purpose
from pkm.model.item import ParsedFeed, State
from pkm.model.source import Source
from pkm.net.address import is_loopback
from pkm.net.door import Door
from pkm.net.politeness import server_of
from pkm.rules.amounts import counted
from pkm.rules.limits import BACKFILL_GAP_S, BACKFILL_PAGES
from pkm.rules.urls import display_url
from pkm.seek.arrive import Brought, bring
from pkm.seek.fetch import Fetched, fetch
from pkm.seek.hosts import HostWatch
from pkm.seek.parser_process import FeedReader
from pkm.seek.settle import Terms, store_answer
from pkm.seek.sourceset import origin_of
from pkm.shelf import locks
from pkm.shelf.decide import item_state
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class BackPage:
    """A page that was read and stored.

    Attributes:
        url: As it may be shown.
        seen: Items on it.
        new: Of those, stored for the first time.
    """

    url: str
    seen: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What came of it.

    Attributes:
        pages: Those that were read, the feed itself first.
        ended: Why there were no more: `no-older`, `known`, `most`, `circle` or `failed`.
        next_url: The page at which it stopped, as it may be shown; None if there is none.
        error: Why the last page could not be read.
    """

    source: Source
    pages: tuple[BackPage, ...]
    ended: str
    next_url: str | None = None
    error: PkmError | None = None

    @property
    def new(self) -> int:
        """Items stored for the first time."""
        return sum(page.new for page in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions:
    """How to go back.

    Attributes:
        most: Older pages at most.
        as_new: What comes in waits to be looked at; else it is filed away.
        terms: For the feed itself.
        pause: Does nothing for so many seconds.
    """

    most: int = BACKFILL_PAGES
    as_new: bool = False
    terms: Terms = field(default_factory=Terms)
    pause: Callable[[float], None] = sleep


def backfill(shelf: Shelf, source: Source, *, door: Door, options: BackfillOptions) -> Backfilled:
    """Read the older pages of a source's feed, and store what is on them.

    Raises:
        Busy: A pull runs.
        FeedError, CredentialsError, Refused: The feed itself could not be read.
    """
    with locks.pulling(shelf.home.state), closing(FeedReader()) as reader:
        back = _Back(shelf, source, door, reader, options)
        try:
            return back.go()
        finally:
            back.log()


class _Back:
    """One way back; knows where it has been."""

    def __init__(
        self, shelf: Shelf, source: Source, door: Door, reader: FeedReader, options: BackfillOptions
    ) -> None:
        self._shelf = shelf
        self._source = source
        self._door = door
        self._reader = reader
        self._options = options
        self._hosts = HostWatch(shelf, polite=options.terms.polite)
        self._before = shelf.store.arrivals.last_row()
        self._been = {source.url}
        self._pages: list[BackPage] = []

    def go(self) -> Backfilled:
        """From the feed itself as far back as there is something unknown."""
        url = self._first()
        resumed = self._left_off() if url is not None else None
        url = resumed or url
        while url is not None:
            ended = self._why_not(url)
            if ended:
                return self._told(ended, url)
            if not self._is_free(url):
                self._options.pause(BACKFILL_GAP_S)
            fetched = self._ask(url)
            brought = self._store(fetched, url)
            if fetched.error is not None:
                return self._told("failed", url, fetched.error)
            # Pages move back as news comes in: the one at which we left off may be all known by now.
            if fetched.feed is None or (brought.new == 0 and url != resumed):
                return self._told("known", None)
            url = _older(fetched.feed)
        return self._told("no-older", None)

    def log(self) -> None:
        """Let `undo` take back what came in as new."""
        if self._options.as_new:
            _log_for_undo(self._shelf, self._source, self._before)

    def _first(self) -> str | None:
        """The feed itself, stored as a pull stores it; the address of the page before it."""
        until = self._hosts.stopped(self._shelf.now()).get(server_of(self._source.url))
        if until is not None:
            raise FeedError(
                display_url(self._source.url),
                f"its host asked us to wait until {until.astimezone(self._shelf.zone):%Y-%m-%d %H:%M}",
                hint="type the same line again after that",
            )
        fetched = self._ask(self._source.url)
        with self._shelf.writing():
            pulled = store_answer(self._shelf, fetched, terms=self._options.terms)
            self._hosts.hear(fetched)
        if pulled.error is not None:
            raise pulled.error
        seen = len(fetched.feed.items) if fetched.feed else 0
        self._pages.append(BackPage(url=display_url(self._source.url), seen=seen, new=pulled.new))
        self._before = self._shelf.store.arrivals.last_row()
        return _older(fetched.feed)

    def _left_off(self) -> str | None:
        """The page at which an earlier call ended for its limit alone."""
        proposals = self._shelf.store.proposals.of(self._source.id)
        return next((one.url for one in proposals if one.kind == Proposed.OLDER), None)

    def _why_not(self, url: str) -> str:
        """Why not to go on to that page; empty if nothing speaks against it."""
        if url in self._been:
            return "circle"
        return "most" if len(self._pages) > self._options.most else ""

    def _ask(self, url: str) -> Fetched:
        self._been.add(url)
        page = self._source if url == self._source.url else _page_of(self._source, url)
        # Without validators: the whole is wanted, also of a page that we had before.
        return fetch(
            page,
            {},
            door=self._door,
            reader=self._reader,
            now=self._shelf.now(),
            purpose=Purpose.BACKFILL,
        )

    def _store(self, fetched: Fetched, url: str) -> Brought:
        brought = Brought()
        with self._shelf.writing():
            if fetched.feed is not None:
                arriving = State.NEW if self._options.as_new else State.LET_GO
                # An older page is never the whole of a feed, whatever it says.
                feed = replace(fetched.feed, complete=False, home_url=None)
                brought = bring(
                    self._shelf,
                    self._source,
                    feed,
                    now=fetched.began_at,
                    rules=self._options.terms.rules,
                    arriving=arriving,
                )
            self._hosts.hear(fetched)
            self._shelf.store.fetches.log(_asked(self._source, fetched, brought))
        if fetched.error is None:
            self._pages.append(BackPage(url=display_url(url), seen=brought.seen, new=brought.new))
        return brought

    def _is_free(self, url: str) -> bool:
        return is_loopback(server_of(url)) and not self._options.terms.polite

    def _told(self, ended: str, url: str | None, error: PkmError | None = None) -> Backfilled:
        self._remember(url if ended == "most" else None, failed=ended == "failed")
        return Backfilled(
            source=self._source,
            pages=tuple(self._pages),
            ended=ended,
            next_url=display_url(url) if url else None,
            error=error,
        )

    def _remember(self, url: str | None, *, failed: bool) -> None:
        """Where to go on, if there is more; after a failure what was remembered stays."""
        if url is None and (failed or self._left_off() is None):
            return
        proposals = self._shelf.store.proposals
        with self._shelf.writing():
            if url is None:
                proposals.withdraw(self._source.id, [Proposed.OLDER])
            else:
                now = self._shelf.now()
                proposals.set(Proposal(source=self._source.id, kind=Proposed.OLDER, url=url, at=now))


def _older(feed: ParsedFeed | None) -> str | None:
    return (feed.prev_archive_url or feed.next_url) if feed else None


def _page_of(source: Source, url: str) -> Source:
    """The source, to be asked at the address of a page: what is its own server's goes to no other."""
    if origin_of(url) == origin_of(source.url):
        return replace(source, url=url)
    asking = replace(source.asking, headers=(), insecure=False)
    private_host = source.private_host and server_of(url) == server_of(source.url)
    return replace(source, url=url, private_host=private_host, asking=asking)


def _log_for_undo(shelf: Shelf, source: Source, row: int) -> None:
    """`undo` lets go what came in as new: what was fetched is not thrown away."""
    items = [
        item
        for item in shelf.store.items.many(list(shelf.store.arrivals.made_since(source.id, row))).values()
        if item.state == State.NEW
    ]
    if not items:
        return
    name = source.title or display_url(source.url)
    before = json.dumps({"state": str(State.LET_GO)})
    with shelf.writing():
        summary = f"brought in {counted(len(items), 'older item')} of {name}"
        command = shelf.store.undo_log.begin("source", summary, shelf.now())
        changes = (Change(what="item", ref=item.id, before=before, after=item_state(item)) for item in items)
        shelf.store.undo_log.add(command, changes)


def _asked(source: Source, fetched: Fetched, brought: Brought) -> Asked:
    answer = fetched.answer
    return Asked(
        source=source.id,
        at=fetched.began_at,
        purpose=Purpose.BACKFILL,
        status=fetched.status,
        seen=brought.seen,
        new=brought.new,
        revised=brought.revised,
        error=fetched.kind or None,
        url=display_url(fetched.source.url),
        host=fetched.host,
        hops=tuple((hop.status, display_url(hop.location)) for hop in answer.hops) if answer else (),
        sent=tuple(sorted(name.lower() for name in answer.sent)) if answer else (),
        body_bytes=len(answer.body) if answer else None,
        took_ms=fetched.took_ms,
        retry_after_s=fetched.retry_after_s,
    )
