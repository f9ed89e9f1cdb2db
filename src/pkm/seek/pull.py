"""Seek: bring every feed's new items onto the shelf:  due sources | fetch | parse | compare | store

Threads ask and parse, each host in its turn; one thread, this one, stores. A source is told of only after
its transaction is committed, so what was printed is kept, whatever happens next. Answers that lie ready
share a transaction, always whole: a commit waits for the disk, and 1,000 such waits are most of a pull.

Who failed in a way that may pass is asked once more when all others are done; whom to ask and in which
order is decided in `due`, how in `manner`, when again in `patience`, whether there is a network in `outage`.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep

from pkm.errors import FetchError, Offline
from pkm.model.asked import Purpose
from pkm.model.source import MAIL, Source
from pkm.net.address import is_loopback
from pkm.net.door import Door
from pkm.net.politeness import Turns, ask_for, server_of
from pkm.rules.limits import AGAIN_S, HOSTS_AT_ONCE
from pkm.seek.askers import Answered, Askers
from pkm.seek.due import in_turn, is_due
from pkm.seek.fetch import Fetched, shown
from pkm.seek.fulltext import PageTerms, fetch_pages, lacking
from pkm.seek.hosts import HostWatch
from pkm.seek.mailpull import pull_mail
from pkm.seek.outage import Outage, is_near
from pkm.seek.patience import may_pass_soon
from pkm.seek.settle import Pulled, Terms, store_answer
from pkm.shelf import locks, trash
from pkm.shelf.shelf import Shelf

_LONGEST_NAP_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Time as a run spends it; tests bring their own.

    Attributes:
        tick: Seconds on a clock that never runs backwards.
        nap: Does nothing for so many seconds.
    """

    tick: Callable[[], float] = monotonic
    nap: Callable[[float], None] = sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to pull.

    Attributes:
        terms: On what terms answers are stored.
        hosts_at_once: Requests at once in all.
        max_time_s: Stop starting requests after so long; None for no such limit.
        finish: Wait for requests under way when that time is up; else they are given up, and tried again later.
        clockwork: What time is taken from.
        on_pages: Told at the end of how many items the page's text is the better one now.
        on_wait: Told, once a second, how many seconds are left to wait and for how many sources.
        stop: Asked again and again: whether to begin nothing more, store what has come, and end.
    """

    terms: Terms = field(default_factory=Terms)
    hosts_at_once: int = HOSTS_AT_ONCE
    max_time_s: float | None = None
    finish: bool = True
    clockwork: Clockwork = Clockwork()
    on_wait: Callable[[float, int], None] | None = None
    stop: Callable[[], bool] = lambda: False
    on_pages: Callable[[int], None] | None = None


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
        Offline: This computer has no network; nothing was counted.
    """
    with (
        locks.pulling(shelf.home.state, wait_s=wait_s),
        closing(_Run(shelf, door, options or PullOptions())) as run,
    ):
        trash.sweep(shelf)  # a pull is what comes round every night
        terms = (options or PullOptions()).terms
        yield from (pull_mail(shelf, one, terms=terms) for one in sources if one.kind == MAIL)
        yield from run.each([one for one in sources if one.kind != MAIL])
        run.pages(sources, door)


