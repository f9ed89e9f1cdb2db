"""The one door to the network: a GET, every hop checked, whole or an error.

    request | headers | (address rule | hop | redirect rule)* | decode | answer

Nothing else in pkm opens a connection for HTTP. Redirects are followed by hand
since only hop by hop can be told what is permanent, who may see the
validators, and where we do not go.
"""

import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self
from urllib.request import getproxies_environment

import httpcore

from pkm.errors import BotCheck, CredentialsError, UnsafeLink
from pkm.model.source import AS_EVER, Asking, Validators
from pkm.net import freshness
from pkm.net.credentials import SecretOf, none_known
from pkm.net.deadline import Deadline, running
from pkm.net.decode import Decoder
from pkm.net.failures import BadRedirect, EmptyAnswer, StatusFailed, TooLarge, explained
from pkm.net.headers import (
    ACCEPT_ENCODING,
    FEED_ACCEPT,
    received_headers,
    usable_validator,
)
from pkm.net.redirects import FOLLOWED, PERMANENT, Trail, location_of, may_be_private, next_target
from pkm.net.resolve import Resolver, ResolverPool, system_resolver
from pkm.net.target import NotWeb, Target, parse_target
from pkm.net.transport import DoorLimits, Route, Transport
from pkm.net.verdicts import FINE, verdict, wants_login
from pkm.net.way import Way, way_for
from pkm.rules.urls import display_url

