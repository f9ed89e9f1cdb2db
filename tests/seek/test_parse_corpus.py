"""Feeds that nobody on this project wrote: read without a traceback, and as others read them."""

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.rules.urls import is_web
from pkm.seek import values
from pkm.seek.jsonfeed import read_json_feed
from pkm.seek.parse import parse_feed
from pkm.seek.parser_process import FeedReader
from pkm.seek.sniff import is_json, refuse_what_is_no_feed
from support.corpus import corpus
from support.feedparser_expectations import expectation
from support.score import tell

pytestmark = pytest.mark.corpus

URL = "http://127.0.0.1:8097/feed"
ALL = os.environ.get("PKM_CORPUS_ALL") == "1"
SUFFIXES = (".xml", ".json", ".rss", ".rdf", ".atom")
HOSTILE = ("hostile/own-feeds", "hostile/own-xml", "hostile/own-terminal", "hostile/defusedxml")


def feed_files(*folders: str, every: int = 1) -> list[Path]:
    found = [
        path
        for folder in folders
        for path in sorted(corpus(*folder.split("/")).rglob("*"))
        if path.suffix in SUFFIXES and not is_expectation(path)
    ]
    return found[:: 1 if ALL else every]


def is_expectation(path: Path) -> bool:
    if path.name.endswith((".serde.json", ".expected.json")):
        return True
    return path.suffix == ".json" and path.with_suffix(".xml").exists()


def read(body: bytes, content_type: str | None = None) -> ParsedFeed | None:
    """Read in this process; the helper itself is tested in test_parse."""
    try:
        if is_json(body):
            return read_json_feed(body, url=URL)
        refuse_what_is_no_feed(body, url=URL, content_type=content_type)
        return parse_feed(body, url=URL, content_type=content_type)
    except NotAFeed:
        return None


def report(name: str, right: int, checked: int, wrong: list[str]) -> None:
    tell(f"{name}: {right} of {checked}", wrong=wrong[: 400 if ALL else 12])


def test_every_feed_is_read_or_refused_in_words():
    counts: Counter[str] = Counter()
    for path in feed_files("feeds", "feeds-illformed", "encodings", *HOSTILE, every=7):
        feed = read(path.read_bytes())
        counts["refused" if feed is None else "truncated" if feed.truncated else "read"] += 1
        counts["items"] += len(feed.items) if feed else 0

    tell(f"feeds: {dict(counts)}")
    assert counts["read"] > 10 * counts["refused"]


def test_real_feeds_pass_through_the_helper_process_unchanged():
    with FeedReader() as reader:
        for path in feed_files(
            "feeds/feeder", "feeds/feedjira", "feeds/miniflux", "encodings/feedparser", every=7
        ):
            body = path.read_bytes()
            direct = read(body)
            try:
                through = reader.read(body, url=URL, content_type=None)
            except NotAFeed:
                through = None
            assert through == direct, path


def test_counts_agree_with_feed_rs():
    right, wrong = 0, []
    files = [
        path for path in feed_files("feeds/feed-rs", every=3) if path.with_suffix(".serde.json").exists()
    ]
    for path in files:
        expected = json.loads(path.with_suffix(".serde.json").read_bytes())
        feed = read(path.read_bytes())
        agrees = feed is not None and len(feed.items) == len(expected["entries"])
        right += agrees
        if not agrees:
            wrong.append(
                f"{path.name}: {len(feed.items) if feed else 'refused'}, not {len(expected['entries'])}"
            )
    report("counts as feed-rs", right, len(files), wrong)
    assert right >= 0.95 * len(files)


def test_titles_links_and_dates_agree_with_feed_rs():
    score: Counter[str] = Counter()
    wrong: list[str] = []
    for path in feed_files("feeds/feed-rs", every=3):
        beside = path.with_suffix(".serde.json")
        feed = read(path.read_bytes()) if beside.exists() else None
        entries = json.loads(beside.read_bytes())["entries"] if beside.exists() else []
        if feed is None or len(feed.items) != len(entries):
            continue
        for item, entry in zip(feed.items, entries, strict=True):
            compare_with_feed_rs(item, entry, path.name, score, wrong)
    report("fields as feed-rs", score["right"], score["all"], wrong)
    assert score["right"] >= 0.93 * score["all"]


