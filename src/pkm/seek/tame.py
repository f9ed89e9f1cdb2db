"""feedparser with what it does too much switched off, and what it forgets added; done once.

All of it reaches into the library, since there is no other way in. The tests name each part, so that a
newer feedparser that moves one fails there and not at a user's.
"""

from collections.abc import Callable
from typing import Any

import feedparser
from feedparser.api import LooseFeedParser, StrictFeedParser
from feedparser.mixin import _FeedParserMixin

from pkm.seek.fast.names import FURTHER_NAMESPACES


def tame() -> None:
    """Change the library for this process; a second call does nothing."""
    if "id" not in _FeedParserMixin.can_be_relative_uri:
        return
    # It would join a guid with the base: the id changed when a feed moved from http to https.
    _FeedParserMixin.can_be_relative_uri.discard("id")
    # It prefers a libxml2 driver, if there is one, and that one opens files named in a DOCTYPE.
    feedparser.api.PREFERRED_XML_PARSERS = []
    # Dates are read by `rules.feeddates` from the raw text; the first handler that answers ends its search.
    feedparser.registerDateHandler(lambda _text: (2000, 1, 1, 0, 0, 0, 5, 1, 0))
    for parser in (StrictFeedParser, LooseFeedParser):
        parser._sync_author_detail = _sync_author_detail  # noqa: SLF001 - there is no other way in
    _FeedParserMixin.namespaces.update(FURTHER_NAMESPACES)
    # Filled from the line above by the first parser that is made, which may have been before.
    _FeedParserMixin._matchnamespaces.clear()  # noqa: SLF001 - see above
    _leave_bases(_FeedParserMixin.unknown_endtag)
    _FeedParserMixin._end_hour = _end_hour  # noqa: SLF001 - see above
    _FeedParserMixin._end_day = _end_day  # noqa: SLF001 - see above
    _FeedParserMixin._start_podcast_transcript = _start_podcast_transcript  # noqa: SLF001 - see above


def _sync_author_detail(parser: Any, key: str = "author") -> None:
    """Keep an author's text whole, for `values.person` to read.

    feedparser's own search for an e-mail address in it is quadratic (9.5 s for 40 KB) and knows no domain
    with more than four letters at its end.
    """
    context = parser._get_context()  # noqa: SLF001 - see above
    people, text = dict.get(context, f"{key}s"), dict.get(context, key)
    if people and not people[-1] and isinstance(text, str):
        people[-1]["name"] = text


def _leave_bases(end: Callable[[Any, str], None]) -> None:
    """The base of an element ends with it; feedparser lets one go on where there was none before."""

    def ended(parser: Any, tag: str) -> None:
        end(parser, tag)
        parser.baseuri = parser.basestack[-1] if parser.basestack else ""

    _FeedParserMixin.unknown_endtag = ended


def _end_hour(parser: Any) -> None:
    _keep(parser, "hour")


def _end_day(parser: Any) -> None:
    _keep(parser, "day")


def _keep(parser: Any, name: str) -> None:
    """Of `skipHours` and `skipDays` feedparser itself remembers the last one."""
    value = parser.pop(name)
    if value and parser.infeed and not parser.inentry:
        parser.feeddata.setdefault(f"skip_{name}s", []).append(value)


def _start_podcast_transcript(parser: Any, attributes: dict[str, str]) -> None:
    """Of several transcripts feedparser itself remembers the last one."""
    parser._get_context().setdefault("transcripts", []).append(attributes)  # noqa: SLF001 - see above
