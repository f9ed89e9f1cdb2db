"""Arrivals and their texts."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from pkm.model.item import Arrival, Enclosure, Item, Text, Via
from pkm.model.source import Source
from pkm.store.columns import to_enclosures
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE, OTHER = "s-000000000001", "s-000000000002"
ITEM = "i-000000000001"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        with opened.transaction():
            for source in (SOURCE, OTHER):
                opened.sources.save(Source(id=source, url=f"https://example.org/{source}"))
            opened.items.add([Item(id=ITEM, title="Title", first_seen=NOW, sort_at=NOW)])
        yield opened


def arrival(key="guid", **fields):
    defaults = {
        "source": SOURCE,
        "key": key,
        "item": ITEM,
        "content_sha": "1",
        "first_seen": NOW,
        "last_seen": NOW,
        "date_source": "seen",
    }
    return Arrival(**{**defaults, **fields})


def text(words):
    html = f"<p>{words}</p>"
    return Text(sha=sha256(html.encode()).hexdigest(), html=html, text=words)


def put(store, *arrivals):
    with store.transaction():
        store.arrivals.add(arrivals)


def test_an_arrival_comes_back_as_it_was_stored(store):
    stored = arrival(
        title="A title",
        url="https://example.org/a",
        authors=("Ana", "Ben"),
        published_at=NOW - timedelta(days=1),
        date_source="feed",
        position=3,
        via=Via(name="Ana", url="https://example.org/ana"),
        enclosures=(
            Enclosure(
                url="https://example.org/a.mp3",
                type="audio/mpeg",
                length=12,
                duration_s=60,
                transcript_url="https://example.org/a.vtt",
            ),
        ),
        tags=("a", "b"),
        language="de",
    )
    put(store, stored)
    assert store.arrivals.of_item(ITEM) == (stored,)


def test_an_arrival_is_known_by_its_key_and_by_its_aliases_and_a_key_wins(store):
    put(store, arrival("first", aliases=("link",)), arrival("link"))
    known = store.arrivals.known(SOURCE, ["first", "link", "nobody"])
    assert {name: found.key for name, found in known.items()} == {"first": "first", "link": "link"}


def test_what_one_source_says_is_not_known_of_another(store):
    put(store, arrival("guid"))
    assert store.arrivals.known(OTHER, ["guid"]) == {}


def test_more_keys_than_one_statement_takes_are_all_known(store):
    keys = [f"key {number}" for number in range(1_001)]
    put(store, *(arrival(key) for key in keys))
    assert set(store.arrivals.known(SOURCE, keys)) == set(keys)


def test_a_revision_keeps_when_it_was_first_seen_and_whose_it_is(store):
    put(store, arrival("guid", title="Before"))
    [known] = store.arrivals.known(SOURCE, ["guid"]).values()
    later = NOW + timedelta(days=1)
    with store.transaction():
        store.arrivals.revise(known.row, arrival("guid", title="After", first_seen=later, revisions=1))
    [found] = store.arrivals.of_item(ITEM)
    assert (found.title, found.first_seen, found.revisions) == ("After", NOW, 1)


def test_a_text_is_kept_once_and_goes_when_nothing_shows_it(store):
    words = text("Words")
    with store.transaction():
        store.texts.add([words, words], at=NOW)
        store.arrivals.add([arrival("guid", text_sha=words.sha)])
        store.texts.forget_unused(words.sha)
    assert store.texts.get(words.sha) == words
    [known] = store.arrivals.known(SOURCE, ["guid"]).values()
    with store.transaction():
        store.arrivals.revise(known.row, arrival("guid", text_sha=None))
        store.texts.forget_unused(words.sha)
    assert store.texts.get(words.sha) is None


def test_an_item_that_is_gone_from_the_feed_keeps_when_it_was_last_seen(store):
    put(store, arrival("a"), arrival("b"))
    [known] = store.arrivals.known(SOURCE, ["a"]).values()
    with store.transaction():
        store.arrivals.touch([known.row], NOW + timedelta(days=1))
    seen = {one.key: one.last_seen for one in store.arrivals.of_items([ITEM])[ITEM]}
    assert seen == {"a": NOW + timedelta(days=1), "b": NOW}


def test_an_enclosure_stored_without_a_place_for_its_transcript_is_read():
    assert to_enclosures('[["https://example.org/a.mp3","audio/mpeg",12,60]]') == (
        Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=12, duration_s=60),
    )
