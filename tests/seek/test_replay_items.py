"""Feeds that misbehave in what they say: through a whole pull, that nothing comes twice and nothing is lost."""

import json
from datetime import timedelta
from itertools import count

import pytest

from pkm.shelf.prune import plan, prune
from support.replay import World, http_date
from support.server import Reply
from support.shelves import NOW


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as one:
        yield one


def items(*inner, title="T", encoding=""):
    declared = f"<?xml version='1.0' encoding='{encoding}'?>" if encoding else ""
    body = "".join(f"<item>{one}</item>" for one in inner)
    return f"{declared}<rss version='2.0'><channel><title>{title}</title>{body}</channel></rss>"


def pulled(world, *bodies):
    """The source after it said these things one after the other, and what each pull brought."""
    replies = [
        Reply(body=one.encode() if isinstance(one, str) else one, etag=f'"{n}"')
        for n, one in enumerate(bodies)
    ]
    [source] = world.follow(world.in_turn("a.test/feed", *replies))
    brought = []
    for _ in bodies:
        done = world.pull(source)[source.url]
        assert done.error is None
        brought.append(done.new)
    return source, brought


def titles(world):
    return sorted(item.title or "" for item in world.shelf.store.items.each())


@pytest.mark.parametrize(
    ("declared", "real"), [("iso-8859-1", "utf-8"), ("utf-8", "iso-8859-1"), ("utf-8", "utf-8")]
)
def test_a_charset_that_is_not_what_it_says_is_read_all_the_same(world, declared, real):
    text = items("<guid>1</guid><title>Über Größe</title>", encoding=declared)
    pulled(world, text.encode(real))
    assert titles(world) == ["Über Größe"]


def test_a_guid_that_is_a_path_is_no_address_and_stays_itself(world):
    one = "<guid>posts/1</guid><title>One</title><link>https://w.test/1</link>"
    assert pulled(world, items(one), items(one))[1] == [1, 0]


def test_guids_that_are_all_equal_tell_nothing_apart(world):
    inner = [f"<guid>x</guid><title>{n}</title><link>https://w.test/{n}</link>" for n in range(5)]
    assert pulled(world, items(*inner), items(*inner))[1] == [5, 0]


def test_guids_that_are_issued_anew_bring_nothing_twice(world):
    def inner(prefix):
        return [
            f"<guid isPermaLink='false'>{prefix}-{n}</guid><title>Post {n}</title><link>https://w.test/{n}</link>"
            for n in range(5)
        ]

    source, brought = pulled(world, items(*inner("old")), items(*inner("new")))
    assert brought == [5, 0]
    assert world.items(source) == 5


def test_links_with_a_token_of_each_request_are_one_item_each(world):
    number = count()

    def answer(_seen):
        n = next(number)
        inner = [f"<title>Post {k}</title><link>https://w.test/{k}?utm_source={n}</link>" for k in range(3)]
        return Reply(body=items(*inner).encode())

    [source] = world.follow(world.serve("a.test/feed", answer))
    for _ in range(3):
        world.pull(source)
    assert world.items(source) == 3


def test_a_slug_that_is_corrected_makes_no_second_item(world):
    def one(slug):
        return f"<guid isPermaLink='false'>7</guid><title>One</title><link>https://w.test/{slug}</link>"

    assert pulled(world, items(one("teh-title")), items(one("the-title")))[1] == [1, 0]


def test_an_item_that_is_edited_five_times_is_one_item(world):
    bodies = [
        items(f"<guid>1</guid><title>One</title><description>Words {n}</description>") for n in range(6)
    ]
    source, brought = pulled(world, *bodies)
    assert brought == [1, 0, 0, 0, 0, 0]
    assert world.items(source) == 1


@pytest.mark.parametrize(
    "date",
    [
        "<pubDate>Fri, 22 Nov 2047 08:00:00 GMT</pubDate>",
        "",
        "<pubDate>1795334400</pubDate>",
        "<pubDate>Sun, 22 Nov 2026 08:00:00 CET</pubDate>",
        "<pubDate>yesterday</pubDate>",
    ],
)
def test_dates_from_the_future_none_and_odd_ones_sort_no_later_than_now(world, date):
    pulled(world, items(f"<guid>1</guid><title>One</title>{date}"))
    [item] = world.shelf.store.items.each()
    assert item.sort_at <= world.clock()
    assert item.first_seen >= NOW


def test_ten_thousand_items_are_taken_up_to_the_limit_and_few_wait(world):
    body = items(*(f"<guid>{n}</guid><title>{n}</title>" for n in range(10_000)))
    source, brought = pulled(world, body)
    assert brought == [5_000]
    assert world.items(source) == 5_000


def test_old_items_that_are_served_again_after_a_prune_stay_away(world):
    def one(number):
        date = NOW - timedelta(days=500 - number)
        return f"<guid>{number}</guid><title>Old {number}</title><link>https://w.test/{number}</link><pubDate>{http_date(date)}</pubDate>"

    [source] = world.follow(
        world.in_turn(
            "a.test/feed",
            Reply(body=items(*(one(n) for n in range(9))).encode()),
            Reply(body=items(one(400)).encode()),
            Reply(body=items(one(401), *(one(n) for n in range(9))).encode()),
            # The same under other names, from another address: a new platform.
            Reply(body=items(*(one(n).replace("<guid>", "<guid>new-") for n in range(9))).encode()),
        )
    )
    world.pull(source)
    waiting = [item.id for item in world.shelf.store.items.each() if item.state == "new"]
    world.pull(source)
    world.later(days=300)
    before = NOW + timedelta(days=200)
    gone = prune(world.shelf, plan(world.shelf, before=before), before=before).items
    assert (len(waiting), gone) == (5, 4)
    assert world.pull(source)[source.url].new == 1
    assert world.pull(source)[source.url].new == 0
    assert titles(world) == ["Old 4", "Old 400", "Old 401", "Old 5", "Old 6", "Old 7", "Old 8"]


def test_json_with_numbers_for_ids_is_a_feed(world):
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": n, "url": f"https://w.test/{n}", "content_text": str(n)} for n in (1, 2.5, 10**30)],
    }
    source, brought = pulled(world, json.dumps(document), json.dumps(document))
    assert brought == [3, 0]
    assert world.items(source) == 3
