"""Requests that a line of the user's makes, beside any pull: as politely, and what hosts answer is remembered.

A host that asked for quiet is left alone. One that the user typed is asked all the same, and that is said.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep

from pkm.errors import AddressRefused, FetchError
from pkm.model.source import Source
from pkm.net.address import is_loopback
from pkm.net.door import Answer, Request, judge
from pkm.net.politeness import server_of
from pkm.rules.limits import HOST_GAP_S
from pkm.rules.urls import display_url
from pkm.seek.fetch import FAILURES, Asker, Fetched
from pkm.seek.hosts import BUSY, HostWatch
from pkm.shelf.shelf import Shelf


@dataclass(slots=True, kw_only=True)
class ByHand:
    """An asker that keeps the gaps of hosts, heeds who asked for quiet, and remembers who does.

    Attributes:
        shelf: Where it is remembered; no write is open while a request runs.
        door: The network.
        polite: Treat loopback hosts like all others.
        say: Takes a sentence for the user.
        tick: Seconds on a clock that never runs backwards.
        nap: Does nothing for so many seconds.
    """

    shelf: Shelf
    door: Asker
    polite: bool
    say: Callable[[str], None]
    tick: Callable[[], float] = monotonic
    nap: Callable[[float], None] = sleep
    _named: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _busy: set[str] = field(default_factory=set)
    _begun: dict[str, float] = field(default_factory=dict)

    def named(self, url: str) -> None:
        """The user typed this address, so its host may be asked."""
        self._named.add(server_of(url))

    def get(self, request: Request) -> Answer:
        """As `Door.get`.

        Raises:
            FetchError: Also where the host asked for quiet, and the user did not name it.
        """
        host, now = server_of(request.url), self.shelf.now()
        watch = HostWatch(self.shelf, polite=self.polite)
        until = watch.quiet_until(host, now)
        if until is not None:
            self._heed(host, request.url, until)
        self._keep_gap(host)
        try:
            answer = self.door.get(request)
        except AddressRefused:
            self._begun.pop(host, None)  # nobody was asked
            raise
        self._hear(watch, _as_fetched(request, answer, now))
        return answer

    def _heed(self, host: str, url: str, until: datetime) -> None:
        wish = f"wants no request before {until:%Y-%m-%d %H:%M} UTC"
        if host not in self._named or host in self._busy:
            raise FetchError(
                display_url(url), f"not asked: its host {wish}", hint="try it again after that moment"
            )
        if host not in self._told:
            self._told.add(host)
            self.say(f"{host} {wish}; it is asked all the same, since you named it")

    def _keep_gap(self, host: str) -> None:
        began = self._begun.get(host)
        if began is not None and (self.polite or not is_loopback(host)):
            self.nap(max(began + HOST_GAP_S - self.tick(), 0.0))
        self._begun[host] = self.tick()

    def _hear(self, watch: HostWatch, fetched: Fetched) -> None:
        stands = watch.quiet_until(fetched.host, fetched.began_at) is not None
        if fetched.status in BUSY:
            self._busy.add(fetched.host)  # what else this line asks of it has to wait
        if watch.concerns(fetched) and (fetched.error is not None or not stands):
            # One good answer does not end a wait that the host asked for.
            with self.shelf.writing():
                watch.hear(fetched)


def _as_fetched(request: Request, answer: Answer, now: datetime) -> Fetched:
    nobody = Source(id="", url=request.url)
    try:
        judge(answer, now)
    except FAILURES as error:
        return Fetched(source=nobody, began_at=now, answer=answer, error=error)
    return Fetched(source=nobody, began_at=now, answer=answer)
