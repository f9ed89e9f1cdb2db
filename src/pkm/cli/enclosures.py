"""The files that an item carries, as `pkm read` lists them. Nothing of them is fetched."""

from collections.abc import Sequence
from typing import Any

from pkm.cli.itemview import title_of
from pkm.errors import NotFound
from pkm.model.item import Enclosure, Item
from pkm.rules.amounts import byte_count, counted, lasting
from pkm.rules.clean import Sink, clean
from pkm.rules.urls import display_url

_SHOWN = 10


def enclosure_lines(item: Item, carried: Sequence[Enclosure]) -> list[str]:
    """One line each: its number, kind, size, length and address; the rest is counted."""
    lines = []
    for number, one in enumerate(carried[:_SHOWN], start=1):
        facts = [
            clean(one.type or "file", Sink.LINE),
            byte_count(one.length) if one.length else "",
            lasting(one.duration_s) if one.duration_s else "",
            display_url(one.url),
        ]
        lines.append(f"enclosure {number}  {'  '.join(fact for fact in facts if fact)}")
    if len(carried) > _SHOWN:
        lines.append(
            f"and {counted(len(carried) - _SHOWN, 'enclosure')} more: pkm read {item.id[-4:]} --json"
        )
    return lines


def enclosure_fields(carried: Sequence[Enclosure]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {"url": one.url, "type": one.type, "bytes": one.length, "seconds": one.duration_s} for one in carried
    ]


def numbered(item: Item, carried: Sequence[Enclosure], number: int) -> Enclosure:
    """The enclosure of that number, from 1.

    Raises:
        NotFound: There is none.
    """
    if number <= len(carried):
        return carried[number - 1]
    raise NotFound(
        f"'{title_of(item)}' has no {number}. enclosure",
        why=f"it carries {counted(len(carried), 'file')}" if carried else "it carries no file",
        hint=f"pkm read {item.id[-4:]} lists them" if carried else f"pkm open {item.id[-4:]}",
    )
