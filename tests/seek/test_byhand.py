"""What a user's own line asks, beside a pull: as politely, heeding who asked for quiet, and remembering who does."""

from datetime import timedelta

import pytest

from pkm.errors import FetchError, NotAFeed
from pkm.net.door import Request
from pkm.rules.sites import SiteRules
from pkm.seek.behind import Finder
from pkm.seek.byhand import ByHand
from pkm.seek.parser_process import FeedReader
from pkm.seek.pieces import read_address
from support.replay import World, rss
from support.server import Reply
from support.shelves import NOW

BUSY = Reply(status=429, headers={"Retry-After": "7200"})


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as one:
        yield one


@pytest.fixture
def said():
    return []


@pytest.fixture
def asker(world, said):
    with world.door() as door:
        yield ByHand(
            shelf=world.shelf,
            door=door,
            polite=True,
            say=said.append,
            tick=lambda: world.tick,
            nap=world.nap,
        )


@pytest.fixture
def finder(asker):
    reader = FeedReader()
    yield Finder(door=asker, reader=reader, now=NOW, pause=asker.nap)
    reader.close()


def busy(world, address="a.test/busy"):
    url = world.serve(address, lambda _seen: BUSY)
    world.at_once.add(url)
    return url


def asked(asker, url):
    return asker.get(Request(url=url, allow_private=True)).status


def follow(asker, finder, url):
    asker.named(url)
    return finder.find(url)


def test_a_host_that_is_too_busy_when_it_is_followed_is_left_alone_by_the_next_pull(world, asker, finder):
    [source] = world.follow(world.serve("a.test/feed", rss("a")))
    with pytest.raises(FetchError):
        follow(asker, finder, busy(world))
    assert world.shelf.store.hosts.get("a.test").not_before == NOW + timedelta(hours=2)
    assert world.pull(source)[source.url].status == "skipped"
    assert world.paths() == ["/busy"]
    world.later(hours=3)
    assert world.pull(source)[source.url].status == "new"


def test_a_host_that_is_too_busy_for_a_capture_is_left_alone_too(world, asker):
    url = busy(world)
    asker.named(url)
    _piece, error = read_address(url, door=asker, now=NOW, typed=True)
    assert error.retry_after_s == 7200
    assert world.shelf.store.hosts.stopped(NOW).keys() == {"a.test"}


def test_a_host_that_is_too_busy_for_a_guess_ends_the_guessing_and_is_left_alone(world, asker, finder):
    page = world.serve("a.test/", "<html><body>no feed named</body></html>")
    probes = Finder(
        door=asker,
        reader=finder.reader,
        now=NOW,
        pause=asker.nap,
        sites=SiteRules(probes=("/feed", "/rss.xml")),
    )
    busy(world, "a.test/feed")
    with pytest.raises(NotAFeed):
        follow(asker, probes, page)
    assert world.paths() == ["/", "/feed"]
    assert "a.test" in world.shelf.store.hosts.stopped(NOW)


def test_a_host_that_asked_for_quiet_is_asked_only_if_the_user_names_it_and_that_is_said_once(
    world, asker, finder, said
):
    [source] = world.follow(busy(world))
    world.pull(source)
    page = world.serve("a.test/page", "<html><link rel=alternate type=application/rss+xml href=/feed></html>")
    world.serve("a.test/feed", rss("a"))
    with pytest.raises(FetchError, match="wants no request before 2026-11-22 14:00"):
        asked(asker, page)
    assert world.paths() == ["/busy"]
    assert follow(asker, finder, page).fetched.feed is not None
    assert len(said) == 1
    assert "a.test wants no request before" in said[0]


def test_one_good_answer_does_not_end_a_wait_that_the_host_asked_for(world, asker):
    [source] = world.follow(busy(world))
    world.pull(source)
    fine = world.serve("a.test/fine", "words")
    asker.named(fine)
    assert asked(asker, fine) == 200
    assert "a.test" in world.shelf.store.hosts.stopped(world.clock())


def test_once_it_said_too_many_no_further_line_is_asked_of_it_named_or_not(world, asker):
    for _ in range(2):
        asker.named(busy(world))
    assert asked(asker, busy(world)) == 429
    with pytest.raises(FetchError, match="not asked"):
        asked(asker, busy(world))
    assert len(world.asked()) == 1


def test_the_addresses_of_a_list_are_asked_a_second_apart_of_one_host_and_at_once_of_another(world, asker):
    for address in ("a.test/1", "b.test/1", "a.test/2", "a.test/3"):
        asked(asker, world.serve(address, "words"))
    assert [(name, tick) for name, _path, tick in world.heard] == [
        ("a.test", 0),
        ("b.test", 0),
        ("a.test", 1),
        ("a.test", 2),
    ]


def test_what_leaves_nothing_to_remember_writes_nothing(world, asker):
    asked(asker, world.serve("a.test/1", "words"))
    assert world.shelf.store.hosts.all() == {}
