"""Seek: bring every feed's new items onto the shelf:  due sources | fetch | parse | compare | store

Threads ask and parse, each host in its turn; one thread, this one, stores. A source is told of only after
its transaction is committed, so what was printed is kept, whatever happens next. Answers that lie ready
share a transaction, always whole: a commit waits for the disk, and 1,000 such waits are most of a pull.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from time import monotonic

from pkm.errors import FetchError, PkmError, Refused
from pkm.model.asked import Asked, HostState
from pkm.model.item import ParsedFeed
from pkm.model.source import CAPTURES, Health, Source, Validators
from pkm.net.address import is_loopback
from pkm.net.door import Answer, Door
from pkm.net.politeness import Ask, Facts, Trouble, Turns, ask_for, next_check_at, server_of, trouble_of
from pkm.rules.limits import FIRST_PULL_NEW, FLOOR_S, HOSTS_AT_ONCE, MOVE_DAYS, MOVE_SIGHTINGS
from pkm.rules.urls import has_secret
from pkm.seek.arrive import Brought, bring
from pkm.seek.fetch import Fetched, fetch, shown
from pkm.seek.parser_process import FeedReader
from pkm.shelf import following, locks, trash
from pkm.shelf.shelf import Shelf

_LONGEST_NAP_S = 1.0
_STORED_AT_ONCE = 16  # sources, and
_ITEMS_AT_ONCE = 1_000  # items after which no further source joins a transaction: others wait to write

_Answered = tuple[Ask[Source], Fetched]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of one source.

    Attributes:
        status: `new`, `unchanged`, `failed` or `skipped`.
        new: Arrivals stored for the first time; one that joins an item of another source counts too.
        waiting: Of those, the ones that wait to be looked at.
        revised: Items that the source edited.
        rekeyed: Items known under a new name, since their site moved.
        error: Why it failed, or was skipped.
    """

    source: Source
    status: str
    new: int = 0
    waiting: int = 0
    revised: int = 0
    rekeyed: int = 0
    error: PkmError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to pull.

    Attributes:
        hosts_at_once: Requests at once in all.
        polite: Treat loopback hosts like all others.
        max_time_s: Stop starting requests after so long; None for no such limit.
        finish: Wait for requests under way when that time is up; else they are given up, and tried again later.
        first_new: Items of a source's first pull that wait to be looked at.
        jitter: Draws 0 to 1, so that machines do not all ask at the same minute.
    """

    hosts_at_once: int = HOSTS_AT_ONCE
    polite: bool = False
    max_time_s: float | None = None
    finish: bool = True
    first_new: int = FIRST_PULL_NEW
    jitter: Callable[[], float] = lambda: 0.0


def due(sources: Sequence[Source], *, now: datetime, everything: bool = False) -> tuple[Source, ...]:
    """The sources to ask now: followed, not muted, and due; the longest unasked first.

    Args:
        sources: To choose from.
        now: Aware.
        everything: Also those that are not due yet, down to the floor between two requests.
    """
    asked = [one for one in sources if one.followed and one.muted_at is None and one.kind != CAPTURES]
    floor = now - timedelta(seconds=FLOOR_S)
    ready = [
        one for one in asked if _is_due(one, now) or (everything and _before(one.health.checked_at, floor))
    ]
    return tuple(sorted(ready, key=lambda one: (one.health.checked_at or one.followed_at or now, one.id)))


def _is_due(source: Source, now: datetime) -> bool:
    return _before(source.health.next_check_at, now)


def _before(moment: datetime | None, limit: datetime) -> bool:
    return moment is None or moment <= limit


def pull(
    shelf: Shelf,
    sources: Sequence[Source],
    *,
    door: Door,
    options: PullOptions | None = None,
    wait_s: float = 0.0,
) -> Generator[Pulled, None, None]:
    """Ask these sources and store what they say; each is given back once it is stored.

    Args:
        shelf: Where.
        sources: Whom.
        door: The network.
        options: How.
        wait_s: How long to wait for another pull to end.

    Raises:
        Busy: Another pull ran all that time.
    """
    with (
        locks.pulling(shelf.home.state, wait_s=wait_s),
        closing(_Run(shelf, door, options or PullOptions())) as run,
    ):
        trash.sweep(shelf)  # a pull is what comes round every night
        yield from run.each(sources)


class _Run:
    """One pull: hands out the turns, takes in the answers."""

    def __init__(self, shelf: Shelf, door: Door, options: PullOptions) -> None:
        self._shelf = shelf
        self._door = door
        self._options = options
        self._reader = FeedReader()
        self._answers: SimpleQueue[tuple[Ask[Source], Fetched | BaseException]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(options.hosts_at_once, thread_name_prefix="fetch")
        self._ends_at = None if options.max_time_s is None else monotonic() + options.max_time_s
        self._under_way = 0

    def close(self) -> None:
        """Stop asking: closing the door ends what is under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._door.close()
        self._pool.shutdown(wait=True)
        self._reader.close()

    def each(self, sources: Sequence[Source]) -> Iterator[Pulled]:
        """The sources one by one, as they are done."""
        stopped = {
            host: state.not_before
            for host, state in self._shelf.store.hosts.stopped(self._shelf.now()).items()
        }
        waiting = {source.id: source for source in sources}
        for source in sources:
            if server_of(source.url) in stopped:
                yield _waits(waiting.pop(source.id), stopped[server_of(source.url)])
        turns = Turns(
            [ask_for(source.url, source) for source in waiting.values()],
            at_once=self._options.hosts_at_once,
            polite=self._options.polite,
        )
        while self._goes_on(waiting):
            self._start(turns, waiting)
            answered = self._answered(turns)
            for ask, _fetched in answered:
                turns.finished(ask)
            if not any(_is_busy(fetched) for _ask, fetched in answered):
                self._start(turns, waiting)  # the network goes on while we store
            yield from self._store([fetched for _ask, fetched in answered])
            for _ask, fetched in answered:
                yield from self._stop_host(turns, waiting, fetched)
        yield from (_no_time(source) for source in waiting.values())

    def _goes_on(self, waiting: Mapping[str, Source]) -> bool:
        if self._out_of_time():
            return bool(self._under_way) and self._options.finish
        return bool(self._under_way or waiting)

    def _out_of_time(self) -> bool:
        return self._ends_at is not None and monotonic() >= self._ends_at

    def _start(self, turns: Turns[Source], waiting: dict[str, Source]) -> None:
        while not self._out_of_time() and (ask := turns.start(monotonic())) is not None:
            del waiting[ask.about.id]
            known = self._shelf.store.addresses.of(ask.about.id)
            self._under_way += 1
            self._pool.submit(self._ask, ask, known)

    def _ask(self, ask: Ask[Source], known: Mapping[str, Validators]) -> None:
        try:
            now = self._shelf.now()
            fetched = fetch(ask.about, known, door=self._door, reader=self._reader, now=now)
            self._answers.put((ask, fetched))
        except BaseException as error:  # noqa: BLE001 - a bug is not swallowed: it flies on from `_answered`
            self._answers.put((ask, error))

    def _answered(self, turns: Turns[Source]) -> list[_Answered]:
        """The next answer, and with it what else lies ready; none if none came in time."""
        ready: list[_Answered] = []
        wait_s = turns.wait_s(monotonic())
        try:
            ready.append(self._taken(timeout=self._nap_s(wait_s)))
            while len(ready) < _STORED_AT_ONCE and _items_of(ready) < _ITEMS_AT_ONCE:
                ready.append(self._taken(timeout=0))
        except Empty:
            return ready
        return ready

    def _taken(self, *, timeout: float) -> _Answered:
        ask, fetched = self._answers.get(timeout=timeout)
        self._under_way -= 1
        if isinstance(fetched, BaseException):
            raise fetched
        return ask, fetched

    def _nap_s(self, wait_s: float | None) -> float:
        naps = [_LONGEST_NAP_S if wait_s is None else wait_s]
        if self._ends_at is not None and not self._options.finish:
            naps.append(self._ends_at - monotonic())
        return max(min(naps), 0.001)

    def _store(self, answers: Sequence[Fetched]) -> list[Pulled]:
        if not answers:
            return []
        with self._shelf.writing():
            return [store_answer(self._shelf, one, options=self._options) for one in answers]

    def _stop_host(
        self, turns: Turns[Source], waiting: dict[str, Source], fetched: Fetched
    ) -> Iterator[Pulled]:
        """A host that says "too many" is left alone at once, and its other sources are not at fault."""
        if not _is_busy(fetched):
            return
        until = self._shelf.now() + timedelta(seconds=_asked_wait(fetched) or FLOOR_S)
        with self._shelf.writing():
            state = HostState(
                host=server_of(fetched.source.url), not_before=until, reason="asked us to wait", strikes=1
            )
            self._shelf.store.hosts.save(state)
        for ask in turns.stop_host(fetched.source.url):
            yield _waits(waiting.pop(ask.about.id), until)


