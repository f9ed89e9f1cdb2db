"""Whether an address looks like that of a feed; a guess, to be made sure of by asking."""

import re
from typing import Final
from urllib.parse import urlsplit

_PATH: Final = re.compile(
    r"(?:^|/)(?:feeds?|rss2?|atom|rdf)/?$|\.(?:rss|atom|rdf)$"
    r"|(?:^|/)(?:[\w-]*(?:feed|rss|atom)[\w-]*|index)\.(?:xml|json|php)$",
    re.IGNORECASE,
)
_QUERY: Final = re.compile(r"(?:^|&)(?:feed|format|type|alt)=(?:rss2?|atom|feed|rdf)(?:&|$)", re.IGNORECASE)


def is_feedlike(url: str) -> bool:
    """Whether path or query of an absolute web address are such as feeds have."""
    parts = urlsplit(url)
    return bool(_PATH.search(parts.path) or _QUERY.search(parts.query))
