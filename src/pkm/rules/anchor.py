"""Find a passage in a text, whatever happened to its spaces, dashes and quotation marks on the way.

Compared on a folded copy (NFKD, casefold, one space for many, plain quotation marks and dashes,
invisible characters dropped) whose every character knows where it comes from, so that the anchor
always holds the text's own characters. Selectors as in the W3C Web Annotation model, 4.2.4 and 4.2.5.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from pkm.errors import NotFound, UsageError
from pkm.model.quote import Anchor

CONTEXT: Final = 32
"""Characters of the text kept before and after a passage."""

_NEAR: Final = 60.0  # of 100; below it a proposal is noise
_PROPOSALS: Final = 3
_SHOWN: Final = 120
_SENTENCE: Final = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")  # noqa: RUF001 - full stops of Chinese and Japanese
# Letters that fold to themselves or to their small form, one for one; a last one may bear a mark that follows.
_EASY: Final = re.compile(r"[!-_a-~]+(?: [!-_a-~]+)*(?![^\x00-\x7f])")
_PLAIN: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u02bc\uff07`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A text as it is compared.

    Attributes:
        text: The folded characters.
        starts: For each, where the character it comes from begins in the original.
        ends: For each, where that character ends (its combining marks included).
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def places(self, needle: str) -> Iterator[tuple[int, int]]:
        """Slices of the original whose folded form is `needle`; they do not overlap."""
        for start, stop in self.matches(needle):
            yield self.original(start, stop)

    def original(self, start: int, stop: int) -> tuple[int, int]:
        """The slice of the original that a slice of the folded text comes from; it is not empty."""
        return self.starts[start], self.ends[stop - 1]

    def matches(self, needle: str) -> Iterator[tuple[int, int]]:
        """Slices of the folded text that are `needle`, whole characters of the original; they do not overlap."""
        at = self.text.find(needle)
        while at >= 0:
            stop = at + len(needle)
            whole = stop == len(self.text) or not unicodedata.combining(self.text[stop])
            if whole:
                yield at, stop
            at = self.text.find(needle, stop if whole else at + 1)


def fold(text: str) -> Folded:
    """The text as it is compared, with the way back."""
    out: list[str] = []
    starts, ends = array("L"), array("L")
    done = 0
    for easy in _EASY.finditer(text):
        _fold_slowly(text, done, easy.start(), out, starts, ends)
        done = easy.end()
        out.append(easy[0].lower())
        starts.extend(range(easy.start(), done))
        ends.extend(range(easy.start() + 1, done + 1))
    _fold_slowly(text, done, len(text), out, starts, ends)
    return Folded(text="".join(out), starts=starts, ends=ends)


def _fold_slowly(  # noqa: PLR0913, PLR0917 - a slice, and what has been folded so far
    text: str, begin: int, stop: int, out: list[str], starts: "array[int]", ends: "array[int]"
) -> None:
    for start, end in _characters(text[begin:stop]):
        folded = _folded(text[begin + start : begin + end])
        if folded == " " and out and out[-1].endswith(" "):
            ends[-1] = begin + end
            continue
        out.append(folded)
        starts.extend([begin + start] * len(folded))
        ends.extend([begin + end] * len(folded))


def find(text: str, passage: str) -> tuple[Anchor, ...]:
    """The anchors of a passage, one for each place where it stands in the text, in order.

    Raises:
        NotFound: It does not stand there; the message shows the nearest passages.
        UsageError: It has no letters at all.
    """
    needle = fold(passage).text.strip()
    if not any(map(str.isalnum, needle)):
        raise UsageError("the passage is empty", why="it has no letters", hint="copy a few words of the text")
    places = list(fold(text).places(needle))
    if not places:
        raise _not_there(text, passage)
    return tuple(anchor_at(text, *place) for place in places)


def anchor_at(text: str, start: int, end: int) -> Anchor:
    """The anchor of a slice of the text."""
    return Anchor(
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        start=start,
    )


def nearest(text: str, passage: str) -> tuple[str, ...]:
    """Up to three passages of the text that resemble it, best first; none if nothing does."""
    windows = list(dict.fromkeys(_windows(text, len(passage))))
    folded = [fold(window).text for window in windows]
    best = process.extract(
        fold(passage).text.strip(), folded, scorer=fuzz.partial_ratio, limit=_PROPOSALS, score_cutoff=_NEAR
    )
    return tuple(windows[index] for _, _, index in best)


def _not_there(text: str, passage: str) -> NotFound:
    near = [f"“{_short(one)}”" for one in nearest(text, passage)]
    return NotFound(
        "the passage does not stand in the text",
        why=f"nearest to it: {'; '.join(near)}" if near else "",
        hint="copy it from the text: `pkm read ID` shows it",
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _windows(text: str, size: int) -> Iterator[str]:
    """Runs of whole sentences, each at least `size` characters long where the text has so many."""
    sentences = [match.span() for match in _SENTENCE.finditer(text) if match[0].strip()]
    last = 0
    for index, (start, _) in enumerate(sentences):
        last = max(last, index)
        while last + 1 < len(sentences) and sentences[last][1] - start < size:
            last += 1
        yield text[start : sentences[last][1]].strip()


def _characters(text: str) -> Iterator[tuple[int, int]]:
    """Slices of one character with its combining marks."""
    if text.isascii():
        yield from ((index, index + 1) for index in range(len(text)))
        return
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not (text[index] > "\u02ff" and unicodedata.combining(text[index])):
            if index > start:
                yield start, index
            start = index


@lru_cache(maxsize=4096)
def _folded(cluster: str) -> str:
    if cluster.isspace() or cluster in {"\u200b", "\u2060"}:
        return " " if cluster.isspace() else ""
    plain = "".join(_PLAIN.get(char, char) for char in cluster if unicodedata.category(char) != "Cf")
    decomposed = unicodedata.normalize("NFKD", plain).casefold()
    text = "".join(_PLAIN.get(char, char) for char in unicodedata.normalize("NFKD", decomposed))
    return " " if text.isspace() else text
