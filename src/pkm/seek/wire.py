"""A parsed feed as JSON, for the way from the parser's process to ours (and never pickle)."""

import json
import re
from dataclasses import fields
from datetime import datetime
from typing import Any

from pkm.model.item import Enclosure, ParsedFeed, ParsedItem, Via

_SURROGATE = re.compile("[\ud800-\udfff]")
_DATES = ("published_at", "updated_at")
_FEED_FIELDS = tuple(one.name for one in fields(ParsedFeed) if one.name != "items")
_ENCLOSURE_FIELDS = tuple(one.name for one in fields(Enclosure))
_ITEM_FIELDS = tuple(one.name for one in fields(ParsedItem) if one.name not in {*_DATES, "via", "enclosures"})


def to_bytes(document: dict[str, Any]) -> bytes:
    """JSON as UTF-8; half a surrogate pair, which UTF-8 cannot say, becomes U+FFFD."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub("\ufffd", text).encode("utf-8")


def from_feed(feed: ParsedFeed) -> dict[str, Any]:
    """The feed as plain values; what is absent or empty is left out."""
    plain = {name: value for name in _FEED_FIELDS if (value := getattr(feed, name))}
    plain["items"] = [_from_item(item) for item in feed.items]
    return plain


def to_feed(plain: dict[str, Any]) -> ParsedFeed:
    """What `from_feed` was given.

    Raises:
        TypeError, KeyError, ValueError: It was not made by `from_feed`.
    """
    rest = {name: _frozen(plain[name]) for name in _FEED_FIELDS if name in plain}
    return ParsedFeed(items=tuple(_to_item(item) for item in plain["items"]), **rest)


def _from_item(item: ParsedItem) -> dict[str, Any]:
    plain = {name: value for name in _ITEM_FIELDS if (value := getattr(item, name))}
    for name in _DATES:
        moment = getattr(item, name)
        if moment is not None:
            plain[name] = moment.isoformat()
    if item.via is not None:
        plain["via"] = [item.via.name, item.via.url]
    if item.enclosures:
        plain["enclosures"] = [[getattr(one, name) for name in _ENCLOSURE_FIELDS] for one in item.enclosures]
    return plain


def _to_item(plain: dict[str, Any]) -> ParsedItem:
    rest = {name: _frozen(plain[name]) for name in _ITEM_FIELDS if name in plain}
    for name in _DATES:
        if name in plain:
            rest[name] = datetime.fromisoformat(plain[name])
    if "via" in plain:
        rest["via"] = Via(name=plain["via"][0], url=plain["via"][1])
    rest["enclosures"] = tuple(
        Enclosure(**dict(zip(_ENCLOSURE_FIELDS, one, strict=True))) for one in plain.get("enclosures", ())
    )
    return ParsedItem(**rest)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
