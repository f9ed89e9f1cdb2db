"""How a source is to be asked, between the user's words, the files and the noun. Pure.

In a header's value and before the `@` of a proxy `secret:NAME` stands for a secret that is kept apart, so
that nothing that is written down here is one. What `attributes` writes, `from_attributes` reads back.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Final
from urllib.parse import unquote, urlsplit

from pkm.errors import UsageError
from pkm.model.source import Asking
from pkm.rules import limits

NEVER_SET: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "if-modified-since",
        "if-none-match",
        "proxy-authorization",
        "referer",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers, lower case, that a user cannot set: they frame the message, or tell on the user."""

DIRECT: Final = "direct"
HEADERS_MOST: Final = 16
VALUE_CHARS: Final = 2_000
SECRET_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")

_REFERENCE = re.compile(rf"\bsecret:({SECRET_NAME.pattern})")
_HEADER_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?")
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,30}) +(\S.*)")
# All others may hold a secret, and nobody can tell from the outside.
_HARMLESS = frozenset(
    {"accept", "accept-language", "accept-charset", "dnt", "sec-gpc", "from", "save-data", "user-agent"}
)
_PREFIX = "header-"
_SPAN = re.compile(r"(\d{1,6}) ?(m|min|h|d|w)")
_UNITS_S: Final = {"m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


# Secrets.


def secrets_in(text: str) -> tuple[str, ...]:
    """Names of the secrets that a text refers to, each once."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text)))


def secrets_of(asking: Asking) -> tuple[str, ...]:
    """Names of all secrets that a source needs."""
    texts = [*(value for _, value in asking.headers), asking.proxy or ""]
    return tuple(dict.fromkeys(name for text in texts for name in secrets_in(text)))


def has_login(asking: Asking) -> bool:
    """Whether it shows the server who the user is: what comes back may be meant for them alone."""
    return any(secrets_in(value) for _, value in asking.headers)


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """The text with every secret in its place."""
    return _REFERENCE.sub(lambda found: value_of(found[1]), text)


def with_plain_secret(name: str, value: str, secret: str) -> tuple[str, str | None]:
    """A header's value as it may be written down, and what of it is to be kept apart.

    Args:
        name: Of the header.
        value: As typed.
        secret: The name under which what is secret would be kept.

    Returns:
        The value with a reference in it, and the secret; the value as it was and None where it holds none.
    """
    if secrets_in(value) or name.lower() in _HARMLESS:
        return value, None
    scheme = _SCHEME.fullmatch(value) if name.lower() == "authorization" else None
    if scheme is not None:
        return f"{scheme[1]} secret:{secret}", scheme[2]
    return f"secret:{secret}", value


# Words of the user.


def header(line: str) -> tuple[str, str]:
    """A header as typed, `Name: value`; an empty value takes it off.

    Raises:
        UsageError: It is none, or is not the user's to set; a value is never repeated in the message.
    """
    name, colon, value = line.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _HEADER_NAME.fullmatch(name):
        raise UsageError(
            "--header needs a name, a colon and a value", hint="for example: --header 'Accept-Language: de'"
        )
    if name.lower() in NEVER_SET:
        raise UsageError(
            f"the header {name} cannot be set",
            why="pkm sets it itself, or never sends it",
            hint="leave it out; for a login: --header 'Authorization: secret:NAME'",
        )
    if value and not _is_value(value):
        raise UsageError(
            f"the value of {name} cannot be sent",
            why="it is not plain printable ASCII, or too long",
            hint="put what is secret into a secret: pkm config secret set NAME",
        )
    return _title(name), value


def with_header(asked: Iterable[tuple[str, str]], name: str, value: str) -> tuple[tuple[str, str], ...]:
    """Headers with one set, or taken off where the value is empty; sorted by name."""
    rest = {one.lower(): (one, told) for one, told in asked}
    rest.pop(name.lower(), None)
    if value:
        rest[name.lower()] = (_title(name), value)
    if len(rest) > HEADERS_MOST:
        raise UsageError(f"a source can have {HEADERS_MOST} headers", hint="take one off: --header 'Name:'")
    return tuple(rest[key] for key in sorted(rest))


def proxy(text: str) -> str:
    """A proxy as typed, `http://host:port` or `direct`; a login in it is still in it.

    Raises:
        UsageError: It is none; a login in it is never repeated in the message.
    """
    said = text.strip()
    if said.lower() == DIRECT:
        return DIRECT
    whole = said if "://" in said else f"http://{said}"
    if _is_proxy(whole):
        return whole
    raise UsageError(
        "--proxy needs the address of an http or https proxy",
        hint="for example: --proxy http://proxy.example:8080, or direct, or none",
    )


def proxy_login(url: str) -> tuple[str, str]:
    """A proxy's URL without its login, and the login `user:password`; empty if it has none."""
    if url == DIRECT:
        return url, ""
    scheme, _, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}://{place}", login if at else ""


