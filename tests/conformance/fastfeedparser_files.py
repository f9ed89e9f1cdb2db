"""What fastfeedparser expects of its test feeds (E3), which are large and real."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.claims import Claim, Reason, line, read, words
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.rules.urls import is_web
from pkm.seek import values

FOLDERS = ("feeds/fastfeedparser", "feeds-illformed/fastfeedparser", "encodings/fastfeedparser")
URL = "http://127.0.0.1:8097/feed"


def claims(root: Path, every: int) -> Iterator[Claim]:
    """Each field of each item, and the number of items."""
    files = [path for folder in FOLDERS for path in sorted(root.joinpath(folder).iterdir())]
    pairs = [(path, beside) for path in files if (beside := _beside(path)) is not None]
    for path, expected in pairs[::every]:
        body = path.read_bytes()
        feed = read(body, url=URL)
        for field, theirs, ours in _facts(feed, json.loads(expected.read_bytes())):
            yield Claim(where=path.name, field=field, theirs=theirs, ours=ours, body=body)


def _beside(path: Path) -> Path | None:
    """The expectation of this input; None if it is no input."""
    if path.name.endswith(".expected.json") or (path.suffix == ".json" and path.with_suffix(".xml").exists()):
        return None
    both = (path.with_suffix(".expected.json"), path.with_suffix(".json"))
    return next((one for one in both if one.exists() and one != path), None)


def _facts(feed: ParsedFeed | None, document: Any) -> Iterator[tuple[str, object, object]]:
    entries = document["entries"]
    yield "items", len(entries), len(feed.items) if feed else None
    if feed is None:
        return
    yield "title", line(document["feed"].get("title")), feed.title
    if is_web(str(document["feed"].get("link"))):
        yield "link", values.address(URL, document["feed"]["link"]), feed.home_url
    for at, (item, entry) in enumerate(zip(feed.items, entries, strict=False)):
        for field, theirs, ours in _item_facts(item, entry):
            yield f"{at} {field}", theirs, ours


def _item_facts(item: ParsedItem, entry: Any) -> Iterator[tuple[str, object, object]]:
    if entry.get("title"):
        yield "title", line(entry["title"]), item.title
    if entry.get("id"):
        yield "id", str(entry["id"]).strip(), item.raw_id or item.url
    if is_web(str(entry.get("link"))):
        yield "link", values.address(URL, entry["link"]), item.url
    if entry.get("published"):
        yield "published", _moment(entry["published"]), item.published_at
    if entry.get("author"):
        yield "author", values.person(entry["author"]), next(iter(item.authors), None)
    if entry.get("tags"):
        tags = [one.get("label") or one.get("term") for one in entry["tags"]]
        yield "tags", values.plain_all(tags, 100, 64), item.tags
    yield from _texts(item, entry)


def _texts(item: ParsedItem, entry: Any) -> Iterator[tuple[str, object, object]]:
    ours = [words(item.html), words(item.summary_html)]
    texts = [("content", one.get("value")) for one in entry.get("content", ())]
    for field, text in [*texts, ("description", entry.get("description"))]:
        if theirs := words(text):
            # Theirs are cut at 512 characters.
            agrees = any(one and one.startswith(theirs) for one in ours)
            yield field, theirs, theirs if agrees else ours[0]
    for one in entry.get("enclosures", ()):
        yield (
            "enclosure",
            one.get("url"),
            next((mine.url for mine in item.enclosures if mine.url == one.get("url")), None),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def _is_cut(claim: Claim) -> bool:
    return claim.field == "items" and not claim.body.rstrip().endswith((b"</rss>", b"</feed>"))


def _is_other_order(claim: Claim) -> bool:
    return isinstance(claim.ours, tuple) and sorted(claim.ours) == sorted(map(str, claim.theirs or ()))


def _is_mojibake(claim: Claim) -> bool:
    return "\ufffd" in str(claim.ours) or "ï¿½" in str(claim.theirs)


def _is_unescaped_twice(claim: Claim) -> bool:
    ours, theirs = str(claim.ours), str(claim.theirs)
    return words(ours) == theirs or str(words(ours)).startswith(theirs)


_STYLE = re.compile(rb"&lt;style|<style")

REASONS: tuple[Reason, ...] = (
    ("the document is cut inside its last item; half an item has half a link, so we leave it out", _is_cut),
    ("their order of tags is by alphabet, ours the feed's", _is_other_order),
    ("a character that was broken before the feed was made: theirs shows its bytes", _is_mojibake),
    ("they unescape twice: markup that the text speaks of is gone", _is_unescaped_twice),
    ("they keep the text of a style sheet, we sanitise it away", lambda one: _STYLE.search(one.body)),
)
