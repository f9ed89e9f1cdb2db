"""The demo's stage: the sample feeds, served on 127.0.0.1 by a polite server.

The samples bear dates of the three weeks before `SAMPLES_DAY`; all are moved by
one whole number of days when served, so that to the user they are of the last
three weeks.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from typing import Any, Final

SAMPLES_DAY: Final = datetime(2026, 1, 22, tzinfo=UTC)
"""Aware, UTC; every date in the samples lies before it."""

PAGE: Final = "/margin/"
"""A page that names its feed by `rel=alternate`."""

_SERVED: Final = {
    PAGE: ("margin.html", "text/html; charset=utf-8"),
    "/margin/feed.xml": ("margin.xml", "application/rss+xml"),
    "/werkstatt/feed.atom": ("werkstatt.atom", "application/atom+xml"),
    "/slow/feed.json": ("slow.json", "application/feed+json"),
}

# RSS 2.0 dates as our samples write them (RFC 822), and RFC 3339 in UTC.
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000")
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing served, with its validators.

    Attributes:
        type: Media type.
        body: The bytes served.
        etag: Strong, with its quotes.
        modified_at: Aware, UTC, whole seconds; the newest date inside.
    """

    type: str
    body: bytes
    etag: str
    modified_at: datetime


def sample(name: str) -> str:
    """Text of a file among the samples of the package, dates as written."""
    return (files("pkm") / "assets" / "samples" / name).read_text(encoding="utf-8")


def dates_in(text: str) -> list[datetime]:
    """Every date of a sample, aware, UTC, in order of place within each of the two forms."""
    return [
        *map(parsedate_to_datetime, _RFC_822.findall(text)),
        *map(datetime.fromisoformat, _RFC_3339.findall(text)),
    ]


def moved(text: str, by: timedelta) -> str:
    """`text` with every date in it moved by `by`, each in the form it had."""

    def rfc_822(match: re.Match[str]) -> str:
        return format_datetime(parsedate_to_datetime(match[0]) + by)

    def rfc_3339(match: re.Match[str]) -> str:
        return (datetime.fromisoformat(match[0]) + by).strftime("%Y-%m-%dT%H:%M:%SZ")

    return _RFC_3339.sub(rfc_3339, _RFC_822.sub(rfc_822, text))


def resources(now: datetime) -> Mapping[str, Resource]:
    """What is served at `now` (aware), by path; equal for every moment of one UTC day."""
    by = timedelta(days=(now - SAMPLES_DAY).days)
    return {path: _resource(name, kind, by) for path, (name, kind) in _SERVED.items()}


def _resource(name: str, kind: str, by: timedelta) -> Resource:
    text = moved(sample(name), by)
    body = text.encode()
    return Resource(
        type=kind,
        body=body,
        etag=f'"{sha256(body).hexdigest()[:20]}"',
        modified_at=max(dates_in(text), default=SAMPLES_DAY + by),
    )


def is_unchanged(resource: Resource, *, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether the client has this already: RFC 9110, section 13.2.2; an ETag outranks a date."""
    if if_none_match is not None:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return "*" in tags or resource.etag in tags
    if if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except (ValueError, OverflowError):
        return False
    # RFC 9110, 5.6.7: a date without a zone counts as UTC.
    return resource.modified_at <= (since if since.tzinfo else since.replace(tzinfo=UTC))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "pkm-demo"
    sys_version = ""
    timeout = 30
    # Head and body leave in two writes; without this each answer waits 40 ms for an ACK.
    disable_nagle_algorithm = True

    def __init__(self, *args: Any, served: Mapping[str, Resource]) -> None:
        self._served = served
        super().__init__(*args)

    def do_GET(self) -> None:
        resource = self._served.get(self.path.partition("?")[0])
        if resource is None:
            self._answer(HTTPStatus.NOT_FOUND, b"not here\n", {"Content-Type": "text/plain"})
            return
        validators = {
            "ETag": resource.etag,
            "Last-Modified": format_datetime(resource.modified_at, usegmt=True),
        }
        if is_unchanged(
            resource,
            if_none_match=self.headers["If-None-Match"],
            if_modified_since=self.headers["If-Modified-Since"],
        ):
            self._answer(HTTPStatus.NOT_MODIFIED, None, validators)
        else:
            self._answer(HTTPStatus.OK, resource.body, validators | {"Content-Type": resource.type})

    do_HEAD = do_GET  # noqa: N815 - the name that http.server asks for

    def _answer(self, status: HTTPStatus, body: bytes | None, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        # A 304 has no body, and no length of one: RFC 9110, section 15.4.5.
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body is not None and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own signature
        """Say nothing: the transcript belongs to the commands."""


class _Server(ThreadingHTTPServer):
    # An idle kept-alive connection must not hold up the end of the demo.
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve_samples(now: datetime) -> Iterator[str]:
    """Serve the samples on a free port of 127.0.0.1 until the block ends.

    Args:
        now: Aware; the newest item is served as less than two days older.

    Yields:
        The base URL, without a slash at its end: `http://127.0.0.1:40123`.
    """
    with _Server(("127.0.0.1", 0), partial(_Handler, served=resources(now))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="pkm-demo-server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
