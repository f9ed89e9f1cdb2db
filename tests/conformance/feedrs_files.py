"""What feed-rs expects of its test feeds (E2): ids, titles, links, dates, people, texts, media."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.claims import Claim, Reason, line, read, words
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.rules.urls import is_web
from pkm.seek import values

URL = "http://127.0.0.1:8097/feed"


def claims(root: Path, every: int) -> Iterator[Claim]:
    """Each field of each item, and the number of items."""
    beside = sorted(root.joinpath("feeds/feed-rs").rglob("*.serde.json"))
    for expected in beside[::every]:
        path = _input_of(expected)
        body = path.read_bytes()
        feed = read(body, url=URL)
        document = json.loads(expected.read_bytes())
        for field, theirs, ours in _facts(feed, document, body):
            yield Claim(
                where=f"{path.parent.name}/{path.name}", field=field, theirs=theirs, ours=ours, body=body
            )


def _input_of(expected: Path) -> Path:
    stem = expected.name.removesuffix(".serde.json")
    return next(path for suffix in (".xml", ".json") if (path := expected.with_name(stem + suffix)).exists())


def _facts(feed: ParsedFeed | None, document: Any, body: bytes) -> Iterator[tuple[str, object, object]]:
    entries = document["entries"]
    yield "items", len(entries), len(feed.items) if feed else None
    if feed is None or len(feed.items) != len(entries):
        return
    yield "title", line(_content(document, "title")), feed.title
    if document.get("language"):
        yield "language", document["language"].casefold(), (feed.language or "").casefold()
    for at, (item, entry) in enumerate(zip(feed.items, entries, strict=True)):
        for field, theirs, ours in _item_facts(item, entry, body):
            yield f"{at} {field}", theirs, ours


def _item_facts(item: ParsedItem, entry: Any, body: bytes) -> Iterator[tuple[str, object, object]]:
    if title := _content(entry, "title"):
        yield "title", line(title), item.title
    if entry["id"].encode() in body:
        yield "id", entry["id"].strip(), item.raw_id or item.url
    links = [values.address(URL, one["href"]) for one in entry["links"] if is_web(one["href"])]
    if links:
        yield "link", item.url if item.url in links else links[0], item.url
    moments = [_moment(entry[key]) for key in ("published", "updated") if entry.get(key)]
    if moments:
        yield "date", item.published_at if item.published_at in moments else moments[0], item.published_at
    yield from _further_facts(item, entry)


def _further_facts(item: ParsedItem, entry: Any) -> Iterator[tuple[str, object, object]]:
    people = [one["name"] for one in entry["authors"] if one["name"]]
    if people:
        yield "authors", values.plain_all(map(values.person, people), 200, 16), item.authors
    tags = [one["label"] or one["term"] for one in entry["categories"]]
    if tags:
        yield "tags", values.plain_all(tags, 100, 64), item.tags
    body = (entry.get("content") or {}).get("body")
    for field, text in (("content", body), ("summary", _content(entry, "summary"))):
        ours = [words(item.html), words(item.summary_html)]
        if theirs := words(text):
            yield field, theirs, theirs if theirs in ours else ours[0]
    urls = [one["url"] for media in entry["media"] for one in media["content"] if one["url"]]
    if urls:
        yield "media", sorted(set(urls)), sorted(one.url for one in item.enclosures)


def _content(entry: Any, key: str) -> str | None:
    text = (entry.get(key) or {}).get("content")
    return text if isinstance(text, str) else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def _is_media_player(claim: Claim) -> bool:
    ours, theirs = set(_listed(claim.ours)), set(_listed(claim.theirs))
    return claim.field.endswith("media") and ours < theirs and b"<media:player" in claim.body


def _has_both_authors(claim: Claim) -> bool:
    return b'"authors"' in claim.body and b'"author"' in claim.body and claim.field.endswith("authors")


def _is_further_summary(claim: Claim) -> bool:
    return claim.field.endswith("summary") and (b"<media:" in claim.body or b"<itunes:" in claim.body)


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


REASONS: tuple[Reason, ...] = (
    (
        "feed-rs writes the word author for a person who gave an address",
        lambda one: one.theirs == ("author",),
    ),
    ("version 1.1 replaces `author` by `authors`; feed-rs adds them up", _has_both_authors),
    ("feed-rs leaves the keywords of a media element out", lambda one: one.field.endswith("tags")),
    ("a player is a page and no file, so it is no enclosure", _is_media_player),
    ("BCP 47 writes a hyphen, the feed an underscore", lambda one: one.field == "language"),
    ("there are three texts; pkm keeps the fullest and one beside it", _is_further_summary),
)
