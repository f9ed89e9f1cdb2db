"""Ids: letter-first, time-ordered head, random tail.

`i-` item, `n-` note, `h-` quote, `s-` source, `d-` digest, `e-` event of a journal; then 12 base-32
characters: 7 of time (sixteenths of a second since 2026-01-01 UTC, good until 2094) and 5 random ones.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
TAIL: Final = 4  # fewest last characters that stand for an id

_TICKS = 16
_TIME_CHARS, _RANDOM_CHARS = 7, 5
_RANDOM_SPAN = 32**_RANDOM_CHARS
_ID = re.compile(rf"[a-z][-~][{ALPHABET}]{{12}}")
_STEP = 1_024


def _base32(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def is_id(word: str) -> bool:
    """Whether a word has the shape of an id."""
    return _ID.fullmatch(word) is not None


def is_tail(word: str) -> bool:
    """Whether a word could be the last characters of an id."""
    return TAIL <= len(word) <= 12 and all(char in ALPHABET for char in word)


def path_id(path: str) -> str:
    """The id of a note that bears none: `n~` and a hash of its path relative to its root."""
    digest = int.from_bytes(blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest())
    return f"n~{_base32(digest % 32**12, 12)}"


class IdMaker:
    """Makes ids that grow within a process, whatever its clock does.

    Args:
        now: Gives the moment, aware.
        random_below: `secrets.randbelow` or a stand-in for it.
    """

    def __init__(self, now: Callable[[], datetime], random_below: Callable[[int], int]) -> None:
        self._now = now
        self._random_below = random_below
        self._tick = -1
        self._random = 0

    def new(self, prefix: str) -> str:
        """A fresh id, larger than every earlier one of this maker."""
        tick = max(0, int((self._now() - EPOCH).total_seconds() * _TICKS))
        if tick > self._tick:
            self._tick, self._random = tick, self._random_below(_RANDOM_SPAN)
        else:
            self._random += 1 + self._random_below(_STEP)
            if self._random >= _RANDOM_SPAN:
                self._tick, self._random = self._tick + 1, self._random_below(_STEP)
        return f"{prefix}-{_base32(self._tick, _TIME_CHARS)}{_base32(self._random, _RANDOM_CHARS)}"
