"""From what feedparser makes of a feed to our nouns.

feedparser's dictionaries are read raw (`dict.get`): its own look-up passes one field off as another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pkm.model.item import Enclosure, ParsedFeed, ParsedItem, Via
from pkm.rules import limits
from pkm.rules.feeddates import parse_date
from pkm.rules.urls import is_web
from pkm.seek import values
from pkm.seek.links import absolute_links

Raw = Mapping[str, Any]

_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PERIODS_S: Final = {
    "hourly": 3_600,
    "daily": 86_400,
    "weekly": 604_800,
    "monthly": 2_592_000,
    "yearly": 31_536_000,
}
# Blogger marks each item with what kind of thing it is; that is no subject.
_KIND_SCHEME: Final = "http://schemas.google.com/g/2005#kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    """What items need to know of their feed."""

    base: str
    home_url: str | None
    self_url: str | None
    language: str | None
    authors: tuple[str, ...]
    atom: bool


def to_feed(result: Raw, *, url: str) -> ParsedFeed:
    """The feed as nouns; `url` is the address that gave it, after redirects."""
    head = _dict(result, "feed")
    home = values.address(url, _get(head, "link"))
    links = _dicts(head, "links")
    format_name = str(_get(result, "version") or "unknown")
    feed = _Feed(
        base=home or url,
        home_url=home,
        self_url=_rel(links, "self", url),
        language=values.language(_get(head, "language")),
        authors=_authors(head) if format_name.startswith("atom") else (),
        atom=format_name.startswith("atom"),
    )
    raw_items = _dicts(result, "entries")[: limits.ITEMS_FIRST_PULL]
    items = (_item(raw, feed, url, position) for position, raw in enumerate(raw_items))
    return ParsedFeed(
        format=format_name,
        title=_title(head, atom=feed.atom),
        home_url=home,
        self_url=feed.self_url,
        next_url=_rel(links, "next", url),
        language=feed.language,
        ttl_s=_ttl(head),
        items=tuple(item for item in items if item is not None),
    )


def _item(raw: Raw, feed: _Feed, url: str, position: int) -> ParsedItem | None:
    raw_id = _text(raw, "id")
    page = _page(raw, raw_id, feed)
    html, summary = _bodies(raw, feed, page)
    enclosures = _enclosures(raw, feed)
    title = _title(raw, atom=feed.atom)
    if not (raw_id or page or html or title or enclosures):
        return None
    updated = _date(raw, "updated")
    return ParsedItem(
        raw_id=raw_id,
        url=page,
        title=title,
        authors=_authors(raw) or feed.authors,
        # Atom asks for `updated` alone, and RSS 1.0 has but dc:date.
        published_at=_date(raw, "published") or _date(raw, "created") or updated,
        updated_at=updated,
        html=html,
        summary_html=summary,
        comments_url=_comments(raw, feed),
        via=_via(raw, feed, url),
        enclosures=enclosures,
        tags=_tags(raw),
        language=_language(raw) or feed.language,
        position=position,
    )


def _page(raw: Raw, raw_id: str | None, feed: _Feed) -> str | None:
    """The item's own address: its link, else a guid that is an address."""
    link = _text(raw, "link")
    if link and link == raw_id and not is_web(link):
        # feedparser takes a guid for the link unless it says isPermaLink="false".
        link = None
    first = next((one for one in _dicts(raw, "links") if _get(one, "rel") == "alternate"), {})
    return values.address(feed.base, link or _get(first, "href"))


def _title(raw: Raw, *, atom: bool) -> str | None:
    """Atom says what is markup; RSS does not, and then markup is what looks like it."""
    title, kind = _get(raw, "title"), _get(_dict(raw, "title_detail"), "type")
    if atom:
        markup = kind is not None and kind != "text/plain"
    else:
        markup = kind in _HTML_TYPES or (isinstance(title, str) and ("</" in title or "&" in title))
    return values.plain(title, limits.TITLE_CHARS, markup=markup)


def _authors(raw: Raw) -> tuple[str, ...]:
    people = [_get(one, "name") or _get(one, "email") for one in _dicts(raw, "authors")]
    if not any(people):
        people = [_get(raw, "author")]
    return values.plain_all(map(values.person, people), limits.AUTHOR_CHARS, values.AUTHORS_MOST)


def _date(raw: Raw, key: str) -> datetime | None:
    return parse_date(_text(raw, key))


def _bodies(raw: Raw, feed: _Feed, page: str | None) -> tuple[str | None, str | None]:
    """The fullest text, and a shorter one beside it."""
    details = [*_dicts(raw, "content"), _dict(raw, "summary_detail")]
    texts = [text for detail in details if (text := _markup(detail, feed, page))]
    if not texts:
        loose = _text(raw, "summary")
        return (absolute_links(loose, base=feed.base, page=page), None) if loose else (None, None)
    contents = [text for detail in details[:-1] if (text := _markup(detail, feed, page))]
    full = max(contents, key=len) if contents else texts[-1]
    summary = texts[-1] if texts[-1] != full else None
    return full, summary