def _is_busy(fetched: Fetched) -> bool:
    return trouble_of(fetched.status, asked_to_wait=_asked_wait(fetched) is not None) == Trouble.BUSY


def _items_of(answers: Sequence[_Answered]) -> int:
    return sum(len(fetched.feed.items) for _ask, fetched in answers if fetched.feed)


def store_answer(shelf: Shelf, fetched: Fetched, *, options: PullOptions) -> Pulled:
    """Store what came of asking a source; inside `shelf.writing`.

    Items, validators and the schedule go into one transaction: were the validators stored first, a crash
    between would hide the items behind a 304 for ever.
    """
    source = fetched.source
    brought = Brought()
    if fetched.feed is not None:
        brought = bring(shelf, source, fetched.feed, now=fetched.began_at, first_new=options.first_new)
        _learn(shelf, source, fetched.feed)
    if fetched.validators is not None:
        shelf.store.addresses.set(source.id, fetched.validators)
    if fetched.answer is not None and fetched.error is None:
        _follow_move(shelf, source.id, fetched.answer, fetched.began_at)
    gone_since = shelf.store.fetches.gone_since(source.id) if fetched.status == 410 else None
    shelf.store.sources.set_health(source.id, _health(fetched, options, gone_since=gone_since))
    shelf.store.fetches.log(_log_row(fetched, brought))
    if fetched.error is not None:
        return Pulled(source=source, status="failed", error=fetched.error)
    return Pulled(
        source=source,
        status="new" if brought.new else "unchanged",
        new=brought.new,
        waiting=brought.waiting,
        revised=brought.revised,
        rekeyed=brought.rekeyed,
    )


