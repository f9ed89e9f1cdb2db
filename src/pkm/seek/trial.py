"""One request, looked at from all sides; nothing of it is stored.

ask | what was sent, each hop, what came | a feed: what would be stored | a page: the feeds that it names
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from pkm.errors import NotAFeed, PkmError
from pkm.model.item import ParsedFeed
from pkm.model.source import Source
from pkm.net.door import Answer, judge
from pkm.rules.urls import display_url
from pkm.seek.discover import FeedLink, feed_links, looks_like_html
from pkm.seek.fetch import FAILURES, Asker, ask_typed, request_for
from pkm.seek.manner import PLAIN
from pkm.seek.parser_process import FeedReader
from pkm.seek.said import dated, said_of
from pkm.shelf.shelf import Shelf

_TOLD = frozenset(
    {
        "age",
        "cache-control",
        "content-encoding",
        "content-type",
        "date",
        "etag",
        "expires",
        "last-modified",
        "location",
        "retry-after",
        "server",
        "set-cookie",
        "vary",
        "x-ratelimit-reset",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a request brought to light.

    Attributes:
        url: What was asked for, as it may be shown.
        took_ms: Milliseconds from our first byte to their last.
        sent: Header fields of the first hop; what may be secret is hidden.
        hops: Status and target, as it may be shown, of each redirect.
        ended_at: Who answered, as it may be shown; None if nobody did.
        status: HTTP status; None without an answer.
        received: Header fields that matter to a reader of feeds, lower-case names. Text from outside.
        body_bytes: Of the decoded body.
        feed: What would be stored, if it is a feed.
        unknown: Items in it that this source has not brought yet; None if it is no source of ours.
        links: Feeds that the page names, if it is a page.
        error: Why a pull would fail.
    """

    url: str
    took_ms: int
    sent: Mapping[str, str] = field(default_factory=dict)
    hops: tuple[tuple[int, str], ...] = ()
    ended_at: str | None = None
    status: int | None = None
    received: Mapping[str, str] = field(default_factory=dict)
    body_bytes: int = 0
    feed: ParsedFeed | None = None
    unknown: int | None = None
    links: tuple[FeedLink, ...] = ()
    error: PkmError | None = None


def attempt(source: Source, *, door: Asker, reader: FeedReader, now: datetime) -> Trial:
    """Ask once, and follow redirects as a pull would.

    Args:
        source: Whom, with its settings; one without an id is an address that the user typed.
        door: The network.
        reader: The feed parser.
        now: Aware.
    """
    began = monotonic()
    request = request_for(source, {}, PLAIN)
    answer = None
    try:
        answer, _ = ask_typed(request, door=door, typed=not source.id)
        took_ms = _since(began)
        judge(answer, now)
        trial = replace(_answered(source, answer), took_ms=took_ms)
        return _read(trial, answer, reader=reader)
    except FAILURES as error:
        told = _answered(source, answer) if answer else Trial(url=display_url(source.url), took_ms=0)
        return replace(told, took_ms=_since(began), error=error)


def with_known(trial: Trial, shelf: Shelf, source: Source) -> Trial:
    """The trial with the count of items that the source has not brought yet."""
    if trial.feed is None:
        return trial
    names = shelf.store.arrival_names
    said, _ = said_of(dated(trial.feed.items), policy=source.key_policy, shared=names.shared(source.id))
    known = shelf.store.arrivals.known(
        source.id, [name for one in said for name in (one.keyed.key, *one.keyed.aliases)]
    )
    unknown = sum(not {one.keyed.key, *one.keyed.aliases} & known.keys() for one in said)
    return replace(trial, unknown=unknown)


def _answered(source: Source, answer: Answer) -> Trial:
    return Trial(
        url=display_url(source.url),
        took_ms=0,
        sent=answer.sent,
        hops=tuple((hop.status, display_url(hop.location)) for hop in answer.hops),
        ended_at=display_url(answer.url),
        status=answer.status,
        received={name: _shown(name, value) for name, value in answer.headers.items() if name in _TOLD},
        body_bytes=len(answer.body),
    )


def _shown(name: str, value: str) -> str:
    if name == "set-cookie":
        return "(not kept)"
    return display_url(value) if name == "location" else value


def _read(trial: Trial, answer: Answer, *, reader: FeedReader) -> Trial:
    if not looks_like_html(answer.body, answer.content_type):
        return replace(trial, feed=reader.read(answer.body, url=answer.url, content_type=answer.content_type))
    links = feed_links(answer.body, url=answer.url, content_type=answer.content_type)
    why = f"it names {len(links)} feeds" if links else "it names no feed"
    hint = f"pkm follow {trial.url}" if links else f"to keep the one page: pkm add {trial.url}"
    return replace(
        trial, links=links, error=NotAFeed(trial.url, "it is a web page, not a feed", why=why, hint=hint)
    )


def _since(began: float) -> int:
    return round((monotonic() - began) * 1_000)