def _markup(detail: Raw, feed: _Feed, page: str | None) -> str | None:
    """One text construct as HTML with absolute links; None if it is no text."""
    value, kind = _text(detail, "value"), str(_get(detail, "type") or "text/html")
    if not value or not (kind in _HTML_TYPES or kind.startswith("text/") or kind.endswith("xml")):
        return None
    value = value[: limits.HTML_BYTES]
    if kind == "text/plain" and (feed.atom or "<" not in value):
        return values.paragraphs(value)
    if kind == "application/xhtml+xml":
        # XML closes every element; to HTML a closed line break is a second one.
        value = value.replace("</br>", "")
    base = values.address(feed.base, _get(detail, "base")) or feed.base
    return absolute_links(value, base=base, page=page)


def _comments(raw: Raw, feed: _Feed) -> str | None:
    replies = (
        _get(one, "href")
        for one in _dicts(raw, "links")
        if _get(one, "rel") == "replies" and "html" in str(_get(one, "type"))
    )
    return values.address(feed.base, _get(raw, "comments") or next(replies, None))


def _via(raw: Raw, feed: _Feed, url: str) -> Via | None:
    """Whose pointer led here: Atom `rel=via`, else the source that the item was copied from."""
    for one in _dicts(raw, "links"):
        target = values.address(feed.base, _get(one, "href")) if _get(one, "rel") == "via" else None
        if target:
            return Via(name=values.plain(_get(one, "title"), limits.AUTHOR_CHARS), url=target)
    source = _dict(raw, "source")
    name = values.plain(_get(source, "title"), limits.AUTHOR_CHARS)
    candidates = (_get(source, key) for key in ("link", "href", "id"))
    target = next((found for one in candidates if (found := values.address(feed.base, one))), None)
    if target in {feed.home_url, feed.self_url, url} or not (name or target):
        return None
    return Via(name=name, url=target)


def _enclosures(raw: Raw, feed: _Feed) -> tuple[Enclosure, ...]:
    duration = _get(raw, "itunes_duration")

    def found() -> Iterator[Enclosure | None]:
        for one in _dicts(raw, "links"):
            if _get(one, "rel") == "enclosure":
                kind = _get(one, "type")
                lasts = duration if str(kind).startswith(("audio", "video")) or not kind else None
                yield values.enclosure(feed.base, _get(one, "href"), kind, _get(one, "length"), lasts)
        for one in _dicts(raw, "media_content"):
            lasts = _get(one, "duration")
            yield values.enclosure(
                feed.base, _get(one, "url"), _get(one, "type"), _get(one, "filesize"), lasts
            )

    return values.distinct(found())


def _tags(raw: Raw) -> tuple[str, ...]:
    words = (
        _get(one, "label") or _get(one, "term")
        for one in _dicts(raw, "tags")
        if _get(one, "scheme") != _KIND_SCHEME
    )
    return values.plain_all(words, limits.TAG_CHARS, limits.TAGS_PER_ITEM)


def _language(raw: Raw) -> str | None:
    details = [raw, *_dicts(raw, "content"), _dict(raw, "summary_detail"), _dict(raw, "title_detail")]
    return next((tag for one in details if (tag := values.language(_get(one, "language")))), None)


def _rel(links: list[Raw], rel: str, url: str) -> str | None:
    return next((values.address(url, _get(one, "href")) for one in links if _get(one, "rel") == rel), None)


def _ttl(head: Raw) -> int | None:
    """Seconds between updates: RSS `ttl` in minutes, else the syndication module's period."""
    minutes = values.whole(_get(head, "ttl"), 10**6)
    if minutes:
        return min(minutes * 60, int(limits.LONGEST_WAIT_S))
    period = _PERIODS_S.get(str(_get(head, "sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    times = values.whole(_get(head, "sy_updatefrequency"), 10**6) or 1
    return min(max(period // times, 1), int(limits.LONGEST_WAIT_S))


def _get(raw: Raw, key: str) -> Any:
    return dict.get(raw, key) if isinstance(raw, dict) else None


def _text(raw: Raw, key: str) -> str | None:
    value = _get(raw, key)
    return (value.strip() or None) if isinstance(value, str) else None


def _dict(raw: Raw, key: str) -> Raw:
    value = _get(raw, key)
    return value if isinstance(value, dict) else {}


def _dicts(raw: Raw, key: str) -> list[Raw]:
    value = _get(raw, key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
