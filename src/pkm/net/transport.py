"""One hop on the wire: httpcore's pools over our own way of dialling.

A connection that was made by leave is never lent to a request without it: each
sort has a pool of its own.
"""

import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpcore

from pkm.net.address import is_loopback, literal
from pkm.net.deadline import Deadline
from pkm.net.dial import Dialler, ProxyDialler, Wires, check_address, check_name
from pkm.net.resolve import ResolverPool
from pkm.net.target import NotWeb, Target, parse_target
from pkm.net.trust import Trust
from pkm.rules import limits

_KEPT = 16
_KEPT_S = 5.0
_CONNECTIONS = 2 * limits.HOSTS_AT_ONCE
_STALE_RETRIES = 3
_HEAD_WIRE = 4 * limits.RESPONSE_HEADERS  # 1xx answers before the real one count too

# httpcore writes whole requests, secrets and all, into its debug log.
logging.getLogger("httpcore").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorLimits:
    """Limits of one request; seconds and bytes.

    Attributes:
        connect_s: From the look-up of the name to the end of the TLS handshake, for each step.
        read_s: Longest silence of the server.
        total_s: Everything, redirects too.
        redirects: Redirects followed.
        body_wire: Bytes of one answer on the wire, head and framing included.
        body_decoded: Bytes of a body after decoding.
        decode_ratio: Decoded bytes for each byte of the wire, past 1 MB.
        headers: Bytes of an answer's header fields.
    """

    connect_s: float = limits.CONNECT_S
    read_s: float = limits.READ_S
    total_s: float = limits.TOTAL_S
    redirects: int = limits.REDIRECTS
    body_wire: int = limits.BODY_WIRE
    body_decoded: int = limits.BODY_DECODED
    decode_ratio: int = limits.DECODE_RATIO
    headers: int = limits.RESPONSE_HEADERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """By which way a hop goes, where that differs from all others.

    Attributes:
        proxy: URL of a proxy, with its login; "" for none; None: that of the environment.
        ca_file: PEM file with authorities that are trusted as well.
        insecure: The server's certificate is not looked at.
        ipv4: Addresses of IPv6 are not tried.
        fresh: On a connection of its own, that was never used and is not kept.
    """

    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    insecure: bool = False
    ipv4: bool = False
    fresh: bool = False


DIRECT_WAY = Route()


