from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import ParsedFeed, ParsedItem, State
from pkm.rules.query import parse_query
from pkm.seek.arrive import bring
from support.shelves import Clock, new_home, opened, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def feed(*items):
    return ParsedFeed(format="rss20", items=tuple(items))


def piece(number, *, days=0, html="<p>words</p>", **fields):
    defaults = {"raw_id": str(number), "title": f"Item {number}", "url": f"https://a.example/{number}"}
    return ParsedItem(
        **{**defaults, **fields}, html=html, published_at=NOW - timedelta(days=days), position=number
    )


def take(shelf, source, *items, first_new=5):
    with shelf.writing():
        return bring(shelf, source, feed(*items), now=shelf.now(), first_new=first_new)


def all_items(shelf):
    return {item.title: item for item in shelf.store.items.each()}


def test_the_first_pull_leaves_the_newest_five_and_files_the_rest_away(shelf):
    brought = take(shelf, stored_source(shelf), *(piece(n, days=n) for n in range(9)))
    assert (brought.seen, brought.new, brought.waiting) == (9, 9, 5)
    states = {item.title: item.state for item in all_items(shelf).values()}
    assert [states[f"Item {n}"] for n in range(9)] == [State.NEW] * 5 + [State.LET_GO] * 4


def test_a_later_pull_brings_all_that_is_new_as_new(shelf):
    source = stored_source(shelf)
    take(shelf, source, *(piece(n, days=n + 10) for n in range(9)))
    brought = take(shelf, source, *(piece(n, days=1) for n in range(9, 18)))
    assert (brought.new, brought.waiting) == (9, 9)


def test_the_same_again_brings_nothing(shelf, clock):
    source = stored_source(shelf)
    take(shelf, source, piece(1), piece(2))
    clock.forward(hours=2)
    brought = take(shelf, source, piece(1), piece(2))
    assert (brought.new, brought.revised) == (0, 0)
    [arrival] = shelf.store.arrivals.of_item(all_items(shelf)["Item 1"].id)
    assert (arrival.first_seen, arrival.last_seen) == (NOW, NOW + timedelta(hours=2))


def test_an_edit_shows_the_new_words_and_never_makes_an_item_new_again(shelf):
    source = stored_source(shelf)
    take(shelf, source, piece(1), first_new=0)
    brought = take(shelf, source, piece(1, title="Item 1", html="<p>other words</p>"))
    assert (brought.new, brought.revised) == (0, 1)
    item = all_items(shelf)["Item 1"]
    assert item.state == State.LET_GO
    assert shelf.store.texts.get(item.text_sha).text == "other words"
    assert shelf.store.search.find(parse_query("other"), limit=0)
    assert not shelf.store.search.find(parse_query("body:words -other"), limit=0)
    assert shelf.store.search.check()


def test_one_address_in_two_sources_is_one_item_with_two_arrivals(shelf):
    one, two = stored_source(shelf), stored_source(shelf, "https://b.example/feed")
    take(shelf, one, piece(1, url="https://c.example/x?utm_source=a"))
    take(shelf, two, piece(2, url="http://www.c.example/x/"))
    [item] = all_items(shelf).values()
    assert len(shelf.store.arrivals.of_item(item.id)) == 2


def test_an_isolated_source_joins_with_no_other(shelf):
    one, two = stored_source(shelf), stored_source(shelf, "https://b.example/feed", isolate=True)
    take(shelf, one, piece(1, url="https://c.example/x"))
    take(shelf, two, piece(2, url="https://c.example/x"))
    assert len(all_items(shelf)) == 2


def test_two_pieces_with_one_address_in_one_feed_are_one_item(shelf):
    take(
        shelf, stored_source(shelf), piece(1, url="https://c.example/x"), piece(2, url="https://c.example/x")
    )
    assert len(all_items(shelf)) == 1


def test_what_is_stored_is_safe_to_show(shelf):
    take(
        shelf,
        stored_source(shelf),
        piece(1, html="<p onclick=x>a<script>alert(1)</script><a href='javascript:x'>b</a>"),
    )
    text = shelf.store.texts.get(all_items(shelf)["Item 1"].text_sha)
    assert "script" not in text.html
    assert "onclick" not in text.html


def test_of_equal_dates_the_first_of_the_document_stands_on_top(shelf):
    take(shelf, stored_source(shelf), piece(1), piece(2), piece(3))
    made = all_items(shelf)
    assert made["Item 1"].id > made["Item 2"].id > made["Item 3"].id


def test_tags_of_a_feed_are_found(shelf):
    take(shelf, stored_source(shelf), piece(1, tags=("Décision",)))
    assert shelf.store.search.find(parse_query("decision"), limit=0)


parsed = st.builds(
    ParsedItem,
    raw_id=st.none() | st.sampled_from(["1", "2", "https://a.example/1"]),
    url=st.none() | st.sampled_from(["https://a.example/1", "http://a.example/1/", "https://b.example/"]),
    title=st.none() | st.text(max_size=20),
    html=st.none() | st.text(max_size=60) | st.just("<p>x</p>"),
    published_at=st.none()
    | st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
)


@settings(deadline=None, max_examples=40)
@given(st.lists(parsed, max_size=6), st.lists(parsed, max_size=6))
def test_whatever_two_pulls_say_nothing_is_doubled_and_the_index_agrees(tmp_path_factory, first, second):
    with opened(new_home(tmp_path_factory.mktemp("any"))) as shelf:
        source = stored_source(shelf)
        for items in (first, second, second):
            brought = take(shelf, source, *items)
        assert (brought.new, brought.revised) == (0, 0)
        assert shelf.store.search.check()
        assert shelf.store.broken_references() == 0


def test_the_oldest_and_the_newest_item_of_the_document_are_named(shelf):
    source = stored_source(shelf)
    brought = take(shelf, source, piece(1, days=2), piece(2, days=9), piece(3, days=1))
    assert (brought.oldest_key, brought.newest_key) == ("g:2", "g:3")
    assert take(shelf, source).oldest_key is None
