"""What a page says of itself: who wrote what, when, in which language, at which address.

Asked in the order of who is least likely to be wrong: the description for machines (JSON-LD of
schema.org), `meta` elements, microdata, and last what a reader sees (a byline, a heading, a date in the
address).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pkm.rules import limits
from pkm.rules.clean import tidy
from pkm.rules.feeddates import parse_date
from pkm.rules.html import one_line
from pkm.rules.htmltree import Element
from pkm.rules.tags import RAW_TEXT, tags
from pkm.rules.urls import join

_TITLES: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title", "title")
_AUTHORS: Final = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "parsely-author",
    "sailthru.author",
    "citation_author",
)
_DATES: Final = (
    "article:published_time",
    "datepublished",
    "og:published_time",
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
_BYLINE_CHARS: Final = 100
_SCRIPTS_MOST: Final = 20
_SCRIPT_CHARS: Final = 500_000
_NESTED_MOST: Final = 6
_FIRST_YEAR: Final = 1990
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_SEPARATORS: Final = re.compile(r"\s+[|\xb7\u2022\xbb\u2013\u2014/\\:>-]+\s+")
_BY: Final = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words)\s+)?(?:by|von|par|por|di|door|av|af)[:\s]+|^(?:author|autor|auteur)s?:\s*",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?:^|[\s_-])(?:byline|p-author|author(?:[_-]?name)?|writtenby|entry-author)(?:$|[\s_-])", re.IGNORECASE
)
_NO_NAME: Final = re.compile(r"https?://|@\w|\d{3}|\bfollow\b|^\W*$", re.IGNORECASE)
_DATE_IN_ADDRESS: Final = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-]([0-2]\d|3[01])(?=\D|$)")
_WRAPPED: Final = re.compile(r"^[\s/*]*<!\[CDATA\[[\s/*]*|[\s/*]*\]\]>[\s/*]*$")
_WORKS: Final = re.compile(
    r"Article$|Posting$|Report$|^(?:WebPage|Recipe|Review|CreativeWork|VideoObject|PodcastEpisode)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says of itself.

    Attributes:
        title: Plain, one line; None if it has none.
        authors: Plain names.
        published_at: Aware, UTC; None if it does not say.
        language: BCP 47 tag.
        canonical: Absolute address that the page calls its own; from outside, so see `rules.owners`.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    canonical: str | None = None


def facts_of(markup: str, tree: Element, *, url: str) -> PageFacts:
    """The facts of a page; never fails.

    Args:
        markup: The page.
        tree: The same, grown.
        url: Its address, after redirects.
    """
    said = _Said(markup, tree, url)
    return PageFacts(
        title=said.title(),
        authors=said.authors(),
        published_at=said.published_at(),
        language=said.language(),
        canonical=said.canonical(),
    )


class _Said:
    def __init__(self, markup: str, tree: Element, url: str) -> None:
        self._url = url
        self._all = tree.below()
        self._work = _work(markup)
        self._metas: dict[str, list[str]] = {}
        for one in self._all:
            if one.name == "meta" and one.attributes.get("content", "").strip():
                names = (one.attributes.get(key, "") for key in ("property", "name", "itemprop"))
                for name in dict.fromkeys(" ".join(names).lower().split()):
                    self._metas.setdefault(name, []).append(one.attributes["content"])

    def title(self) -> str | None:
        whole, heading = (self._words(name) for name in ("title", "h1"))
        found = (
            *self._meta(_TITLES),
            _text(self._work.get("headline")),
            # The title of a window often ends in the name of the site; the heading in it does not.
            *((heading, whole) if _is_of(heading, whole) else (_without_site(whole), heading)),
        )
        return next((line for one in found if (line := tidy(one_line(one), limit=limits.TITLE_CHARS))), None)

    def authors(self) -> tuple[str, ...]:
        for names in (
            _names(self._work.get("author")),
            self._meta(_AUTHORS),
            self._marked(lambda one: "author" in one.attributes.get("itemprop", "").lower().split()),
            self._marked(lambda one: "author" in one.attributes.get("rel", "").lower().split()),
            self._marked(_is_byline),
        ):
            plain = tuple(dict.fromkeys(name for one in names for name in _people(one)))[:_NAMES_MOST]
            if plain:
                return plain
        return ()

    def published_at(self) -> datetime | None:
        in_address = _DATE_IN_ADDRESS.search(self._url)
        said = (
            _text(self._work.get("datePublished")),
            *self._meta(_DATES),
            *self._moments(itemprop=True),
            *self._moments(itemprop=False),
            "-".join(in_address.groups()) if in_address else "",
        )
        moments = (parse_date(one) for one in said if one)
        return next((one.astimezone(UTC) for one in moments if one and one.year >= _FIRST_YEAR), None)

    def language(self) -> str | None:
        html = next((one for one in self._all if one.name == "html"), None)
        said = [html.attributes.get(key, "") for key in ("lang", "xml:lang")] if html else []
        said += [_text(self._work.get("inLanguage")), *self._meta(("content-language", "og:locale"))]
        tags_ = (_LANGUAGE.fullmatch(one.strip().replace("_", "-")) for one in said)
        return next((found[0] for found in tags_ if found), None)

    def canonical(self) -> str | None:
        for one in self._all:
            if one.name == "link" and "canonical" in one.attributes.get("rel", "").lower().split():
                return join(self._url, one.attributes.get("href", "").strip() or self._url)
        return None

    def _meta(self, names: Iterable[str]) -> list[str]:
        return [value for name in names for value in self._metas.get(name, ())]

    def _words(self, name: str) -> str:
        """The text of the first element of that name that has any."""
        texts = (one_line(one.text()) for one in self._all if one.name == name)
        return next((text for text in texts if text), "")

    def _marked(self, is_it: Any) -> list[str]:
        found = (one for one in self._all if is_it(one) and one.name not in ("body", "html", "meta", "link"))
        for one in found:
            named = next(
                (x for x in one.below() if "name" in x.attributes.get("itemprop", "").lower().split()), one
            )
            text = one_line(named.attributes.get("content") or named.text())
            if text and len(text) <= _BYLINE_CHARS:
                return [text]
        return []

    def _moments(self, *, itemprop: bool) -> Iterator[str]:
        for one in self._all:
            marked = "datepublished" in one.attributes.get("itemprop", "").lower().split()
            if one.name == "time" or marked:
                value = one.attributes.get("datetime") or one.attributes.get("content") or ""
                if value and marked is itemprop:
                    yield value


def _is_byline(one: Element) -> bool:
    return bool(_BYLINE.search(f"{one.attributes.get('class', '')} {one.attributes.get('id', '')}"))


def _people(text: str) -> Iterator[str]:
    """The names in a byline: `By Ana Pérez and Bo Ek`; none if it is a link, a handle or a date."""
    line = _BY.sub("", one_line(text)).strip(" ,;|-\u2013\u2014\xb7\u2022")
    if line and not _NO_NAME.search(line):
        yield tidy(line, limit=limits.AUTHOR_CHARS)


def _is_of(heading: str, whole: str) -> bool:
    """Whether a heading is the window's title without the site: a name of the site alone is no title."""
    return heading in whole and len(heading) > len(whole) // 4


