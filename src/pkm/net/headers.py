"""What we send with a request, and how we read what comes back. Pure.

Never sent: cookies, `Referer`, cache busters, a browser's name.
"""

import re
from collections.abc import Iterable

from pkm.rules import limits

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
ACCEPT_ENCODING = "gzip, deflate"  # what decode.py can undo

_PRINTABLE = re.compile(r"[\x20-\x7e]+")
# A second one is the server's slip; joining them would make a third value that nobody sent.
_FIRST_COUNTS = frozenset(
    {"age", "content-type", "date", "etag", "expires", "last-modified", "location", "retry-after"}
)


def usable_validator(value: str | None) -> str | None:
    """The validator if it may be kept and sent back: printable ASCII, at most 1,024 characters."""
    if value is None or len(value) > limits.VALIDATOR_CHARS or not _PRINTABLE.fullmatch(value):
        return None
    return value


def validator_headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Both validators byte for byte; `A-IM` only beside an ETag (RFC 3229)."""
    sent: dict[str, str] = {}
    if (tag := usable_validator(etag)) is not None:
        sent |= {"If-None-Match": tag, "A-IM": "feed"}
    if (date := usable_validator(last_modified)) is not None:
        sent["If-Modified-Since"] = date
    return sent


def received_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields with lower-case names; repeated ones joined by a comma (RFC 9110, 5.3)."""
    merged: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name not in merged:
            merged[name] = value
        elif name not in _FIRST_COUNTS:
            merged[name] += ", " + value
    return merged
