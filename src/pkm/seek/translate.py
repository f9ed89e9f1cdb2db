"""From what feedparser makes of a feed to our nouns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pkm.model.item import Enclosure, ParsedFeed, ParsedItem, Via
from pkm.rules import limits
from pkm.rules.feeddates import parse_date
from pkm.rules.urls import is_web
from pkm.seek import feedhead, values
from pkm.seek.links import absolute_links
from pkm.seek.raw import Raw, dict_of, dicts_of, get, text_of

_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
# Which form of a transcript reads best.
_READS: Final = {
    kind: rank
    for rank, kind in enumerate(
        ("text/html", "text/plain", "text/vtt", "application/x-subrip", "application/srt")
    )
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
    head = dict_of(result, "feed")
    home = values.address(url, get(head, "link"))
    format_name = str(get(result, "version") or "unknown")
    feed = _Feed(
        base=home or url,
        home_url=home,
        self_url=feedhead.link_of(head, "self", url),
        language=values.language(get(head, "language")),
        authors=_authors(head) if format_name.startswith("atom") else (),
        atom=format_name.startswith("atom"),
    )
    raw_items = dicts_of(result, "entries")[: limits.ITEMS_FIRST_PULL]
    items = (_item(raw, feed, url, position) for position, raw in enumerate(raw_items))
    return ParsedFeed(
        format=format_name,
        title=_title(head, atom=feed.atom),
        home_url=home,
        self_url=feed.self_url,
        next_url=feedhead.link_of(head, "next", url),
        prev_archive_url=feedhead.link_of(head, "prev-archive", url),
        complete="fh_complete" in head,
        new_feed_url=feedhead.moved_to(head, url),
        hub_url=feedhead.link_of(head, "hub", url),
        language=feed.language,
        ttl_s=feedhead.wait_of(head),
        skip_hours=feedhead.hours_of(head),
        skip_days=feedhead.days_of(head),
        items=tuple(item for item in items if item is not None),
    )


def _item(raw: Raw, feed: _Feed, url: str, position: int) -> ParsedItem | None:
    raw_id = text_of(raw, "id")
    links = dicts_of(raw, "links")[: limits.LINKS_PER_ITEM]
    page = _page(raw, links, raw_id, feed)
    html, summary = _bodies(raw, feed, page)
    enclosures = _enclosures(raw, links, feed)
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
        comments_url=_comments(raw, links, feed),
        via=_via(raw, links, feed, url),
        enclosures=enclosures,
        tags=_tags(raw),
        language=_language(raw) or feed.language,
        position=position,
    )


def _page(raw: Raw, links: list[Raw], raw_id: str | None, feed: _Feed) -> str | None:
    """The item's own address: its link, else a guid that is an address."""
    link = text_of(raw, "link")
    if link and link == raw_id and not is_web(link):
        # feedparser takes a guid for the link unless it says isPermaLink="false".
        link = None
    first = next((one for one in links if get(one, "rel") == "alternate"), {})
    return values.address(feed.base, link or get(first, "href"))


def _title(raw: Raw, *, atom: bool) -> str | None:
    """Atom says what is markup; RSS does not, and then markup is what looks like it."""
    title, kind = get(raw, "title"), get(dict_of(raw, "title_detail"), "type")
    if atom:
        markup = kind is not None and kind != "text/plain"
    else:
        markup = kind in _HTML_TYPES or (isinstance(title, str) and ("</" in title or "&" in title))
    # A podcast may have its own title alone.
    return values.plain(title, limits.TITLE_CHARS, markup=markup) or values.plain(
        get(raw, "itunes_title"), limits.TITLE_CHARS
    )


def _authors(raw: Raw) -> tuple[str, ...]:
    given = dicts_of(raw, "authors")[: limits.TAGS_PER_ITEM]
    people = [get(one, "name") or get(one, "email") for one in given]
    if not any(people):
        people = [get(raw, "author")]
    return values.plain_all(map(values.person, people), limits.AUTHOR_CHARS, values.AUTHORS_MOST)


def _date(raw: Raw, key: str) -> datetime | None:
    return parse_date(text_of(raw, key))


