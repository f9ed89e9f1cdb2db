"""Which other items speak of the same thing: by the rare words that they share. Pure.

No likeness of meaning is computed: each row names the words, and whoever reads them judges.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from pkm.rules.fold import fold
from pkm.rules.urls import host_of

DAYS: Final = 14
WORDS: Final = 24
"""Words of an item that are looked for elsewhere: the rarest."""

LEAST_SHARED: Final = 3
ROWS: Final = 8
_LEAST_LETTERS: Final = 4
_LOOKED_AT: Final = 600
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """An item that shares rare words.

    Attributes:
        words: The words, rarest first.
    """

    item: str
    words: tuple[str, ...]


def distinct_words(title: str, text: str) -> tuple[str, ...]:
    """The words that may tell of what something is about, folded, those of the title first."""
    words = (word for word in _WORD.findall(f"{fold(title)} {fold(text)}"))
    fit = (word for word in words if len(word) >= _LEAST_LETTERS and not word.isdigit() and len(word) <= 40)
    return tuple(dict.fromkeys(fit))[:_LOOKED_AT]


def rarest(counts: Mapping[str, int], *, things: int) -> tuple[str, ...]:
    """The words that others have too, but few: at most one in fifty, and of few things at most five.

    Args:
        counts: In how many things each word stands, this one among them.
        things: How many things there are.
    """
    most = max(5, things // 50)
    shared = [word for word, count in counts.items() if 2 <= count <= most]
    return tuple(sorted(shared, key=lambda word: (counts[word], -len(word), word))[:WORDS])


def sharing(found: Mapping[str, AbstractSet[str]], order: tuple[str, ...], title: str) -> tuple[Shares, ...]:
    """The items that share enough: three rare words, or two of which one stands in the title; most first.

    Args:
        found: By word, the items that have it.
        order: The words, rarest first.
        title: Of the item that is looked into.
    """
    in_title = set(_WORD.findall(fold(title)))
    by_item: dict[str, list[str]] = {}
    for word in order:
        for item in found.get(word, ()):
            by_item.setdefault(item, []).append(word)
    enough = [
        Shares(item=item, words=tuple(words))
        for item, words in by_item.items()
        if len(words) >= LEAST_SHARED or (len(words) == LEAST_SHARED - 1 and in_title & set(words))
    ]
    return tuple(sorted(enough, key=lambda one: (-len(one.words), one.item)))


def same_site(one: str | None, other: str | None) -> bool:
    """Whether two addresses are of one site: one host, or one below the other."""
    a, b = host_of(one or ""), host_of(other or "")
    return bool(a and b) and (a == b or a.endswith(f".{b}") or b.endswith(f".{a}"))