_MISDIRECTED = 421
_DRAINED = 64 * 1024  # of a body that nobody reads, so that its connection can be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for.

    Attributes:
        url: http or https; may hold a login, which goes to its host alone.
        etag: Validator that this URL gave, byte for byte; None if it gave none.
        last_modified: The same.
        known: Validators that other URLs gave, by URL, in case a redirect leads there.
        allow_private: The user named this host: private and loopback addresses are right for it.
        asking: The source's own settings; its headers go to its own server alone.
        accept: The `Accept` header.
        accept_encoding: The `Accept-Encoding` header; only what `decode` can undo.
        redirects: Go where a redirect leads; else it is the answer.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    known: Mapping[str, Validators] = field(default_factory=dict)
    allow_private: bool = False
    asking: Asking = AS_EVER
    accept: str = FEED_ACCEPT
    accept_encoding: str = ACCEPT_ENCODING
    redirects: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A redirect that we followed.

    Attributes:
        url: Who sent us on.
        status: 301, 302, 303, 307 or 308; see `redirects.PERMANENT`.
        location: Where to, as an absolute URL.
    """

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came, of any HTTP status; `judge` tells good from bad.

    Attributes:
        url: Who answered: the request's own URL, or where the redirects ended.
        status: HTTP status code.
        headers: Lower-case names; values are text from outside (latin-1).
        body: Decoded and complete; empty unless the status is 2xx.
        hops: The redirects on the way, in order.
        sent: Headers of the first hop; values that may be secret are hidden.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()
    sent: Mapping[str, str] = field(default_factory=dict)

    @property
    def moved_to(self) -> str | None:
        """Where the address moved for good; None if any redirect on the way says less, or there was none."""
        return self.url if self.hops and all(hop.status in PERMANENT for hop in self.hops) else None

    @property
    def etag(self) -> str | None:
        """The validator byte for byte; None if absent, over 1,024 characters or not printable ASCII."""
        return usable_validator(self.headers.get("etag"))

    @property
    def last_modified(self) -> str | None:
        """As `etag`."""
        return usable_validator(self.headers.get("last-modified"))

    @property
    def content_type(self) -> str | None:
        """The header's value with its parameters, None if absent."""
        return self.headers.get("content-type")

    @property
    def max_age_s(self) -> float | None:
        """Seconds that it stays fresh, None if it does not say."""
        return freshness.max_age_s(self.headers)

    @property
    def body_sha(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    def retry_after_s(self, now: datetime) -> float | None:
        """Seconds the server asked us to wait, 0 to 7 days; None if it did not."""
        return freshness.retry_after_s(self.headers, now)


class _Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Door:
    """Gets things; thread-safe, a request belongs to the thread that makes it.

    Args:
        user_agent: `pkm/VERSION (+URL; feed reader)`.
        resolver: Names to addresses; None: this computer's own.
        limits: Time and size of a request.
        proxies: Scheme to proxy URL; None: http_proxy, https_proxy and no_proxy of the environment.
        tls: Whom to trust; None: SSL_CERT_FILE, else certifi's list, read when first needed.
        secret_of: Gives the secrets that a request's settings name; None: there are none.
    """

    def __init__(  # noqa: PLR0913 - what is not ours, and what tests put in its place
        self,
        *,
        user_agent: str,
        resolver: Resolver | None = None,
        limits: DoorLimits | None = None,
        proxies: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        secret_of: SecretOf | None = None,
    ) -> None:
        self._secret_of = secret_of or none_known
        self._user_agent = user_agent
        self._limits = limits or DoorLimits()
        self._proxies = getproxies_environment() if proxies is None else proxies
        self._names = ResolverPool(resolver or system_resolver)
        self._transport = Transport(
            names=self._names, door_limits=self._limits, proxies=self._proxies, tls=tls
        )

    @property
    def notice(self) -> str | None:
        """A sentence to tell the user once: with a proxy, addresses cannot be checked. None without."""
        if not any(self._proxies.get(scheme) for scheme in ("http", "https", "all")):
            return None
        return "a proxy is set, so pkm can refuse private addresses only where they are written out"

    def get(self, request: Request) -> Answer:
        """Ask, follow, decode; returns for every HTTP status.

        Raises:
            FetchError: The network, the server or a limit stopped us; see `failures` for the kinds.
            AddressRefused: The host, or where it sends us, is private or special.
            UnsafeLink: The URL is not http or https with a host.
            CredentialsError: A secret that its settings name is not there, or may not go there.
        """
        start = _start(request.url)
        way = self._way(request, start)
        deadline = Deadline(self._limits.total_s)
        with running(deadline):
            return self._follow(request, way, deadline)

    def close(self) -> None:
        """Close what is open; requests under way fail."""
        self._transport.close()
        self._names.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _way(self, request: Request, start: Target) -> Way:
        own = Validators(url=request.url, etag=request.etag, last_modified=request.last_modified)
        agent = request.asking.user_agent or self._user_agent
        common = {
            "User-Agent": agent,
            "Accept": request.accept,
            "Accept-Encoding": request.accept_encoding,
        }
        return way_for(
            start, request.asking, self._secret_of, common=common, known={**request.known, start.url: own}
        )

    def _follow(self, request: Request, way: Way, deadline: Deadline) -> Answer:
        start = way.start
        trail = Trail.from_start(start, most=self._limits.redirects)
        target, headers, hops = start, way.headers_to(start), list[Hop]()
        first = headers
        while True:
            allowed = may_be_private(target, start, allowed=request.allow_private)
            with explained(target.url, deadline):
                route = way.route_to(target)
                reply = self._hop(target, headers, route, allowed=allowed, deadline=deadline)
                if reply.status == _MISDIRECTED:
                    # It took our connection for somebody else's: once more on a fresh one (RFC 9110, 15.5.20).
                    route = replace(route, fresh=True)
                    reply = self._hop(target, headers, route, allowed=allowed, deadline=deadline)
            location = location_of(reply.status, reply.headers)
            if location is None or not request.redirects:
                break
            onward = next_target(trail, target, location)
            hops.append(Hop(url=_named(request, target, hops), status=reply.status, location=onward.url))
            trail, target = trail.onward(onward), onward
            headers = way.headers_to(target)
        return Answer(
            url=_named(request, target, hops),
            status=reply.status,
            headers=reply.headers,
            body=reply.body,
            hops=tuple(hops),
            sent=way.shown(first),
        )

    def _hop(
        self,
        target: Target,
        headers: Mapping[str, str],
        route: Route,
        *,
        allowed: bool,
        deadline: Deadline,
    ) -> _Reply:
        with self._transport.answer(
            target, headers, allowed=allowed, deadline=deadline, route=route
        ) as response:
            if sum(len(name) + len(value) + 4 for name, value in response.headers) > self._limits.headers:
                raise TooLarge(display_url(target.url), "the answer's headers are too large")
            received = received_headers(response.headers)
            if 200 <= response.status < 300:
                body = self._body(response, received)
            else:
                body = b""
                _drain(response)
            return _Reply(response.status, received, body)

    def _body(self, response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        decoder = Decoder(
            headers.get("content-encoding", ""),
            most=self._limits.body_decoded,
            ratio=self._limits.decode_ratio,
        )
        for piece in response.iter_stream():
            decoder.feed(piece)
        return decoder.finish()


def judge(answer: Answer, now: datetime) -> None:
    """Return if the answer is one to go on with: 200, 203, 226 or 304.

    Args:
        answer: What `Door.get` gave.
        now: Aware; for a `Retry-After` that is a date.

    Raises:
        CredentialsError: 401 or 407.
        BadRedirect: A redirect that says not where to.
        EmptyAnswer: 200 without a body.
        BotCheck: A bot check stands before the feed.
        StatusFailed: Any other status, with `status` and `retry_after_s`.
    """
    shown = display_url(answer.url)
    if answer.status == 200 and not answer.body:
        raise EmptyAnswer(
            shown,
            "the server answered with nothing",
            why="the answer is empty",
            hint=f"it may pass; to ask again: pkm pull {shown}",
            status=200,
        )
    if answer.status in FINE:
        return
    if answer.status in FOLLOWED:
        raise BadRedirect(
            shown, f"the server answered {answer.status} without saying where to", status=answer.status
        )
    if answer.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        raise BotCheck(shown)
    reason, why, hint = verdict(answer.status)
    if wants_login(answer.status):
        raise CredentialsError(
            f"{shown}: {reason}",
            why=why,
            hint="if you have a login: pkm source set SOURCE --header 'Authorization: secret:NAME'",
        )
    wait = answer.retry_after_s(now)
    raise StatusFailed(shown, reason, why=why, hint=hint, status=answer.status, retry_after_s=wait)


def _start(url: str) -> Target:
    try:
        return parse_target(url)
    except NotWeb as error:
        raise UnsafeLink(
            f"{display_url(url)}: not asked", why=str(error), hint="give an address that begins with https://"
        ) from error


def _named(request: Request, target: Target, hops: list[Hop]) -> str:
    """The URL as the caller wrote it for the first hop: it is the key that the caller knows."""
    return target.url if hops else request.url


def _drain(response: httpcore.Response) -> None:
    size = 0
    for piece in response.iter_stream():
        size += len(piece)
        if size > _DRAINED:
            return
