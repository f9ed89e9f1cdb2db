"""The whole text, where a feed gives but its beginning:  wanted | each host in its turn || both texts kept

After the feeds of a pull, and as politely: one request a host at a time, a gap between two, a host that says
"too many" is left alone. A page is asked for once; again only if the feed says that the item was edited.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic, sleep
from typing import Final

from pkm.model.item import Item
from pkm.model.source import Source
from pkm.net.address import is_loopback
from pkm.net.door import Door
from pkm.net.politeness import Ask, Turns, ask_for, gap_of, has_long_gap, server_of
from pkm.rules.fulltext import is_better, is_cut_short, wants_page
from pkm.rules.limits import PAGES_PER_PULL
from pkm.seek.extractor import best
from pkm.seek.hosts import HostWatch
from pkm.seek.pagefetch import Came, Wanted, fetch_page
from pkm.shelf import index
from pkm.shelf.shelf import Shelf

_PER_HOST: Final = 20
_IN_ALL: Final = 200
_LOOKED_AT: Final = 200  # items of a source, to find those that lack most
_TRIES: Final = 3
_LEFT_ALONE: Final = timedelta(days=1)
_NAP_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTerms:
    """How to ask for pages.

    Attributes:
        at_once: Requests at once in all.
        polite: Treat loopback hosts like all others.
        ends_at: On the clock `tick`, when no further request begins; None for no such end.
        finish: Wait for requests under way when that time is up; else they are given up, and tried again later.
        tick: Seconds on a clock that never runs backwards.
        nap: Does nothing for so many seconds.
        stop: Asked again and again: whether to begin nothing more, and end.
    """

    at_once: int = 8
    polite: bool = False
    ends_at: float | None = None
    finish: bool = True
    tick: Callable[[], float] = monotonic
    nap: Callable[[float], None] = sleep
    stop: Callable[[], bool] = lambda: False

    @property
    def over(self) -> bool:
        """Whether no further request may begin."""
        return self.stop() or (self.ends_at is not None and self.tick() >= self.ends_at)


def lacking(shelf: Shelf, sources: Sequence[Source]) -> tuple[Wanted, ...]:
    """The pages that these sources' settings ask for, a bounded number of each; the newest items first."""
    found: list[Wanted] = []
    per_host: Counter[str] = Counter()
    for source in sources:
        stored = shelf.store.sources.get(source.id) or source
        for one in _of_source(shelf, stored):
            host = server_of(one.url)
            if per_host[host] < _PER_HOST and len(found) < _IN_ALL:
                per_host[host] += 1
                found.append(one)
    return tuple(found)


def _of_source(shelf: Shelf, source: Source) -> Iterator[Wanted]:
    if source.full == "never" or not source.followed:
        return
    left = PAGES_PER_PULL
    rows = shelf.store.page_texts.lacking(
        source.id, asked_before=shelf.now() - _LEFT_ALONE, tries=_TRIES, most=_LOOKED_AT
    )
    for row in rows:
        text = shelf.store.texts.get(row.text_sha)
        if left and wants_page(source.full, text.text if text else ""):
            left -= 1
            before = shelf.store.page_texts.get(row.url)
            yield Wanted(
                item=row.item, url=row.url, source=source, content_sha=row.content_sha, before=before
            )


def lacking_of(shelf: Shelf, items: Sequence[Item]) -> tuple[Wanted, ...]:
    """The pages of items of which there is but a beginning here, asked for or not; for what was just kept."""
    found = []
    for item in items[:PAGES_PER_PULL]:
        text = shelf.store.texts.get(item.text_sha)
        source = shelf.store.sources.get(item.source or "")
        if item.url is None or source is None or not is_cut_short(text.text if text else ""):
            continue
        before = shelf.store.page_texts.get(item.url)
        if before is None or before.problem is not None:
            arrivals = [one for one in shelf.store.arrivals.of_item(item.id) if one.source == source.id]
            sha = arrivals[0].content_sha if arrivals else ""
            found.append(Wanted(item=item.id, url=item.url, source=source, content_sha=sha, before=before))
    return tuple(found)


def fetch_pages(shelf: Shelf, wanted: Sequence[Wanted], *, door: Door, terms: PageTerms) -> int:
    """Ask for these pages and store their texts; each is stored as soon as it is there.

    Returns:
        Of how many items the better text is now the page's.
    """
    hosts = HostWatch(shelf, polite=terms.polite)
    left_alone = hosts.stopped(shelf.now())
    servers = {one.url: server_of(one.url) for one in wanted}
    asks = [
        ask_for(one.url, one)
        for one in wanted
        # Who wants a minute between two requests is asked for feeds alone.
        if servers[one.url] not in left_alone and not has_long_gap(servers[one.url])
    ]
    now = terms.tick()
    # The feed of the same host may have been asked this very second.
    waits = {host: now + gap_of(host) for host in servers.values() if terms.polite or not is_loopback(host)}
    turns = Turns(asks, at_once=terms.at_once, earliest_s=waits, polite=terms.polite)
    pool = ThreadPoolExecutor(terms.at_once, thread_name_prefix="page")
    bettered = 0
    try:
        for came in _asked(shelf, turns, pool, door, terms):
            with shelf.writing():
                bettered += store_page(shelf, came)
                until = hosts.hear(came.fetched)
                shelf.store.fetches.log(came.asked)
            if until is not None:
                turns.stop_host(server_of(came.wanted.url))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return bettered


def _asked(
    shelf: Shelf, turns: Turns[Wanted], pool: ThreadPoolExecutor, door: Door, terms: PageTerms
) -> Iterator[Came]:
    """What came, in the order in which it comes."""
    find = best()
    running: dict[Future[Came], Ask[Wanted]] = {}
    while not turns.done:
        over = terms.over
        while not over and (ask := turns.start(terms.tick())) is not None:
            running[pool.submit(fetch_page, ask.about, door=door, find=find, now=shelf.now())] = ask
        if over and (terms.stop() or not (running and terms.finish)):
            return
        if not running:
            terms.nap(min(turns.wait_s(terms.tick()) or 0.0, _NAP_S))
            continue
        done, _rest = wait(running, timeout=_NAP_S, return_when=FIRST_COMPLETED)
        for future in done:
            turns.finished(running.pop(future))
            yield future.result()


def store_page(shelf: Shelf, came: Came) -> bool:
    """Keep what came beside what the feed gave, and show the better one; inside `shelf.writing`.

    Returns:
        Whether the page's text is shown from now on, and was not before.
    """
    store = shelf.store
    if came.text is not None:
        store.texts.add([came.text], at=came.at, kind="page")
    former = came.wanted.before.text_sha if came.wanted.before else None
    store.page_texts.save(came.row)
    item = store.items.get(came.wanted.item)
    if item is None or came.text is None:
        return False
    shown = store.texts.get(item.text_sha)
    is_newer = former is not None and item.text_sha == former
    chosen = item.text_sha != came.text.sha and (
        is_newer or is_better(came.text.text, shown.text if shown else "")
    )
    if chosen:
        bettered = replace(item, text_sha=came.text.sha)
        store.items.update(bettered)
        store.search.put([index.of_item(bettered, came.text)])
    if former != came.text.sha:
        store.texts.forget_unused(former)
    return chosen
