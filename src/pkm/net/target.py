"""A URL taken apart into what goes on the wire: one reading of it, for the check and for the dial."""

import re
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from pkm.net.address import literal
from pkm.rules import limits

_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Everything that may stand in a request target stays byte for byte, `%` too.
_KEEP = "%/:=&?~#+!$,;'@()*[]|\\^`{}"


class NotWeb(ValueError):
    """No http or https URL that names a host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where one request goes.

    Attributes:
        scheme: `http` or `https`.
        host: ASCII, lower case, no brackets, no dot at the end.
        port: 1 to 65535.
        path: Path and query, percent-encoded.
        login: `user:password` from the URL, None if it has none. A secret.
    """

    scheme: str
    host: str
    port: int
    path: str
    login: bytes | None = field(default=None, repr=False)

    @property
    def given_port(self) -> int | None:
        """The port, None if it is the scheme's own."""
        return None if self.port == _PORTS[self.scheme] else self.port

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.given_port is None else f"{host}:{self.given_port}"

    @property
    def origin(self) -> str:
        """Scheme and authority: who a secret may go to."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole, without the login and without a fragment."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def basic(self) -> str | None:
        """The `Authorization` header's value for the URL's own login (RFC 7617). A secret."""
        return None if self.login is None else "Basic " + b64encode(self.login).decode("ascii")

    def same_site(self, other: "Target") -> bool:
        """Whether both are the same server: same host, and same port or http's and https's own."""
        own = self.given_port is None and other.given_port is None
        return self.host == other.host and (own or self.port == other.port)


def parse_target(url: str) -> Target:
    """Read a URL.

    Raises:
        NotWeb: It is not http or https, or names no host, or is over 4,096 characters.
    """
    if len(url) > limits.URL_CHARS:
        raise NotWeb("the address is too long")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise NotWeb("the address is not well formed") from error
    if parts.scheme not in _PORTS:
        raise NotWeb("it is not http or https")
    if port == 0 or "\\" in parts.netloc:  # browsers read a backslash as a slash: no two readings here
        raise NotWeb("the address is not well formed")
    return Target(
        scheme=parts.scheme,
        host=_ascii_host(parts),
        port=port or _PORTS[parts.scheme],
        path=_path(parts),
        login=_login(parts),
    )


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    # A lone surrogate is no character; it goes as the replacement that a reader would see.
    return quote((parts.path or "/") + query, safe=_KEEP, errors="replace")


def _login(parts: SplitResult) -> bytes | None:
    if parts.username is None and parts.password is None:
        return None
    user, password = parts.username or "", parts.password or ""
    return (
        unquote_to_bytes(user.encode("utf-8", "replace"))
        + b":"
        + unquote_to_bytes(password.encode("utf-8", "replace"))
    )


def _ascii_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    address = literal(host)
    if address is not None and "%" not in host:
        return str(address)
    name = host if host.isascii() else _to_ascii(host)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotWeb("it names no host")
    return name


def _to_ascii(host: str) -> str:
    """IDNA 2008 with the mapping of UTS 46; what that refuses (emoji) as plain punycode."""
    import idna  # noqa: PLC0415 - its tables are large, and nearly all hosts are ASCII

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        folded = unicodedata.normalize("NFKC", host.casefold())
        return ".".join(map(_punycode, folded.split(".")))


def _punycode(label: str) -> str:
    try:
        return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError as error:
        raise NotWeb("it names no host") from error
