"""How long one request may take and how much may come, held by the thread that makes it.

A kept connection outlives its request, so neither can belong to the stream:
the stream asks the running thread (`current`) at every read and write. That
covers slow drips of headers and bodies and endless 103s alike.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class OutOfTime(Exception):
    """The request took longer in all than it may."""


class OutOfBytes(Exception):
    """More came than may come.

    Attributes:
        limit: Bytes that were allowed.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Deadline:
    """One request's limits of time and bytes; used by one thread.

    Attributes:
        total_s: Seconds from the start to the end of everything, redirects too.
        dialled: Whether this hop made a connection of its own.
        received: Bytes that this hop read from the wire.
    """

    def __init__(self, total_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.total_s = total_s
        self.dialled = False
        self.received = 0
        self._allowed = 0
        self._clock = clock
        self._ends_at = clock() + total_s

    @property
    def passed(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._ends_at

    def left(self, at_most: float | None = None) -> float:
        """Seconds that the next step may take, never 0.

        Raises:
            OutOfTime: The time is up.
        """
        left = self._ends_at - self._clock()
        if left <= 0:
            raise OutOfTime
        return left if at_most is None else min(left, at_most)

    def begin_hop(self, head_bytes: int) -> None:
        """Count anew; only `head_bytes` may come until `allow` says more."""
        self.dialled = False
        self.received = 0
        self._allowed = head_bytes

    def allow(self, wire_bytes: int) -> None:
        """Let `wire_bytes` come in this hop, head included."""
        self._allowed = wire_bytes

    def count(self, wire_bytes: int) -> None:
        """Take note of bytes that came.

        Raises:
            OutOfBytes: More came than `begin_hop` or `allow` said.
        """
        self.received += wire_bytes
        if self.received > self._allowed:
            raise OutOfBytes(self._allowed)


_thread = threading.local()


@contextmanager
def running(deadline: Deadline) -> Iterator[Deadline]:
    """Make `deadline` the running thread's own inside the block."""
    _thread.deadline = deadline
    try:
        yield deadline
    finally:
        del _thread.deadline


def current() -> Deadline:
    """The running thread's deadline; there is none outside `running`."""
    deadline: Deadline = _thread.deadline
    return deadline
