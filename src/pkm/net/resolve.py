"""Names to addresses, in a few threads, within the request's own time.

`getaddrinfo` takes no time-out and may hang for half a minute, so it runs in
threads of its own; they are daemons, so that a hung one cannot keep pkm alive.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue

Found = Sequence[tuple[socket.AddressFamily, str]]
"""Addresses of a host, best first."""

Resolver = Callable[[str, int], Found]
"""Host (ASCII) and port to its addresses; raises `socket.gaierror` (or another `OSError`) if there are none."""

_THREADS = 16


def system_resolver(host: str, port: int) -> Found:
    """What this computer's name service says.

    Raises:
        socket.gaierror: No such host, or nobody answered.
    """
    # As bytes, since for str Python would apply its own idea of IDNA (2003).
    rows = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return [(family, str(place[0])) for family, _, _, _, place in rows]


class ResolverPool:
    """Runs a resolver in at most 16 daemon threads; thread-safe.

    Args:
        resolver: What to run.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._jobs: SimpleQueue[tuple[Future[Found], str, int] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0

    def resolve(self, host: str, port: int, *, timeout_s: float) -> Found:
        """Addresses of `host`.

        Raises:
            TimeoutError: The name service did not answer in time.
            OSError: What the resolver raised, as a rule `socket.gaierror`.
        """
        job: Future[Found] = Future()
        self._jobs.put((job, host, port))
        self._grow()
        try:
            return job.result(timeout=timeout_s)
        finally:
            job.cancel()  # one that waits for a thread is not wanted any more

    def close(self) -> None:
        """Let the threads end; one that hangs in a look-up is left to itself."""
        with self._lock:
            for _ in range(self._threads):
                self._jobs.put(None)
            self._threads = 0

    def _grow(self) -> None:
        with self._lock:
            if self._jobs.qsize() <= self._idle or self._threads >= _THREADS:
                return
            self._threads += 1
        threading.Thread(target=self._work, name="pkm-names", daemon=True).start()

    def _work(self) -> None:
        while True:
            self._count_idle(1)
            task = self._jobs.get()
            self._count_idle(-1)
            if task is None:
                return
            job, host, port = task
            if job.set_running_or_notify_cancel():
                _settle(job, self._resolver, host, port)

    def _count_idle(self, change: int) -> None:
        with self._lock:
            self._idle += change


def _settle(job: "Future[Found]", resolver: Resolver, host: str, port: int) -> None:
    try:
        job.set_result(resolver(host, port))
    except OSError as error:
        job.set_exception(error)
