"""Follow: find the feed behind an address, and store its items from that same answer.

    ask | page? its feed | parse || note the source, its items, its validators

What comes before `||` uses the network and no store; what comes after holds the write lock for one
transaction. So a feed is asked for once, and nothing is followed that could not be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pkm.errors import FeedError, NotAFeed, NotFound, Refused, UsageError
from pkm.model.source import Source, Space, Stance, Tie
from pkm.net.address import is_loopback
from pkm.net.door import Answer, Door, Request, judge
from pkm.net.politeness import server_of
from pkm.rules.limits import OPML_BYTES
from pkm.rules.opml import OpmlFile, read_opml
from pkm.rules.urls import display_url, has_secret, join
from pkm.seek.discover import FeedLink, feed_links, is_of_comments, looks_like_html
from pkm.seek.fetch import Fetched, ask_typed, read_answer
from pkm.seek.parser_process import FeedReader
from pkm.seek.pull import Pulled, PullOptions, store_answer
from pkm.shelf import following
from pkm.shelf.shelf import Shelf

_LIST_ENDINGS = frozenset({".opml", ".xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the user says about a source; None and empty leave it as it is."""

    title: str | None = None
    space: Space | None = None
    tie: Tie | None = None
    stance: Stance | None = None
    why: str | None = None
    folders: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    private: bool | None = None

    def applied(self, source: Source) -> Source:
        """The source as wished; folders and tags are added to those that it has."""
        return replace(
            source,
            title=self.title or source.title,
            space=self.space or source.space,
            tie=self.tie or source.tie,
            stance=self.stance or source.stance,
            why=self.why or source.why,
            folders=tuple(dict.fromkeys((*source.folders, *self.folders))),
            tags=tuple(dict.fromkeys((*source.tags, *self.tags))),
            private=(source.private if self.private is None else self.private) or has_secret(source.url),
        )


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
class Followed:
    """What came of it.

    Attributes:
        source: As it is now stored.
        was_followed: It was there already; only what the user said about it may have changed.
        changed: It was there already, and something did change.
        items: In the feed; None if it was not asked for.
        pulled: What was stored; None if nothing was.
    """

    source: Source
    was_followed: bool = False
    changed: bool = False
    items: int | None = None
    pulled: Pulled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFollowed:
    """What came of a subscription list.

    Attributes:
        sources: Newly followed; nothing of them was asked for yet.
        allowed: Followed before, and refused for their private address; they may be asked now.
        known: How many were followed before.
        skipped: What was left out: its name or address, and the reason.
    """

    sources: tuple[Source, ...]
    allowed: tuple[Source, ...]
    known: int
    skipped: tuple[tuple[str, str], ...]


def address_of(word: str) -> str | None:
    """The web address that a word means, None if it means a file.

    `feed://…` is what browsers hand on; a bare host is an address unless a file of that name is there.

    Raises:
        UsageError: It can be neither.
    """
    said = word.strip()
    if not said:
        raise UsageError("an empty word names no source", hint="pkm follow https://ADDRESS")
    if said[:5].lower() == "feed:":
        rest = said[5:]
        said = f"https:{rest}" if rest.startswith("//") else rest
    if "://" in said:
        url = join(None, said)
        if url is None:
            raise UsageError(
                f"{display_url(word)} is no web address", hint="give one that begins with https://"
            )
        return url
    path = file_of(said)
    if _exists(path) or path.suffix.lower() in _LIST_ENDINGS or said.startswith(("/", "./", "../", "~")):
        return None
    # A server on this machine hardly ever speaks TLS; all others are asked safely or not at all.
    scheme = "http" if is_loopback(said.partition("/")[0].partition(":")[0]) else "https"
    url = join(None, f"{scheme}://{said}") if "." in said or scheme == "http" else None
    if url is None:
        raise UsageError(
            f"'{word}' is neither a web address nor a file",
            hint="pkm follow https://ADDRESS, or pkm follow FILE.opml",
        )
    return url


def file_of(word: str) -> Path:
    """The path that a word names, `~` being the user's own folder."""
    try:
        return Path(word.strip()).expanduser()
    except RuntimeError:  # `~nobody` is nobody's home
        return Path(word)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # no name of a file is that long
        return False


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


