"""Small values that XML and JSON feeds have in common: plain texts, numbers, languages, attachments."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from pkm.model.item import Enclosure
from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.html import one_line
from pkm.rules.urls import join

AUTHORS_MOST: Final = 16
ENCLOSURES_MOST: Final = 64
NOTES_MOST: Final = 8
_LONGEST_DURATION_S: Final = 7 * 24 * 60 * 60
_LARGEST_LENGTH: Final = 2**50
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_NAMED_DURATION = re.compile(
    r"(?:PT)?(?:([0-9]{1,3}) ?h(?:(?:ou)?rs?)?\.?,? ?)?(?:([0-9]{1,5}) ?m(?:in(?:ute)?s?)?\.?,? ?)?"
    r"(?:([0-9]{1,6}) ?s(?:ec(?:ond)?s?)?\.?)?",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")


def plain(text: object, limit: int, *, markup: bool = True) -> str | None:
    """A text on one line, cut; None if nothing is left of it (or if it is no text).

    Args:
        text: As given.
        limit: Characters.
        markup: Whether tags and references in it are markup; else they are the text itself.
    """
    if not isinstance(text, str):
        return None
    cut = text[: limit * 8]
    if markup and ("<" in cut or "&" in cut):
        cut = one_line(cut)
    return tidy(cut, limit=limit) or None


def person(text: object) -> str | None:
    """The name in an author: `Ann`, `ann@a.example (Ann)`, `Ann <ann@a.example>`; else the address."""
    if not isinstance(text, str) or "@" not in text:
        return plain(text, limits.AUTHOR_CHARS)
    # `<ann@a.example>` would pass for a tag.
    line = plain(text[: 4 * limits.AUTHOR_CHARS].replace("<", "(").replace(">", ")"), 2 * limits.AUTHOR_CHARS)
    before, _, inside = (line or "").rstrip(")").partition("(")
    names = [part.strip() for part in (before, inside) if part.strip()]
    name = next((part for part in names if "@" not in part), line)
    return tidy(name, limit=limits.AUTHOR_CHARS) if name else None


def plain_all(texts: Iterable[object], limit: int, most: int) -> tuple[str, ...]:
    """The same for several, without doubles, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        line = plain(text, limit)
        if line:
            found[line] = None
        if len(found) >= most:
            break
    return tuple(found)


def paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, line ends stay."""
    parts = (part.strip() for part in _BLANK_LINE.split(text[: limits.HTML_BYTES]))
    return "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part)


def address(base: str, url: object) -> str | None:
    """An absolute http or https address of bounded length, or None."""
    if not isinstance(url, str) or len(url) > limits.URL_CHARS:
        return None
    trimmed = url.strip()
    joined = join(base, trimmed) if trimmed else None
    return joined if joined and len(joined) <= limits.URL_CHARS else None


def language(tag: object) -> str | None:
    """A BCP 47 tag by its shape, or None."""
    text = str(tag or "").strip().replace("_", "-")
    return text if _LANGUAGE.fullmatch(text) else None


def whole(value: object, most: int) -> int | None:
    """A whole number from 0 to `most`, or None: feeds write `abc`, `-1` and `12.7` too."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip().partition(".")[0]
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    return int(text) if int(text) <= most else None


def is_played(kind: object) -> bool:
    """Whether a media type is that of sound or pictures in motion; one that is not said may be."""
    return not kind or str(kind).startswith(("audio", "video"))


def seconds(value: object) -> int | None:
    """A duration as `3723`, `62:03`, `1:02:03`, `PT1H2M3S`, `62 min` or `1 h 2 m`, or None."""
    named = _NAMED_DURATION.fullmatch(str(value or "").strip()[:40])
    if named and any(named.groups()):
        hours, minutes, rest = (int(part or 0) for part in named.groups())
        return _bounded(hours * 3_600 + minutes * 60 + rest)
    parts = [whole(part, _LONGEST_DURATION_S) for part in str(value or "").strip().split(":")[:4]]
    total = 0
    for part in parts:
        if part is None:
            return None
        total = total * 60 + part
    return _bounded(total) if len(parts) <= 3 else None


def _bounded(seconds: int) -> int | None:
    return seconds if 0 < seconds <= _LONGEST_DURATION_S else None


def enclosure(base: str, url: object, kind: object, length: object, duration: object) -> Enclosure | None:
    """A file that an item carries; None if its address is none."""
    target = address(base, url)
    if target is None:
        return None
    return Enclosure(
        url=target,
        type=plain(kind, limits.TAG_CHARS, markup=False),
        length=whole(length, _LARGEST_LENGTH) or None,
        duration_s=seconds(duration),
    )


def distinct(enclosures: Iterable[Enclosure | None]) -> tuple[Enclosure, ...]:
    """Without doubles by address (the first stays) and without what was none."""
    found: dict[str, Enclosure] = {}
    for one in enclosures:
        if one is not None and len(found) < ENCLOSURES_MOST:
            found.setdefault(one.url, one)
    return tuple(found.values())
