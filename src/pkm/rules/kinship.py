"""What two things have in common, and how much each of it counts. Pure."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pkm.rules.fold import fold

_WORD: Final = re.compile(r"[^\W\d_][\w'\u2019-]{3,39}")
_RUN: Final = re.compile(
    "[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{2,6}|[\u30a1-\u30fa\u30fc]{3,12}|[\uac00-\ud7a3]{2,6}"
)
_LOOKED_THROUGH: Final = 60_000  # characters of a text
MOST_WORDS: Final = 200
"""So many different words of a thing are looked up."""

RARE: Final = 10
"""So many of them, the rarest for how often they are said, make kin."""

_SHARE: Final = 50
_FEW: Final = 12


class Tie(StrEnum):
    """What ties two things."""

    NOTE = "note"
    LINK = "link"
    WORDS = "words"
    TAGS = "tags"
    QUESTION = "question"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing that two have in common.

    Attributes:
        said: For people: `both say "etcd", "quorum"`.
        weight: How much it counts.
    """

    tie: Tie
    said: str
    weight: float


def words_of_text(title: str, text: str) -> tuple[str, ...]:
    """The words to look up, as written, those of the title first, then the most often said."""
    said = Counter[str]()
    written: dict[str, str] = {}
    for part, times in ((title, 3), (text[:_LOOKED_THROUGH], 1)):
        for word in (*_WORD.findall(part), *_RUN.findall(part)):
            key = fold(word)
            said[key] += times
            written.setdefault(key, word)
    return tuple(written[key] for key, _ in said.most_common(MOST_WORDS))


def rare_words(counts: Sequence[tuple[str, int]], things: int) -> tuple[tuple[str, float], ...]:
    """Those words that few things hold, and at least one more than this one; the rarest first.

    Args:
        counts: Words in the order of `words_of_text`, each with the number of things that hold it.
        things: How many there are in all.

    Returns:
        Each with its weight: between 0 and 1, the larger the rarer.
    """
    most = max(_FEW, things // _SHARE)
    whole = math.log(things + 1) or 1.0
    found = [(word, math.log((things + 1) / count) / whole) for word, count in counts if 2 <= count <= most]
    # The order they come in says how often they are said; a stable sort keeps it among equals.
    return tuple(sorted(found, key=lambda one: -one[1])[:RARE])


def by_words(words: Sequence[tuple[str, float]]) -> Shared:
    """What some rare words make; each further one counts less."""
    ordered = sorted(words, key=lambda one: -one[1])
    weight = sum(one / (place + 1) ** 0.5 for place, (_, one) in enumerate(ordered))
    return Shared(
        tie=Tie.WORDS,
        said=f"both say {_named([f'{chr(34)}{word}{chr(34)}' for word, _ in ordered])}",
        weight=weight,
    )


def by_tags(tags: Sequence[tuple[str, int]]) -> Shared:
    """What shared tags make.

    Args:
        tags: Each with the number of things that bear it; the fewer, the more it says.
    """
    weight = sum(1.5 / (1 + math.log(max(1, count))) for _, count in tags)
    return Shared(
        tie=Tie.TAGS, said=f"both are tagged {_named([f'#{tag}' for tag, _ in tags])}", weight=weight
    )


def linked(said: str) -> Shared:
    """A link between them, which somebody put there: nothing says more."""
    return Shared(tie=Tie.LINK, said=said, weight=4.0)


def noted(said: str) -> Shared:
    """One is a note on the other, or both are on one item."""
    return Shared(tie=Tie.NOTE, said=said, weight=4.0)


def asked(question: str) -> Shared:
    """Both were kept for one question."""
    return Shared(tie=Tie.QUESTION, said=f"both belong to your question '{question}'", weight=2.0)


def of_one_source(title: str) -> Shared:
    """Both came from one source: says little alone, and so makes no kin."""
    return Shared(tie=Tie.SOURCE, said=f"both are from {title}", weight=0.2)


def closeness(shared: Sequence[Shared]) -> float:
    """How close two things are: the sum of what they share; 0 if a source is all."""
    if all(one.tie == Tie.SOURCE for one in shared):
        return 0.0
    return sum(one.weight for one in shared)


def _named(words: Sequence[str]) -> str:
    rest = len(words) - 4
    return ", ".join(words[:4]) + (f" and {rest} more" if rest > 0 else "")