def split_login(url: str) -> tuple[str, str]:
    """An address without its user info, and that as `user:password`; empty if it has none."""
    scheme, colon, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    login, at, place = authority.rpartition("@")
    if not at:
        return url, ""
    user, _, password = login.partition(":")
    return f"{scheme}{colon}{place}{slash}{path}", f"{unquote(user)}:{unquote(password)}"


def agent(text: str) -> str:
    """A product name for the `User-Agent` header.

    Raises:
        UsageError: It cannot be sent.
    """
    said = " ".join(text.split())
    if not _is_value(said) or secrets_in(said):
        raise UsageError("--user-agent needs a plain name", hint="for example: --user-agent 'Mozilla/5.0'")
    return said


def interval(text: str) -> int:
    """Seconds of `90min`, `6h`, `2d`, `1w`.

    Raises:
        UsageError: It is no such span, or under the least or over the most that is allowed.
    """
    span = _SPAN.fullmatch(text.strip().lower())
    if span is None:
        raise UsageError(
            f"--interval cannot be {text!r}", hint="give minutes, hours, days or weeks: 90min, 6h, 2d, 1w"
        )
    seconds = int(span[1]) * _UNITS_S[span[2]]
    if not limits.FLOOR_S <= seconds <= limits.INTERVAL_MOST_S:
        raise UsageError(
            f"--interval cannot be {text!r}",
            why="a server is asked once an hour at most, and once in 30 days at least",
            hint="for now and once: pkm pull SOURCE",
        )
    return seconds


def interval_words(seconds: int) -> str:
    """The span in the largest unit that is whole: `6h`."""
    for unit in ("w", "d", "h", "min"):
        if seconds % _UNITS_S[unit] == 0:
            return f"{seconds // _UNITS_S[unit]}{unit}"
    return f"{seconds // 60}min"


# Attributes: what `sources.opml` and the store write.


def attributes(asking: Asking) -> dict[str, str]:
    """What is set, by name; empty if nothing is."""
    told = {f"{_PREFIX}{name.lower()}": value for name, value in asking.headers}
    told |= {
        "proxy": asking.proxy or "",
        "user-agent": asking.user_agent or "",
        "ca": asking.ca_file or "",
        "insecure": "true" if asking.insecure else "",
        "ipv4": "true" if asking.ipv4 else "",
    }
    return {name: value for name, value in told.items() if value}


def from_attributes(told: Mapping[str, str]) -> Asking:
    """What such attributes say; whatever could not have been written by `attributes` is passed over."""
    headers: tuple[tuple[str, str], ...] = ()
    for key in sorted(told):
        name = key.removeprefix(_PREFIX)
        if name != key and is_header(name, told[key]) and len(headers) < HEADERS_MOST:
            headers = with_header(headers, name, told[key])
    said_proxy, said_agent, file = (told.get(key, "") for key in ("proxy", "user-agent", "ca"))
    return Asking(
        headers=headers,
        proxy=said_proxy if said_proxy == DIRECT or _is_proxy(said_proxy) else None,
        user_agent=said_agent if _is_value(said_agent) else None,
        ca_file=file if _is_file(file) else None,
        insecure=told.get("insecure") == "true",
        ipv4=told.get("ipv4") == "true",
    )


def is_header(name: str, value: str) -> bool:
    """Whether a source may be asked with this header."""
    return bool(_HEADER_NAME.fullmatch(name)) and name.lower() not in NEVER_SET and _is_value(value)


def _is_file(path: str) -> bool:
    return len(path) <= VALUE_CHARS and path.isprintable() and PurePath(path).is_absolute()


def _is_value(value: str) -> bool:
    return len(value) <= VALUE_CHARS and bool(_PRINTABLE.fullmatch(value))


def _is_proxy(url: str) -> bool:
    if not _is_value(url):
        return False
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    whole = parts.path in {"", "/"} and not parts.query and not parts.fragment and " " not in url
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and whole and port_is_fine


def _title(name: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in name.split("-"))
