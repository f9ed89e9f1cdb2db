"""Regular expressions over stored texts, inside a bound of time.

A pattern that a user typed may need for ever on some text. `re` lets signal handlers run while it searches, so
a timer can end it; where there is none (another thread, Windows) the bound is looked at between two texts.
"""

import re
import signal
import threading
import time
from functools import lru_cache
from types import FrameType
from typing import Final

BUDGET_S: Final = 2.0


class _LateError(Exception):
    """The time is over."""


class Patterns:
    """The function `matches` of a connection.

    Attributes:
        stopped: The time was over before all texts were looked through; the rest was taken for no hits.
    """

    def __init__(self, budget_s: float = BUDGET_S) -> None:
        self._budget_s = budget_s
        self._ends: float | None = None
        self.stopped = False

    def begin(self) -> None:
        """A new query has all the time again."""
        self._ends, self.stopped = None, False

    def matches(self, pattern: str, text: str | None) -> bool:
        """Whether a text holds a pattern; letters of either case unless the pattern has a capital."""
        if text is None or self.stopped:
            return False
        # Reading the texts takes time as well, so the clock runs from the first text on.
        if self._ends is None:
            self._ends = time.monotonic() + self._budget_s
        left_s = self._ends - time.monotonic()
        try:
            return left_s > 0 and self._search(compiled(pattern), text, left_s)
        except _LateError:
            return False
        finally:
            self.stopped = time.monotonic() >= self._ends

    @staticmethod
    def _search(pattern: re.Pattern[str], text: str, left_s: float) -> bool:
        if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
            return pattern.search(text) is not None
        before = signal.signal(signal.SIGALRM, _ring)
        try:
            # Rings again and again: a first ring may come where nothing can be raised through.
            signal.setitimer(signal.ITIMER_REAL, max(left_s, 0.001), 0.1)
            return pattern.search(text) is not None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise _LateError


@lru_cache(maxsize=16)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern; several lines at once, as texts have many."""
    capital = any(char.isupper() for char in re.sub(r"\\.", "", pattern))
    try:
        return re.compile(pattern, re.MULTILINE | (0 if capital else re.IGNORECASE))
    except (re.error, OverflowError, RecursionError):  # `rules.query` lets none through
        return re.compile(re.escape(pattern))
