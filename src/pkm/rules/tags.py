"""Tags of a document that may be broken on purpose: one pass, linear time, no exceptions.

The standard library's HTML reader is quadratic on some hostile input, and an XML reader gives up at
the first raw `&`. For what we want of OPML and of web pages, tags and their attributes are enough.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Final

LONGEST_TAG: Final = 16_384  # characters; longer ones are passed over
BROKEN_TAGS: Final = 1_000  # after so many the rest is not looked at
RAW_TEXT: Final = frozenset({"script", "style", "textarea", "title", "noscript", "template", "xmp"})

_TAG = re.compile(r"""<(/?)([A-Za-z_][^\s/>"'=<]*)((?:[^<>"']|"[^"]*"|'[^']*')*+)>""")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_REFERENCE = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPACE = re.compile(r"[\t\n\r]")
_SKIPPED = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag.

    Attributes:
        name: Lower case, with its prefix if it has one.
        closing: `</name>`.
        empty: `<name/>`.
        attributes: Lower-case name to value, references resolved; of two with one name the first.
        start: Offset of its `<`.
        end: Offset behind its `>`.
    """

    name: str
    closing: bool
    empty: bool
    attributes: dict[str, str]
    start: int
    end: int

    @property
    def local(self) -> str:
        """Its name without a prefix."""
        return self.name.rpartition(":")[2]


def tags(
    text: str, *, only: frozenset[str] | None = None, raw: frozenset[str] = frozenset()
) -> Iterator[Tag]:
    """The tags of a document, in order; comments, CDATA and processing instructions are passed over.

    Args:
        text: The document.
        only: Local names that are wanted (attributes of others are not even read); None: all.
        raw: Names of elements whose inside is text, `RAW_TEXT` for HTML.
    """
    for found in _matches(text, raw):
        tag = _tag(found, only)
        if tag is not None:
            yield tag


def openings(text: str, *, only: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where the tags stand that open one of these elements and have attributes: from `<` to behind `>`."""
    for found in _matches(text, frozenset()):
        wanted = not found.group(1) and "=" in found.group(3)
        if wanted and found.group(2).lower().rpartition(":")[2] in only:
            yield found.span()


def _matches(text: str, raw: frozenset[str]) -> Iterator[re.Match[str]]:
    position, broken = 0, 0
    while (start := text.find("<", position)) >= 0 and broken < BROKEN_TAGS:
        skipped = _behind_skipped(text, start)
        if skipped is not None:
            position = skipped
            continue
        found = _TAG.match(text, start, start + LONGEST_TAG)
        if found is None:
            position, broken = start + 1, broken + (text[start + 1 : start + 2].isalpha())
            continue
        position = found.end()
        yield found
        if raw and not found.group(1) and (name := found.group(2).lower()) in raw:
            position = _behind_raw(text, name, position)


def spelt(text: str, tag: Tag) -> dict[str, str]:
    """The names of a tag's attributes as the document writes them, by their lower case; the first of each."""
    found = _TAG.match(text, tag.start, tag.end)
    names = [name for name, *_values in _ATTRIBUTE.findall(found.group(3))] if found else []
    return {name.lower(): name for name in reversed(names)}


def unescape(value: str) -> str:
    """Character and entity references resolved, but only those that end in `;`.

    A raw `&copy=1` in an address stays as it is (HTML would read it so too in an attribute).
    """
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _tag(found: re.Match[str], only: frozenset[str] | None) -> Tag | None:
    name = found.group(2).lower()
    if only is not None and name.rpartition(":")[2] not in only:
        return None
    return Tag(
        name=name,
        closing=bool(found.group(1)),
        empty=found.group(3).endswith("/"),
        attributes=_attributes(found.group(3)),
        start=found.start(),
        end=found.end(),
    )


def _attributes(text: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = _SPACE.sub(" ", double or single or bare)
        attributes.setdefault(name.lower(), unescape(value))
    return attributes


def _behind_skipped(text: str, start: int) -> int | None:
    if text[start + 1 : start + 2] not in ("!", "?"):
        return None
    for opening, ending in _SKIPPED:
        if text.startswith(opening, start):
            end = text.find(ending, start + len(opening))
            return len(text) if end < 0 else end + len(ending)
    return None


def _behind_raw(text: str, name: str, position: int) -> int:
    found = re.compile(f"</{re.escape(name)}", re.IGNORECASE).search(text, position)
    return found.start() if found else len(text)


def _character(reference: re.Match[str]) -> str:
    body = reference.group(1)
    if not body.startswith("#"):
        return html5.get(f"{body};", reference.group(0))
    digits, base = (body[2:], 16) if body[1] in "xX" else (body[1:], 10)
    number = int(digits, base)
    if number in range(0xD800, 0xE000) or number > 0x10FFFF or number == 0:
        return "\ufffd"
    return chr(number)
