"""Read a page that was put in by hand, or that a feed only points to: its facts, and its text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pkm.rules.charset import decode_html
from pkm.rules.html import plain_text, sanitise
from pkm.rules.htmltree import grow
from pkm.seek.extractor import Finder, own
from pkm.seek.pagefacts import facts_of

PAGE_CHARS: Final = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says.

    Attributes:
        title: Plain, one line; None if it has none.
        authors: Plain names.
        published_at: Aware, UTC; None if it does not say.
        language: BCP 47 tag.
        canonical: The address that the page calls its own; absolute, from outside.
        html: Sanitised, links absolute; empty if there is no text.
        text: The same as plain text.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    canonical: str | None = None
    html: str = ""
    text: str = ""


def read_page(body: bytes, *, url: str, content_type: str | None, find: Finder = own) -> Page:
    """Read a page; never fails, whatever it holds.

    Args:
        body: Decoded from gzip and the like, as the server sent it else.
        url: Its address, after redirects.
        content_type: The header; its charset is honoured.
        find: What finds the article on it; see `seek.extractor`.
    """
    markup = decode_html(body, content_type=content_type).text[:PAGE_CHARS]
    facts = facts_of(markup, grow(markup), url=url)
    html = sanitise(find(markup, url), base_url=url)
    return Page(
        title=facts.title,
        authors=facts.authors,
        published_at=facts.published_at,
        language=facts.language,
        canonical=facts.canonical,
        html=html,
        text=plain_text(html),
    )
