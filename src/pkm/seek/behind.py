"""Find the feed behind an address. Stores nothing.

    a site's rule | ask: a feed? | what the page says of its site | declared | linked | guessed

The first step that gives something counts; each costs more requests than the one before. A step whose one
feed turns out to be none is passed over, so that a page with a dead link may still lead somewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import Final

from pkm.errors import CredentialsError, FeedError, FetchError, NotAFeed
from pkm.model.source import Source
from pkm.net.address import is_loopback
from pkm.net.door import Answer, Request, judge
from pkm.net.politeness import server_of
from pkm.rules.charset import decode_html
from pkm.rules.feedlike import is_feedlike
from pkm.rules.limits import HOST_GAP_S
from pkm.rules.sites import PAGE_CHARS, SiteLink, SiteRules, by_address, by_page, probes_of
from pkm.rules.urls import display_url, has_secret, without_secrets
from pkm.seek.discover import FeedLink, feed_links, is_of_comments, looks_like_html
from pkm.seek.fetch import Asker, Fetched, ask_typed, read_answer
from pkm.seek.parser_process import FeedReader

_NOT_THERE: Final = frozenset({404, 410})
_ENOUGH: Final = frozenset({403, 429})
_NO_RULES: Final = SiteRules()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """What a search needs.

    Attributes:
        door: The network.
        reader: The feed parser.
        now: Aware, UTC; when the search begins.
        sites: The rules for well-known sites.
        pause: Waits so many seconds, between guesses at one host.
        polite: Pause between guesses at a loopback host, too.
        allow_private: A page may lead to any private host: the user said so.
    """

    door: Asker
    reader: FeedReader
    now: datetime
    sites: SiteRules = _NO_RULES
    pause: Callable[[float], None] = sleep
    polite: bool = False
    allow_private: bool = False

    def find(self, url: str, *, typed: bool = True) -> Found | Choice:
        """The feed at an address, or behind the page there.

        Args:
            url: Absolute web address.
            typed: The user named this host, so it may be a private one.

        Raises:
            FeedError, CredentialsError, Refused: As of a pull.
            NotAFeed: There is no feed, and the page leads to none.
        """
        by_rule = () if is_feedlike(url) else by_address(self.sites.rules, url)
        told = self._first_of([_as_links(by_rule)], url, private_host=typed)
        if isinstance(told, Found | Choice):
            return told
        answer, private_host = self._ask(url, typed=typed)
        if not looks_like_html(answer.body, answer.content_type):
            return self._read(url, answer, private_host=private_host)
        found = self._first_of(
            _steps(answer, self.sites, known=_as_links(by_rule)), answer.url, private_host=private_host
        )
        if isinstance(found, Found | Choice):
            return found
        return self._guessed(url, answer.url, private_host=private_host, dead_link=found or told)

    def find_behind(self, link: FeedLink, *, of: str, private_host: bool) -> Found:
        """The feed that a page names.

        Args:
            link: Which.
            of: Address of the page; a private host is right for the feed only if the page's own was.
            private_host: The page was reached only since private addresses were allowed.

        Raises:
            FeedError, CredentialsError, Refused: As of a pull.
        """
        typed = self.allow_private or (private_host and server_of(link.url) == server_of(of))
        answer, private = self._ask(link.url, typed=typed)
        return self._read(link.url, answer, private_host=private)

    def _first_of(
        self,
        steps: Iterator[Sequence[FeedLink]] | Sequence[Sequence[FeedLink]],
        of: str,
        *,
        private_host: bool,
    ) -> Found | Choice | FeedError | None:
        """What the first step with a living feed gives; else the failure of the first link, if there was one."""
        failed: FeedError | None = None
        for links in steps:
            if len(links) > 1:
                return Choice(url=of, links=tuple(links), private_host=private_host)
            for link in links:
                try:
                    return self.find_behind(link, of=of, private_host=private_host)
                except (NotAFeed, FetchError) as error:
                    if isinstance(error, FetchError) and error.status not in _NOT_THERE:
                        raise
                    failed = failed or error
        return failed

    def _guessed(self, url: str, page: str, *, private_host: bool, dead_link: FeedError | None) -> Found:
        """A feed where feeds often lie: a few requests to this host, one after the other, no redirect followed."""
        waits = self.polite or not is_loopback(server_of(page))
        for number, address in enumerate(probes_of(self.sites.probes, page)):
            if number and waits:
                self.pause(HOST_GAP_S)
            try:
                request = Request(url=address, redirects=False, allow_private=private_host)
                answer = self.door.get(request)
                if answer.status in _ENOUGH:
                    break
                if answer.status == 200 and not looks_like_html(answer.body, answer.content_type):
                    return self._read(address, answer, private_host=private_host)
            except NotAFeed:
                continue
            except FetchError:
                break
        raise dead_link or _no_feed(url)

    def _ask(self, url: str, *, typed: bool) -> tuple[Answer, bool]:
        try:
            answer, private_host = ask_typed(Request(url=url), door=self.door, typed=typed)
            judge(answer, self.now)
        except FeedError as error:
            # Nothing is followed yet, so what a pull would advise is of no use.
            error.hint = "check the address in a browser, then: pkm follow ADDRESS"
            raise
        except CredentialsError as error:
            scheme, _, rest = without_secrets(url).partition("://")
            error.hint = f"if you have a login: pkm follow {scheme}://NAME:PASSWORD@{rest.rpartition('@')[2]}"
            raise
        return answer, private_host

    def _read(self, url: str, answer: Answer, *, private_host: bool) -> Found:
        asked = _settled(url, answer)
        nobody = Source(id="", url=asked)
        try:
            fetched = read_answer(nobody, answer, {}, reader=self.reader, now=self.now)
        except NotAFeed as error:
            error.hint = "look for the feed's own address on the site, then: pkm follow ADDRESS"
            raise
        return Found(url=asked, fetched=fetched, private_host=private_host)


def _steps(answer: Answer, sites: SiteRules, *, known: Sequence[FeedLink]) -> Iterator[Sequence[FeedLink]]:
    """What a page tells of feeds, the surest first; each step is worked out only when it is needed.

    Args:
        answer: The page.
        sites: The rules.
        known: Links that were tried before the page was asked for.
    """
    html = decode_html(answer.body, content_type=answer.content_type).text[:PAGE_CHARS]
    # The address again: a redirect may have led to one that a rule knows.
    by_rule = _as_links(by_address(sites.rules, answer.url))
    yield [link for link in by_rule if link not in known]
    yield _as_links(by_page(sites.rules, answer.url, html))
    links = feed_links(answer.body, url=answer.url, content_type=answer.content_type)
    own = [link for link in links if not is_of_comments(link)]
    yield [link for link in own if link.type]
    yield [link for link in own if not link.type]
    yield _as_links(by_page(sites.rules, answer.url, html, any_host=True))
    yield [link for link in links if is_of_comments(link)]


def _as_links(links: Sequence[SiteLink]) -> tuple[FeedLink, ...]:
    return tuple(FeedLink(url=link.url, title=link.title, type="site") for link in links)


def _settled(url: str, answer: Answer) -> str:
    """The address to ask from now on: where it moved for good, unless only the old one holds the login."""
    return url if answer.moved_to is None or has_secret(url) else answer.moved_to


def _no_feed(url: str) -> NotAFeed:
    return NotAFeed(
        display_url(url),
        "the page names no feed",
        why="it has no link of the kind that feeds are announced with, and none lies where feeds often do",
        hint=f"give the feed's own address, or keep the one page: pkm add {display_url(url)}",
    )
