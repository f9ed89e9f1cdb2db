"""Single keys from a terminal, which gets its old ways back however the program ends.

Where stdin is no real terminal the first letters of lines count.
"""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pkm.errors import UsageError

END: Final = ""
"""The input has ended."""

_CHUNK: Final = 256
_ESCAPE: Final = "\x1b"
_END_OF_TEXT: Final = "\x04"  # Ctrl-D


class Keys:
    """The keyboard; see `keyboard`.

    Args:
        number: File descriptor of the terminal; None if there is none.
        modes: How the terminal was before, and how it gives single keys.
    """

    def __init__(self, number: int | None, modes: tuple[list[Any], list[Any]] | None = None) -> None:
        self._number = number
        self._modes = modes
        self._ahead = ""

    def read(self, timeout_s: float | None = None) -> str | None:
        """One key, lower case; `END` at the end of the input, None if nobody pressed one in that time.

        Args:
            timeout_s: None to wait as long as it takes. Without a terminal there is no waiting.
        """
        if self._number is None:
            return sys.stdin.read(1).lower()
        if not self._ahead:
            if timeout_s is not None and not select.select([self._number], [], [], max(0.0, timeout_s))[0]:
                return None
            self._ahead = self._chunk()
        if self._ahead.startswith(_ESCAPE):  # an arrow or a function key comes as several characters
            self._ahead = ""
            return _ESCAPE
        key, self._ahead = self._ahead[:1], self._ahead[1:]
        return END if key == _END_OF_TEXT else key.lower()

    def line(self) -> str:
        """A line that the user types and sees, without its end."""
        if self._number is None or self._modes is None:
            return sys.stdin.readline().rstrip("\r\n")
        before, single = self._modes
        _set(self._number, before)
        try:
            while "\n" not in self._ahead and "\r" not in self._ahead:
                more = self._chunk()
                self._ahead += more
                if not more:
                    break
        finally:
            _set(self._number, single)
        line, _, self._ahead = self._ahead.replace("\r", "\n").partition("\n")
        return line

    def _chunk(self) -> str:
        try:
            return os.read(self._number or 0, _CHUNK).decode("utf-8", "replace")
        except OSError:  # the terminal is gone
            return END


@contextmanager
def keyboard() -> Iterator[Keys]:
    """The keyboard, key by key; Ctrl-C stays an interrupt, and afterwards the terminal is as it was.

    Raises:
        UsageError: This system has no such terminals.
    """
    try:
        import termios  # noqa: PLC0415 - not there on Windows
    except ImportError as error:
        raise UsageError("-i is not there on this system", hint="pkm keep ID, pkm drop ID") from error
    try:
        number = sys.stdin.fileno()
        before = termios.tcgetattr(number)
    except (termios.error, OSError, ValueError):
        yield Keys(None)
        return
    single = list(before)
    single[3] = before[3] & ~(termios.ICANON | termios.ECHO)
    single[6] = [*before[6]]
    single[6][termios.VMIN], single[6][termios.VTIME] = 1, 0
    try:
        _set(number, single)
        yield Keys(number, (before, single))
    finally:
        # What was typed ahead was meant for the walk, not for the shell.
        termios.tcsetattr(number, termios.TCSAFLUSH, before)


def _set(number: int, mode: list[Any]) -> None:
    import termios  # noqa: PLC0415 - only a terminal comes here

    termios.tcsetattr(number, termios.TCSADRAIN, mode)
