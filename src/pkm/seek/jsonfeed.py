"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), which feedparser does not know.

Read tolerantly: ids may be numbers, either kind of author, either kind of text. An item's `url` is its
own page; only an item without one takes `external_url`, the page that it points to.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pkm.errors import NotAFeed
from pkm.model.item import Enclosure, ParsedFeed, ParsedItem
from pkm.rules import limits
from pkm.rules.feeddates import parse_date
from pkm.rules.tags import unescape
from pkm.seek import values
from pkm.seek.links import absolute_links

CONTAINERS_MOST: Final = 500_000
VALUES_MOST: Final = 2_000_000
INTEGER_DIGITS: Final = 18

_VERSION = re.compile(r"jsonfeed\.org/version/([0-9])(?:\.([0-9]))?", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")

Raw = Mapping[str, Any]


def read_json_feed(data: bytes, *, url: str) -> ParsedFeed:
    """Read a JSON Feed.

    Args:
        data: The body.
        url: The address that gave it, after redirects.

    Raises:
        NotAFeed: No JSON, JSON that is no feed, or past our limits.
    """
    document = _loaded(data, url)
    notes: list[str] = []
    if not _is_feed(document, notes):
        raise NotAFeed(
            url,
            "JSON came, but no feed",
            why="it has no `version` of jsonfeed.org and no list of items",
            hint="look for the feed's own address on the site's page: pkm follow PAGE",
        )
    return _feed(document, url, notes)


def _loaded(data: bytes, url: str) -> Raw:
    containers = data.count(b"{") + data.count(b"[")
    if len(data) > limits.BODY_DECODED or containers > CONTAINERS_MOST or data.count(b",") > VALUES_MOST:
        raise _unreadable(url, "it is larger than our limits")
    text = data.decode(json.detect_encoding(data), "replace").lstrip("\ufeff")
    try:
        document = json.loads(text, parse_int=_integer, parse_float=str, parse_constant=_nothing)
    except RecursionError as error:
        raise _unreadable(url, "it is nested too deeply") from error
    except ValueError as error:
        raise _unreadable(url, f"it is no valid JSON: {str(error)[:80]}") from error
    return document if isinstance(document, dict) else {}


def _integer(digits: str) -> int | str:
    """Longer ones stay text: they are ids, and Python refuses past 4,300 digits."""
    return int(digits) if len(digits) <= INTEGER_DIGITS else digits


def _nothing(_constant: str) -> None:
    """`NaN` and `Infinity` are no JSON."""


def _is_feed(document: Raw, notes: list[str]) -> bool:
    if _VERSION.search(str(document.get("version", ""))):
        return True
    items = document.get("items")
    named = any(key in document for key in ("title", "home_page_url", "feed_url"))
    if isinstance(items, list) and named and all(isinstance(item, dict) for item in items):
        notes.append("no version of JSON Feed is given")
        return True
    return False


def _feed(document: Raw, url: str, notes: list[str]) -> ParsedFeed:
    if document.get("expired") is True:
        notes.append("the feed says that it has ended")
    home = values.address(url, document.get("home_page_url"))
    language = values.language(document.get("language"))
    authors = _authors(document)
    found = _VERSION.search(str(document.get("version", "")))
    raw_items = _dicts(document, "items")[: limits.ITEMS_FIRST_PULL]
    items = (_item(raw, home or url, position) for position, raw in enumerate(raw_items))
    return ParsedFeed(
        format=f"json{found.group(1)}{found.group(2) or 0}" if found else "json",
        title=_title(document),
        home_url=home,
        self_url=values.address(url, document.get("feed_url")),
        next_url=values.address(url, document.get("next_url")),
        expired=document.get("expired") is True,
        hub_url=next((values.address(url, one.get("url")) for one in _dicts(document, "hubs")), None),
        language=language,
        notes=tuple(notes),
        items=tuple(_inherit(item, authors, language) for item in items if item is not None),
    )


def _inherit(item: ParsedItem, authors: tuple[str, ...], language: str | None) -> ParsedItem:
    if item.authors and item.language:
        return item
    return replace(item, authors=item.authors or authors, language=item.language or language)


def _item(raw: Raw, base: str, position: int) -> ParsedItem | None:
    raw_id = _id(raw.get("id"))
    page = values.address(base, raw.get("url")) or values.address(base, raw.get("external_url"))
    html = _html(raw, base, page)
    summary = _text(raw.get("summary"))
    title = _title(raw)
    enclosures = _enclosures(raw, base)
    if not (raw_id or page or html or title or summary or enclosures):
        return None
    short = values.paragraphs(summary) if summary else None
    return ParsedItem(
        raw_id=raw_id,
        url=page,
        title=title,
        authors=_authors(raw),
        published_at=parse_date(_text(raw.get("date_published")))
        or parse_date(_text(raw.get("date_modified"))),
        updated_at=parse_date(_text(raw.get("date_modified"))),
        html=html or short,
        summary_html=short if html else None,
        enclosures=enclosures,
        tags=values.plain_all(_list(raw, "tags"), limits.TAG_CHARS, limits.TAGS_PER_ITEM),
        language=values.language(raw.get("language")),
        position=position,
    )


def _title(raw: Raw) -> str | None:
    """Plain text, says the standard; yet what makes feeds out of web sites writes `&#8217;` into it."""
    title = raw.get("title")
    text = unescape(title[: 8 * limits.TITLE_CHARS]) if isinstance(title, str) and "&" in title else title
    return values.plain(text, limits.TITLE_CHARS, markup=False)


def _id(value: object) -> str | None:
    """A string; numbers occur, and are kept as they were written."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _SURROGATE.sub("\ufffd", str(value)).strip() or None


def _text(value: object) -> str | None:
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) and value.strip() else None


def _html(raw: Raw, base: str, page: str | None) -> str | None:
    html = _text(raw.get("content_html"))
    if html:
        return absolute_links(html[: limits.HTML_BYTES], base=base, page=page)
    text = _text(raw.get("content_text"))
    return values.paragraphs(text) if text else None


def _authors(raw: Raw) -> tuple[str, ...]:
    """`authors` of version 1.1, else `author` of 1.0; a name, else an address."""
    people = _dicts(raw, "authors") or [one for one in (raw.get("author"),) if isinstance(one, dict)]
    names = (one.get("name") or one.get("url") for one in people)
    return values.plain_all(names, limits.AUTHOR_CHARS, values.AUTHORS_MOST)


def _enclosures(raw: Raw, base: str) -> tuple[Enclosure, ...]:
    return values.distinct(
        values.enclosure(
            base,
            one.get("url"),
            one.get("mime_type"),
            one.get("size_in_bytes"),
            one.get("duration_in_seconds"),
        )
        for one in _dicts(raw, "attachments")
    )


def _list(raw: Raw, key: str) -> list[Any]:
    value = raw.get(key)
    return value if isinstance(value, list) else []


def _dicts(raw: Raw, key: str) -> list[Raw]:
    return [one for one in _list(raw, key) if isinstance(one, dict)]


def _unreadable(url: str, why: str) -> NotAFeed:
    return NotAFeed(
        url,
        "JSON came that cannot be read",
        why=why,
        hint="look for another feed of the site: pkm follow PAGE",
    )
