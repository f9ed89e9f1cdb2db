"""The part of a text that shows why a search found it."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from pkm.rules.clean import Sink, clean
from pkm.rules.fold import SINGLE_CLASS, fold, fold_with_map, single

_ASCII_PIECE: Final = re.compile(r"\S{1,60}")
_WORD: Final = re.compile(r"[^\W_]+")
_PUNCTUATION: Final = re.compile(r"[\s!-/:-@\[-`{-~]+")
_BETWEEN: Final = r"[\W_]+"
_AT_FIRST: Final = 20_000  # characters that are looked through before the whole text is
_MOST_HITS: Final = 500
_WEIGHT: Final = 2  # of a word; a character of a script without spaces weighs 1
_LEAD: Final = 5  # words before the first hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A part of a text on one clean line.

    Attributes:
        text: From the original text, white space made even; without ellipses.
        marks: Offsets into `text` of what was searched for: start, and end behind it; in order, apart.
        more_before: The text begins before this part.
        more_after: The text goes on after it.
        start: Where the part begins in the original text.
        end: Where it ends there.
        hits: Offsets of the marks in the original text, which they slice.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    more_before: bool = False
    more_after: bool = False
    start: int = 0
    end: int = 0
    hits: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    """Offsets in the original text; `term` is the number of the word that was found."""

    start: int
    end: int
    term: int


def snippet(text: str, words: Sequence[str], *, width: int = 24) -> Snippet:
    """About `width` words of a text with as many of the words that were searched for as go in.

    Args:
        text: The original, not the folded text.
        words: Words or phrases as typed; one that ends in `*` stands for all words that begin so.
        width: Words; two characters of a script without spaces count as one.

    Returns:
        The beginning of the text if none of the words is in it.
    """
    head = text[:_AT_FIRST]
    hits = _hits(head, words)
    if not hits and len(text) > _AT_FIRST:
        hits = _hits(text, words)
        head = text if hits else head
    pattern = _ASCII_PIECE if head.isascii() else _piece()
    pieces = [found.span() for found in pattern.finditer(head)]
    if not pieces:
        return Snippet(text="")
    first, last = _window(head, pieces, hits, width * _WEIGHT)
    start, end = pieces[first][0], pieces[last][1]
    inside = [hit for hit in hits if start <= hit.start and hit.end <= end]
    line, marks = _line(text, start, end, inside)
    return Snippet(
        text=line,
        marks=marks,
        more_before=first > 0,
        more_after=bool(text[end:].strip()),
        start=start,
        end=end,
        hits=tuple((hit.start, hit.end) for hit in _apart(start, inside)),
    )


@cache
def _piece() -> re.Pattern[str]:
    return re.compile(rf"[{SINGLE_CLASS}]|[^\s{SINGLE_CLASS}]{{1,60}}")


def _hits(text: str, words: Sequence[str]) -> list[_Hit]:
    patterns = [pattern for word in words if (pattern := _pattern(word))]
    if not patterns or not text:
        return []
    folded, offsets = (fold(text), None) if text.isascii() else fold_with_map(text)
    hits: list[_Hit] = []
    for term, pattern in enumerate(patterns):
        for found in islice(re.finditer(pattern, folded), _MOST_HITS):
            start, end = found.span()
            # Asked here and not by a lookbehind: so the search is one for a plain string, four times faster.
            if start and folded[start - 1].isalnum() and folded[start].isalnum():
                continue
            hits.append(
                _Hit(start, end, term) if offsets is None else _original(text, offsets, start, end, term)
            )
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))


def _original(text: str, offsets: list[int], start: int, end: int, term: int) -> _Hit:
    last = offsets[end - 1]
    behind = bisect_right(offsets, last)
    return _Hit(offsets[start], offsets[behind] if behind < len(offsets) else len(text), term)


def _pattern(word: str) -> str | None:
    """What to look for in folded text; None for a word without anything to find."""
    prefix = word.endswith("*")
    folded = fold(word.removesuffix("*")).strip()
    if not _WORD.search(folded):
        return re.escape(folded) if not folded.isascii() and single().search(folded) else None
    # Only what no word holds parts the words: Indic vowel signs are no word characters to `re`.
    parts = [re.escape(part) for part in _PUNCTUATION.split(folded) if part]
    rest = r"[^\W_]*" if prefix else ""
    return rf"{_BETWEEN.join(parts)}{rest}(?![^\W_])"


def _window(text: str, pieces: list[tuple[int, int]], hits: list[_Hit], budget: int) -> tuple[int, int]:
    """First and last piece of the best window: most different words, then most words, then earliest."""
    starts = [start for start, _ in pieces]
    best, best_rank = (0, _reach(text, pieces, 0, budget)), (0, 0)
    seen: set[int] = set()
    for hit in hits:
        piece = bisect_right(starts, hit.start) - 1
        first = max(0, piece - _LEAD)
        if first in seen:
            continue
        seen.add(first)
        last = _reach(text, pieces, first, budget)
        inside = [
            other.term for other in hits if starts[first] <= other.start and other.end <= pieces[last][1]
        ]
        rank = (len(set(inside)), len(inside))
        if rank > best_rank:
            best, best_rank = (first, last), rank
    return best


def _reach(text: str, pieces: list[tuple[int, int]], first: int, budget: int) -> int:
    spent, at = 0, first
    while at < len(pieces):
        start, end = pieces[at]
        counts_alone = end - start == 1 and not text[start].isascii() and single().match(text, start)
        spent += 1 if counts_alone else _WEIGHT
        if spent > budget and at > first:
            return at - 1
        at += 1
    return len(pieces) - 1


def _line(text: str, start: int, end: int, hits: list[_Hit]) -> tuple[str, tuple[tuple[int, int], ...]]:
    line, marks = "", []
    for part, marked in _parts(text, start, end, hits):
        words = " ".join(clean(part, Sink.LINE).split())
        gap = line and part[:1].isspace() and not line.endswith(" ")
        line += " " if gap else ""
        if marked and words:
            marks.append((len(line), len(line) + len(words)))
        line += words
        if words and part[-1:].isspace():
            line += " "
    return line.rstrip(), tuple(marks)


def _parts(text: str, start: int, end: int, hits: list[_Hit]) -> Iterator[tuple[str, bool]]:
    behind = start
    for hit in _apart(start, hits):
        yield text[behind : hit.start], False
        yield text[hit.start : hit.end], True
        behind = hit.end
    yield text[behind:end], False


def _apart(start: int, hits: list[_Hit]) -> Iterator[_Hit]:
    """The hits without those that begin inside the one before."""
    behind = start
    for hit in hits:
        if hit.start >= behind:
            yield hit
            behind = hit.end
