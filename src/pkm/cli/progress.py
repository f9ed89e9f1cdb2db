"""How far a long task is: one line on a terminal's stderr, written over and over, gone at the end."""

import sys
from collections.abc import Callable
from time import monotonic
from typing import Final

from pkm.cli.context import Run
from pkm.cli.terminal import is_terminal, width

_PATIENT_S: Final = 1.0  # what takes no longer needs no line
_EVERY_S: Final = 0.1
_TELLING_S: Final = 3.0  # from when on the time so far says something about the time left
_TELLING_SHARE: Final = 0.05


def time_left(done: int, total: int, elapsed_s: float) -> str:
    """How long it will take yet, in words; empty while nobody can tell, or where it is nearly over."""
    if not done or elapsed_s < _TELLING_S or done / total < _TELLING_SHARE:
        return ""
    left_s = elapsed_s / done * (total - done)
    if left_s < 5:
        return ""
    return f"about {round(left_s / 5) * 5} s left" if left_s < 90 else f"about {round(left_s / 60)} min left"


class Progress:
    """The line. Nothing is shown in a pipe, with `--quiet`, `--json` or `--plain`, or of what is quickly done.

    Args:
        run: Says whether somebody looks.
        total: How many things there are to do.
        tick: Seconds on a clock that never runs backwards.
    """

    def __init__(self, run: Run, total: int, *, tick: Callable[[], float] = monotonic) -> None:
        self._on = (
            is_terminal(sys.stderr)
            and not (run.quiet or run.json or run.plain)
            and run.environ.get("TERM", "dumb") != "dumb"
        )
        self._total = total
        self._width = width(run.environ, sys.stderr)
        self._tick = tick
        self._began = tick()
        self._shown_at: float | None = None

    def show(self, done: int, words: str, *, waits: str = "") -> None:
        """Say how much is done.

        Args:
            done: Of the total.
            words: What of.
            waits: What is waited for; else the time left is told.
        """
        now = self._tick()
        if not self._on or now - self._began < _PATIENT_S:
            return
        if self._shown_at is not None and now - self._shown_at < _EVERY_S:
            return
        self._shown_at = now
        said = ", ".join(filter(None, (words, waits or time_left(done, self._total, now - self._began))))
        sys.stderr.write(f"\r\x1b[K{said[: self._width - 1]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown_at is not None:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
