"""Find the feed behind an address: ask, and if a page comes, the feed that it names. Stores nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.errors import FeedError, NotAFeed
from pkm.model.source import Source
from pkm.net.door import Answer, Door, Request, judge
from pkm.net.politeness import server_of
from pkm.rules.urls import display_url, has_secret
from pkm.seek.discover import FeedLink, feed_links, is_of_comments, looks_like_html
from pkm.seek.fetch import Fetched, ask_typed, read_answer
from pkm.seek.parser_process import FeedReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that was found and read; nothing of it is stored.

    Attributes:
        url: Where it is to be asked for.
        fetched: Its answer, of a source that is not there yet.
        private_host: It was reached only since private addresses were allowed.
    """

    url: str
    fetched: Fetched
    private_host: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A page that names several feeds: the user picks.

    Attributes:
        url: Of the page.
        links: The likeliest first.
        private_host: As in `Found`.
    """

    url: str
    links: tuple[FeedLink, ...]
    private_host: bool


def find(url: str, *, door: Door, reader: FeedReader, now: datetime, typed: bool = True) -> Found | Choice:
    """The feed at an address, or behind the page there.

    Args:
        url: Absolute web address.
        door: The network.
        reader: The feed parser.
        now: Aware, UTC; when the request begins.
        typed: The user named this host, so it may be a private one.

    Raises:
        FeedError, CredentialsError, Refused: As of a pull.
        NotAFeed: There is no feed, and the page names none.
    """
    answer, private_host = _ask(url, door=door, now=now, typed=typed)
    if not looks_like_html(answer.body, answer.content_type):
        return _read(url, answer, reader=reader, now=now, private_host=private_host)
    links = _likely(feed_links(answer.body, url=answer.url, content_type=answer.content_type))
    if not links:
        raise _no_feed(url)
    if len(links) > 1:
        return Choice(url=answer.url, links=links, private_host=private_host)
    return find_behind(links[0], of=answer.url, private_host=private_host, door=door, reader=reader, now=now)


def find_behind(  # noqa: PLR0913 - the page, what it was allowed, and what asks
    link: FeedLink, *, of: str, private_host: bool, door: Door, reader: FeedReader, now: datetime
) -> Found:
    """The feed that a page names.

    Args:
        link: Which.
        of: Address of the page; a private host is right for the feed only if the page's own was.
        private_host: The page was reached only since private addresses were allowed.
        door: The network.
        reader: The feed parser.
        now: Aware, UTC.

    Raises:
        FeedError, CredentialsError, Refused: As of a pull.
    """
    typed = private_host and server_of(link.url) == server_of(of)
    answer, private = _ask(link.url, door=door, now=now, typed=typed)
    return _read(link.url, answer, reader=reader, now=now, private_host=private)


def _ask(url: str, *, door: Door, now: datetime, typed: bool) -> tuple[Answer, bool]:
    try:
        answer, private_host = ask_typed(Request(url=url), door=door, typed=typed)
        judge(answer, now)
    except FeedError as error:
        # Nothing is followed yet, so what a pull would advise is of no use.
        error.hint = "check the address in a browser, then: pkm follow ADDRESS"
        raise
    return answer, private_host


def _read(url: str, answer: Answer, *, reader: FeedReader, now: datetime, private_host: bool) -> Found:
    asked = _settled(url, answer)
    nobody = Source(id="", url=asked)
    try:
        fetched = read_answer(nobody, answer, {}, reader=reader, now=now)
    except NotAFeed as error:
        error.hint = "look for the feed's own address on the site, then: pkm follow ADDRESS"
        raise
    return Found(url=asked, fetched=fetched, private_host=private_host)


def _settled(url: str, answer: Answer) -> str:
    """The address to ask from now on: where it moved for good, unless only the old one holds the login."""
    return url if answer.moved_to is None or has_secret(url) else answer.moved_to


def _likely(links: Sequence[FeedLink]) -> tuple[FeedLink, ...]:
    """Those to choose from: what the page declares before what looks like a feed, comments last of all."""
    declared = [link for link in links if link.type and not is_of_comments(link)]
    guessed = [link for link in links if not link.type and not is_of_comments(link)]
    return tuple(declared or guessed or links)


def _no_feed(url: str) -> NotAFeed:
    return NotAFeed(
        display_url(url),
        "the page names no feed",
        why="it has no link of the kind that feeds are announced with",
        hint=f"give the feed's own address, or keep the one page: pkm add {display_url(url)}",
    )
