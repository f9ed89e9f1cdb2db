"""The links and the quotes that stand in a note's text, outside code and comments."""

import re
from collections.abc import Iterator
from typing import Final

from pkm.model.note import NoteLink, NoteQuote
from pkm.rules.linkplaces import places, without_remarks
from pkm.rules.markup import Part, Spans, next_line

_RELATION: Final = re.compile(r"[ \t]*[-*+][ \t]+(?P<rel>[^\[\]:\n]{1,64}?)[ \t]*:[ \t]*\Z")
_HEADING: Final = re.compile(
    r"^[ ]{0,3}(?P<marks>#{1,6})[ \t]+(?P<words>[^\n]*?)[ \t]*(?:[ \t]#+[ \t]*)?$", re.MULTILINE
)
_QUOTED: Final = re.compile(r"[ ]{0,3}>[ ]?(?P<words>[^\n]*)")
_MARK_LINE: Final = re.compile(r"[ \t]*\^(?P<id>h-[0-9A-Za-z-]+)[ \t]*(?:\n|\Z)")
_MARK_END: Final = re.compile(r"[ \t]\^(?P<id>h-[0-9A-Za-z-]+)[ \t]*\Z")


def note_links(body: str, spans: Spans, *, first_line: int = 1) -> tuple[NoteLink, ...]:
    """Links of a body to notes, in order: `[[…]]`, `![[…]]` and `[…](file.md)`.

    Args:
        body: Text with LF.
        spans: Of the same text.
        first_line: Number in the file of the body's first line.
    """
    lines = _Lines(body, first_line)
    sections = links_sections(body, spans)
    return tuple(
        NoteLink(
            target=place.target,
            anchor=place.anchor,
            label=place.label,
            rel=_relation(body, place.opened, sections),
            line=lines.number(place.opened),
            form=place.form,
        )
        for place in places(body, spans)
        if place.to_note
    )


def front_links(block: str, *, first_line: int = 2) -> tuple[NoteLink, ...]:
    """Links in the values of front matter; its first line is the file's second but below lines of Logseq's."""
    return note_links(without_remarks(block), Spans(""), first_line=first_line)


def links_sections(body: str, spans: Spans) -> list[tuple[int, int]]:
    """Where the text below each `## Links` lies: up to the next heading of its rank or above."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    for rank, words, start, end in headings(body, spans):
        if begun is not None and rank <= 2:
            found.append((begun, start))
            begun = None
        if rank == 2 and words.casefold() == "links":
            begun = end
    return found if begun is None else [*found, (begun, len(body))]


def headings(body: str, spans: Spans) -> Iterator[tuple[int, str, int, int]]:
    """Rank, words, start and end of each `#` heading that is no code or comment."""
    for match in _HEADING.finditer(body):
        if not spans.at(match.start("marks")):
            yield len(match["marks"]), match["words"], match.start(), match.end()


def note_quotes(body: str, spans: Spans, *, first_line: int = 1) -> tuple[NoteQuote, ...]:
    """The `>` blocks of a body, each with the `^h-…` that follows it or stands at its end."""
    return tuple(quote for quote, _ in quote_places(body, spans, first_line=first_line))


def quote_places(body: str, spans: Spans, *, first_line: int = 1) -> Iterator[tuple[NoteQuote, int]]:
    """Each quote, and the offset after its last line (after its mark, if it bears one)."""
    position, line = 0, first_line
    while position < len(body):
        stop = next_line(body, position)
        if not _opens_quote(body, position, spans):
            position, line = stop, line + 1
            continue
        words: list[str] = []
        begun = line
        while position < len(body) and (match := _QUOTED.match(body, position)):
            words.append(match["words"])
            position, line = next_line(body, position), line + 1
        mark, words = _mark(body, position, words)
        end = mark.end() if mark and mark.string is body else position
        yield NoteQuote(id=mark["id"] if mark else None, text="\n".join(words), line=begun), end
        line += body.count("\n", position, end)
        position = end


def _opens_quote(body: str, position: int, spans: Spans) -> bool:
    if not _QUOTED.match(body, position):
        return False
    span = spans.at(position)
    # A fence may stand inside the quote; then the quote is still one.
    return span is None or (span.part is Part.FENCE and span.start == position)


def _mark(body: str, position: int, words: list[str]) -> tuple[re.Match[str] | None, list[str]]:
    if at_end := _MARK_END.search(f" {words[-1]}"):
        shortened = words[-1][: max(at_end.start() - 1, 0)]
        return at_end, [*words[:-1], *([shortened] if shortened else [])]
    while position < len(body) and body[position] == "\n":
        position += 1
    return _MARK_LINE.match(body, position), words


def _relation(body: str, start: int, sections: list[tuple[int, int]]) -> str | None:
    """The relation of a `- REL: [[…]]` line, if the link stands below `## Links`."""
    if not any(low <= start < high for low, high in sections):
        return None
    relation = _RELATION.match(body[body.rfind("\n", 0, start) + 1 : start])
    return relation["rel"].strip() if relation else None


class _Lines:
    """Line numbers of offsets that only grow."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._offset = 0
        self._line = first_line

    def number(self, offset: int) -> int:
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line
