from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.model.item import Enclosure, ParsedFeed, ParsedItem, State
from pkm.rules.query import parse_query
from pkm.seek.arrive import bring
from support.searching import searched
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


def test_nothing_joins_an_item_of_an_isolated_source(shelf):
    apart = stored_source(shelf, "https://b.example/feed", isolate=True)
    take(
        shelf, apart, piece(1, url="https://c.example/x"), piece(2, url="https://c.example/x", title="Item 1")
    )
    assert len(all_items(shelf)) == 1
    take(shelf, stored_source(shelf), piece(3, url="https://c.example/x"))
    assert len(all_items(shelf)) == 2


def test_two_pieces_of_one_feed_about_one_page_are_one_item_only_if_they_bear_one_title(shelf):
    take(
        shelf,
        stored_source(shelf),
        piece(1, url="https://c.example/x"),
        piece(2, url="https://c.example/x"),
        piece(3, url="https://c.example/x", title="item  1"),
    )
    assert sorted(all_items(shelf)) == ["Item 1", "Item 2"]


def test_a_feed_that_links_all_its_pieces_to_its_front_page_loses_none(shelf):
    source = stored_source(shelf)
    take(shelf, source, *(piece(n, url="https://example.org/", days=n) for n in range(3)))
    brought = take(shelf, source, piece(7, url="https://example.org/", days=0))
    assert brought.new == 1
    assert len(all_items(shelf)) == 4


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


@searched(40)
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


# Edits.


def only(shelf):
    [item] = all_items(shelf).values()
    return item


def test_an_edit_keeps_what_was_said_before(shelf, clock):
    source = stored_source(shelf)
    take(shelf, source, piece(1, html="<p>first words</p>"))
    clock.forward(hours=2)
    take(shelf, source, piece(1, title="Item 1 again", html="<p>second words</p>"))
    [before] = shelf.store.versions.of_item(only(shelf).id)
    assert (before.title, before.until) == ("Item 1", NOW + timedelta(hours=2))
    assert shelf.store.texts.get(before.text_sha).text == "first words"


def test_what_changes_at_every_look_is_no_longer_counted_and_its_newest_words_are_shown(shelf):
    source = stored_source(shelf)
    counted = [take(shelf, source, piece(1, html=f"<p>ad {n}</p>")).revised for n in range(6)]
    assert counted == [0, 1, 1, 0, 0, 0]
    item = only(shelf)
    assert shelf.store.texts.get(item.text_sha).text == "ad 5"
    assert len(shelf.store.versions.of_item(item.id)) == 2
    assert shelf.store.arrivals.of_item(item.id)[0].revisions == 2
    take(shelf, source, piece(1, html="<p>ad 5</p>"))
    assert take(shelf, source, piece(1, html="<p>calm again</p>")).revised == 1


def test_code_comments_and_attributes_are_no_edit(shelf):
    source = stored_source(shelf)
    take(shelf, source, piece(1, html="<p id=a1>words</p><!-- made 12:01 --><script>n=1</script>"))
    other = piece(1, html="<p id=b2>words</p><!-- made > 12:02 --><SCRIPT>n=2</SCRIPT><style>p{}</style>")
    assert take(shelf, source, other).revised == 0


def test_the_date_stays_where_a_site_dates_its_piece_anew_to_climb_up(shelf):
    source = stored_source(shelf)
    take(shelf, source, piece(1, days=9))
    take(shelf, source, piece(1, days=0, html="<p>other</p>"))
    item = only(shelf)
    assert (
        item.published_at == shelf.store.arrivals.of_item(item.id)[0].published_at == NOW - timedelta(days=9)
    )