class Transport:
    """The pools; thread-safe. One answer at a time for each thread.

    Args:
        names: Looks names up.
        door_limits: Limits of a request.
        proxies: Scheme to proxy URL, as `urllib.request.getproxies_environment` gives them; `no` is no_proxy.
        tls: Whom to trust; None: SSL_CERT_FILE and SSL_CERT_DIR, else certifi's list.
    """

    def __init__(
        self,
        *,
        names: ResolverPool,
        door_limits: DoorLimits,
        proxies: Mapping[str, str],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._names = names
        self._limits = door_limits
        self._proxies = proxies
        self._trust = Trust(tls)
        self._wires = Wires()
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str, bool, Route], httpcore.ConnectionPool] = {}

    @contextmanager
    def answer(
        self,
        target: Target,
        headers: Mapping[str, str],
        *,
        allowed: bool,
        deadline: Deadline,
        route: Route = DIRECT_WAY,
    ) -> Iterator[httpcore.Response]:
        """Send one GET; the answer's head is here, its body still on the wire.

        Args:
            target: Whom to ask.
            headers: All that are sent.
            allowed: Private addresses are right for it.
            deadline: The request's own.
            route: By which way.

        Raises:
            AddressRefused: The host is private or special, and not allowed.
            UntrustedFile: The route's file of authorities cannot be read.
            OSError, OutOfTime, OutOfBytes, httpcore's errors: see `failures.explained`.
        """
        with ExitStack() as closing:
            pool = self._pool(target, route, allowed=allowed)
            if route.fresh:
                closing.enter_context(pool)
            response = self._send(pool, target, headers, deadline)
            closing.callback(response.close)
            deadline.allow(self._limits.body_wire)
            yield response

    def close(self) -> None:
        """Close every connection; requests under way fail at once."""
        self._wires.cut()
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            pool.close()

    def _send(
        self, pool: httpcore.ConnectionPool, target: Target, headers: Mapping[str, str], deadline: Deadline
    ) -> httpcore.Response:
        request = self._request(target, headers, deadline)
        for _ in range(_STALE_RETRIES):
            deadline.begin_hop(_HEAD_WIRE)
            try:
                return pool.handle_request(request)
            except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                # A kept connection that the server closed meanwhile says nothing about the server.
                if deadline.dialled or deadline.received:
                    raise
        deadline.begin_hop(_HEAD_WIRE)
        return pool.handle_request(request)

    def _request(self, target: Target, headers: Mapping[str, str], deadline: Deadline) -> httpcore.Request:
        timeouts = {
            "connect": self._limits.connect_s,
            "read": self._limits.read_s,
            "write": self._limits.read_s,
            "pool": deadline.left(),
        }
        return httpcore.Request(
            "GET",
            httpcore.URL(
                scheme=target.scheme.encode("ascii"),
                host=target.host.encode("ascii"),
                port=target.given_port,  # a proxy is shown the port only if it is not the scheme's own
                target=target.path.encode("ascii"),
            ),
            headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()],
            extensions={"timeout": timeouts},
        )

    def _pool(self, target: Target, route: Route, *, allowed: bool) -> httpcore.ConnectionPool:
        proxy = self.proxy_for(target) if route.proxy is None else route.proxy
        if proxy and not allowed:
            # The proxy looks the name up, so only what is written can be judged.
            check_name(target.host)
            if literal(target.host) is not None:
                check_address(target.host, target.host)
        key = (proxy, target.scheme, allowed, route)
        https = target.scheme == "https"
        if route.fresh:
            return self._new_pool(proxy, route, https=https, allowed=allowed)
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._new_pool(proxy, route, https=https, allowed=allowed)
            return self._pools[key]

    def proxy_for(self, target: Target) -> str:
        """The environment's proxy for this target, "" if it is asked directly; this computer always is."""
        proxy = self._proxies.get(target.scheme) or self._proxies.get("all") or ""
        if not proxy or is_loopback(target.host):
            return ""
        bypass = _bypassed(target, self._proxies.get("no", ""))
        return "" if bypass else proxy

    def _new_pool(self, proxy: str, route: Route, *, https: bool, allowed: bool) -> httpcore.ConnectionPool:
        tls = self._trust.context(route.ca_file, insecure=route.insecure) if https else None
        if proxy:
            to_proxy = self._trust.context(route.ca_file) if proxy.startswith("https:") else None
            dialler = ProxyDialler(self._names, self._wires, ipv4=route.ipv4)
            return _proxy_pool(proxy, tls, to_proxy, dialler)
        return httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT,
            keepalive_expiry=_KEPT_S,
            network_backend=Dialler(self._names, self._wires, allowed=allowed, ipv4=route.ipv4),
        )


def _bypassed(target: Target, no_proxy: str) -> bool:
    """Whether no_proxy names this host: `*`, a host, or the end of one, with or without a port."""
    entries = {part.strip().lower().lstrip(".") for part in no_proxy.split(",")} - {""}
    ends = tuple(f".{entry}" for entry in entries)
    return "*" in entries or any(f".{name}".endswith(ends) for name in (target.host, target.authority))


def _proxy_pool(
    proxy: str, tls: ssl.SSLContext | None, to_proxy: ssl.SSLContext | None, dialler: Dialler
) -> httpcore.HTTPProxy:
    try:
        place = parse_target(proxy if "://" in proxy else f"http://{proxy}")
    except NotWeb as error:
        raise httpcore.ProxyError("only http and https proxies are known") from error
    user, _, password = (place.login or b"").partition(b":")
    return httpcore.HTTPProxy(
        proxy_url=place.url,
        proxy_auth=None if place.login is None else (user, password),
        ssl_context=tls,
        proxy_ssl_context=to_proxy,
        max_connections=_CONNECTIONS,
        max_keepalive_connections=_KEPT,
        keepalive_expiry=_KEPT_S,
        network_backend=dialler,
    )
