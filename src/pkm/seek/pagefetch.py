"""One request for the page of an item; it knows no store, and runs in a thread of its own."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from pkm.errors import PkmError
from pkm.model.asked import Asked, Purpose
from pkm.model.item import Text
from pkm.model.source import Source
from pkm.net.door import Answer, Door, Request, judge
from pkm.net.headers import mark
from pkm.net.politeness import server_of
from pkm.rules.urls import display_url
from pkm.seek.discover import looks_like_html
from pkm.seek.extractor import Finder
from pkm.seek.fetch import FAILURES, Fetched
from pkm.seek.page import read_page
from pkm.seek.pieces import PAGE_ACCEPT
from pkm.store.pagetexts import PageText


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A page to be asked for.

    Attributes:
        item: Id of the item that it belongs to.
        source: Whose item it is: its settings hold for its own server.
        content_sha: Of what the feed says of the item now.
        before: What came of asking before; None if it was not.
    """

    item: str
    url: str
    source: Source
    content_sha: str = ""
    before: PageText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of it.

    Attributes:
        at: Aware, UTC; when the request began.
        text: None if it is unchanged, or none was found.
        unchanged: It is as it was.
        error: What went wrong.
    """

    wanted: Wanted
    at: datetime
    answer: Answer | None = None
    text: Text | None = None
    unchanged: bool = False
    error: PkmError | None = None

    @property
    def fetched(self) -> Fetched:
        """The same as what a host is judged by."""
        source = replace(self.wanted.source, url=self.wanted.url)
        return Fetched(source=source, began_at=self.at, answer=self.answer, error=self.error)

    @property
    def asked(self) -> Asked:
        """The same as the log of requests has it."""
        request, answer, fetched = request_for(self.wanted), self.answer, self.fetched
        return Asked(
            source=self.wanted.source.id,
            at=self.at,
            purpose=Purpose.PAGE,
            status=fetched.status,
            error=fetched.kind or None,
            url=display_url(self.wanted.url),
            host=fetched.host,
            hops=tuple((hop.status, display_url(hop.location)) for hop in answer.hops) if answer else (),
            sent=tuple(sorted(name.lower() for name in answer.sent)) if answer else (),
            asked_with=(mark(request.etag), mark(request.last_modified)),
            gave=(mark(answer.etag), mark(answer.last_modified)) if answer else (None, None),
            body_bytes=len(answer.body) if answer else None,
            retry_after_s=fetched.retry_after_s,
        )

    @property
    def row(self) -> PageText:
        """What is to be remembered of it."""
        was = self.wanted.before or PageText(url=self.wanted.url, at=self.at)
        if self.error is not None or (self.text is None and not self.unchanged):
            problem = self.error.kind if self.error else "no-text"
            return replace(was, at=self.at, tries=was.tries + 1, problem=problem)
        return PageText(
            url=self.wanted.url,
            at=self.at,
            asked_for=self.wanted.content_sha,
            text_sha=self.text.sha if self.text else was.text_sha,
            etag=(self.answer.etag if self.answer else None) or (was.etag if self.unchanged else None),
            last_modified=(self.answer.last_modified if self.answer else None)
            or (was.last_modified if self.unchanged else None),
        )


def fetch_page(wanted: Wanted, *, door: Door, find: Finder, now: datetime) -> Came:
    """Ask for a page and read its text."""
    answer: Answer | None = None
    try:
        answer = door.get(request_for(wanted))
        judge(answer, now)
    except FAILURES as error:
        return Came(wanted=wanted, at=now, answer=answer, error=error)
    if answer.status == 304:
        return Came(wanted=wanted, at=now, answer=answer, unchanged=True)
    return Came(wanted=wanted, at=now, answer=answer, text=_text(answer, find))


def request_for(wanted: Wanted) -> Request:
    """What the user set for a source: its headers for its own server alone, its leave for a private host there."""
    source, before = wanted.source, wanted.before
    own_host = server_of(wanted.url) == server_of(source.url)
    own = own_host and wanted.url.split("/")[:3] == source.url.split("/")[:3]
    return Request(
        url=wanted.url,
        etag=before.etag if before and before.text_sha else None,
        last_modified=before.last_modified if before and before.text_sha else None,
        allow_private=source.private_host and own_host,
        asking=source.asking if own else replace(source.asking, headers=()),
        accept=PAGE_ACCEPT,
    )


def _text(answer: Answer, find: Finder) -> Text | None:
    if not looks_like_html(answer.body, answer.content_type):
        return None
    page = read_page(answer.body, url=answer.url, content_type=answer.content_type, find=find)
    if not page.text:
        return None
    return Text(sha=sha256(page.html.encode()).hexdigest(), html=page.html, text=page.text)
