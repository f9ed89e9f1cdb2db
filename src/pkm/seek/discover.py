"""Find the feeds that a web page names.

First its `link rel=alternate` elements (HTML standard, "Link type alternate"), comment feeds last, then
plain links that look like a feed's address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pkm.rules import limits
from pkm.rules.charset import decode_html
from pkm.rules.clean import tidy
from pkm.rules.feedlike import is_feedlike
from pkm.rules.tags import RAW_TEXT, Tag, tags
from pkm.rules.urls import is_web, join
from pkm.seek.sniff import head_of, is_html

PAGE_CHARS: Final = 2_000_000
LINKS_MOST: Final = 50

_TYPES = frozenset(
    {
        "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
        "application/json", "application/xml", "text/xml", "application/x.atom+xml", "application/x-atom+xml", "text/rss+xml", "text/atom+xml",
    }
)  # fmt: skip
_COMMENTS = re.compile(r"comment|kommentar|comentario|reactie", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page names.

    Attributes:
        url: Absolute, http or https.
        title: As the page calls it; empty if it does not.
        type: Media type as the page says, lower case; empty if it is only a guess by the address.
    """

    url: str
    title: str = ""
    type: str = ""


def looks_like_html(body: bytes, content_type: str | None) -> bool:
    """Whether a body is a web page rather than a feed; the header decides only in doubt."""
    return is_html(head_of(body), content_type)


def feed_links(html: bytes, *, url: str, content_type: str | None) -> tuple[FeedLink, ...]:
    """The feeds that a page names, the likeliest first; empty if it names none.

    Args:
        html: The page's body.
        url: Its address, after redirects.
        content_type: The header; its charset is honoured.
    """
    text = decode_html(html, content_type=content_type).text[:PAGE_CHARS]
    found = list(_found(text, url))
    declared = [link for link in found if link.type]
    order = [
        *(link for link in declared if not is_of_comments(link)),
        *(link for link in declared if is_of_comments(link)),
        *(link for link in found if not link.type),
    ]
    distinct = {link.url: link for link in reversed(order)}
    return tuple(distinct[link] for link in dict.fromkeys(one.url for one in order))[:LINKS_MOST]


def _found(text: str, url: str) -> Iterator[FeedLink]:
    base = None
    for tag in tags(text, only=frozenset({"base", "link", "a"}), raw=RAW_TEXT):
        if tag.closing:
            continue
        if tag.name == "base" and base is None:
            base = join(url, tag.attributes.get("href", "").strip())
        link = _declared(tag, base or url) if tag.name == "link" else _guessed(tag, base or url)
        if link is not None:
            yield link


def _declared(tag: Tag, base: str) -> FeedLink | None:
    relations = tag.attributes.get("rel", "").lower().split()
    kind = tag.attributes.get("type", "").partition(";")[0].strip().lower()
    if not ("feed" in relations or ("alternate" in relations and kind in _TYPES)):
        return None
    target = _target(tag, base)
    if target is None or "/wp-json/" in target:
        return None
    title = tidy(tag.attributes.get("title", ""), limit=limits.TITLE_CHARS)
    return FeedLink(url=target, title=title, type=kind or "feed")


def _guessed(tag: Tag, base: str) -> FeedLink | None:
    href = tag.attributes.get("href", "")
    if tag.name != "a" or not href:
        return None
    target = _target(tag, base)
    if target is None:
        return None
    if not is_feedlike(target):
        return None
    return FeedLink(url=target, title=tidy(tag.attributes.get("title", ""), limit=limits.TITLE_CHARS))


def _target(tag: Tag, base: str) -> str | None:
    href = tag.attributes.get("href", "").strip()
    if href[:5].lower() == "feed:":
        href = href[5:] if is_web(href[5:]) else f"http:{href[5:]}"
    target = join(base, href) if href else None
    return target if target and len(target) <= limits.URL_CHARS and is_web(target) else None


def is_of_comments(link: FeedLink) -> bool:
    """Whether a feed is one of readers' comments, as far as its name tells."""
    return bool(_COMMENTS.search(link.title) or _COMMENTS.search(link.url))
