"""Feeds made up by hypothesis: well-formed XML with the elements of feeds at home and astray."""

from xml.sax.saxutils import escape, quoteattr

from hypothesis import strategies as st

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/", "t": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd", "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/", "p": "https://podcastindex.org/namespace/1.0",
    "fh": "http://purl.org/syndication/history/1.0", "h": "http://www.w3.org/1999/xhtml", "x": "urn:x",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}  # fmt: skip
_NAMES = ["title", "link", "guid", "id", "description", "summary", "content", "author", "name", "email", "uri", "url", "updated", "published", "pubDate", "created", "category", "source", "enclosure", "comments", "image", "textInput", "contributor", "generator", "language", "ttl", "rights", "subtitle", "date", "hour", "day", "width", "info", "abstract", "body", "tagline", "issued", "modified", "keywords", "homepage", "webMaster", "managingEditor", "cloud", "p", "div", "b", "Title", "a:link", "a:id", "a:title", "a:updated", "content:encoded", "dc:title", "dc:creator", "dc:date", "dc:subject", "dc:language", "dc:description", "dc:publisher", "dc:contributor", "t:created", "t:issued", "t:modified", "itunes:author", "itunes:summary", "itunes:subtitle", "itunes:duration", "itunes:owner", "itunes:name", "itunes:email", "itunes:keywords", "itunes:category", "itunes:image", "itunes:new-feed-url", "media:content", "media:group", "media:title", "media:description", "media:thumbnail", "media:category", "media:keywords", "media:credit", "media:player", "sy:updatePeriod", "sy:updateFrequency", "p:transcript", "fh:complete", "x:thing", "x:title", "h:p", "h:div", "h:br"]  # fmt: skip
_ADDRESSES = (
    "https://a.example/1", "/two", "three?x=1&y=2", "http:////b.example/", "#part", "", "mailto:a@b.example", "javascript:x",
    "//c.example/", "http://[::1", "https://a.example/ä",
)  # fmt: skip
_TEXTS = (
    *_ADDRESSES, "Words", " more words ", "<b>bold</b> &amp; more", "AT&T", "a &copy; b", "a &nosuch; b", "Ã©tÃ©", "\x93quoted\x94", "é",
    "2026-01-02T03:04:05Z", "Thu, 01 Jan 2026 10:00:00 GMT", "12", "1:02:03", "ann@a.example (Ann)", "daily", "Sunday", "a,b", "<a href='/x'>y</a>",
)  # fmt: skip
_ATTRIBUTES = (
    ("type", ("text", "html", "xhtml", "text/plain", "text/html", "application/xml", "audio/mpeg", "HTML")),
    ("rel", ("alternate", "self", "via", "enclosure", "replies", "next", "hub", "prev-archive", "SELF")),
    ("href", _ADDRESSES), ("url", _ADDRESSES), ("term", ("one", "two")), ("label", ("Label",)), ("scheme", ("urn:s",)),
    ("isPermaLink", ("true", "false")), ("length", ("12", "abc")), ("xml:lang", ("de", "", "en_GB")), ("xml:base", ("https://b.example/x/", "/y/", "z/")),
    ("lang", ("fr",)), ("text", ("Tech",)), ("rdf:about", ("urn:1",)), ("x:type", ("odd",)), ("x:href", ("https://x.example/",)), ("title", ("T",)),
    ("duration", ("60",)), ("mode", ("escaped", "base64")),
)  # fmt: skip


def _written(name: str, attributes: dict[str, str], inside: str) -> str:
    pairs = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"


_text = st.sampled_from(_TEXTS).map(escape) | st.sampled_from(_TEXTS).map(
    lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"
)
_attributes = st.lists(
    st.sampled_from(_ATTRIBUTES).flatmap(lambda one: st.tuples(st.just(one[0]), st.sampled_from(one[1]))),
    max_size=3,
).map(dict)
_element = st.recursive(
    st.builds(_written, st.sampled_from(_NAMES), _attributes, _text | st.just("")),
    lambda inner: st.builds(
        _written, st.sampled_from(_NAMES), _attributes, st.lists(inner | _text, max_size=4).map("".join)
    ),
    max_leaves=6,
)
_elements = st.lists(_element, max_size=6).map("".join)
_leaves = st.lists(st.builds(_written, st.sampled_from(_NAMES), _attributes, _text), max_size=8).map("".join)


def _rss(head: str, items: list[str], version: str) -> str:
    inside = head + "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="{version}" {_declared()}><channel>{inside}</channel></rss>'


def _rdf(head: str, items: list[str], _version: str) -> str:
    inside = "".join(f'<item rdf:about="urn:{at}">{item}</item>' for at, item in enumerate(items))
    return (
        f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {_declared()}><channel>{head}</channel>{inside}</rdf:RDF>'
    )


def _atom(head: str, items: list[str], _version: str) -> str:
    inside = head + "".join(f"<entry>{item}</entry>" for item in items)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {_declared()}>{inside}</feed>'


def _old_atom(head: str, items: list[str], _version: str) -> str:
    inside = head + "".join(f"<entry>{item}</entry>" for item in items)
    return f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {_declared()}>{inside}</feed>'


def _declared() -> str:
    return " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def feeds() -> st.SearchStrategy[bytes]:
    """Documents of each dialect, with whatever stands in them."""
    parts = _elements | _leaves
    return (
        st.sampled_from((_rss, _rdf, _atom, _old_atom))
        .flatmap(
            lambda dialect: st.builds(
                dialect,
                parts,
                st.lists(parts, max_size=3),
                st.sampled_from(("2.0", "0.91", "0.92", "1.0", "")),
            )
        )
        .map(str.encode)
    )
