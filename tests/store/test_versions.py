"""What a source said before it edited an item."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from pkm.model.item import Arrival, Item, Text
from pkm.model.quote import Anchor, Quote
from pkm.model.source import Source
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE, ITEM = "s-000000000001", "i-000000000001"


def text(words):
    return Text(sha=sha256(words.encode()).hexdigest(), html=f"<p>{words}</p>", text=words)


def says(number):
    return Arrival(
        source=SOURCE,
        key="g:1",
        item=ITEM,
        title=f"Title {number}",
        text_sha=text(f"words {number}").sha,
        first_seen=NOW,
        last_seen=NOW,
    )


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        with opened.transaction():
            opened.sources.save(Source(id=SOURCE, url="https://example.org/feed"))
            opened.items.add([Item(id=ITEM, first_seen=NOW, sort_at=NOW)])
            opened.texts.add([text(f"words {number}") for number in range(9)], at=NOW)
            opened.arrivals.add([says(0)])
        yield opened


def edit(store, number, *, most=5):
    [known] = store.arrivals.known(SOURCE, ["g:1"]).values()
    gone = store.versions.keep(known.row, until=NOW + timedelta(hours=number), most=most)
    store.arrivals.revise(known.row, says(number))
    for sha in gone:
        store.texts.forget_unused(sha)


def test_the_newest_few_versions_are_kept_and_the_bodies_of_the_rest_go(store):
    for number in range(1, 8):
        edit(store, number)
    assert [one.title for one in store.versions.of_item(ITEM)] == [f"Title {n}" for n in (2, 3, 4, 5, 6)]
    assert store.texts.get(text("words 1").sha) is None
    assert store.texts.get(text("words 2").sha) is not None


def test_a_version_that_a_quote_was_made_on_is_never_dropped(store):
    quote = Quote(
        id="h-000000000001",
        item=ITEM,
        url=None,
        note="n-000000000001",
        anchor=Anchor(exact="words 1"),
        text_sha=text("words 1").sha,
        created_at=NOW,
    )
    edit(store, 1)
    store.quotes.save(quote, event=None)
    for number in range(2, 9):
        edit(store, number, most=2)
    assert [one.title for one in store.versions.of_item(ITEM)] == ["Title 1", "Title 6", "Title 7"]
    assert store.texts.get(text("words 1").sha) is not None
