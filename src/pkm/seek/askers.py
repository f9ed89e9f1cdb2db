"""The threads of a pull: they ask and parse, and lay down what came for the one thread that stores."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue

from pkm.model.asked import Purpose
from pkm.model.source import Source, Validators
from pkm.net.door import Door
from pkm.net.politeness import Ask
from pkm.seek.fetch import Fetched, fetch
from pkm.seek.parser_process import FeedReader

_TAKEN_AT_ONCE = 16  # sources, and
_ITEMS_AT_ONCE = 1_000  # items after which no further source is taken: what is stored at once must not grow

Answered = tuple[Ask[Source], Fetched]
"""Who was asked, and what came of it."""


class Askers:
    """Asks sources, each in a thread; used by one thread.

    Args:
        door: The network; it is closed with the askers.
        at_once: Requests at once.
    """

    def __init__(self, door: Door, *, at_once: int) -> None:
        self._door = door
        self._reader = FeedReader()
        self._answers: SimpleQueue[tuple[Ask[Source], Fetched | BaseException]] = SimpleQueue()
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")
        self._under_way = 0

    @property
    def under_way(self) -> int:
        """Requests whose answer was not taken yet."""
        return self._under_way

    def close(self) -> None:
        """Stop asking: closing the door ends what is under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._door.close()
        self._pool.shutdown(wait=True)
        self._reader.close()

    def ask(self, ask: Ask[Source], known: Mapping[str, Validators], *, now: datetime, why: Purpose) -> None:
        """Ask a source soon; see `fetch`."""
        self._under_way += 1
        self._pool.submit(self._asked, ask, known, now, why)

    def taken(self, *, within_s: float) -> list[Answered]:
        """The next answer, and with it what else lies ready; none if none came in time."""
        ready: list[Answered] = []
        try:
            ready.append(self._next(timeout=within_s))
            while len(ready) < _TAKEN_AT_ONCE and _items_of(ready) < _ITEMS_AT_ONCE:
                ready.append(self._next(timeout=0))
        except Empty:
            return ready
        return ready

    def _asked(self, ask: Ask[Source], known: Mapping[str, Validators], now: datetime, why: Purpose) -> None:
        try:
            fetched = fetch(ask.about, known, door=self._door, reader=self._reader, now=now, purpose=why)
            self._answers.put((ask, fetched))
        except BaseException as error:  # noqa: BLE001 - a bug is not swallowed: it flies on from `_next`
            self._answers.put((ask, error))

    def _next(self, *, timeout: float) -> Answered:
        ask, fetched = self._answers.get(timeout=timeout)
        self._under_way -= 1
        if isinstance(fetched, BaseException):
            raise fetched
        return ask, fetched


def _items_of(answers: list[Answered]) -> int:
    return sum(len(fetched.feed.items) for _ask, fetched in answers if fetched.feed)
