"""Feeds that nobody on this project wrote: read without a traceback, and as others read them."""

import os
from collections import Counter
from pathlib import Path

import pytest

from conformance.claims import UNEXPLAINED, read
from conformance.feeds import scores
from pkm.errors import NotAFeed
from pkm.seek.parser_process import FeedReader
from support.corpus import corpus
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


def test_every_feed_is_read_or_refused_in_words():
    counts: Counter[str] = Counter()
    for path in feed_files("feeds", "feeds-illformed", "encodings", *HOSTILE, every=7):
        feed = read(path.read_bytes(), url=URL)
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
            direct = read(body, url=URL)
            try:
                through = reader.read(body, url=URL, content_type=None)
            except NotAFeed:
                through = None
            assert through == direct, path


@pytest.mark.parametrize(
    ("name", "floor"), [("feedparser", 0.96), ("feed-rs", 0.98), ("fastfeedparser", 0.97)]
)
def test_other_parsers_expectations_hold_or_the_difference_has_a_reason(name, floor, agreed):
    [one] = [one for one in agreed if one.name == f"feeds: {name}"]
    unexplained = [miss for miss in one.missed if UNEXPLAINED in miss[1]]
    tell(f"{one.name}: {one.held} of {one.checked}", wrong=(what for what, _why in one.missed))
    assert one.checked
    assert not unexplained
    assert one.held >= floor * one.checked


@pytest.fixture(scope="module")
def agreed():
    return scores(corpus(), every=1 if ALL else 5)
