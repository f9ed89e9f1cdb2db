"""When servers are asked again: what they say, how they fail, how often they have news."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from pkm.shelf import following
from support.replay import World, feed, http_date, rss
from support.server import Reply
from support.shelves import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ETAG = '"1"'


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as one:
        yield one


def waits(world, source):
    """How long after the last request the source is due again, and why."""
    health = world.now_of(source).health
    return health.next_check_at - health.checked_at, health.next_because


def test_an_hourly_pull_asks_a_busy_feed_hourly_and_no_more_than_that(world):
    minutely = rss("a", "b").replace(b"19 Nov 2026 08:00", b"20 Nov 2026 07:00")
    [source] = world.follow(world.serve("a.test/feed", minutely, etag=ETAG))
    for _ in range(12):
        world.pull()
        world.later(minutes=20)
    assert len(world.asked()) == 4
    assert waits(world, source) == (HOUR, "floor")


def test_a_feed_that_never_gave_a_validator_is_asked_once_a_day(world):
    [source] = world.follow(world.serve("a.test/feed", rss("a")))
    for _ in range(30):
        world.pull()
        world.later(hours=1)
    assert len(world.asked()) == 2
    assert waits(world, source)[1] == "no-validators"


def test_a_daily_cron_gets_every_feed_every_day(world):
    world.follow(*(world.serve(f"a.test/{n}", rss("a")) for n in range(5)))
    for day in range(4):
        world.later(seconds=(NOW + day * DAY - world.clock()).total_seconds())
        world.pull(chance=0.99 if day % 2 else 0.0)
    assert len(world.asked()) == 20


@pytest.mark.parametrize(("last_news", "wait"), [(10, 12 * HOUR), (40, DAY), (100, 3 * DAY), (400, 7 * DAY)])
def test_a_silent_source_is_asked_ever_more_seldom(world, last_news, wait):
    def item(name, days):
        at = http_date(NOW - timedelta(days=days))
        return f"<item><guid isPermaLink='false'>{name}</guid><title>{name}</title><pubDate>{at}</pubDate></item>"

    items = "".join(item(f"n{n}", last_news + n) for n in range(4))
    body = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    [source] = world.follow(world.serve("a.test/feed", body, etag=ETAG))
    world.pull()
    found, because = waits(world, source)
    assert wait - timedelta(minutes=30) <= found <= wait
    assert because == ("rhythm" if last_news == 10 else "silence")


def test_the_users_interval_takes_the_place_of_the_rhythm(world):
    [source] = world.follow(world.serve("a.test/feed", rss("a", "b"), etag=ETAG), interval_s=6 * 3_600)
    world.pull()
    assert waits(world, source) == (6 * HOUR, "wish")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Cache-Control": "max-age=90000"}, 25 * HOUR),
        ({"Cache-Control": "max-age=93600", "Age": "3600"}, 25 * HOUR),
        ({"Cache-Control": "max-age=31536000"}, 7 * DAY),
        ({"Cache-Control": "no-cache, max-age=90000"}, 12 * HOUR),
        ({"Expires": http_date(NOW + 30 * HOUR), "Date": http_date(NOW + 5 * HOUR)}, 25 * HOUR),
        ({"Expires": "0"}, 12 * HOUR),
    ],
)
def test_how_long_an_answer_stays_fresh_is_heeded_up_to_a_week(world, headers, wait):
    [source] = world.follow(world.serve("a.test/feed", rss("a", "b"), etag=ETAG, headers=headers))
    world.pull()
    assert wait - timedelta(minutes=30) <= waits(world, source)[0] <= wait


def test_freshness_of_a_304_counts_and_the_feeds_own_ttl_is_remembered_over_it(world):
    head = "<ttl>1800</ttl>"
    [source] = world.follow(
        world.in_turn(
            "a.test/feed",
            Reply(body=rss("a", "b", head=head), etag=ETAG),
            Reply(status=304),
            Reply(status=304, headers={"Cache-Control": "max-age=172800"}),
        )
    )
    for because in ("ttl", "ttl", "max-age"):
        world.pull(source)
        assert waits(world, source)[1] == because


def test_hours_at_which_the_feed_does_not_want_to_be_asked_are_passed_over(world):
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(13, 24))
    head = f"<skipHours>{hours}</skipHours><skipDays><day>Monday</day></skipDays>"
    [source] = world.follow(world.serve("a.test/feed", rss("a", "b", head=head), etag=ETAG))
    world.pull()  # on a Sunday at noon
    due_at = world.now_of(source).health.next_check_at
    assert (due_at.strftime("%A"), due_at.hour) == ("Tuesday", 0)


def test_all_that_is_not_due_may_be_asked_for_but_not_within_the_hour(world):
    world.follow(world.serve("a.test/feed", rss("a"), etag=ETAG, headers={"Cache-Control": "max-age=604800"}))
    world.pull()
    world.later(minutes=59)
    world.pull(everything=True)
    assert len(world.asked()) == 1
    world.later(minutes=1)
    world.pull(everything=True)
    assert len(world.asked()) == 2


def test_a_muted_and_a_removed_source_are_never_asked(world):
    muted, removed = world.follow(
        world.serve("a.test/muted", rss("a")), world.serve("a.test/removed", rss("a"))
    )
    with world.shelf.writing():
        following.save(
            world.shelf, [replace(muted, muted_at=NOW), replace(removed, removed_at=NOW)], command=None
        )
    for _ in range(3):
        world.pull(everything=True)
        world.later(days=10)
    assert world.asked() == []


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7200"}, 2 * HOUR),
        ({"Retry-After": http_date(NOW + 2 * HOUR)}, 2 * HOUR),
        # Its clock is a day ahead of ours: what counts is how long it means.
        ({"Retry-After": http_date(NOW + DAY + 2 * HOUR), "Date": http_date(NOW + DAY)}, 2 * HOUR),
        ({"X-RateLimit-Reset": "7200"}, 2 * HOUR),
        ({"Retry-After": "99999999"}, 7 * DAY),
        ({}, HOUR),
    ],
)
def test_a_host_that_says_too_many_is_left_alone_by_all_its_feeds_as_long_as_it_says(world, headers, wait):
    first, second, third = world.follow(
        world.serve("a.test/1", rss("a"), etag=ETAG),
        world.serve("a.test/2", status=429, headers=headers),
        world.serve("a.test/3", rss("b"), etag=ETAG),
    )
    other = world.serve("b.test/1", rss("c"), etag=ETAG)
    world.follow(other)
    done = world.pull()
    assert [done[one.url].status for one in (first, second, third)] == ["new", "failed", "skipped"]
    assert done[other].status == "new"
    assert world.paths("a.test") == ["/1", "/2"]
    assert world.now_of(third).health.failures == 0

    world.later(seconds=wait.total_seconds() - 60)
    world.pull(third)  # not even by name
    assert world.paths("a.test") == ["/1", "/2"]
    world.later(seconds=120)
    world.pull(third)
    assert world.paths("a.test")[-1] == "/3"
    asked = world.shelf.store.fetches.of(second.id)[0]
    assert (asked.host, asked.status) == ("a.test", 429)


def test_a_host_that_never_says_how_long_is_left_alone_longer_and_longer_even_by_a_new_run(world):
    [source] = world.follow(world.serve("a.test/feed", status=429))
    stops = []
    for _ in range(7):
        world.pull(source)
        state = world.shelf.store.hosts.get("a.test")
        stops.append((state.not_before - world.clock()) / HOUR)
        world.clock.at = state.not_before
    assert [round(stop) for stop in stops] == [1, 2, 4, 8, 16, 24, 24]


def test_a_host_that_answers_again_begins_anew(world):
    [source] = world.follow(
        world.in_turn("a.test/feed", Reply(status=429), feed("a", etag=ETAG), Reply(status=429))
    )
    for _ in range(3):
        world.pull(source)
        world.later(hours=2)
    assert world.shelf.store.hosts.get("a.test").strikes == 1


def test_a_503_that_says_how_long_stops_its_host_at_once(world):
    _first, second = world.follow(
        world.serve("a.test/1", status=503, headers={"Retry-After": "600"}),
        world.serve("a.test/2", rss("a")),
    )
    done = world.pull()
    assert done[second.url].status == "skipped"
    assert world.paths() == ["/1"]


def test_a_503_that_does_not_is_asked_again_and_the_second_stops_the_host(world):
    first, third = world.follow(world.serve("a.test/1", status=503), world.serve("b.test/1", rss("a")))
    assert world.pull()[first.url].status == "failed"
    assert world.paths("a.test") == ["/1", "/1"]
    assert world.pull(third)[third.url].status == "unchanged"
    assert world.pull(first)[first.url].status == "skipped"
    assert world.paths("a.test") == ["/1", "/1"]


def test_a_503_of_one_feed_of_a_host_that_serves_the_others_is_that_feeds_own(world):
    broken, fine = world.follow(world.serve("a.test/1", status=503), world.serve("a.test/2", rss("a")))
    done = world.pull()
    assert (done[broken.url].status, done[fine.url].status) == ("failed", "new")
    assert world.paths() == ["/1", "/2", "/1"]
    assert world.shelf.store.hosts.stopped(world.clock()) == {}


@pytest.mark.parametrize("status", [408, 425, 500, 502, 504, 522])
def test_what_may_pass_is_asked_once_more_when_all_others_are_done_half_a_minute_later(world, status):
    broken, *others = world.follow(
        world.in_turn("a.test/feed", Reply(status=status), feed("a", etag=ETAG)),
        *(world.serve(f"b.test/{n}", rss(f"b{n}"), etag=ETAG) for n in range(3)),
    )
    done = world.pull()
    assert [done[one.url].status for one in (broken, *others)] == ["new"] * 4
    ticks = [(name, tick) for name, _path, tick in world.heard]
    assert ticks[-1][0] == "a.test"
    assert ticks[-1][1] - ticks[0][1] >= 30
    assert world.now_of(broken).health.failures == 0
    assert [one.purpose for one in world.shelf.store.fetches.of(broken.id)] == ["again", "due"]


def test_what_fails_twice_in_a_run_counts_once_and_is_waited_out_longer_and_longer(world):
    [source] = world.follow(world.serve("a.test/feed", status=500))
    hours = []
    for _ in range(6):
        world.pull(source)
        hours.append(round(waits(world, source)[0] / HOUR, 1))
    assert hours == [1, 2, 4, 8, 16, 23.5]
    assert world.now_of(source).health.failures == 6
    assert len(world.asked()) == 12


def test_there_is_no_second_try_when_the_time_for_it_is_not_there(world):
    [source] = world.follow(world.serve("a.test/feed", status=500))
    assert world.pull(max_time_s=20.0)[source.url].status == "failed"
    assert len(world.asked()) == 1


def test_a_404_is_asked_ever_more_seldom_and_never_given_up(world):
    [source] = world.follow(world.serve("a.test/feed", status=404))
    asked = []
    for hour in range(24 * 30):
        if world.pull():
            asked.append(hour)
        world.later(hours=1)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps[:3] == [12, 24, 48]
    assert all(gap in {167, 168} for gap in gaps[3:])
    health = world.now_of(source).health
    assert (health.word, health.parked_at) == ("dead?", None)


def test_a_404_that_passes_is_well_again(world):
    [source] = world.follow(world.in_turn("a.test/feed", Reply(status=404), feed("a", etag=ETAG)))
    world.pull()
    assert world.now_of(source).health.word == "failing"
    world.pull(source)
    assert world.now_of(source).health.word == "ok"


@pytest.mark.parametrize("status", [402, 403, 451])
def test_a_block_is_waited_out_and_never_answered_with_a_mask(world, status):
    [source] = world.follow(world.serve("a.test/feed", status=status))
    for hours in (6, 12, 23.5):
        world.pull(source)
        assert waits(world, source)[0] / HOUR == hours
    assert len({one.headers["user-agent"] for one in world.asked()}) == 1


def test_a_refused_login_is_not_tried_again_within_a_day_not_even_with_all(world):
    [source] = world.follow(world.serve("a.test/feed", status=401))
    world.pull()
    world.later(hours=20)
    world.pull(everything=True)
    assert len(world.asked()) == 1
    assert world.now_of(source).health.trouble == "login"
    world.pull(source)  # by name, as after a change of the settings
    assert len(world.asked()) == 2


def test_410_twice_a_day_apart_parks_and_only_the_name_asks_again(world):
    replies = {"now": Reply(status=410)}
    [source] = world.follow(world.serve("a.test/feed", lambda _seen: replies["now"]))
    for _ in range(24 * 9):
        world.pull(everything=True)
        world.later(hours=1)
    assert len(world.asked()) == 2
    parked = world.now_of(source).health
    assert (parked.parked_because, parked.word, parked.next_check_at) == ("gone", "parked", None)
    assert world.shelf.store.arrivals.count(source.id) == 0
    before = len(world.asked())
    world.later(days=100)
    world.pull(everything=True)
    assert len(world.asked()) == before

    replies["now"] = feed("a", etag=ETAG)
    world.pull(source)
    assert world.now_of(source).health.word == "ok"
    world.later(days=4)
    world.pull()
    assert len(world.asked()) == before + 2


def test_410_twice_within_a_day_is_somebody_moving_house(world):
    [source] = world.follow(world.serve("a.test/feed", status=410))
    world.pull()
    world.pull(source)
    assert world.now_of(source).health.parked_at is None


def test_a_421_is_asked_once_more_on_a_fresh_connection(world):
    url = world.in_turn("a.test/feed", Reply(status=421), feed("a", etag=ETAG))
    world.at_once.add(url)
    [source] = world.follow(url)
    assert world.pull()[source.url].status == "new"
    assert len({one.connection for one in world.asked()}) == 2


def test_one_host_is_asked_once_a_second_and_the_others_meanwhile(world):
    world.follow(*(world.serve(f"a.test/{n}", rss(f"a{n}")) for n in range(4)))
    world.follow(world.serve("b.test/1", rss("b")))
    world.pull()
    ticks = [tick for name, _path, tick in world.heard if name == "a.test"]
    assert all(later - earlier >= 1 for earlier, later in pairwise(ticks))
    assert ("b.test", "/1", 0.0) in world.heard


def test_reddit_gets_61_seconds_under_all_its_names_and_from_run_to_run(world):
    names = ("www.reddit.com", "old.reddit.com", "reddit.com")
    sources = world.follow(*(world.serve(f"{name}/r/{n}/.rss", rss(name)) for n, name in enumerate(names)))
    world.pull()
    world.pull(sources[0])
    ticks = [tick for _name, _path, tick in world.heard]
    assert len(ticks) == 4
    assert all(later - earlier >= 61 for earlier, later in pairwise(ticks))


def test_which_feed_of_a_host_comes_first_is_left_to_chance(world):
    world.follow(*(world.serve(f"a.test/{n}", rss(f"a{n}")) for n in range(4)))
    world.pull(chance=0.0)
    world.later(days=1)
    world.pull(chance=0.99)
    assert world.paths()[0] != world.paths()[4]
    assert sorted(world.paths()[:4]) == sorted(world.paths()[4:])


def test_a_feed_that_says_it_has_ended_is_parked_and_keeps_its_items(world):
    body = b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "expired": true, "items": [{"id": 1}]}'
    [source] = world.follow(world.serve("a.test/feed.json", body))
    pulled = world.pull()[source.url]
    assert (pulled.status, world.items(source)) == ("new", 1)
    assert "ended" in pulled.notice
    world.later(days=30)
    assert world.pull(everything=True) == {}
    assert world.now_of(source).health.parked_because == "expired"
