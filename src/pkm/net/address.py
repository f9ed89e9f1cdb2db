"""Which addresses and names we may connect to when nobody allowed them by name.

Pure: it decides, `transport.py` asks it about the address it is about to dial.
`ipaddress.is_global` is not enough: it calls `64:ff9b::a9fe:a9fe`,
`2002:7f00:1::` and `::127.0.0.1` global, and each of them leads home. The
special names are those of RFC 6761, RFC 6762, RFC 8375 and ICANN's `internal`.
"""

from collections.abc import Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

IPAddress = IPv4Address | IPv6Address

# Python's own answer for these has changed between versions, so we say it ourselves.
_CLOSED: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),  # carrier-grade NAT, RFC 6598
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),  # link-local; cloud metadata lives here
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("198.18.0.0/15"),
    IPv4Network("224.0.0.0/3"),  # multicast, reserved, broadcast
    IPv6Network("::/128"),
    IPv6Network("::1/128"),
    IPv6Network("100::/64"),
    IPv6Network("fc00::/7"),
    IPv6Network("fe80::/10"),
    IPv6Network("fec0::/10"),
    IPv6Network("ff00::/8"),
)

# All of the public IPv6 internet, and what a DNS64 makes of public IPv4 hosts.
_OPEN6 = (IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96"))

# Prefixes with an IPv4 address inside, and how far it is from the right end, in bits.
_WRAPPED: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),  # mapped, RFC 4291
    (IPv6Network("::/96"), 0),  # compatible, RFC 4291
    (IPv6Network("::ffff:0:0:0/96"), 0),  # translated, RFC 2765
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (IPv6Network("64:ff9b:1::/48"), 0),  # local NAT64, RFC 8215
    (IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056
)
_TEREDO = IPv6Network("2001::/32")

_SPECIAL_ENDS = ("localhost", "local", "internal", "home.arpa")


def refusal(address: str) -> str | None:
    """Why this address is not to be dialled; None if it may be.

    Args:
        address: An IPv4 or IPv6 address as text, as a resolver gave it.
    """
    if "%" in address:
        return "it is bound to one network card"
    try:
        parsed = ip_address(address)
    except ValueError:
        return "it is no address"
    if any(_closed(form) for form in _forms(parsed)):
        return "it is a private or special address"
    return None


def special_name(host: str) -> bool:
    """Whether this name means something of this computer or its network.

    Args:
        host: ASCII, no port; an address in brackets or not is no name.
    """
    name = host.rstrip(".").lower()
    if literal(name) is not None:
        return False
    return "." not in name or any(name == end or name.endswith("." + end) for end in _SPECIAL_ENDS)


def is_loopback(host: str) -> bool:
    """Whether this host, as written, is this computer: `localhost`, `127.…`, `::1`."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = literal(name)
    return address is not None and address.is_loopback


def literal(host: str) -> IPAddress | None:
    """The address that this host is, or None if it is a name; brackets are taken off."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def _closed(address: IPAddress) -> bool:
    if any(address in network for network in _CLOSED if network.version == address.version):
        return True
    if isinstance(address, IPv6Address) and not any(address in network for network in _OPEN6):
        return True
    return not address.is_global


def _forms(address: IPAddress) -> Iterator[IPAddress]:
    """The address, and the IPv4 addresses that it wraps."""
    yield address
    if isinstance(address, IPv4Address):
        return
    number = int(address)
    for network, shift in _WRAPPED:
        if address in network:
            yield IPv4Address(number >> shift & 0xFFFF_FFFF)
    if address in _TEREDO:
        yield IPv4Address(number >> 64 & 0xFFFF_FFFF)  # the server
        yield IPv4Address(~number & 0xFFFF_FFFF)  # the client, written inverted
