"""A real HTTP server on the loopback, for tests: it serves well, or badly in every way we know of.

    with Site() as site:
        site.serve("/feed", RSS, etag='"v1"')
        door.get(Request(url=site.url("/feed"), allow_private=True))
        assert site.requests[0].headers["accept-encoding"] == "gzip, deflate"

A page that is served with an `etag` or `last_modified` answers conditional
requests as RFC 9110, section 13.2.2 says (a 304 where nothing changed).
`serve` takes a function for answers that depend on the request; `play` gives a
function the wire itself, for servers that drip, lie, bomb or hang up.
"""

import gzip as gzip_codec
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit

_TYPES = {
    ".atom": "application/atom+xml",
    ".css": "text/css",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".opml": "text/x-opml",
    ".rdf": "application/rdf+xml",
    ".rss": "application/rss+xml",
    ".txt": "text/plain",
    ".xml": "application/xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as it came.

    Attributes:
        path: Path and query, as sent.
        headers: Lower-case names; repeated ones joined by a comma.
        at: `time.monotonic()` when its head was complete.
        order: 0 for the first.
        connection: The client's port: equal for requests on one connection.
        method: GET, or what should not have come.
    """

    path: str
    headers: Mapping[str, str]
    at: float
    order: int
    connection: int
    method: str = "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer; `body` is sent as it is, or packed if `gzip`."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    gzip: bool = False


Handler = Callable[[Seen], Reply]


class Wire:
    """The bare connection, for a `play`."""

    def __init__(self, file: Any, closing: threading.Event) -> None:
        self._file = file
        self._closing = closing

    def write(self, *pieces: bytes) -> None:
        self._file.write(b"".join(pieces))

    def head(self, status: str = "200 OK", *fields: str) -> None:
        """A status line, the fields as given, and the empty line."""
        lines = [f"HTTP/1.1 {status}", *fields, "", ""]
        self.write("\r\n".join(lines).encode("latin-1"))

    def pause(self, seconds: float) -> bool:
        """Wait; True if the site closes meanwhile."""
        return self._closing.wait(seconds)

    def drip(self, pieces: Iterable[bytes], *, every_s: float) -> None:
        """Write piece after piece with a pause between, until the client or the site goes."""
        for piece in pieces:
            self.write(piece)
            if self.pause(every_s):
                return


Play = Callable[[Seen, Wire], None]


class Site:
    """A server of its own on 127.0.0.1; a context manager.

    Args:
        host: Any loopback address, so that several hosts can be played.
        tls: To speak https with.
    """

    def __init__(self, host: str = "127.0.0.1", *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.requests: list[Seen] = []
        self.closing = threading.Event()
        self._handlers: dict[str, Handler] = {}
        self._plays: dict[str, Play] = {}
        self._folder: Path | None = None
        self._scheme = "https" if tls else "http"
        self._lock = threading.Lock()
        self._server = _Server((host, port), self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        """The URL of `path`; `host` for another name that leads here."""
        return f"{self._scheme}://{host or self.host}:{self.port}{path}"

    def serve(
        self,
        path: str,
        body: bytes | str | Handler = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        gzip: bool = False,
    ) -> str:
        """Serve `path` (query included); its URL. Serving it again replaces it."""
        if callable(body):
            self._handlers[path] = body
        else:
            reply = Reply(
                body=body.encode() if isinstance(body, str) else body,
                status=status,
                headers=headers or {},
                etag=etag,
                last_modified=last_modified,
                gzip=gzip,
            )
            self._handlers[path] = lambda _seen: reply
        return self.url(path)

    def in_turn(self, path: str, *replies: Reply) -> str:
        """Serve one reply after the other, the last one again and again."""
        left = list(replies)
        return self.serve(path, lambda _seen: left.pop(0) if len(left) > 1 else left[0])

    def redirect(self, path: str, to: str, *, status: int = 302) -> str:
        """Send whoever asks for `path` to `to`, as it stands."""
        return self.serve(path, status=status, headers={"Location": to})

    def play(self, path: str, play: Play) -> str:
        """Give `play` the wire of whoever asks for `path`; the connection is closed after it."""
        self._plays[path] = play
        return self.url(path)

    def serve_folder(self, folder: Path) -> None:
        """Serve the files below `folder`: type by suffix, ETag by hash."""
        self._folder = folder.resolve()

    def file_url(self, name: str) -> str:
        """The URL of a file below the served folder."""
        return self.url("/" + quote(name))

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [seen.path for seen in self.requests]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def record(self, path: str, headers: Mapping[str, str], connection: int, method: str) -> Seen:
        with self._lock:
            seen = Seen(
                path=path,
                headers=headers,
                at=time.monotonic(),
                order=len(self.requests),
                connection=connection,
                method=method,
            )
            self.requests.append(seen)
        return seen

    def serves(self, path: str) -> bool:
        """Whether this path was ever set up, whatever it answers."""
        return path in self._handlers or path in self._plays

    def play_for(self, path: str) -> Play | None:
        return self._plays.get(path)

    def reply_to(self, seen: Seen) -> Reply:
        handler = self._handlers.get(seen.path)
        if handler is not None:
            return handler(seen)
        return self._from_folder(seen.path) or Reply(status=404, body=b"nothing here")

    def _from_folder(self, path: str) -> Reply | None:
        if self._folder is None:
            return None
        file = (self._folder / unquote(urlsplit(path).path).lstrip("/")).resolve()
        if not file.is_relative_to(self._folder) or not file.is_file():
            return None
        body = file.read_bytes()
        kind = _TYPES.get(file.suffix.lower(), "application/octet-stream")
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return Reply(body=body, headers={"Content-Type": kind}, etag=etag)


def unchanged(seen: Seen, reply: Reply) -> bool:
    """Whether a 304 is the right answer: an ETag beats a date; dates are compared as text."""
    wanted = seen.headers.get("if-none-match")
    if wanted is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return reply.etag is not None and bool(tags & {"*", reply.etag.removeprefix("W/")})
    since = seen.headers.get("if-modified-since")
    return since is not None and since == reply.last_modified


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them, and no socket is left behind
    request_queue_size = 128

    def __init__(self, place: tuple[str, int], site: Site, tls: ssl.SSLContext | None) -> None:
        self.site = site
        self._tls = tls
        self._open: set[Any] = set()
        self._lock = threading.Lock()
        super().__init__(place, _Answering)

    def get_request(self) -> tuple[Any, Any]:
        connection, place = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, place

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as wrapped:
            with self._lock:
                self._open.add(wrapped)
            super().finish_request(wrapped, client_address)
        with self._lock:
            self._open.discard(wrapped)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection under way, so that their threads end."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(2)
                except OSError:
                    continue  # it is closed already

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up or distrust us are what many tests are about."""


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        seen = self.server.site.record(self.path, headers, self.client_address[1], self.command)
        play = self.server.site.play_for(self.path)
        if play is not None:
            self.close_connection = True
            play(seen, Wire(self.wfile, self.server.site.closing))
            return
        self._answer(seen, self.server.site.reply_to(seen))

    do_HEAD = do_GET  # noqa: N815 - the base class's names; what comes so is recorded, to be found
    do_POST = do_GET  # noqa: N815

    def _answer(self, seen: Seen, reply: Reply) -> None:
        status, body = reply.status, reply.body
        headers = dict(reply.headers)
        if reply.etag is not None:
            headers["ETag"] = reply.etag
        if reply.last_modified is not None:
            headers["Last-Modified"] = reply.last_modified
        if status == HTTPStatus.OK and unchanged(seen, reply):
            status, body = 304, b""
        elif reply.gzip:
            body = gzip_codec.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if status not in {204, 304}:
            headers.setdefault("Content-Length", str(len(body)))
        lines = [
            f"HTTP/1.1 {status} {_phrase(status)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet: `requests` is the log."""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