def compare_with_feed_rs(item: ParsedItem, entry: dict, name: str, score: Counter, wrong: list) -> None:
    links = [one["href"] for one in entry["links"] if is_web(one["href"])]
    moments = [stamp(entry[key]) for key in ("published", "updated") if entry.get(key)]
    title = values.plain((entry.get("title") or {}).get("content"), 1_000)
    checks = {
        "title": title is None or item.title == title,
        "link": not links
        or values.address(URL, item.url or "") in {values.address(URL, one) for one in links},
        "date": not moments or item.published_at in moments,
    }
    for field, agrees in checks.items():
        score["all"] += 1
        score["right"] += agrees
        if not agrees:
            wrong.append(
                f"{name} {field}: {item.title!r} {item.url} {item.published_at} | {title!r} {links[:2]} {moments}"
            )


def stamp(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def test_counts_agree_with_fastfeedparser():
    right, wrong, seen = 0, [], 0
    for path in feed_files(
        "feeds/fastfeedparser", "feeds-illformed/fastfeedparser", "encodings/fastfeedparser", every=3
    ):
        beside = path.with_suffix(".json")
        if path.suffix != ".xml" or not beside.exists():
            continue
        expected = json.loads(beside.read_bytes())
        feed = read(path.read_bytes())
        count = len(feed.items) if feed else -1
        # A body that was cut inside an item loses that item on purpose.
        agrees = count == len(expected["entries"]) or (
            feed and feed.truncated and count + 1 == len(expected["entries"])
        )
        seen, right = seen + 1, right + bool(agrees)
        if not agrees:
            wrong.append(f"{path.name}: {count}, not {len(expected['entries'])}")
    report("counts as fastfeedparser", right, seen, wrong)
    assert right >= seen - 1


# feedparser's expectations.


def test_fields_agree_with_the_expectations_of_feedparser():
    right, checked, wrong = 0, 0, []
    folders = (
        "feeds/feedparser-wellformed",
        "feeds/feedparser-entities",
        "feeds-illformed/feedparser",
        "encodings/feedparser",
    )
    for path in feed_files(*folders, every=7):
        body = path.read_bytes()
        told = expectation(body)
        if told is None or "content-location" in told.headers or b"xml:base" in body:
            continue
        feed = read(body, told.headers.get("content-type"))
        for where, literal in told.pairs:
            mine = found(feed, where, literal, body) if feed else NOTHING
            if mine is NOTHING:
                continue
            checked += 1
            agrees = mine == wanted(where, literal)
            right += agrees
            if not agrees:
                wrong.append(f"{path.parent.name}/{path.name} {where}: {mine!r} | {wanted(where, literal)!r}")
    report("fields as feedparser", right, checked, wrong)
    assert right >= 0.93 * checked


NOTHING = object()


def found(feed: ParsedFeed, where: tuple, literal: object, body: bytes) -> object:
    """Our value for a path of feedparser's, or NOTHING if we keep no such value."""
    match where:
        case ("feed", "title"):
            return feed.title
        case ("feed", "link"):
            return feed.home_url if isinstance(literal, str) and is_web(literal) else NOTHING
        case ("len", "entries"):
            return len(feed.items)
        case ("entries", int(at), *rest) if at < len(feed.items):
            return of_item(feed.items[at], tuple(rest), literal, body)
    return NOTHING


def of_item(item: ParsedItem, where: tuple, literal: object, body: bytes) -> object:  # noqa: PLR0911 - a table
    match where:
        case ("title",):
            return item.title
        case ("link",) if isinstance(literal, str) and is_web(literal):
            return item.url
        case ("id" | "guid",) if isinstance(literal, str) and literal.encode() in body:
            return item.raw_id
        case ("published_parsed",) if sane(literal):
            return item.published_at
        case ("updated_parsed",) if sane(literal) and item.updated_at:
            return item.updated_at
        case ("author_detail", "name"):
            return item.authors[-1] if item.authors else None
        case ("tags", 0, "term"):
            return item.tags[0] if item.tags else None
        case ("enclosures", int(at), "href" | "url") if at < len(item.enclosures) and is_web(str(literal)):
            return item.enclosures[at].url
    return NOTHING


def sane(literal: object) -> bool:
    return isinstance(literal, tuple) and 1990 <= literal[0] <= 2200


def wanted(where: tuple, literal: object) -> object:
    if where[-1] in ("published_parsed", "updated_parsed"):
        return datetime(*literal[:6], tzinfo=UTC)
    if where[-1] in ("link", "href", "url"):
        return values.address(URL, literal)
    if where[-1] in ("title", "name", "term"):
        return values.plain(literal, 1_000)
    return literal.strip() if isinstance(literal, str) else literal
