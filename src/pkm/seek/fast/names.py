"""Names of elements and attributes as feedparser knows them: a short prefix and a lower-case word.

A namespace that means something has one prefix whatever a document calls it; any other has the prefix that
the document declared first.
"""

from typing import Final, NamedTuple

FURTHER_NAMESPACES: Final = {
    "http://purl.org/syndication/history/1.0": "fh",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
}
"""What feedparser has no prefix for, until `seek.tame` gives it these."""

SEPARATOR: Final = "\x0c"
"""Between the parts of a name as expat gives it; XML has no such character."""

_USERLAND: Final = "backend.userland.com/rss"
_PLAIN: Final = (
    "", "http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://example.com/newformat#", "http://example.com/necho",
    "http://purl.org/echo/", "uri/of/echo/namespace#", "http://purl.org/pie/", "http://purl.org/atom/ns#",
    "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/rss091#",
)  # fmt: skip
_PREFIXED: Final = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://example.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/XML/1998/namespace": "xml",
    **FURTHER_NAMESPACES,
}
# Known to feedparser, and of no use here; their prefixes are still theirs alone.
_IDLE: Final = {
    "http://webns.net/mvcb/": "admin",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://wellformedweb.org/commentAPI/": "wfw",
    "http://purl.org/rss/1.0/modules/threading/": "thr",
    "http://www.georss.org/georss": "georss",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.opengis.net/gml": "gml",
    "http://podlove.org/simple-chapters": "psc",
    "http://backend.userland.com/creativeCommonsRssModule": "creativeCommons",
    "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html": "creativeCommons",
    "http://web.resource.org/cc/": "cc",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://www.w3.org/1999/xlink": "xlink",
}
_PREFIX_OF: Final = {
    **{uri.lower(): "" for uri in _PLAIN},
    **{uri.lower(): prefix for uri, prefix in (*_PREFIXED.items(), *_IDLE.items())},
}
_TAKEN: Final = frozenset(_PREFIX_OF.values()) - {""}


class Unfit(Exception):
    """The document is none for the fast path; it is left to feedparser, which knows every dialect."""


class AttributeName(NamedTuple):
    """Under which keys an attribute counts; feedparser reads one of a foreign namespace twice."""

    key: str
    also: str | None = None


class Names:
    """The names of one document; each is worked out once."""

    def __init__(self) -> None:
        self._declared: dict[str, str] = {}
        self._prefixes: dict[str, str] = {}
        self._elements: dict[str, str] = {}
        self._attributes: dict[str, AttributeName] = {}

    def declare(self, prefix: str | None, uri: str) -> None:
        """A namespace comes into force.

        Raises:
            Unfit: A prefix that means two things, or another thing than everywhere else.
        """
        known = _known(uri)
        if prefix is not None:
            foreign = known is not None and prefix in _TAKEN and known != prefix
            if foreign or self._declared.setdefault(prefix, uri) != uri:
                raise Unfit
        if known is None and self._prefixes.setdefault(uri, prefix or "") != (prefix or ""):
            raise Unfit
        if any(map(str.isspace, uri)):
            raise Unfit

    def element(self, name: str) -> str:
        """`title`, `dc:creator`, `xhtml:p`: what the tables of elements call it."""
        found = self._elements.get(name)
        if found is None:
            found = self._elements[name] = self._resolved(name)
        return found

    def attribute(self, name: str) -> AttributeName:
        """`href`, `xml:base`, `rdf:about`."""
        found = self._attributes.get(name)
        if found is None:
            found = self._attributes[name] = _attribute(name)
        return found

    def _resolved(self, name: str) -> str:
        uri, _, rest = name.partition(SEPARATOR)
        if not rest:
            return name.lower()
        local = rest.partition(SEPARATOR)[0]  # behind it may stand the prefix as it was written
        known = _known(uri)
        prefix = self._prefixes.get(uri, "") if known is None else known
        return f"{prefix}:{local}".lower() if prefix else local.lower()


def _known(uri: str) -> str | None:
    lower = uri.lower()
    return "" if _USERLAND in lower else _PREFIX_OF.get(lower)


def _attribute(name: str) -> AttributeName:
    parts = name.split(SEPARATOR)
    if len(parts) == 1:
        return AttributeName(name.lower())
    prefix = _PREFIX_OF.get(parts[0].lower(), "")
    key = f"{prefix}:{parts[1]}" if prefix else parts[1]
    also = f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[1]
    return AttributeName(key.lower(), also.lower() if also.lower() != key.lower() else None)
