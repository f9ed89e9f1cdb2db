"""Ids by their last characters, as people see and type them."""

from collections.abc import Sequence
from itertools import takewhile

from pkm.rules.ids import TAIL


def short_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """Each id by its fewest last characters, 4 at least, that no other of the list shares.

    A tail of digits alone would read as a row's number, so it grows until it has a letter.
    """
    # Read backwards and sorted, those that share the most last characters are neighbours.
    backwards = sorted({one[::-1] for one in ids})
    beside = zip(["", *backwards], backwards, [*backwards[1:], ""], strict=False)
    shorts = {
        one: _short(one[::-1], max(_shared(one, before), _shared(one, after)) + 1)
        for before, one, after in beside
    }
    return tuple(shorts[one[::-1]] for one in ids)


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _short(one: str, needed: int) -> str:
    for length in range(max(TAIL, needed), len(one) - 1):
        tail = one[-length:]
        if not tail.isdigit():
            return tail
    return one
