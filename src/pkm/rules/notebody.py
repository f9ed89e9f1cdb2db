"""Insert lines into a note's text so that every byte around them stays: line ends, blank lines, last newline."""

import re
from typing import Final

from pkm.errors import NoteUnreadable
from pkm.rules import frontmatter
from pkm.rules.frontmatter import Parts
from pkm.rules.markup import Part, Spans
from pkm.rules.notelinks import headings

_LIST_LINE: Final = re.compile(r"[-*+][ \t]|[ \t]+\S")


def lf(text: str) -> str:
    """The text with LF for every line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def native(text: str, parts: Parts) -> str:
    """The text with the file's own line ends."""
    return lf(text).replace("\n", parts.newline)


def editable(data: bytes) -> tuple[Parts, str]:
    """The parts of a note, and its body with LF.

    Raises:
        NoteUnreadable: The bytes cannot be rewritten.
    """
    parts = frontmatter.editable(data)
    return parts, lf(parts.body)


def closed(body: str) -> Spans:
    """The spans of a body in which nothing runs on to the end.

    Raises:
        NoteUnreadable: A code block or a comment does.
    """
    spans = Spans(body)
    span = spans.unclosed
    if span is None:
        return spans
    what = "code block" if span.part is Part.FENCE else "comment"
    line = body.count("\n", 0, span.start) + 1
    raise NoteUnreadable(
        f"line {line} of the text opens a {what} that is never closed",
        why="what is added after it would be taken for a part of it",
        hint="close it in the note (`pkm notes edit NOTE`), then try again",
    )


def below_title(body: str, spans: Spans) -> int:
    """After a first heading with nothing but blank lines before it, else at the very top."""
    first = next(headings(body, spans), None)
    if first and not body[: first[2]].strip():
        return first[3]
    return 0


def after_comments(body: str, offset: int) -> int:
    """After the list that follows a quote's mark: comments on it."""
    end = position = offset
    while position < len(body):
        stop = body.find("\n", position)
        stop = len(body) if stop < 0 else stop
        line = body[position:stop]
        if line.strip():
            if not _LIST_LINE.match(line):
                break
            end = stop
        position = stop + 1
    return end


def inserted(parts: Parts, offset: int, block: str, *, tight: bool = False) -> bytes:
    """Insert lines at `offset` of the LF body, with blank lines around them as far as they are missing.

    Every other byte stays: the offset is carried over to the body as it is in the file, and a file
    without a final newline stays so.
    """
    if not block:
        return parts.text.encode()
    at = _raw_offset(parts.body, offset)
    before, after = parts.body[:at], parts.body[at:]
    # Below nothing but blank lines no further one is needed.
    lead = _missing(lf(before), 1 if tight or not before.strip() else 2) if before else ""
    if not before and parts.opening:
        lead = "\n" if parts.closing[-1] in "\r\n" else "\n\n"
    tail = _gap_before(lf(after)) if after.strip() else _last_newline(parts, before, after)
    raw = before + native(f"{lead}{block}{tail}", parts) + after
    return (parts.head + raw).encode()


def _last_newline(parts: Parts, before: str, after: str) -> str:
    """The line end of a last line: if the file ended with one, or blanks follow."""
    if after:
        return "" if after[0] in "\r\n" else "\n"
    whole = before or parts.closing
    return "\n" if not whole or whole[-1] in "\r\n" else ""


def _missing(before: str, wanted: int) -> str:
    return "\n" * max(0, wanted - (len(before) - len(before.rstrip("\n"))))


def _gap_before(after: str) -> str:
    return "\n" * max(0, 2 - (len(after) - len(after.lstrip("\n"))))


def _raw_offset(raw: str, offset: int) -> int:
    """The offset in the file's own text of an offset in the same text with LF."""
    position = 0
    for found in re.finditer(r"\r\n", raw):
        if found.start() - position >= offset:
            break
        position += 1
    return offset + position


def replaced(parts: Parts, start: int, stop: int, text: str) -> bytes:
    """Put other text in the place of a slice of the LF body; every other byte stays."""
    begin, end = _raw_offset(parts.body, start), _raw_offset(parts.body, stop)
    raw = parts.body[:begin] + native(text, parts) + parts.body[end:]
    return (parts.bom + parts.opening + parts.block + parts.closing + raw).encode()
