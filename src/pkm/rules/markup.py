"""The parts of a markdown text that are not read as text: code, comments, private marks.

One scan from left to right, so that a mark inside code is code and a backtick inside a comment is
comment (CommonMark 0.31, sections 4.5, 6.1 and 6.6; `%%` as Obsidian reads it). Where code is in doubt
it is no code, so that a private mark is rather seen than missed. Texts have LF line ends.
"""

import re
from bisect import bisect_right
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_LEAD: Final = r"(?P<lead>[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?)"
_FENCE: Final = re.compile(_LEAD + r"(?P<mark>`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})")
_FENCE_END: Final = re.compile(r"(?P<lead>[ \t>]*)(?P<mark>`{3,}|~{3,})[ \t]*(?:\n|\Z)")
_INLINE: Final = re.compile(r"\\.|`+|%%|<!--", re.DOTALL)
_TICKS: Final = re.compile(r"`+")
# Lines that are, or open, a block of their own: no code span crosses them.
_BLOCK: Final = re.compile(
    r"[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>|\||(?:[-*_=][ \t]*){3,}(?:\n|\Z)|\n|\Z)"
)
_ONE_LINE: Final = re.compile(r"[ \t]*(?:#{1,6}[ \t]|>|\|)")
_PRIVATE_OPEN: Final = re.compile(r"<!--\s*private\b", re.IGNORECASE)
_PRIVATE_CLOSE: Final = re.compile(r"<!--\s*/\s*private\b", re.IGNORECASE)


_MARKS: Final = ("`", "%%", "<!--", "~~~")  # without one of these there is no span


class Part(Enum):
    """What a span is."""

    FENCE = auto()
    CODE = auto()
    COMMENT = auto()  # %% … %%
    HTML_COMMENT = auto()
    PRIVATE_OPEN = auto()
    PRIVATE_CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, by offsets in characters; `closed` is false if its end mark is missing."""

    part: Part
    start: int
    end: int
    closed: bool = True


class Spans:
    """The spans of one text, in order, none inside another."""

    def __init__(self, text: str) -> None:
        self.all = tuple(_scan(text)) if any(mark in text for mark in _MARKS) else ()
        self._starts = [span.start for span in self.all]

    def at(self, offset: int) -> Span | None:
        """The span that `offset` lies in."""
        index = bisect_right(self._starts, offset) - 1
        if index >= 0 and offset < self.all[index].end:
            return self.all[index]
        return None

    @property
    def unclosed(self) -> Span | None:
        """The span that runs to the end of the text because its end mark is missing."""
        return next((span for span in self.all if not span.closed), None)


def without(text: str, cuts: Iterator[tuple[int, int]]) -> str:
    """The text without the slices given, which are in order; one may lie inside the one before."""
    out: list[str] = []
    position = 0
    for start, end in cuts:
        out.append(text[position : max(start, position)])
        position = max(position, end)
    return "".join([*out, text[position:]])


def next_line(text: str, position: int) -> int:
    """Where the line after the one at `position` begins."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _scan(text: str) -> Iterator[Span]:
    position = 0
    while position < len(text):
        at_line_start = position == 0 or text[position - 1] == "\n"
        fence = _FENCE.match(text, position) if at_line_start else None
        if fence:
            span = _fence(text, fence)
            yield span
            position = span.end
        else:
            position = yield from _paragraph(text, position)


def _fence(text: str, opened: re.Match[str]) -> Span:
    mark, quoted = opened["mark"], ">" in opened["lead"]
    position = next_line(text, opened.end())
    while position < len(text):
        stop = next_line(text, position)
        if quoted and text[position:stop].lstrip(" \t")[:1] != ">":
            break
        end = _FENCE_END.match(text, position)
        if end and _closes(end, mark, quoted=quoted):
            return Span(Part.FENCE, opened.start(), end.end())
        position = stop
    return Span(Part.FENCE, opened.start(), position, closed=quoted)


def _closes(end: re.Match[str], mark: str, *, quoted: bool) -> bool:
    same = end["mark"][0] == mark[0] and len(end["mark"]) >= len(mark)
    return same and (quoted or ">" not in end["lead"])


def _paragraph(text: str, start: int) -> Generator[Span, None, int]:
    """Yield the spans of the block at `start`; return where the scan goes on."""
    position, limit = start, _block_end(text, start)
    # Run lengths that do not come again in this block: else many odd runs would cost quadratic time.
    single: set[int] = set()
    while found := _INLINE.search(text, position, limit):
        span = _span(text, found, limit, single)
        position = span.end if span else found.end()
        if span:
            yield span
    return max(position, limit)


def _block_end(text: str, start: int) -> int:
    position = next_line(text, start)
    if _ONE_LINE.match(text, start):
        return position
    while position < len(text) and not _BLOCK.match(text, position) and not _FENCE.match(text, position):
        position = next_line(text, position)
    return position


def _span(text: str, found: re.Match[str], limit: int, single: set[int]) -> Span | None:
    mark, start = found[0], found.start()
    if mark[0] == "\\":
        return None
    if mark[0] == "`":
        return _code(text, found, limit, single)
    if mark == "%%":
        return _until(text, start, "%%", Part.COMMENT)
    if _PRIVATE_CLOSE.match(text, start):
        return _until(text, start, "-->", Part.PRIVATE_CLOSE)
    opens = _PRIVATE_OPEN.match(text, start)
    return _until(text, start, "-->", Part.PRIVATE_OPEN if opens else Part.HTML_COMMENT)


def _until(text: str, start: int, mark: str, part: Part) -> Span:
    # HTML lets `<!-->` be a whole comment; so the end may share the dashes of the beginning.
    end = text.find(mark, start + 2)
    return Span(part, start, end + len(mark) if end >= 0 else len(text), closed=end >= 0)


def _code(text: str, found: re.Match[str], limit: int, single: set[int]) -> Span | None:
    length = len(found[0])
    if length in single:
        return None
    for run in _TICKS.finditer(text, found.end(), limit):
        if len(run[0]) == length:
            return Span(Part.CODE, found.start(), run.end())
    single.add(length)
    return None
