"""The quotes of a note's text: what the user says below each, and the changes that pkm makes to one.

> The passage.

^h-…

- what the user says of it
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pkm.rules.frontmatter import Parts
from pkm.rules.inert import inert
from pkm.rules.markup import Spans
from pkm.rules.notebody import after_comments, closed, editable, inserted, replaced
from pkm.rules.notefile import quote_block
from pkm.rules.notelinks import quote_places

_LEAD: Final = re.compile(r"^(?:[-*+][ \t]+|[ \t]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A quote in a body, by offsets: the block with its mark, and the comments that follow."""

    text: str
    start: int
    marked: int
    stop: int


def quote_comments(body: str) -> Mapping[str, str]:
    """What the user says below each quote, by the quote's id; as plain lines, without the signs of a list."""
    if "^h-" not in body:
        return {}
    found = {}
    for quote, place in _places(body, Spans(body)):
        words = _LEAD.sub("", body[place.marked : place.stop].strip()).strip()
        if words:
            found[quote] = words
    return found


def add_comment(data: bytes, *, quote_id: str, comment: str) -> bytes:
    """Put a comment below a quote, after those that are there; the same bytes if the quote is not in the note.

    Raises:
        NoteUnreadable: As for `notefile.append_paragraph`.
    """
    parts, body, place = _find(data, quote_id)
    item = quote_block("", quote_id=quote_id, comment=comment).partition(f"^{quote_id}")[2].strip("\n")
    if place is None or not item:
        return data
    return inserted(parts, place.stop, item, tight=bool(body[place.marked : place.stop].strip()))


def renew_quote(data: bytes, *, quote_id: str, before: str, after: str) -> bytes:
    """Let the block of a quote say other words; it stays as it is if it no longer says what pkm wrote there.

    Args:
        data: The file.
        quote_id: Whose block.
        before: The passage as pkm wrote it.
        after: The passage as it is to stand there.

    Raises:
        NoteUnreadable: As for `notefile.append_paragraph`.
    """
    parts, body, place = _find(data, quote_id)
    if place is None or place.text.split() != inert(before).split():
        return data
    block = quote_block(after, quote_id=quote_id)
    ends = "\n" if body[place.start : place.marked].endswith("\n") else ""
    return replaced(parts, place.start, place.marked, block + ends)


def remove_quote(data: bytes, *, quote_id: str) -> bytes:
    """Take a quote and its mark out of a note; what the user said below it stays.

    Raises:
        NoteUnreadable: As for `notefile.append_paragraph`.
    """
    parts, body, place = _find(data, quote_id)
    if place is None:
        return data
    stop = place.marked
    while body[stop : stop + 1] == "\n":
        stop += 1
    return replaced(parts, place.start, stop, "")


def _find(data: bytes, quote_id: str) -> tuple[Parts, str, _Place | None]:
    parts, body = editable(data)
    places = dict(_places(body, closed(body)))
    return parts, body, places.get(quote_id)


def _places(body: str, spans: Spans) -> list[tuple[str, _Place]]:
    starts = [0]
    starts += [match.end() for match in re.finditer("\n", body)]
    return [
        (
            quote.id,
            _Place(text=quote.text, start=starts[quote.line - 1], marked=end, stop=after_comments(body, end)),
        )
        for quote, end in quote_places(body, spans)
        if quote.id
    ]
