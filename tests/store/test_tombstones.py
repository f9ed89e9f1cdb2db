"""What was pruned leaves its names behind, so that no feed brings it back."""

from datetime import UTC, datetime

import pytest

from pkm.model.item import Arrival, Item
from pkm.model.source import Source
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, TWO = "s-000000000001", "s-000000000002"
ITEM, OTHER = "i-000000000001", "i-000000000002"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        with opened.transaction():
            for source in (ONE, TWO):
                opened.sources.save(Source(id=source, url=f"https://example.org/{source}"))
            opened.items.add([Item(id=one, first_seen=NOW, sort_at=NOW) for one in (ITEM, OTHER)])
            opened.items.name([("https://a.example/1", ITEM), ("https://b.example/1", ITEM)])
            opened.arrivals.add(
                [
                    Arrival(
                        source=ONE,
                        key="g:1",
                        item=ITEM,
                        aliases=("u:https://a.example/1", "p:/1"),
                        first_seen=NOW,
                        last_seen=NOW,
                    ),
                    Arrival(source=TWO, key="g:x", item=ITEM, first_seen=NOW, last_seen=NOW),
                    Arrival(source=ONE, key="g:2", item=OTHER, first_seen=NOW, last_seen=NOW),
                ]
            )
        yield opened


def test_every_name_of_a_buried_item_is_known_in_its_own_source_alone(store):
    store.tombstones.bury([ITEM], at=NOW)
    asked = ["g:1", "p:/1", "u:https://a.example/1", "g:2", "g:x"]
    assert store.tombstones.buried(ONE, asked) == {"g:1", "p:/1", "u:https://a.example/1"}
    assert store.tombstones.buried(TWO, asked) == {"g:x"}


def test_its_addresses_are_known_in_every_source(store):
    store.tombstones.bury([ITEM], at=NOW)
    asked = ["https://a.example/1", "https://b.example/1", "https://c.example/1"]
    assert store.tombstones.buried_urls(asked) == {"https://a.example/1", "https://b.example/1"}


def test_burying_twice_and_digging_up_leave_nothing_behind(store):
    assert not store.tombstones.any()
    store.tombstones.bury([ITEM], at=NOW)
    store.tombstones.bury([ITEM, OTHER], at=NOW)
    assert store.tombstones.any()
    store.tombstones.dig_up([ITEM])
    assert store.tombstones.buried(ONE, ["g:1", "g:2"]) == {"g:2"}
    assert store.tombstones.buried_urls(["https://a.example/1", "https://b.example/1"]) == set()
