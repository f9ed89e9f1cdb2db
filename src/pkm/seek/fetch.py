"""One request to one source: asked, judged, parsed. It knows no store, and runs in a thread of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Protocol

from pkm.errors import (
    AddressRefused,
    BotCheck,
    CredentialsError,
    FeedError,
    FetchError,
    NotAFeed,
    PkmError,
    Refused,
)
from pkm.model.asked import Purpose
from pkm.model.item import ParsedFeed
from pkm.model.source import Manner, Source, Validators
from pkm.net.door import Answer, Door, Request, judge
from pkm.net.politeness import server_of
from pkm.rules.urls import display_url
from pkm.seek.discover import feed_links, is_of_comments, looks_like_html
from pkm.seek.manner import (
    PLAIN,
    Approach,
    after_304,
    after_failure,
    after_news,
    after_same_body,
    approach_to,
    as_sent,
)
from pkm.seek.parser_process import FeedReader

FAILURES = (FeedError, CredentialsError, Refused)
"""What may go wrong with one source without ending the others; anything else is a bug and flies."""


class Asker(Protocol):
    """Whoever makes a request: the door itself, or one who looks at it first."""

    def get(self, request: Request) -> Answer:
        """As `Door.get`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of asking a source.

    Attributes:
        began_at: Aware, UTC; when the request began.
        approach: How it was asked.
        took_ms: Milliseconds from our first byte to their last.
        answer: None if none came.
        feed: None if the answer is unchanged (304, or the same body) or there was a failure.
        validators: To be stored with the items, in one transaction; None to keep what is stored.
        linked_feed: A web page came, and it links this feed.
        error: What went wrong.
    """

    source: Source
    began_at: datetime
    approach: Approach = PLAIN
    took_ms: int | None = None
    answer: Answer | None = None
    feed: ParsedFeed | None = None
    validators: Validators | None = None
    linked_feed: str | None = None
    error: PkmError | None = None

    @property
    def status(self) -> int | None:
        """The HTTP status, None without an answer."""
        return self.answer.status if self.answer else getattr(self.error, "status", None)

    @property
    def kind(self) -> str:
        """`kind` of the error, empty without one."""
        return self.error.kind if self.error else ""

    @property
    def retry_after_s(self) -> float | None:
        """Seconds that the server asked us to wait, None if it did not."""
        return self.error.retry_after_s if isinstance(self.error, FetchError) else None

    @property
    def host(self) -> str:
        """Who answered last, or was to answer."""
        return server_of(self.answer.url if self.answer else self.source.url)


def fetch(  # noqa: PLR0913 - whom, how, and what asks
    source: Source,
    known: Mapping[str, Validators],
    *,
    door: Door,
    reader: FeedReader,
    now: datetime,
    purpose: Purpose = Purpose.DUE,
) -> Fetched:
    """Ask a source for what is new.

    Args:
        source: Whom.
        known: The validators that its addresses gave, by address.
        door: The network.
        reader: The feed parser.
        now: Aware, UTC; when the request begins.
        purpose: Why it is asked now.
    """
    own = known.get(source.url, Validators(url=source.url))
    approach = approach_to(own, rhythm=source.rhythm, now=now, purpose=purpose)
    began, answer = monotonic(), None
    try:
        answer = door.get(request_for(source, known, approach))
        took_ms = round((monotonic() - began) * 1_000)
        judge(answer, now)
        fetched = read_answer(source, answer, known, reader=reader, now=now, approach=approach)
        return replace(fetched, took_ms=took_ms)
    except FAILURES as error:
        failed = Fetched(
            source=source,
            began_at=now,
            approach=approach,
            took_ms=round((monotonic() - began) * 1_000),
            answer=answer,
            error=error,
        )
        return _explained(_taught(failed, own))


def ask_typed(request: Request, *, door: Asker, typed: bool) -> tuple[Answer, bool]:
    """Ask at an address that the user gave, and whether private hosts had to be allowed for it.

    Args:
        request: What to ask.
        door: The network.
        typed: The user named this host, so it may be a private one.

    Raises:
        AddressRefused: It is a private one, and was not named.
    """
    try:
        return door.get(request), False
    except AddressRefused:
        if not typed:
            raise
    return door.get(replace(request, allow_private=True)), True


def request_for(source: Source, known: Mapping[str, Validators], approach: Approach) -> Request:
    """The request that asks a source only for what changed."""
    return Request(
        url=source.url,
        etag=approach.etag,
        last_modified=approach.last_modified,
        # Asked for the whole on purpose, it must not get a 304 at the end of a redirect either.
        known={}
        if approach.purpose == Purpose.WHOLE
        else {url: as_sent(given) for url, given in known.items() if url != source.url},
        allow_private=source.private_host,
        asking=source.asking,
        accept=approach.accept,
        accept_encoding=approach.accept_encoding,
    )


def read_answer(  # noqa: PLR0913 - whose, what came, what was known, and what reads
    source: Source,
    answer: Answer,
    known: Mapping[str, Validators],
    *,
    reader: FeedReader,
    now: datetime,
    approach: Approach = PLAIN,
) -> Fetched:
    """Read an answer that was judged fine.

    Raises:
        NotAFeed: It holds something else.
    """
    stored = known.get(answer.url, Validators(url=answer.url))
    fine = Fetched(source=source, began_at=now, approach=approach, answer=answer)
    if answer.status == 304:
        # A 304 may carry new validators, and they must be kept; what it does not carry stays (RFC 9111, 4.3.4).
        return replace(fine, validators=_refreshed(stored, answer, after_304(stored, approach, now)))
    if answer.status == 200 and answer.body_sha == stored.body_sha:
        return replace(fine, validators=_replaced(stored, answer, after_same_body(stored, approach, now)))
    feed = reader.read(answer.body, url=answer.url, content_type=answer.content_type)
    manner = after_news(stored)
    if feed.truncated:
        # What ended early is asked for again next time: its items are stored, its validators are not.
        return replace(fine, feed=feed, validators=Validators(url=answer.url, manner=manner))
    return replace(fine, feed=feed, validators=_replaced(stored, answer, manner))


def _refreshed(stored: Validators, answer: Answer, manner: Manner) -> Validators:
    return Validators(
        url=stored.url,
        etag=answer.etag or stored.etag,
        last_modified=answer.last_modified or stored.last_modified,
        body_sha=stored.body_sha,
        manner=manner,
    )


def _replaced(stored: Validators, answer: Answer, manner: Manner) -> Validators:
    # A delta (226) is no body that could come again.
    body_sha = stored.body_sha if answer.status == 226 else answer.body_sha
    return Validators(
        url=stored.url,
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_sha=body_sha,
        manner=manner,
    )


def _taught(failed: Fetched, own: Validators) -> Fetched:
    """With what the failure teaches about how to ask, if it teaches anything."""
    manner = after_failure(own, status=failed.status, kind=failed.kind)
    return failed if manner == own.manner else replace(failed, validators=replace(own, manner=manner))


def _explained(failed: Fetched) -> Fetched:
    """Where a web page came in place of a feed, say what it links, and who sent it."""
    answer, error = failed.answer, failed.error
    if answer is None or not isinstance(error, NotAFeed) or isinstance(error, BotCheck):
        return failed
    if not looks_like_html(answer.body, answer.content_type):
        return failed
    found = feed_links(answer.body, url=answer.url, content_type=answer.content_type)
    link = next((one.url for one in found if one.type and not is_of_comments(one)), None)
    if link is not None and link != failed.source.url:
        error.why = f"the page names this feed: {display_url(link)}"
        error.hint = f"if it is the one you mean: pkm source set SOURCE --url {display_url(link)}"
        return replace(failed, linked_feed=link)
    if failed.host != server_of(failed.source.url):
        error.why = f"we were sent on to {failed.host}: perhaps the log-in page of a network"
    return failed


def shown(source: Source) -> str:
    """A source as it may be named on a screen or in a log: no secrets."""
    return display_url(source.url)