def _bodies(raw: Raw, feed: _Feed, page: str | None) -> tuple[str | None, str | None]:
    """The fullest text, and a shorter one beside it."""
    contents = [
        text
        for detail in dicts_of(raw, "content")[: limits.TEXTS_PER_ITEM]
        if (text := _markup(detail, feed, page))
    ]
    short = _markup(dict_of(raw, "summary_detail"), feed, page)
    if contents:
        full, last = max(contents, key=len), short or contents[-1]
        return full, last if last != full else None
    if short:
        return short, None
    loose = text_of(raw, "summary")
    return (absolute_links(loose, base=feed.base, page=page), None) if loose else (None, None)


def _markup(detail: Raw, feed: _Feed, page: str | None) -> str | None:
    """One text construct as HTML with absolute links; None if it is no text."""
    value, kind = text_of(detail, "value"), str(get(detail, "type") or "text/html")
    if not value or not (kind in _HTML_TYPES or kind.startswith("text/") or kind.endswith("xml")):
        return None
    value = value[: limits.HTML_BYTES]
    if kind == "text/plain" and (feed.atom or "<" not in value):
        return values.paragraphs(value)
    if kind == "application/xhtml+xml":
        # XML closes every element; to HTML a closed line break is a second one.
        value = value.replace("</br>", "")
    base = values.address(feed.base, get(detail, "base")) or feed.base
    return absolute_links(value, base=base, page=page)


def _comments(raw: Raw, links: list[Raw], feed: _Feed) -> str | None:
    replies = (
        get(one, "href") for one in links if get(one, "rel") == "replies" and "html" in str(get(one, "type"))
    )
    return values.address(feed.base, get(raw, "comments") or next(replies, None))


def _via(raw: Raw, links: list[Raw], feed: _Feed, url: str) -> Via | None:
    """Whose pointer led here: Atom `rel=via`, else the source that the item was copied from."""
    for one in links:
        target = values.address(feed.base, get(one, "href")) if get(one, "rel") == "via" else None
        if target:
            return Via(name=values.plain(get(one, "title"), limits.AUTHOR_CHARS), url=target)
    source = dict_of(raw, "source")
    name = values.plain(get(source, "title"), limits.AUTHOR_CHARS)
    # RSS has the address as an attribute; in Atom feedparser takes that of an author for it.
    candidates = (get(source, key) for key in ("link", *(() if feed.atom else ("href",)), "id"))
    target = next((found for one in candidates if (found := values.address(feed.base, one))), None)
    if target in {feed.home_url, feed.self_url, url} or not (name or target):
        return None
    return Via(name=name, url=target)


def _enclosures(raw: Raw, links: list[Raw], feed: _Feed) -> tuple[Enclosure, ...]:
    duration = get(raw, "itunes_duration")

    def found() -> Iterator[Enclosure | None]:
        for one in links:
            if get(one, "rel") == "enclosure":
                kind = get(one, "type")
                lasts = duration if values.is_played(kind) else None
                yield values.enclosure(feed.base, get(one, "href"), kind, get(one, "length"), lasts)
        for one in dicts_of(raw, "media_content")[: limits.LINKS_PER_ITEM]:
            lasts = get(one, "duration")
            yield values.enclosure(feed.base, get(one, "url"), get(one, "type"), get(one, "filesize"), lasts)

    return _with_transcript(values.distinct(found()), raw, feed)


def _with_transcript(enclosures: tuple[Enclosure, ...], raw: Raw, feed: _Feed) -> tuple[Enclosure, ...]:
    """The item's transcript belongs to what is played first; of several the one that reads best."""
    offered = [
        (_READS.get(str(get(one, "type")).lower(), len(_READS)), get(one, "url"))
        for one in dicts_of(raw, "transcripts")[: limits.LINKS_PER_ITEM]
    ]
    ranked = sorted(offered, key=lambda one: one[0])
    target = next((url for _rank, one in ranked if (url := values.address(feed.base, one))), None)
    first = next((one for one in enclosures if values.is_played(one.type)), None)
    if target is None or first is None:
        return enclosures
    return tuple(replace(one, transcript_url=target) if one is first else one for one in enclosures)


def _tags(raw: Raw) -> tuple[str, ...]:
    words = (
        get(one, "label") or get(one, "term")
        for one in dicts_of(raw, "tags")
        if get(one, "scheme") != _KIND_SCHEME
    )
    return values.plain_all(words, limits.TAG_CHARS, limits.TAGS_PER_ITEM)


def _language(raw: Raw) -> str | None:
    details = [raw, *dicts_of(raw, "content"), dict_of(raw, "summary_detail"), dict_of(raw, "title_detail")]
    return next((tag for one in details if (tag := values.language(get(one, "language")))), None)
