"""Change the targets of links in a note's bytes; every other byte stays."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pkm.errors import NoteUnreadable
from pkm.rules import frontmatter
from pkm.rules.frontmatter import Parts
from pkm.rules.linkplaces import Place, places, without_remarks
from pkm.rules.markup import Spans

_CRLF = re.compile(r"\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A part of the file that holds links: its text as in the file, and its links by offsets of the same text with LF."""

    raw: str
    before: str
    links: tuple[Place, ...]


def links_in(data: bytes) -> tuple[Place, ...]:
    """Every link of a note, front matter first; offsets are those of the part it stands in."""
    return tuple(place for stretch in _stretches(frontmatter.split(data)) for place in stretch.links)


def with_targets(data: bytes, target: Callable[[Place], str | None]) -> bytes:
    """The note with other targets.

    Args:
        data: The file.
        target: From a link to what is written as its target, None to leave it as it is.

    Raises:
        NoteUnreadable: The bytes cannot be rewritten, or a link would be read otherwise than it is written.
    """
    parts = frontmatter.split(data)
    if parts.problem:
        raise NoteUnreadable(
            f"links in it are not rewritten: {parts.problem}",
            why="its bytes cannot be edited safely",
            hint="edit that file by hand (`pkm notes edit NOTE`), then try again",
        )
    edited: list[str] = []
    wanted: list[str] = []
    for stretch in _stretches(parts):
        new = [(place, target(place)) for place in stretch.links]
        wanted += [written if written is not None else place.raw for place, written in new]
        edited += [
            stretch.before,
            _spliced(stretch.raw, [(one, text) for one, text in new if text is not None]),
        ]
    result = "".join(edited).encode()
    _verify(data, result, wanted)
    return result


def _stretches(parts: Parts) -> Iterator[_Stretch]:
    block = _lf(parts.block)
    remarkless = without_remarks(block)
    yield _Stretch(
        raw=parts.block,
        before=parts.bom + parts.lead + parts.opening,
        links=tuple(places(remarkless, Spans(""))),
    )
    body = _lf(parts.body)
    yield _Stretch(raw=parts.body, before=parts.closing, links=tuple(places(body, Spans(body))))


def _spliced(raw: str, changes: list[tuple[Place, str]]) -> str:
    breaks = [found.start() for found in _CRLF.finditer(raw)]
    # In the text with LF the n-th line end stands n characters earlier.
    shifted = [offset - index for index, offset in enumerate(breaks)]

    def there(offset: int) -> int:
        return offset + bisect_right(shifted, offset - 1)

    out: list[str] = []
    position = 0
    for place, written in changes:
        out += [raw[position : there(place.start)], written]
        position = there(place.end)
    return "".join([*out, raw[position:]])


def _verify(before: bytes, after: bytes, wanted: list[str]) -> None:
    """Read the result again: as many links, each with the target that was meant, and the same front matter else."""
    parts, again = frontmatter.split(before), frontmatter.split(after)
    found = [place.raw for stretch in _stretches(again) for place in stretch.links]
    same_problem = bool(frontmatter.read(before).problem) == bool(frontmatter.read(after).problem)
    if found != wanted or not same_problem or bool(parts.opening) != bool(again.opening):
        raise NoteUnreadable(
            "links in it are not rewritten: another link would come of it",
            why="the new name holds characters that end a link",
            hint="choose a name of letters, digits and dashes",
        )


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
