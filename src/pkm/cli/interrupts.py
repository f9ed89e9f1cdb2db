"""Ctrl-C and its kin during a pull: the first asks it to end well, the second ends it at once.

A pull may be ended at any moment without harm (what is not committed is asked for again), so the second signal need not wait for
anything: threads that hang in a name look-up would keep Python from ending for as long as they like.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class Stop:
    """Whether somebody asked us to end.

    Attributes:
        number: Of the first signal; None if none came.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._heard = False

    def asked(self) -> bool:
        """Whether to end now. Who asks this once promises to ask again: before that, a signal ends us as ever."""
        self._heard = True
        return self.number is not None

    def take(self, number: int, _frame: FrameType | None) -> None:
        """A signal came."""
        if self.number is not None:
            os._exit(128 + number)
        if not self._heard:
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
        self.number = number


@contextmanager
def stopping() -> Iterator[Stop]:
    """Take Ctrl-C, SIGTERM and SIGHUP as long as this is open; in a thread that cannot, nobody ever asks."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, stop.take) for number in numbers}
    try:
        yield stop
    finally:
        for number, old in before.items():
            signal.signal(number, old)