def _without_site(title: str) -> str:
    """The title of a window without the name of the site, if what is left is still a title."""
    cuts = list(_SEPARATORS.finditer(title))
    if not cuts:
        return title
    head = title[: cuts[-1].start()]
    return head if len(head.split()) > 3 else title


# JSON-LD


def _work(markup: str) -> Mapping[str, Any]:
    """The article that the page describes for machines; empty if it describes none."""
    return next((one for script in _scripts(markup) for one in _objects(script, 0) if _is_work(one)), {})


def _scripts(markup: str) -> Iterator[Any]:
    count, begin = 0, None
    for tag in tags(markup, only=frozenset({"script"}), raw=RAW_TEXT):
        if not tag.closing:
            begin = tag.end if "ld+json" in tag.attributes.get("type", "").lower() else None
        elif begin is not None and count < _SCRIPTS_MOST:
            count += 1
            try:
                text = _WRAPPED.sub("", markup[begin : min(tag.start, begin + _SCRIPT_CHARS)])
                yield json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue


def _objects(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _NESTED_MOST:
        return
    if isinstance(value, Mapping):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(value.get(key), depth + 1)
    elif isinstance(value, list):
        for one in value[:100]:
            yield from _objects(one, depth + 1)


def _is_work(one: Mapping[str, Any]) -> bool:
    kinds = one.get("@type")
    named = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]
    return any(_WORKS.search(kind) for kind in named) and bool(
        one.get("headline") or one.get("datePublished")
    )


def _names(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for one in value[: 2 * _NAMES_MOST] for name in _names(one)]
    if isinstance(value, Mapping):
        return _names(value.get("name")) if not isinstance(value.get("name"), Mapping) else []
    return [value] if isinstance(value, str) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
