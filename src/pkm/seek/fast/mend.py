"""Small repairs that the fast path makes as feedparser does: addresses, characters, the `div` around XHTML."""

import re
from contextlib import suppress
from html.entities import entitydefs
from typing import Final
from urllib.parse import urljoin

from pkm.rules.limits import FAST_BASE_CHARS
from pkm.seek.fast.names import Unfit

_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*:(?<!http:)(?<!https:)")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")  # in UTF-8, where one byte is searched for fastest
_CP1252: Final = {
    code: text for code in range(0x80, 0xA0) if (text := bytes([code]).decode("cp1252", "ignore"))
}
_REFERENCE = re.compile(r"&#?\w+;")
_ENTITY = re.compile(r"&(\w+);")


def joined(base: str, url: str) -> str:
    """The same with any base; slashes too many behind `http:` are dropped."""
    url = _SLASHES.sub(r"\1", url)
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def nested_base(base: str, url: str) -> str:
    """The base in force inside an element with `xml:base`.

    Raises:
        Unfit: It is of another kind than http, or too long.
    """
    if len(url) > FAST_BASE_CHARS or _SCHEME.match(url):
        raise Unfit
    inner = joined(base, url)
    if base and not inner.startswith(("http:", "https:")):
        return base
    return joined(inner, inner) if inner.startswith(("http:", "https:")) else inner


def without_div(pieces: list[str]) -> list[str]:
    """The content of the one `div` that Atom puts around XHTML; all of it where there are several."""
    first, last = 0, len(pieces)
    while last - first > 1 and not pieces[last - 1].strip():
        last -= 1
    while last - first > 1 and not pieces[first].strip():
        first += 1
    pieces = pieces[first:last]
    if not pieces or not (pieces[0] == "<div>" or pieces[0].startswith("<div ")) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<") and not piece.endswith("/>"):
            depth += 1
    return pieces[1:-1]


def repaired(text: str) -> str:
    """UTF-8 that somebody read as Latin-1, and the characters of Windows among the controls, set right."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_CP1252) if _C1.search(text.encode("utf-8", "surrogatepass")) else text


def has_references(text: str) -> bool:
    """Whether a text is markup without a tag. (With one, `translate` looks for itself.)"""
    if "&" not in text or "<" in text or not _REFERENCE.search(text):
        return False
    return all(name in entitydefs for name in _ENTITY.findall(text))
