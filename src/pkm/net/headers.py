"""What we send with a request, and how we read what comes back. Pure.

Never sent: cookies, `Referer`, cache busters, a browser's name.
"""

import hashlib
import re
from collections.abc import Iterable

from pkm.net.freshness import http_date
from pkm.rules import limits

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
ANY_ACCEPT = "*/*"
ACCEPT_ENCODING = "gzip, deflate"  # what decode.py can undo
UNPACKED = "identity"

_FIRST_YEAR = 1970  # and before: seconds that were never set
_LAST_YEAR = 2038  # and later: 32 bits of seconds that ran over
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


def mark(value: str | None) -> str | None:
    """A short mark by which the log can tell whether two validators are the same; None for none."""
    return None if value is None else hashlib.sha256(value.encode()).hexdigest()[:12]


def believable_date(value: str | None) -> bool:
    """Whether a `Last-Modified` is worth sending back: 1970 and 2038 are a clock's ends and no dates.

    What cannot be read as a date is sent all the same: servers that compare text know their own.
    """
    moment = http_date(value or "")
    return moment is None or _FIRST_YEAR < moment.year < _LAST_YEAR


def validator_headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Both validators byte for byte; `A-IM` only beside an ETag (RFC 3229)."""
    sent: dict[str, str] = {}
    if (tag := usable_validator(etag)) is not None:
        sent |= {"If-None-Match": tag, "A-IM": "feed"}
    if (date := usable_validator(last_modified)) is not None and believable_date(date):
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