def known(shelf: Shelf, url: str, wishes: Wishes) -> Followed | None:
    """The source of that address if it is followed, with the wishes applied; None if it is not."""
    source = shelf.store.sources.at(url)
    if source is None or not source.followed:
        return None
    wished = wishes.applied(source)
    if wished != source:
        with shelf.writing():
            change(shelf, wished, name="follow")
    return Followed(source=wished, was_followed=True, changed=wished != source)


def change(shelf: Shelf, source: Source, *, name: str) -> None:
    """Store what the user changed of a source; inside `shelf.writing`."""
    done = "changed" if source.followed else "followed no longer:"
    summary = f"{done} {source.title or display_url(source.url)}"
    command = shelf.store.undo_log.begin(name, summary, shelf.now())
    following.save(shelf, [source], command=command)


def preview(found: Found, wishes: Wishes) -> Followed:
    """What would be followed; nothing is stored."""
    feed = found.fetched.feed
    source = wishes.applied(Source(id="", url=found.url, title=feed.title if feed else None))
    return Followed(source=source, items=len(feed.items) if feed else 0)


def file(shelf: Shelf, found: Found, wishes: Wishes, *, options: PullOptions) -> Followed:
    """Follow what was found, and store its items."""
    there = known(shelf, found.url, wishes)
    if there is not None:
        return there
    with shelf.writing():
        before = shelf.store.sources.at(found.url)
        source = wishes.applied(_source(shelf, found, before))
        summary = f"followed {source.title or display_url(source.url)}"
        command = shelf.store.undo_log.begin("follow", summary, shelf.now())
        following.save(shelf, [source], command=command)
        pulled = store_answer(shelf, replace(found.fetched, source=source), options=options)
    feed = found.fetched.feed
    return Followed(source=source, items=len(feed.items) if feed else 0, pulled=pulled)


def _source(shelf: Shelf, found: Found, before: Source | None) -> Source:
    feed = found.fetched.feed
    source = replace(before, removed_at=None) if before else following.new_source(shelf, found.url)
    return replace(
        source,
        url=found.url,
        title=source.title or (feed.title if feed else None),
        home_url=(feed.home_url if feed else None) or source.home_url,
        format=feed.format if feed else source.format,
        private_host=source.private_host or found.private_host,
    )


def read_list(path: Path) -> OpmlFile:
    """The subscription list in a file.

    Raises:
        NotFound: There is no such file.
        UsageError: It is a folder, or cannot be read.
        Refused: It is no OPML, too large, or declares entities.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name the file in it: pkm follow FILE.opml")
    try:
        with path.open("rb") as file_:
            data = file_.read(OPML_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(
            f"there is no file {path}", hint="check its name; an address begins with https://"
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read", why=error.strerror or "", hint="check who may read it"
        ) from error
    try:
        return read_opml(data)
    except Refused as error:
        error.what = f"{path}: {error.what}"
        raise


def follow_list(
    shelf: Shelf, listed: OpmlFile, wishes: Wishes, *, name: str, allow_private: bool
) -> ListFollowed:
    """Follow all that a subscription list names; nobody is asked yet.

    Args:
        shelf: Where.
        listed: The list; what it says of private hosts and ids is not heeded.
        wishes: Said of each of them.
        name: Of the file, for messages and for `undo`.
        allow_private: Private and loopback hosts are right for these.
    """
    following.refuse_empty(listed.outlines, name)
    with shelf.writing():
        fresh = following.from_foreign(shelf, listed.outlines, allow_private=allow_private)
        allowed = following.with_leave(shelf, listed.outlines) if allow_private else []
        sources = tuple(wishes.applied(source) for source in fresh)
        if sources or allowed:
            done = f"followed {len(sources)} sources" if sources else "allowed private addresses"
            command = shelf.store.undo_log.begin("follow", f"{done} of {name}", shelf.now())
            following.save(shelf, [*sources, *allowed], command=command)
    return ListFollowed(
        sources=sources,
        allowed=tuple(allowed),
        known=len(listed.outlines) - len(sources),
        skipped=tuple(listed.skipped),
    )
