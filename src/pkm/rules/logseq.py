"""Logseq's `key:: value` lines at the top of a page: properties that stand where others write front matter.

Logseq puts them above front matter that is there already, so a fence may follow them.
"""

import re
from collections.abc import Mapping
from typing import Final

_LINE: Final = re.compile(r"(?:-[ ])?([^\W\d_][\w-]*)::(?:[ \t]+([^\r\n]*))?(?:\r\n|\n|\r|\Z)")
# What says what a page is called and about. How far it may go, and which item it is on, front matter alone says.
_READ: Final = frozenset({"title", "date", "source", "author", "description", "published"})
_LISTS: Final = frozenset({"tags", "tag", "alias", "aliases", "keywords"})
_WRAPPED: Final = re.compile(r"#?\[\[([^\[\]]*)\]\]")


def lead_end(text: str) -> int:
    """Offset after the property lines that a text begins with; 0 if it begins with none."""
    position = 0
    while found := _LINE.match(text, position):
        if found.end() == position:
            break
        position = found.end()
    return position


def lead_values(lead: str) -> Mapping[str, str | tuple[str, ...]]:
    """What property lines say: keys in lower case, `tags` and `alias` as lists without `[[ ]]` and `#`."""
    values: dict[str, str | tuple[str, ...]] = {}
    for found in _LINE.finditer(lead):
        key, text = found[1].casefold(), _WRAPPED.sub(r"\1", (found[2] or "").strip())
        if key in _LISTS:
            values[key] = _elements(text)
        elif key in _READ:
            values[key] = text
    return values


def _elements(text: str) -> tuple[str, ...]:
    parts = (part.strip().removeprefix("#") for part in text.split(","))
    return tuple(part for part in parts if part)
