"""The table of elements: what each does to the state of the fast path."""

from typing import Any, Final

from pkm.seek.fast import frame, links, people, subjects, texts
from pkm.seek.fast.names import Unfit
from pkm.seek.fast.state import Attributes, End, Start, State


def _nothing(_state: State) -> None:
    """It ends, and that is all."""


def _silent(state: State, _attributes: Attributes) -> None:
    """Its text is its own, and not that of what surrounds it."""
    state.push("", expects=False)


def _end_silent(state: State) -> None:
    state.pop("")


def _begins(_state: State, _attributes: Attributes) -> None:
    """It begins, and that is all: what it holds belongs to what surrounds it."""


def _picture(state: State, attributes: Attributes) -> None:
    href = attributes.get("href") or attributes.get("url")
    if href:
        state.context()["image"] = {"href": href}
    _silent(state, attributes)


def _refused(*_state: Any) -> None:
    raise Unfit


_NAME, _EMAIL, _WEB = (
    people.person_part("name"),
    people.person_part("email"),
    (people.person_address, people.end_person_address),
)
_SUMMARY, _ENTRY, _CATEGORY = (
    (texts.summary, texts.end_summary),
    (frame.item, frame.end_item),
    (subjects.category, subjects.end_category),
)
_DESCRIPTION = (texts.description, texts.end_description)
_UPDATED, _PUBLISHED, _CREATED = texts.leaf("updated"), texts.leaf("published"), texts.leaf("created")
_PERSON, _SILENT = (people.author, people.end_author), (_silent, _end_silent)
_THROUGH: Final = (_begins, _nothing)

BOTH: Final[dict[str, tuple[Start, End]]] = {
    "rss": (frame.rss, _nothing),
    "rdf:rdf": _THROUGH,
    "feed": (frame.feed, frame.end_feed), "channel": (frame.channel, frame.end_feed), "item": _ENTRY, "entry": _ENTRY,
    "image": (frame.image, frame.end_image), "textinput": (frame.text_input, frame.end_text_input), "source": (frame.source, frame.end_source),
    "author": _PERSON, "managingeditor": _PERSON, "itunes:author": _PERSON, "dc:author": _PERSON, "dc:creator": _PERSON,
    "itunes:owner": (people.owner, people.end_owner), "name": _NAME, "itunes:name": _NAME, "email": _EMAIL, "itunes:email": _EMAIL,
    "url": _WEB, "homepage": _WEB, "uri": _WEB, "contributor": _SILENT, "dc:contributor": _NAME,
    "width": _SILENT, "height": _SILENT,
    "webmaster": _SILENT, "dc:publisher": _SILENT, "expirationdate": _SILENT,
    "generator": _SILENT, "media:credit": _SILENT, "media:rating": _SILENT,
    "media:license": _SILENT, "media:restriction": _SILENT, "media:player": _SILENT,
    "media:thumbnail": _SILENT, "itunes:image": (_picture, _end_silent), "itunes:link": (_picture, _end_silent),
    "dcterms:valid": _SILENT,
    "guid": (links.guid, links.end_guid), "id": (links.guid, links.end_guid), "link": (links.link, links.end_link),
    "enclosure": (links.enclosure, _nothing), "media:content": (links.media_content, _nothing), "media:group": _THROUGH,
    "podcast:transcript": (links.transcript, _nothing), "cloud": _THROUGH,
    "title": (texts.title, texts.end_title), "dc:title": (texts.title, texts.end_title), "media:title": (texts.title, texts.end_media_title),
    "description": _DESCRIPTION, "dc:description": _DESCRIPTION, "media:description": _DESCRIPTION,
    "abstract": (texts.abstract, texts.end_description), "summary": _SUMMARY, "itunes:summary": _SUMMARY,
    "content": (texts.content, texts.end_content), "content:encoded": (texts.encoded, texts.end_content), "fullitem": (texts.encoded, texts.end_content),
    "body": (texts.body, texts.end_content), "xhtml:body": (texts.body, texts.end_content),
    "subtitle": texts.aside("subtitle"), "tagline": texts.aside("subtitle"), "itunes:subtitle": texts.aside("subtitle"),
    "rights": texts.aside("rights"), "copyright": texts.aside("rights"), "dc:rights": texts.aside("rights"), "info": texts.aside("info"),
    "feedburner:browserfriendly": texts.aside("info"),
    "published": _PUBLISHED, "issued": _PUBLISHED, "pubdate": _PUBLISHED, "dcterms:issued": _PUBLISHED,
    "updated": _UPDATED, "modified": _UPDATED, "lastbuilddate": _UPDATED, "dc:date": _UPDATED, "dcterms:modified": _UPDATED,
    "created": _CREATED, "dcterms:created": _CREATED, "language": texts.leaf("language"), "dc:language": texts.leaf("language"),
    "category": _CATEGORY, "keywords": _CATEGORY, "dc:subject": _CATEGORY, "media:category": (subjects.media_category, subjects.end_category),
    "itunes:category": (subjects.itunes_category, subjects.end_category),
    "newlocation": (_refused, _refused), "tags": (_refused, _refused),
}  # fmt: skip
"""Elements that begin and end in a way of their own."""

ENDS: Final[dict[str, End]] = {
    "itunes:keywords": subjects.end_words("itunes:keywords"),
    "media:keywords": subjects.end_words("media:keywords"),
    "hour": subjects.end_skip("hour"),
    "day": subjects.end_skip("day"),
}
"""Those that only end so."""

RESERVED: Final = frozenset(
    {"authors", "links", "media_content", "transcripts", "title_detail", "summary_detail", "skip_hours", "skip_days"}
)  # fmt: skip
"""No element should be called so; feedparser would take it for what it made itself."""