class _Run:
    """One pull: hands out the turns, takes in the answers."""

    def __init__(self, shelf: Shelf, door: Door, options: PullOptions) -> None:
        self._shelf = shelf
        self._options = options
        self._tick = options.clockwork.tick
        self._askers = Askers(door, at_once=options.hosts_at_once)
        self._ends_at = None if options.max_time_s is None else self._tick() + options.max_time_s
        self._hosts = HostWatch(shelf, polite=options.terms.polite)
        self._outage = Outage(0)
        self._failed: dict[str, tuple[Pulled, float]] = {}  # asked once more at the end, not before that tick

    def close(self) -> None:
        """Stop asking."""
        self._askers.close()

    def each(self, sources: Sequence[Source]) -> Iterator[Pulled]:
        """The sources one by one, as they are done."""
        now, tick = self._shelf.now(), self._tick()
        stopped = self._hosts.stopped(now)
        yield from (
            _waits(one, stopped[server_of(one.url)]) for one in sources if server_of(one.url) in stopped
        )
        asked = [one for one in sources if server_of(one.url) not in stopped]
        self._outage = Outage(len({server_of(one.url) for one in asked if not is_near(server_of(one.url))}))
        waits = {host: tick + wait_s for host, wait_s in self._hosts.waits_s(now).items()}
        yield from self._round(in_turn(asked, chance=self._options.terms.chance), waits, skipped=_no_time)
        yield from self._second_round()

    def pages(self, sources: Sequence[Source], door: Door) -> None:
        """Ask for the pages of which these sources give but the beginning, if there is time."""
        terms = PageTerms(
            at_once=self._options.hosts_at_once,
            polite=self._options.terms.polite,
            ends_at=self._ends_at,
            finish=self._options.finish,
            tick=self._tick,
            nap=self._options.clockwork.nap,
            stop=self._options.stop,
        )
        fetched = fetch_pages(self._shelf, lacking(self._shelf, sources), door=door, terms=terms)
        if fetched and self._options.on_pages:
            self._options.on_pages(fetched)

    def _second_round(self) -> Iterator[Pulled]:
        again = [first.source for first, _tick in self._failed.values()]
        waits: dict[str, float] = {}
        for first, tick in self._failed.values():
            host = server_of(first.source.url)
            waits[host] = max(waits.get(host, tick), tick)
        firsts = {source_id: first for source_id, (first, _tick) in self._failed.items()}
        yield from self._round(again, waits, skipped=lambda one: firsts[one.id], purpose=Purpose.AGAIN)

    def _round(
        self,
        sources: Sequence[Source],
        waits: Mapping[str, float],
        *,
        skipped: Callable[[Source], Pulled],
        purpose: Purpose | None = None,
    ) -> Iterator[Pulled]:
        """Ask each of these once.

        Args:
            sources: In the order of asking.
            waits: By host, the tick before which it is not asked.
            skipped: What is told of a source for which no time was left.
            purpose: Why they are asked; None: due, or named.
        """
        waiting = {source.id: source for source in sources}
        turns = Turns(
            [ask_for(source.url, source) for source in sources],
            at_once=self._options.hosts_at_once,
            earliest_s=waits,
            polite=self._options.terms.polite,
        )
        while self._goes_on(waiting):
            self._start(turns, waiting, purpose)
            answered = self._answered(turns, len(waiting))
            for ask, _fetched in answered:
                turns.finished(ask)
            if not any(fetched.error for _ask, fetched in answered):
                self._start(turns, waiting, purpose)  # the network goes on while we store
            believed = [one for _ask, fetched in answered for one in self._outage.hear(fetched)]
            yield from self._stored(believed, turns, waiting)
        down, held = self._outage.ends() if not self._askers.under_way else (False, [])
        if down:
            raise _offline(held[0])
        yield from self._stored(held, turns, waiting)
        yield from (skipped(source) for source in waiting.values())

    def _goes_on(self, waiting: Mapping[str, Source]) -> bool:
        if self._options.stop():
            return False
        if self._out_of_time():
            return bool(self._askers.under_way) and self._options.finish
        return bool(self._askers.under_way or (waiting and not self._outage.in_doubt))

    def _out_of_time(self) -> bool:
        return self._ends_at is not None and self._tick() >= self._ends_at

    def _start(self, turns: Turns[Source], waiting: dict[str, Source], purpose: Purpose | None) -> None:
        while not (self._out_of_time() or self._outage.in_doubt):
            ask = turns.start(self._tick())
            if ask is None:
                return
            source, now = waiting.pop(ask.about.id), self._shelf.now()
            known = self._shelf.store.addresses.of(source.id)
            why = purpose or (Purpose.DUE if is_due(source, now) else Purpose.NAMED)
            self._askers.ask(ask, known, now=now, why=why)

    def _answered(self, turns: Turns[Source], left: int) -> list[Answered]:
        """What lies ready, or comes before the next request may start."""
        wait_s = turns.wait_s(self._tick())
        if self._askers.under_way:
            return self._askers.taken(within_s=self._nap_s(wait_s))
        if wait_s and wait_s > _LONGEST_NAP_S and self._options.on_wait:
            self._options.on_wait(wait_s, left)
        self._options.clockwork.nap(self._nap_s(wait_s))
        return []

    def _nap_s(self, wait_s: float | None) -> float:
        naps = [_LONGEST_NAP_S if wait_s is None else min(wait_s, _LONGEST_NAP_S)]
        if self._ends_at is not None and not self._options.finish:
            naps.append(self._ends_at - self._tick())
        return max(min(naps), 0.001)

    def _stored(
        self, answers: Sequence[Fetched], turns: Turns[Source], waiting: dict[str, Source]
    ) -> Iterator[Pulled]:
        """Store these answers; what is to be told of them, and of the sources of hosts that want quiet."""
        if not answers:
            return
        with self._shelf.writing():
            done = [store_answer(self._shelf, one, terms=self._options.terms) for one in answers]
            stops = [(one, self._hosts.hear(one)) for one in answers]
        for pulled, (fetched, until) in zip(done, stops, strict=True):
            if until is None and self._is_worth_another(fetched):
                self._failed[fetched.source.id] = (pulled, self._tick() + AGAIN_S)
            else:
                yield pulled
        for fetched, until in stops:
            if until is not None:
                # It said "too many": left alone at once, and its other sources are not at fault.
                dropped = turns.stop_host(fetched.host)
                yield from (self._left_out(waiting.pop(ask.about.id), until) for ask in dropped)

    def _left_out(self, source: Source, until: datetime) -> Pulled:
        """What is told of a source whose host wants quiet: how it failed, if it did, else that it waits."""
        first = self._failed.get(source.id)
        return first[0] if first else _waits(source, until)

    def _is_worth_another(self, fetched: Fetched) -> bool:
        """Whether it is asked again at the end of this run; who asks its own computer can do that himself."""
        free = is_loopback(server_of(fetched.source.url)) and not self._options.terms.polite
        in_time = self._ends_at is None or self._tick() + AGAIN_S < self._ends_at
        soon = may_pass_soon(fetched.status, kind=fetched.kind, asked_to_wait=bool(fetched.retry_after_s))
        return soon and in_time and not free and fetched.source.id not in self._failed


def _waits(source: Source, until: datetime) -> Pulled:
    reason = f"its host asked us to wait until {until:%Y-%m-%d %H:%M} UTC"
    return Pulled(source=source, status="skipped", error=FetchError(shown(source), reason))


def _no_time(source: Source) -> Pulled:
    reason = "not asked: the time given with --max-time was up"
    return Pulled(source=source, status="skipped", error=FetchError(shown(source), reason, hint="pkm pull"))


def _offline(first: Fetched) -> Offline:
    counted = "nothing was counted against any source"
    if first.kind == "proxy" and first.error is not None:
        why = f"{first.error.why}; {counted}"
        return Offline("no network: the proxy cannot be used", why=why, hint=first.error.hint)
    return Offline(
        "no network: the first hosts that were asked cannot be reached",
        why=f"so nobody else was asked, and {counted}",
        hint="check the connection, then: pkm pull",
    )
