"""Items and sources as the machine contract writes them, and small words about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pkm.model.item import Item, ListedItem
from pkm.model.source import Source
from pkm.rules.pointers import via_text
from pkm.rules.urls import display_url

ITEMS = "pkm.items/1"
SOURCES = "pkm.sources/1"


def item_fields(
    listed: ListedItem, because: Sequence[str] = (), *, state: str | None = None
) -> dict[str, Any]:
    """An item of `pkm.items/1`."""
    item = listed.item
    return {
        "id": item.id,
        "title": item.title,
        "url": item.url,
        "authors": list(item.authors),
        "published": item.published_at,
        "source": _source_fields(listed.source),
        "state": state or item.state,
        "because": list(because),
        "via": via_text(item.via),
        "notes": list(listed.notes),
        "kind": item.kind,
        "hidden_by": item.hidden_by,
        "also_in": [_source_fields(source) for source in listed.also_in],
        "comments": listed.comments_url,
        "edits": listed.edits,
    }


def _source_fields(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {
        "id": source.id,
        "url": display_url(source.url),
        "title": source.title,
        "space": source.space,
        "tie": source.tie,
    }


def source_fields(source: Source, **more: Any) -> dict[str, Any]:
    """A source of `pkm.sources/1`."""
    health = source.health
    return {
        "id": source.id,
        "url": display_url(source.url),
        "title": source.title,
        "space": source.space,
        "tie": source.tie,
        "stance": source.stance,
        "why": source.why,
        "health": health_word(source),
        "folders": ["/".join(path) for path in source.folders],
        "tags": list(source.tags),
        "private": source.private,
        "followed": source.followed_at,
        "checked": health.checked_at,
        "next_check": health.next_check_at,
        "error": _error_fields(source),
        **more,
    }


def _error_fields(source: Source) -> Mapping[str, Any] | None:
    health = source.health
    if not health.error:
        return None
    return {
        "kind": health.error_kind,
        "message": health.error,
        "hint": named_hint(health.hint or "", source),
        "failures": health.failures,
        "since": health.failing_since,
    }


def health_word(source: Source) -> str:
    """`ok`, `failing`, `new`, `muted` or `removed`."""
    if not source.followed:
        return "removed"
    return "muted" if source.muted_at else source.health.word


def name_of(source: Source | None) -> str:
    """What a list calls a source."""
    if source is None:
        return ""
    return source.title or display_url(source.url)


def also_in(listed: ListedItem, *, most: int = 3) -> str:
    """`also in: A, B and 2 more`; empty if one source alone brought it."""
    names = [name_of(source) for source in listed.also_in]
    if not names:
        return ""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"also in: {', '.join(names[:most])}{more}"


def title_of(item: Item) -> str:
    """What a list calls an item."""
    return item.title or (display_url(item.url) if item.url else "(no title)")


def named_hint(hint: str, source: Source) -> str:
    """A hint of the network, which knows no sources, with this one's name in it."""
    own = hint.replace("pkm follow URL --allow-private", "pkm source set SOURCE --allow-private")
    return own.replace("SOURCE", source.id)
