"""Read an article's page: who wrote what when, and the text without what surrounds it.

Plain rules over the tags: the page's own description of itself (`meta`, `title`, `time`), and the largest
`article`, else `main`, else the body, without navigation, asides and forms.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pkm.rules import limits
from pkm.rules.charset import decode_html
from pkm.rules.clean import tidy
from pkm.rules.feeddates import parse_date
from pkm.rules.html import one_line, plain_text, sanitise
from pkm.rules.tags import RAW_TEXT, Tag, tags

PAGE_CHARS: Final = 4_000_000
_REGIONS: Final = frozenset({"article", "main", "body"})
_AROUND: Final = frozenset({"nav", "aside", "footer", "form", "dialog", "menu", "button", "select"})
_HEAD: Final = frozenset({"html", "meta", "time", "title", "h1"})
_MOST_OF_MAIN: Final = 0.4
_TITLES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
_AUTHORS: Final = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
)
_DATES: Final = (
    "article:published_time",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.created",
    "date",
    "pubdate",
    "parsely-pub-date",
    "citation_publication_date",
)
_NAMES_MOST: Final = 8
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says.

    Attributes:
        title: Plain, one line; None if it has none.
        authors: Plain names.
        published_at: Aware, UTC; None if it does not say.
        language: BCP 47 tag.
        html: Sanitised, links absolute; empty if there is no text.
        text: The same as plain text.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    html: str = ""
    text: str = ""


def read_page(body: bytes, *, url: str, content_type: str | None) -> Page:
    """Read a page; never fails, whatever it holds.

    Args:
        body: Decoded from gzip and the like, as the server sent it else.
        url: Its address, after redirects.
        content_type: The header; its charset is honoured.
    """
    markup = decode_html(body, content_type=content_type).text[:PAGE_CHARS]
    said = _Said(markup)
    html = sanitise(_article(markup), base_url=url)
    return Page(
        title=said.title(),
        authors=said.authors(),
        published_at=said.published_at(),
        language=said.language,
        html=html,
        text=plain_text(html),
    )


class _Said:
    """What the page says of itself."""

    def __init__(self, markup: str) -> None:
        self._metas: dict[str, list[str]] = {}
        self._time: str | None = None
        self._inside: dict[str, str] = {}
        self.language: str | None = None
        for tag in tags(markup, only=_HEAD, raw=RAW_TEXT):
            if not tag.closing:
                self._take(tag, markup)

    def _take(self, tag: Tag, markup: str) -> None:
        said = tag.attributes
        if tag.name == "meta":
            name = said.get("property") or said.get("name") or said.get("itemprop") or ""
            if name and said.get("content", "").strip():
                self._metas.setdefault(name.lower(), []).append(said["content"])
        elif tag.name == "time":
            self._time = self._time or said.get("datetime")
        elif tag.name == "html":
            found = _LANGUAGE.fullmatch(said.get("lang", "").strip())
            self.language = self.language or (found[0] if found else None)
        elif tag.name not in self._inside:
            end = markup.find("</", tag.end)
            closing = re.compile(f"</{tag.name}", re.IGNORECASE).search(markup, tag.end, tag.end + 20_000)
            self._inside[tag.name] = markup[tag.end : closing.start() if closing else max(end, tag.end)]

    def title(self) -> str | None:
        metas = [value for name in _TITLES for value in self._metas.get(name, ())]
        whole, heading = (one_line(self._inside.get(name, "")) for name in ("title", "h1"))
        # The title of a window often ends in the name of the site; the heading in it does not.
        inside = (heading, whole) if heading and heading in whole else (whole, heading)
        found = (tidy(one, limit=limits.TITLE_CHARS) for one in (*metas, *inside))
        return next((one for one in found if one), None)

    def authors(self) -> tuple[str, ...]:
        said = [value for name in _AUTHORS for value in self._metas.get(name, ()) if "://" not in value]
        names = [tidy(one_line(value), limit=limits.AUTHOR_CHARS) for value in said]
        return tuple(dict.fromkeys(name for name in names if name))[:_NAMES_MOST]

    def published_at(self) -> datetime | None:
        said = [value for name in _DATES for value in self._metas.get(name, ())]
        for text in (*said, *([self._time] if self._time else [])):
            moment = parse_date(text)
            if moment is not None:
                return moment.astimezone(UTC)
        return None


def _article(markup: str) -> str:
    """The part of a page that holds its text."""
    spans = _spans(markup, _REGIONS)
    articles = [span for name, *span in spans if name == "article"]
    mains = [span for name, *span in spans if name == "main"]
    bodies = [span for name, *span in spans if name == "body"]
    main = _longest(markup, mains) or _longest(markup, bodies) or markup
    article = _longest(markup, articles)
    # A list of teasers, or of comments, is made of articles too.
    return article if len(article) > _MOST_OF_MAIN * len(main) else main


def _longest(markup: str, spans: list[list[int]]) -> str:
    return max((_without_surroundings(markup[start:end]) for start, end in spans), key=len, default="")


def _without_surroundings(markup: str) -> str:
    pieces, behind = [], 0
    for _name, start, end in _spans(markup, _AROUND):
        pieces.append(markup[behind:start])
        behind = max(behind, end)
    return "".join(pieces) + markup[behind:]


def _spans(markup: str, names: frozenset[str]) -> list[tuple[str, int, int]]:
    """Where elements of these names stand, outermost of each name only, in order of their start."""
    return sorted(_outermost(markup, names), key=lambda span: span[1])


def _outermost(markup: str, names: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    depth = dict.fromkeys(names, 0)
    start = dict.fromkeys(names, 0)
    for tag in tags(markup, only=names, raw=RAW_TEXT):
        if tag.name not in names or tag.empty:
            continue
        if not tag.closing:
            start[tag.name] = tag.start if depth[tag.name] == 0 else start[tag.name]
            depth[tag.name] += 1
        elif depth[tag.name]:
            depth[tag.name] -= 1
            if depth[tag.name] == 0:
                yield tag.name, start[tag.name], tag.end
    # What is never closed goes on to the end, but for what surrounds: a lost `</nav>` must not eat the text.
    for name in names & _REGIONS:
        if depth[name]:
            yield name, start[name], len(markup)
