"""A web address taken apart strictly and put together again, so that all of pkm reads it alike.

Syntax after RFC 3986. A backslash counts as a slash, tabs and line breaks as nothing, as browsers read
them (WHATWG URL, "special" schemes), since links come from pages. International names after UTS 46.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from pkm.rules.limits import URL_CHARS

_ADDRESS: Final = re.compile(
    r"(https?)://([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL
)
_AUTHORITY: Final = re.compile(r"(?:(.*)@)?(\[[0-9a-fA-F:.]+\]|[^:@\[\]]+)(?::([0-9]{0,5}))?", re.DOTALL)
_HOST: Final = re.compile(r"(?=.{1,253}\Z)[a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})*")
_IGNORED: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
_ESCAPE: Final = re.compile(r"%([0-9a-fA-F]{2})?")
# Left as they stand: unreserved, sub-delims and what sites use raw; the rest is escaped.
_UNSAFE: Final = re.compile(r"[^a-zA-Z0-9\-._~!$&'()*+,;=:@/?\[\]%]")
_UNRESERVED: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """A web address in its parts; `query` and `fragment` are None where there is no `?` or `#`."""

    scheme: str
    user: str | None
    host: str
    port: str
    path: str
    query: str | None
    fragment: str | None

    def text(self) -> str:
        """The address as one text."""
        user = "" if self.user is None else f"{self.user}@"
        port = f":{self.port}" if self.port else ""
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{user}{self.host}{port}{self.path}{query}{fragment}"


def trimmed(url: str) -> str:
    """An address without what browsers ignore; backslashes before the query as the slashes that they mean."""
    url = _IGNORED.sub("", url.strip()).strip()
    if "\\" not in url:
        return url
    at = min(found for found in (url.find("?"), url.find("#"), len(url)) if found >= 0)
    return url[:at].replace("\\", "/") + url[at:]


@lru_cache(maxsize=256)
def parsed(url: str) -> Web | None:
    """The parts of an absolute http or https address with a host; None for anything else."""
    if len(url) > 4 * URL_CHARS:
        return None
    found = _ADDRESS.fullmatch(trimmed(url))
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None:
        return None
    host, port = _host(authority[2]), (authority[3] or "").lstrip("0")
    if host is None or int(port or "1") > 65535 or (authority[3] or "1").strip("0") == "":
        return None
    scheme = found[1].lower()
    web = Web(
        scheme=scheme,
        user=None if authority[1] is None else _escaped(authority[1]).replace("/", "%2F"),
        host=host,
        port="" if port == DEFAULT_PORTS[scheme] else port,
        path=_without_dots(_escaped(found[3]) or "/"),
        query=None if found[4] is None else _escaped(found[4]),
        fragment=None if found[5] is None else _escaped(found[5]),
    )
    return web if len(web.text()) <= URL_CHARS else None


def _host(host: str) -> str | None:
    """Lower case and ASCII, without the dot at the end; None if no resolver or proxy should see it."""
    if host.startswith("["):
        try:
            return f"[{IPv6Address(host[1:-1])}]"
        except AddressValueError:
            return None
    host = host.lower() if host.isascii() else _ascii_host(host)
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else None


def _ascii_host(host: str) -> str:
    """An international name in ASCII (UTS 46); emoji names exist though IDNA 2008 forbids them. Empty: none."""
    import idna  # noqa: PLC0415 - 10 ms that nearly no address needs

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        labels = idna.uts46_remap(host, std3_rules=False).split(".")
        return ".".join(
            label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
            for label in labels
        )
    except (idna.IDNAError, UnicodeError):
        return ""


def _escaped(part: str) -> str:
    """Unreserved characters raw, unsafe ones as upper-case escapes of UTF-8, a stray `%` as `%25`."""
    if "%" in part:
        part = _ESCAPE.sub(_escape, part)
    return _UNSAFE.sub(_percent, part)


def _escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4; empty segments stay, they mean something to some servers."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
