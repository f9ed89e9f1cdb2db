"""Making a connection, by our own rule about addresses, on the running thread's time.

The address is checked where it is dialled, with the very answer of the one
look-up that is made, so that a name cannot change its mind in between.
"""

import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress

import httpcore

from pkm.errors import AddressRefused
from pkm.net.address import literal, refusal, special_name
from pkm.net.deadline import current
from pkm.net.resolve import ResolverPool

_NEXT_ADDRESS_S = 3.0  # a dead IPv6 route must not eat the time of the IPv4 one
_ADDRESSES = 6

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class Wires:
    """The connections that are open, so that another thread can end them; thread-safe.

    Closing a socket wakes nobody who waits for bytes from it: it has to be shut down.
    """

    def __init__(self) -> None:
        self._open: set[object] = set()
        self._lock = threading.Lock()
        self._cut = False

    def add(self, wire: object) -> None:
        """Take note of a connection.

        Raises:
            httpcore.ConnectError: All were cut already.
        """
        if isinstance(wire, socket.socket):
            with self._lock:
                self._open.add(wire)
                cut = self._cut
            if cut:
                _shut(wire)
                raise httpcore.ConnectError("the door was closed")

    def forget(self, wire: object) -> None:
        """A connection was closed."""
        with self._lock:
            self._open.discard(wire)

    def cut(self) -> None:
        """End all connections, and those that are still to be made: whoever reads gets the end at once."""
        with self._lock:
            self._cut = True
            wires = [wire for wire in self._open if isinstance(wire, socket.socket)]
        for wire in wires:
            _shut(wire)


def _shut(wire: socket.socket) -> None:
    with suppress(OSError):  # the other end was quicker
        wire.shutdown(socket.SHUT_RDWR)


class MeteredStream(httpcore.NetworkStream):
    """A connection whose reads and writes obey the running thread's deadline."""

    def __init__(self, inner: httpcore.NetworkStream, wires: Wires) -> None:
        self._inner = inner
        self._wires = wires
        self._wire = inner.get_extra_info("socket")
        wires.add(self._wire)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = current()
        received = self._inner.read(max_bytes, deadline.left(timeout))
        deadline.count(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, current().left(timeout))

    def close(self) -> None:
        self._wires.forget(self._wire)
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = current().left(timeout)
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, left)
            self._wires.forget(self._wire)
            return MeteredStream(inner, self._wires)
        except ValueError as error:  # a name that OpenSSL or IDNA cannot take
            raise httpcore.ConnectError(str(error)) from error

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class Dialler(httpcore.NetworkBackend):
    """Makes connections; refuses addresses that are not public.

    Args:
        names: Looks names up.
        wires: Takes note of what is open.
        allowed: The user named this host: any address is right.
        ipv4: Addresses of IPv6 are passed over.
    """

    def __init__(self, names: ResolverPool, wires: Wires, *, allowed: bool, ipv4: bool = False) -> None:
        self._names = names
        self._wires = wires
        self._allowed = allowed
        self._ipv4 = ipv4
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        current().dialled = True
        if not self._allowed:
            check_name(host)
        addresses = self._addresses(host, port, timeout)
        for address in addresses[:-1]:
            left = current().left(_NEXT_ADDRESS_S if timeout is None else min(timeout, _NEXT_ADDRESS_S))
            try:
                return self._dial(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._dial(addresses[-1], port, current().left(timeout), local_address, socket_options)

    def _dial(
        self,
        address: str,
        port: int,
        timeout_s: float,
        local_address: str | None,
        socket_options: Iterable[SocketOption] | None,
    ) -> MeteredStream:
        inner = self._inner.connect_tcp(address, port, timeout_s, local_address, socket_options)
        return MeteredStream(inner, self._wires)

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        if literal(host) is not None:
            found = [host]
        else:
            try:
                answer = self._names.resolve(host, port, timeout_s=current().left(timeout))
            except TimeoutError as error:
                raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from error
            found = _in_turn(row for row in answer if not self._ipv4 or row[0] == socket.AF_INET)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        if not self._allowed:
            # One closed address among open ones is how a name is made to rebind: all must be open.
            for address in found:
                check_address(host, address)
        return found[:_ADDRESSES]


class ProxyDialler(Dialler):
    """Makes connections to a proxy, which may stand anywhere; that one fails is not the source's fault."""

    def __init__(self, names: ResolverPool, wires: Wires, *, ipv4: bool = False) -> None:
        super().__init__(names, wires, allowed=True, ipv4=ipv4)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            return super().connect_tcp(host, port, timeout, local_address, socket_options)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, socket.gaierror) as error:
            raise httpcore.ProxyError("not reached", error) from error  # the pool takes the cause away


def check_name(host: str) -> None:
    """Refuse names that mean this computer or its network.

    Raises:
        AddressRefused: It is such a name.
    """
    if special_name(host):
        raise AddressRefused(
            f"{host}: not asked",
            why="that name belongs to this computer or its network",
            hint="if you mean it: `pkm follow URL --allow-private`",
        )


def check_address(host: str, address: str) -> None:
    """Refuse addresses that are not public.

    Raises:
        AddressRefused: It is such an address.
    """
    reason = refusal(address)
    if reason is not None:
        raise AddressRefused(
            f"{host}: not asked", why=reason, hint="if you mean it: `pkm follow URL --allow-private`"
        )


def _in_turn(found: Iterable[tuple[socket.AddressFamily, str]]) -> list[str]:
    """The addresses, the two families taking turns, the resolver's first one first."""
    rows = list(dict.fromkeys(found))
    if not rows:
        return []
    first = [address for family, address in rows if family == rows[0][0]]
    other = [address for family, address in rows if family != rows[0][0]]
    mixed: list[str] = []
    for place in range(max(len(first), len(other))):
        mixed += first[place : place + 1] + other[place : place + 1]
    return mixed
