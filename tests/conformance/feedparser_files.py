"""What feedparser's own test files expect (E1), as far as pkm stores such a thing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

from conformance.claims import Claim, Reason, line, read, words
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.rules.urls import is_web
from pkm.seek import values
from support.feedparser_expectations import expectation

FOLDERS = (
    "feeds/feedparser-wellformed",
    "feeds/feedparser-entities",
    "feeds/feedparser-docs",
    "feeds-illformed/feedparser",
    "encodings/feedparser",
)
_SERVED_AT = "http://127.0.0.1:8097/"
_NOTHING = object()
_TEXTS = ("summary", "description", "summary_detail", "content")


def claims(root: Path, every: int) -> Iterator[Claim]:
    """Each expectation of each file about something that we store."""
    files = [path for folder in FOLDERS for path in sorted(root.joinpath(folder).rglob("*.xml"))]
    for path in files[::every]:
        body = path.read_bytes()
        told = expectation(body)
        if told is None:
            continue
        url = urljoin(_SERVED_AT, told.headers.get("content-location", ""))
        feed = read(body, url=url, content_type=told.headers.get("content-type"))
        for field, literal in told.pairs:
            ours, theirs = _both(feed, field, literal, url) if feed else (None, literal)
            if ours is not _NOTHING:
                name = ".".join(map(str, field))
                yield Claim(
                    where=f"{path.parent.name}/{path.name}", field=name, theirs=theirs, ours=ours, body=body
                )


def _both(feed: ParsedFeed, field: tuple[object, ...], literal: object, url: str) -> tuple[object, object]:  # noqa: PLR0911 - a table
    """Our value and theirs, made comparable; ours is `_NOTHING` where we store no such thing."""
    match field:
        case ("feed", "title") | ("feed", "title_detail", "value"):
            return feed.title, line(literal)
        case ("feed", "link") if is_web(str(literal)):
            return feed.home_url, values.address(url, literal)
        case ("feed", "language"):
            return feed.language, literal or None
        case ("version",):
            return feed.format, literal
        case ("feed", "ttl"):
            return feed.ttl_s, int(str(literal)) * 60
        case ("len", "entries"):
            return len(feed.items), literal
        case ("entries", int(at), *rest) if at < len(feed.items):
            return _of_item(feed.items[at], tuple(rest), literal, url)
    return _NOTHING, literal


def _of_item(item: ParsedItem, field: tuple[object, ...], literal: object, url: str) -> tuple[object, object]:  # noqa: PLR0911 - a table
    match field:
        case ("title",) | ("title_detail", "value"):
            return item.title, line(literal)
        case ("link",) if is_web(str(literal)):
            return item.url, values.address(url, literal)
        case ("id" | "guid",):
            return item.raw_id, str(literal).strip()
        case ("author_detail", "name") | ("authors", 0, "name"):
            return next(iter(item.authors[:1]), None), line(literal)
        case ("author",):
            return next(iter(item.authors[:1]), None), values.person(literal)
        case ("authors", int(at), "name"):
            return next(iter(item.authors[at : at + 1]), None), line(literal)
        case ("tags", int(at), "term") if "label" not in field:
            return next(iter(item.tags[at : at + 1]), None), line(literal)
        case ("comments",) if is_web(str(literal)):
            return item.comments_url, values.address(url, literal)
    return _of_item_further(item, field, literal, url)


def _of_item_further(  # noqa: PLR0911 - a table
    item: ParsedItem, field: tuple[object, ...], literal: object, url: str
) -> tuple[object, object]:
    match field:
        case ("published_parsed" | "created_parsed",):
            return item.published_at, _moment(literal)
        case ("updated_parsed",):
            return item.updated_at, _moment(literal)
        case ("summary" | "description",) | ("summary_detail" | "content", *_, "value"):
            return _nearest(item, literal)
        case ("enclosures", int(at), "href" | "url"):
            return next((one.url for one in item.enclosures[at:]), None), values.address(url, literal)
        case ("enclosures", int(at), "type"):
            return next((one.type for one in item.enclosures[at:]), None), literal
        case ("enclosures", int(at), "length"):
            return next((one.length for one in item.enclosures[at:]), None), values.whole(literal, 2**50)
        case ("source", "title"):
            return item.via.name if item.via else None, line(literal)
        case ("source", "link" | "href"):
            return item.via.url if item.via else None, values.address(url, literal)
    return _NOTHING, literal


def _nearest(item: ParsedItem, literal: object) -> tuple[object, object]:
    """Of our two texts the one that is theirs, else the fuller."""
    ours = [words(item.html), words(item.summary_html)]
    # Theirs may be plain text, in which `<b>` is a word, or markup.
    readings = [words(literal), words(values.paragraphs(str(literal)))]
    return next((one for one in readings if one in ours), ours[0]), next(
        (one for one in readings if one in ours), readings[0]
    )


def _moment(literal: object) -> datetime | None:
    return datetime(*literal[:6], tzinfo=UTC) if isinstance(literal, tuple) else None


def _is_id(claim: Claim) -> bool:
    return claim.field.endswith((".id", ".guid")) and str(claim.theirs).endswith(str(claim.ours))


def _is_from_header(claim: Claim) -> bool:
    return claim.field == "feed.language" and b"Content-Language" in claim.body


def _is_picture(claim: Claim) -> bool:
    return claim.theirs is None and "<img" in str(claim.ours)


def _is_unsafe_address(claim: Claim) -> bool:
    return b"Content-Location: javascript:" in claim.body


def _is_line_noise(claim: Claim) -> bool:
    return b"unguessable characters" in claim.body


def _is_broken_comment(claim: Claim) -> bool:
    return claim.ours is None and str(claim.theirs).startswith("<!")


def _is_untyped_base64(claim: Claim) -> bool:
    return b'mode="base64"' in claim.body and claim.where.startswith("atom/")


REASONS: tuple[Reason, ...] = (
    ("feedparser joins ids with a base; ours stay as written, so that a move changes no key", _is_id),
    ("a feed's language is what the feed says; we read none from a header", _is_from_header),
    ("a tag inside an attribute: the title is one picture, and we take its rest for words", _is_picture),
    ("the header's address is unsafe; it is never asked, so no address gave this feed", _is_unsafe_address),
    ("characters that nobody can read: feedparser guesses other ones", _is_line_noise),
    ("mode=base64 without a type: Atom 0.3 calls it text, and so do we", _is_untyped_base64),
    ("our sanitiser drops what a browser takes for a broken comment", _is_broken_comment),
)
