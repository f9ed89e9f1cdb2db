"""What an HTTP status means for a source, and what to type about it. Pure.

Status codes after RFC 9110, section 15: what may pass, what is missing, what is
blocked, what wants us slower.
"""

from typing import NamedTuple

FINE = frozenset({200, 203, 226, 304})
"""Statuses after which the caller goes on: new, new by a proxy, a delta, unchanged."""

_WANTS_LOGIN = frozenset({401, 407})
_LATER = "it may pass: `pkm pull` tries again later"
_OTHER_URL = "look at the site for a new address, then `pkm source set SOURCE --url URL`"


class Verdict(NamedTuple):
    """A failure in words: what the server did, why we think so, what to type."""

    reason: str
    why: str
    hint: str


def wants_login(status: int) -> bool:
    """Whether the server asks who we are."""
    return status in _WANTS_LOGIN


def verdict(status: int) -> Verdict:
    """What to say about a status that is not in `FINE`.

    Args:
        status: Any HTTP status code, known or not.
    """
    if status in _KNOWN:
        return _KNOWN[status]
    if status >= 500:
        return Verdict(f"the server answered {status}", "it is in trouble itself", _LATER)
    if status >= 400:
        return Verdict(f"the server answered {status}", "it does not give us this address", _OTHER_URL)
    return Verdict(f"the server answered {status}", "that is no answer to what we asked", _OTHER_URL)


_BLOCKED_HINT = (
    "ask the site to let feed readers in; to give another name: pkm source set SOURCE --user-agent TEXT"
)
_KNOWN = {
    400: Verdict("the server answered 400 Bad Request", "it does not understand the address", _OTHER_URL),
    405: Verdict("the server answered 405", "it wants this address asked in another way", _OTHER_URL),
    408: Verdict("the server answered 408 Request Timeout", "it was tired of waiting", _LATER),
    206: Verdict("the server answered 206, a part only", "we asked for the whole", _LATER),
    300: Verdict(
        "the server answered 300 and leaves the choice to us", "there are several addresses", _OTHER_URL
    ),
    401: Verdict("the server answered 401 Unauthorized", "it wants a login, or refused ours", ""),
    402: Verdict("the server answered 402 Payment Required", "it wants to be paid", _BLOCKED_HINT),
    403: Verdict("the server answered 403 Forbidden", "it keeps us out", _BLOCKED_HINT),
    404: Verdict("the server answered 404 Not Found", "nothing is at that address now", _OTHER_URL),
    406: Verdict("the server answered 406 Not Acceptable", "it has no feed that we can read", _OTHER_URL),
    407: Verdict("the proxy answered 407", "it wants a login", ""),
    421: Verdict("the server answered 421", "it holds itself for the wrong one, asked twice", _OTHER_URL),
    425: Verdict("the server answered 425 Too Early", "it wants to be asked once more", _LATER),
    410: Verdict(
        "the server answered 410 Gone", "the site took it down for good", "`pkm source remove SOURCE`"
    ),
    429: Verdict("the server answered 429 Too Many Requests", "it wants us slower", _LATER),
    451: Verdict("the server answered 451", "the law keeps it back", _BLOCKED_HINT),
    503: Verdict("the server answered 503 Service Unavailable", "it is busy or closed for now", _LATER),
}