@pytest.mark.parametrize("html", ["<p>words</p>", "<p>edited</p>"])
def test_a_date_that_was_a_guess_is_bettered(shelf, html):
    source = stored_source(shelf)
    undated = ParsedItem(raw_id="1", title="Item 1", url="https://a.example/1", html="<p>words</p>")
    take(shelf, source, undated)
    assert only(shelf).published_at is None
    take(shelf, source, piece(1, days=3, html=html))
    item = only(shelf)
    assert item.published_at == item.sort_at == NOW - timedelta(days=3)
    assert take(shelf, source, piece(1, days=5, html=html)).revised == 0
    assert only(shelf).published_at == NOW - timedelta(days=3)


def test_a_text_cut_down_to_a_summary_does_not_take_the_place_of_the_text(shelf):
    source = stored_source(shelf)
    take(shelf, source, piece(1, html=f"<p>{'the whole text ' * 30}</p>"))
    take(shelf, source, piece(1, html="<p>Subscribe to read on.</p>"))
    assert "the whole text" in shelf.store.texts.get(only(shelf).text_sha).text


# Dates.


def test_one_date_for_all_is_no_date(shelf):
    take(shelf, stored_source(shelf), *(piece(n) for n in range(4)))
    assert {item.published_at for item in all_items(shelf).values()} == {None}


def test_an_item_of_the_future_shows_its_date_and_stands_where_it_came(shelf):
    take(shelf, stored_source(shelf), piece(1, days=-40))
    item = only(shelf)
    assert (item.published_at, item.sort_at) == (NOW + timedelta(days=40), NOW)


def test_an_undated_item_stands_where_it_was_first_seen_for_ever(shelf, clock):
    source = stored_source(shelf)
    undated = ParsedItem(
        raw_id="1", title="T", html="<p>a</p>", published_at=datetime(1970, 1, 1, tzinfo=UTC)
    )
    take(shelf, source, undated)
    clock.forward(days=4)
    take(shelf, source, replace(undated, html="<p>b</p>"))
    item = only(shelf)
    assert (item.published_at, item.sort_at) == (None, NOW)
    assert shelf.store.arrivals.of_item(item.id)[0].date_source == "seen"


# Names.


def test_ids_that_collide_lower_the_trust_once_and_bring_nothing_again(shelf):
    source = stored_source(shelf)
    first = [piece(n, days=n) for n in range(6)]
    take(shelf, source, *first)
    alike = [replace(one, raw_id="0") for one in first]
    assert take(shelf, source, *alike).new == 0
    assert shelf.store.sources.get(source.id).key_policy == 1
    assert take(shelf, source, *alike).new == 0
    assert shelf.store.sources.get(source.id).key_policy == 1
    keys = {one.key for item in shelf.store.items.each() for one in shelf.store.arrivals.of_item(item.id)}
    assert keys == {f"u:https://a.example/{n}" for n in range(6)}


@pytest.mark.parametrize("policy", [1, 2, 3])
def test_another_policy_set_by_the_user_brings_nothing_again(shelf, policy):
    source = stored_source(shelf)
    sound = [Enclosure(url=f"https://a.example/{n}.mp3") for n in range(4)]
    pieces = [piece(n, days=n, enclosures=(sound[n],)) for n in range(4)]
    take(shelf, source, *pieces)
    with shelf.writing():
        shelf.store.sources.save(replace(source, key_policy=policy))
    fresh = [replace(one, raw_id=f"new {one.raw_id}") for one in pieces]
    assert take(shelf, source, *fresh, piece(9, days=20)).new == 1
    [arrival] = shelf.store.arrivals.of_item(all_items(shelf)["Item 1"].id)
    assert arrival.key.startswith("guet"[policy])
    with shelf.writing():
        shelf.store.sources.save(replace(source, key_policy=0))
    assert take(shelf, source, *pieces).new == 0


def test_an_id_that_two_things_bore_once_never_makes_one_of_two_again(shelf):
    source = stored_source(shelf)
    first, second = piece(1, days=3), piece(2, days=2, raw_id="1")
    take(shelf, source, first)
    take(shelf, source, first, second)
    assert take(shelf, source, piece(3, days=1, raw_id="1")).new == 1
    assert sorted(all_items(shelf)) == ["Item 1", "Item 2", "Item 3"]


