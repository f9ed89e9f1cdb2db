"""Both paths over feeds that nobody on this project wrote: wherever the fast one takes a feed, they agree."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed
from pkm.seek.fast.reader import read_fast
from pkm.seek.parse import parse_feed
from support.corpus import corpus
from support.score import tell

pytestmark = pytest.mark.corpus

URL = "http://127.0.0.1:8097/feed"
ALL = os.environ.get("PKM_CORPUS_ALL") == "1"
FOLDERS = ("feeds", "feeds-illformed", "encodings", "hostile")
MADE_UP = "feedparser-"
"""Sets of documents that test one odd thing each; the others are feeds as they are."""

INTENDED: dict[str, str] = {}
"""File and field of each difference that is meant, with its reason."""


def documents() -> Iterator[Path]:
    found = [
        path
        for folder in FOLDERS
        for path in sorted(corpus(folder).rglob("*"))
        if path.suffix in {".xml", ".rss", ".rdf", ".atom"}
    ]
    return iter(found[:: 1 if ALL else 6])


def differences(one: ParsedFeed, other: ParsedFeed) -> Iterator[str]:
    for field in fields(one):
        if field.name != "items" and getattr(one, field.name) != getattr(other, field.name):
            yield field.name
    if len(one.items) != len(other.items):
        yield "number of items"
    for mine, theirs in zip(one.items, other.items, strict=False):
        yield from (
            field.name for field in fields(mine) if getattr(mine, field.name) != getattr(theirs, field.name)
        )


def test_nobody_can_tell_which_path_a_feed_took():
    differ, counts = [], Counter()
    for path in documents():
        body = path.read_bytes()
        quick = read_fast(body, url=URL, content_type=None)
        kind = "as they are" if "/feeds/" in path.as_posix() and MADE_UP not in path.as_posix() else "made up"
        counts[kind, "all"] += 1
        if quick is None:
            continue
        counts[kind, "fast"] += 1
        try:
            slow = parse_feed(body, url=URL, content_type=None)
        except NotAFeed as error:
            differ.append(f"{path.name} refused: {error.reason}")
            continue
        differ.extend(f"{path.name} {name}" for name in differences(quick, slow))

    real, taken = counts["as they are", "all"], counts["as they are", "fast"]
    tell(
        f"fast path: {taken} of {real} feeds as they are, {counts['made up', 'fast']} of {counts['made up', 'all']} made up"
    )
    assert [one for one in differ if one not in INTENDED] == []
    assert taken >= 0.85 * real


def test_hostile_bytes_are_read_or_left_alone():
    taken = 0
    for path in sorted(corpus("hostile").rglob("*")):
        if path.is_file():
            feed = read_fast(path.read_bytes(), url=URL, content_type=None)
            taken += feed is not None
            for item in feed.items if feed else ():
                assert "\x1b" not in (item.title or "")
                assert item.url is None or item.url.startswith(("http://", "https://"))
    assert taken
