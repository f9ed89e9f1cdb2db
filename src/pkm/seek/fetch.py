"""One request to one source: asked, judged, parsed. It knows no store, and runs in a thread of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pkm.errors import AddressRefused, CredentialsError, FeedError, PkmError, Refused
from pkm.model.item import ParsedFeed
from pkm.model.source import Source, Validators
from pkm.net.door import Answer, Door, Request, judge
from pkm.rules.urls import display_url
from pkm.seek.parser_process import FeedReader

FAILURES = (FeedError, CredentialsError, Refused)
"""What may go wrong with one source without ending the others; anything else is a bug and flies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of asking a source.

    Attributes:
        began_at: Aware, UTC; when the request began.
        answer: None if none came.
        feed: None if the answer is unchanged (304, or the same body) or there was a failure.
        validators: To be stored with the items, in one transaction; None to keep what is stored.
        error: What went wrong.
    """

    source: Source
    began_at: datetime
    answer: Answer | None = None
    feed: ParsedFeed | None = None
    validators: Validators | None = None
    error: PkmError | None = None

    @property
    def status(self) -> int | None:
        """The HTTP status, None without an answer."""
        return self.answer.status if self.answer else getattr(self.error, "status", None)


def fetch(
    source: Source,
    known: Mapping[str, Validators],
    *,
    door: Door,
    reader: FeedReader,
    now: datetime,
) -> Fetched:
    """Ask a source for what is new.

    Args:
        source: Whom.
        known: The validators that its addresses gave, by address.
        door: The network.
        reader: The feed parser.
        now: Aware, UTC; when the request begins.
    """
    answer: Answer | None = None
    try:
        answer = door.get(request_for(source, known))
        judge(answer, now)
        return read_answer(source, answer, known, reader=reader, now=now)
    except FAILURES as error:
        return Fetched(source=source, began_at=now, answer=answer, error=error)


def ask_typed(request: Request, *, door: Door, typed: bool) -> tuple[Answer, bool]:
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


def request_for(source: Source, known: Mapping[str, Validators]) -> Request:
    """The request that asks a source only for what changed."""
    own = known.get(source.url, Validators(url=source.url))
    return Request(
        url=source.url,
        etag=own.etag,
        last_modified=own.last_modified,
        known=known,
        allow_private=source.private_host,
        asking=source.asking,
    )


def read_answer(
    source: Source, answer: Answer, known: Mapping[str, Validators], *, reader: FeedReader, now: datetime
) -> Fetched:
    """Read an answer that was judged fine.

    Raises:
        NotAFeed: It holds something else.
    """
    stored = known.get(answer.url, Validators(url=answer.url))
    if answer.status == 304:
        # A 304 may carry new validators, and they must be kept; what it does not carry stays (RFC 9111, 4.3.4).
        return Fetched(source=source, began_at=now, answer=answer, validators=_refreshed(stored, answer))
    if answer.body_sha == stored.body_sha:
        return Fetched(source=source, began_at=now, answer=answer, validators=_replaced(stored, answer))
    feed = reader.read(answer.body, url=answer.url, content_type=answer.content_type)
    # What ended early is asked for again next time: its items are stored, its validators are not.
    validators = Validators(url=answer.url) if feed.truncated else _replaced(stored, answer)
    return Fetched(source=source, began_at=now, answer=answer, feed=feed, validators=validators)


def _refreshed(stored: Validators, answer: Answer) -> Validators:
    return Validators(
        url=stored.url,
        etag=answer.etag or stored.etag,
        last_modified=answer.last_modified or stored.last_modified,
        body_sha=stored.body_sha,
    )


def _replaced(stored: Validators, answer: Answer) -> Validators:
    return Validators(
        url=stored.url, etag=answer.etag, last_modified=answer.last_modified, body_sha=answer.body_sha
    )


def shown(source: Source) -> str:
    """A source as it may be named on a screen or in a log: no secrets."""
    return display_url(source.url)
