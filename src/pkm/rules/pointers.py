"""Whose pointer led to an item, as one string: a pure pair, for front matter, flags and screens."""

import re
from typing import Final

from pkm.model.item import Via
from pkm.rules.urls import is_web

_DIRECT: Final = "direct"
_VIA: Final = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<url>https?://[^<>\s]+)>")


def read_via(text: str | None) -> Via | None:
    """The pointer that a string names: `Name <url>`, `direct`, an address, or a name."""
    if not text or not text.strip():
        return None
    said = text.strip()
    if said.casefold() == _DIRECT:
        return Via(direct=True)
    if found := _VIA.fullmatch(said):
        return Via(name=found["name"].strip() or None, url=found["url"])
    return Via(url=said) if is_web(said) else Via(name=said)


def via_text(via: Via | None) -> str | None:
    """A pointer as one string: `direct`, `Name <url>`, `Name`, or `<url>`."""
    if via is None:
        return None
    if via.direct:
        return _DIRECT
    where = f"<{via.url}>" if via.url else ""
    return f"{via.name or ''} {where}".strip() or None