def _learn(shelf: Shelf, source: Source, feed: ParsedFeed) -> None:
    """What the feed says of itself fills in what the user did not say."""
    stored = shelf.store.sources.get(source.id) or source
    learnt = replace(
        stored,
        title=stored.title or feed.title,
        home_url=feed.home_url or stored.home_url,
        format=feed.format,
    )
    if learnt != stored:
        shelf.store.sources.save(learnt)


def _follow_move(shelf: Shelf, source_id: str, answer: Answer, at: datetime) -> None:
    """Ask at the new address from now on, once a permanent redirect has stood the test of time.

    An address with a secret stays: only it may hold the login. What another source has is left alone.
    """
    if answer.moved_to is None:
        shelf.store.addresses.saw_no_move(source_id)
        return
    source = shelf.store.sources.get(source_id)
    if source is None or answer.moved_to == source.url:
        return
    move = shelf.store.addresses.saw_move(source, answer.moved_to, at)
    if move.seen < MOVE_SIGHTINGS or at - move.first_seen < timedelta(days=MOVE_DAYS):
        return
    holder = shelf.store.sources.at(answer.moved_to)
    if has_secret(source.url) or (holder is not None and holder.id != source_id):
        return
    with suppress(Refused):  # sources.opml cannot be written now: the next pull comes here again
        following.save(shelf, [replace(source, url=answer.moved_to)], command=None)


def _log_row(fetched: Fetched, brought: Brought) -> Asked:
    return Asked(
        source=fetched.source.id,
        at=fetched.began_at,
        status=fetched.status,
        seen=brought.seen,
        new=brought.new,
        revised=brought.revised,
        rekeyed=brought.rekeyed,
        oldest_key=brought.oldest_key,
        newest_key=brought.newest_key,
        error=fetched.error.kind if fetched.error else None,
    )


def _asked_wait(fetched: Fetched) -> float | None:
    return fetched.error.retry_after_s if isinstance(fetched.error, FetchError) else None


def _health(fetched: Fetched, options: PullOptions, *, gone_since: datetime | None) -> Health:
    was, error = fetched.source.health, fetched.error
    failures = was.failures + 1 if error else 0
    answer, validators = fetched.answer, fetched.validators
    trouble = trouble_of(fetched.status, asked_to_wait=_asked_wait(fetched) is not None)
    facts = Facts(
        has_validators=bool(validators and (validators.etag or validators.last_modified)),
        max_age_s=answer.max_age_s if answer else None,
        ttl_s=fetched.feed.ttl_s if fetched.feed else None,
        retry_after_s=_asked_wait(fetched),
        failures=_times_gone(fetched, gone_since) if trouble == Trouble.GONE else failures,
        trouble=trouble,
        loopback=is_loopback(server_of(fetched.source.url)),
    )
    return Health(
        checked_at=fetched.began_at,
        succeeded_at=was.succeeded_at if error else fetched.began_at,
        failing_since=(was.failing_since or fetched.began_at) if error else None,
        failures=failures,
        error_kind=error.kind if error else None,
        error=error.what if error else None,
        hint=(error.hint or error.why) if error else None,
        next_check_at=next_check_at(fetched.began_at, facts, jitter=options.jitter(), polite=options.polite),
    )


def _times_gone(fetched: Fetched, since: datetime | None) -> int:
    """A 410 counts as the second only a day after the first: somebody may just be moving house."""
    return 2 if since is not None and fetched.began_at - since >= timedelta(days=1) else 1


def _waits(source: Source, until: datetime) -> Pulled:
    reason = f"its host asked us to wait until {until:%Y-%m-%d %H:%M} UTC"
    return Pulled(source=source, status="skipped", error=FetchError(shown(source), reason))


def _no_time(source: Source) -> Pulled:
    reason = "not asked: the time given with --max-time was up"
    return Pulled(source=source, status="skipped", error=FetchError(shown(source), reason, hint="pkm pull"))