def test_a_site_that_moved_is_told_of_and_nothing_comes_in_again(shelf):
    source = stored_source(shelf)
    take(shelf, source, *(piece(n, days=n) for n in range(6)))
    moved = [
        piece(n, raw_id=f"wp-{n}", url=f"https://new.example/{n}", title=f"New {n}", days=n + 30)
        for n in range(6)
    ]
    brought = take(shelf, source, *moved)
    assert (brought.new, brought.revised, brought.rekeyed) == (0, 0, 6)
    assert take(shelf, source, *moved).rekeyed == 0
    assert {item.url for item in shelf.store.items.each()} == {f"https://new.example/{n}" for n in range(6)}
    assert shelf.store.items.matching(["https://new.example/1"])


# What was pruned.


def prune(shelf, item):
    with shelf.writing():
        shelf.store.tombstones.bury([item.id], at=shelf.now())
        for statement in (
            "DELETE FROM arrival_keys WHERE arrival IN (SELECT id FROM arrivals WHERE item = ?)",
            "DELETE FROM item_urls WHERE item = ?",
            "DELETE FROM arrivals WHERE item = ?",
            "DELETE FROM decisions WHERE item = ?",
            "DELETE FROM items WHERE id = ?",
        ):
            shelf.store.connection.execute(statement, (item.id,))


def test_what_was_pruned_comes_back_by_no_name_and_from_no_source(shelf):
    source, other = stored_source(shelf), stored_source(shelf, "https://b.example/feed")
    take(shelf, source, piece(1), piece(2))
    prune(shelf, all_items(shelf)["Item 1"])
    assert take(shelf, source, piece(1), piece(2)).new == 0
    assert take(shelf, source, piece(1, raw_id="another")).new == 0
    assert take(shelf, other, piece(7, url="http://www.a.example/1/")).new == 0
    assert take(shelf, other, piece(8)).new == 1


def test_the_past_of_a_feed_is_filed_away_when_it_is_served_again(shelf):
    source = stored_source(shelf)
    take(shelf, source, *(piece(n, days=n) for n in range(3)))
    brought = take(shelf, source, *(piece(n, days=n * 20) for n in range(3, 6)))
    assert (brought.new, brought.waiting) == (3, 0)
    [decision] = shelf.store.decisions.of(all_items(shelf)["Item 5"].id)
    assert decision.by == "first-pull"


# One item in several sources.


def test_an_item_shows_its_authors_own_words_and_not_the_pointers(shelf):
    lobsters = stored_source(shelf, "https://lobste.example/rss", title="Lobsters")
    take(
        shelf,
        lobsters,
        piece(
            1,
            url="https://a.example/x",
            title="A piece [pdf]",
            html="<a href='/s/1'>Comments</a>",
            comments_url="https://lobste.example/s/1",
        ),
    )
    own = stored_source(shelf, "https://a.example/feed", title="A")
    take(
        shelf, own, piece(2, url="https://a.example/x", title="A piece", html=f"<p>{'whole text ' * 40}</p>")
    )
    item = only(shelf)
    assert (item.title, item.source, item.state) == ("A piece", own.id, State.NEW)
    assert "whole text" in shelf.store.texts.get(item.text_sha).text
    assert shelf.store.search.find(parse_query("whole"), limit=0)
    comments = [one.comments_url for one in shelf.store.arrivals.of_item(item.id)]
    assert comments == ["https://lobste.example/s/1", None]


def test_a_pointer_that_comes_later_changes_nothing_of_the_item(shelf):
    own = stored_source(shelf, "https://a.example/feed")
    take(
        shelf, own, piece(2, url="https://a.example/x", title="A piece", html=f"<p>{'whole text ' * 40}</p>")
    )
    before = only(shelf)
    take(
        shelf,
        stored_source(shelf, "https://lobste.example/rss"),
        piece(1, url="https://a.example/x", html="<p>Comments</p>"),
    )
    assert only(shelf) == before
