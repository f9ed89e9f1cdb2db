"""The web as it is, played on the loopback, for a reader that must stay polite whatever comes.

    with World(tmp_path) as world:
        feed = world.follow(world.site("a.test").serve("/feed", RSS, etag='"v1"'))
        world.pull()
        world.later(hours=2)
        world.pull()

Sites have names (`a.test`, `reddit.com`), so that they are hosts like any other and not the user's own
machine: each is an address of 127.0.0.0/8 of its own. The clock is the world's: waiting moves it, and
nobody sleeps. When the world closes, every request that was ever sent is looked through for what a
polite reader never sends.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

from pkm.model.source import Source
from pkm.net.door import Door
from pkm.net.politeness import gap_of, server_of
from pkm.net.transport import DoorLimits
from pkm.seek.due import due
from pkm.seek.pull import Clockwork, PullOptions, pull
from pkm.seek.settle import Pulled, Terms
from support.server import Play, Reply, Seen, Site, Wire
from support.shelves import Clock, new_home, opened, stored_source

AGENT = "pkm/0.1 (+https://example.org/; feed reader)"
_MAY_BE_SENT = frozenset(
    {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "if-none-match",
        "if-modified-since",
        "a-im",
    }
)
_BROWSERS = ("mozilla", "chrome", "safari", "gecko", "webkit", "edge")


class World:
    """Sites with names, a home, and a clock that only waiting moves.

    Args:
        tmp_path: Where the home is made.
        limits: Of one request; None: the usual ones.
        trusted: Certificates that are trusted.
    """

    def __init__(
        self, tmp_path: Path, *, limits: DoorLimits | None = None, trusted: Path | None = None
    ) -> None:
        self._trusted = trusted
        self.clock = Clock()
        self.sites: dict[str, Site] = {}
        self.at_once: set[str] = set()  # addresses that may be asked twice without a gap
        self.naps: list[float] = []
        self.secrets: dict[str, str] = {}
        self.proxies: dict[str, str] = {}
        self.may_be_sent = set(_MAY_BE_SENT)  # and what a source's own settings add
        self.down: set[str] | str = set()
        self.heard: list[tuple[str, str, float]] = []  # name, path, tick
        self.tick = 0.0
        self._limits = limits
        self._stack = ExitStack()
        self.shelf = self._stack.enter_context(opened(new_home(tmp_path), now=self.clock))

    def site(self, name: str, *, tls: ssl.SSLContext | None = None) -> Site:
        """The site of that name; made when first asked for."""
        if name not in self.sites:
            site = _Named(name, self, f"127.0.0.{len(self.sites) + 2}", tls)
            self.sites[name] = self._stack.enter_context(site)
        return self.sites[name]

    def url(self, name: str, path: str) -> str:
        """The address of a path of that site, by its name."""
        return self.site(name).url(path, host=name)

    def serve(self, address: str, body: bytes | str | Callable[[Seen], Reply] = b"", **answer) -> str:
        """Serve `a.test/feed`; its URL."""
        name, _, path = address.partition("/")
        self.site(name).serve(f"/{path}", body, **answer)
        return self.url(name, f"/{path}")

    def in_turn(self, address: str, *replies: Reply) -> str:
        """Serve one reply after the other, the last one again and again."""
        left = list(replies)
        return self.serve(address, lambda _seen: left.pop(0) if len(left) > 1 else left[0])

    def play(self, address: str, play: Play) -> str:
        """Give `play` the wire of whoever asks for `a.test/feed`."""
        name, _, path = address.partition("/")
        self.site(name).play(f"/{path}", play)
        return self.url(name, f"/{path}")

    def follow(self, *urls: str, **fields) -> tuple[Source, ...]:
        """Follow these."""
        return tuple(stored_source(self.shelf, url, private_host=True, title=None, **fields) for url in urls)

    def now_of(self, source: Source) -> Source:
        """The source as it is stored by now."""
        found = self.shelf.store.sources.get(source.id)
        assert found is not None
        return found

    def pull(
        self, *named: Source, everything: bool = False, chance: float = 0.0, **options
    ) -> dict[str, Pulled]:
        """Pull what is due, or the ones named; by address."""
        followed = self.shelf.store.sources.all()
        asked: Sequence[Source] = due(followed, now=self.clock(), everything=everything)
        if named:
            self.later(seconds=2)  # so long it takes to type
            asked = [self.now_of(one) for one in named]
        return {one.source.url: one for one in self._pulled(asked, chance, options)}

    def door(self) -> Door:
        """The way to the sites of this world; to be closed."""
        tls = ssl.create_default_context(cafile=self._trusted) if self._trusted else None
        return Door(
            user_agent=AGENT,
            resolver=self._resolve,
            proxies=self.proxies,
            limits=self._limits,
            tls=tls,
            secret_of=lambda name, _origin: self.secrets[name],
        )

    def nap(self, seconds: float) -> None:
        """Wait, as the product does."""
        self.naps.append(seconds)
        self._move(seconds)

    def later(self, **delta: float) -> None:
        """Move the clock."""
        self._move(timedelta(**delta).total_seconds())

    def asked(self, name: str = "") -> list[Seen]:
        """What was asked for, of all or of one site, in order."""
        found = [self.sites[name]] if name else list(self.sites.values())
        return sorted((seen for site in found for seen in site.requests), key=lambda seen: seen.at)

    def paths(self, name: str = "") -> list[str]:
        """The same, the paths alone."""
        return [seen.path for seen in self.asked(name)]

    def items(self, source: Source) -> int:
        """How many items of that source are on the shelf."""
        return self.shelf.store.arrivals.count(source.id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if error[0] is None:
                self._was_polite()
        finally:
            self._stack.close()

    def _pulled(self, asked: Sequence[Source], chance: float, options: dict) -> Iterator[Pulled]:
        clockwork = Clockwork(tick=lambda: self.tick, nap=self.nap)
        terms = Terms(chance=lambda: chance, polite=options.pop("polite", False))
        with self.door() as door:
            yield from pull(
                self.shelf, asked, door=door, options=PullOptions(terms=terms, clockwork=clockwork, **options)
            )

    def _move(self, seconds: float) -> None:
        self.tick += seconds
        self.clock.forward(seconds=seconds)

    def _resolve(self, host: str, _port: int) -> list[tuple[socket.AddressFamily, str]]:
        if self.down == "silent":
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        if host in self.down or host not in self.sites:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, self.sites[host].host)]

    def _was_polite(self) -> None:
        for seen in self.asked():
            assert seen.method == "GET", f"{seen.method} {seen.path}"
            told = set(seen.headers) - self.may_be_sent
            assert not told, f"{seen.path}: sent {sorted(told)}"
            agent = seen.headers["user-agent"]
            assert agent.startswith("pkm/"), agent
            assert not any(word in agent.lower() for word in _BROWSERS), agent
            assert ("a-im" in seen.headers) <= ("if-none-match" in seen.headers)
        for name, path, _tick in self.heard:
            assert self.sites[name].serves(path), f"nobody told us of {name}{path}"
        self._kept_its_gaps()

    def _kept_its_gaps(self) -> None:
        """Of one host the requests that begin anew (a redirect's next hop does not) are a gap apart."""
        last: dict[str, float] = {}
        begun = {one.url for one in self.shelf.store.sources.all(removed=True)} - self.at_once
        for name, path, tick in self.heard:
            url, host = self.url(name, path), server_of(f"http://{name}/")
            if url in begun:
                assert tick - last.get(host, float("-inf")) >= gap_of(host) - 1e-6, url
                last[host] = tick


class _Named(Site):
    """A site that tells its world who asked when, on the world's clock."""

    def __init__(self, name: str, world: World, host: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, tls=tls)
        self._name = name
        self._world = world

    def record(self, path: str, headers: Mapping[str, str], connection: int, method: str) -> Seen:
        self._world.heard.append((self._name, path, self._world.tick))
        return super().record(path, headers, connection, method)


def http_date(moment) -> str:
    """A moment as servers write it."""
    return format_datetime(moment, usegmt=True)


def rss(*names: str, head: str = "", day: int = 20) -> bytes:
    """An RSS feed with an item a name, a day apart, the first the newest."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>{name}</title>"
        f"<link>https://words.test/{name}</link><description>Words of {name}.</description>"
        f"<pubDate>{day - n:02} Nov 2026 08:00:00 GMT</pubDate></item>"
        for n, name in enumerate(names)
    )
    return f"<rss version='2.0'><channel><title>T</title>{head}{items}</channel></rss>".encode()


def feed(*names: str, **answer) -> Reply:
    """A reply with such a feed."""
    return Reply(body=rss(*names), headers={"Content-Type": "application/rss+xml"}, **answer)


def always_whole(body: bytes, *, etag: str | None = None, last_modified: str | None = None):
    """A server that gives validators and never heeds them."""

    def answer(_seen: Seen) -> Reply:
        given = {"ETag": etag, "Last-Modified": last_modified}
        return Reply(body=body, headers={name: value for name, value in given.items() if value})

    return answer


def gzip_suffix(body: bytes, *, last_modified: str):
    """Apache with mod_deflate: it adds `-gzip` to an ETag, and does not know it again (its bug 45023).

    A date that comes alone is heeded.
    """

    def answer(seen: Seen) -> Reply:
        if "if-none-match" not in seen.headers and seen.headers.get("if-modified-since") == last_modified:
            return Reply(status=304, headers={"Last-Modified": last_modified})
        return Reply(body=body, headers={"ETag": '"abc-gzip"', "Last-Modified": last_modified})

    return answer


def short_body(body: bytes, *, missing: int) -> Play:
    """A body that ends before its Content-Length."""

    def play(_seen: Seen, wire: Wire) -> None:
        wire.head("200 OK", f"Content-Length: {len(body) + missing}", 'ETag: "short"')
        wire.write(body)

    return play


def dripped(body: bytes, *, every_s: float) -> Play:
    """One byte after the other."""

    def play(_seen: Seen, wire: Wire) -> None:
        wire.head("200 OK", f"Content-Length: {len(body)}")
        wire.drip((body[n : n + 1] for n in range(len(body))), every_s=every_s)

    return play
