import threading
from datetime import UTC, datetime, timedelta

import pytest

from pkm.errors import Busy
from pkm.model.source import CAPTURES, Health, Source
from pkm.net.door import Door
from pkm.seek.attention import needs_person
from pkm.seek.due import due
from pkm.seek.pull import PullOptions, pull
from pkm.seek.settle import Pulled, Terms
from pkm.shelf import locks
from support.server import Reply, Site
from support.shelves import Clock, new_home, opened, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rss(*names):
    items = "".join(f"<item><guid>{name}</guid><title>{name}</title></item>" for name in names)
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


@pytest.fixture
def site():
    with Site() as here:
        yield here


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def follow(shelf, url):
    return stored_source(shelf, url, private_host=True, title=None)


def run(shelf, sources, *, polite=False, **options):
    asked = tuple(shelf.store.sources.get(one.id) for one in sources)
    with Door(user_agent="pkm/test") as door:
        return {
            one.source.url: one
            for one in pull(
                shelf, asked, door=door, options=PullOptions(terms=Terms(polite=polite), **options)
            )
        }


def test_one_bad_source_never_stops_the_others(shelf, site):
    good = [follow(shelf, site.serve(f"/good{n}", rss(f"a{n}"))) for n in range(3)]
    bad = [
        follow(shelf, site.serve("/gone", status=410)),
        follow(shelf, site.serve("/page", "<html><body>no</body></html>")),
        follow(shelf, site.serve("/junk", b"\x00\x01 not a feed")),
        follow(shelf, site.serve("/login", status=401)),
        stored_source(shelf, "http://127.0.0.1:9/refused-without-leave"),
        follow(shelf, "http://127.0.0.1:9/nobody"),
    ]
    done = run(shelf, good + bad)
    assert [done[one.url].status for one in good] == ["new"] * 3
    for one in bad:
        assert done[one.url].status == "failed"
        health = shelf.store.sources.get(one.id).health
        assert (health.failures, health.word, bool(health.error)) == (1, "failing", True)


def test_a_second_pull_asks_with_both_validators_and_stores_nothing_new(shelf, site):
    source = follow(shelf, site.serve("/feed", rss("a"), etag='"v1"', last_modified="Sun, 22 Nov 2026"))
    run(shelf, [source])
    again = run(shelf, [source])[source.url]
    assert (again.status, again.new) == ("unchanged", 0)
    sent = site.requests[-1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', "Sun, 22 Nov 2026")


def test_a_failure_keeps_items_and_validators(shelf, site):
    url = site.in_turn(
        "/feed",
        Reply(body=rss("a").encode(), etag='"v1"'),
        Reply(status=500),
        Reply(body=rss("a").encode(), etag='"v1"'),
    )
    source = follow(shelf, url)
    for _ in range(3):
        run(shelf, [source])
    assert site.requests[-1].headers["if-none-match"] == '"v1"'
    assert shelf.store.arrivals.count(source.id) == 1
    assert shelf.store.sources.get(source.id).health.word == "ok"


def test_what_the_feed_calls_itself_fills_in_what_the_user_did_not_say(shelf, site):
    source = follow(shelf, site.serve("/feed", rss("a")))
    run(shelf, [source])
    assert shelf.store.sources.get(source.id).title == "T"


def test_a_host_that_says_too_many_is_left_alone_at_once(shelf, site):
    url = site.serve("/busy", status=429, headers={"Retry-After": "7200"})
    first = follow(shelf, url)
    done = run(shelf, [first], polite=True)
    assert done[url].status == "failed"
    other = follow(shelf, site.serve("/fine", rss("a")))
    site.requests.clear()
    skipped = run(shelf, [other])[other.url]
    assert (skipped.status, site.requests) == ("skipped", [])
    assert shelf.store.sources.get(other.id).health.failures == 0


def test_a_second_pull_beside_a_running_one_is_told_so(shelf, site):
    source = follow(shelf, site.serve("/feed", rss("a")))
    with locks.pulling(shelf.home.state), pytest.raises(Busy):
        run(shelf, [source])


def test_when_patience_is_over_the_slow_ones_are_left_without_blame(shelf, site):
    answered = []
    slow = follow(shelf, site.play("/slow", lambda _seen, wire: answered.append(wire.pause(60))))
    fine = follow(shelf, site.serve("/fine", rss("a")))
    done = run(shelf, [slow, fine], max_time_s=0.7, finish=False)
    assert answered == []  # it was over while the slow one was still silent
    assert list(done) == [fine.url]
    assert shelf.store.sources.get(slow.id).health == Health()


def test_after_max_time_no_request_begins_and_those_left_are_named(shelf, site):
    source = follow(shelf, site.serve("/feed", rss("a")))
    done = run(shelf, [source], max_time_s=0.0)
    assert done[source.url].status == "skipped"
    assert site.requests == []


def test_what_is_told_is_on_the_disk_already(shelf, site):
    sources = [follow(shelf, site.serve(f"/f{n}", rss(f"a{n}", f"b{n}"))) for n in range(20)]
    with Door(user_agent="pkm/test") as door, opened(shelf.home) as beside:
        told = [beside.store.arrivals.count(one.source.id) for one in pull(shelf, sources, door=door)]
    assert told == [2] * 20


def test_whoever_stops_in_the_middle_keeps_what_came(shelf, site):
    sources = [follow(shelf, site.serve(f"/f{n}", rss(f"a{n}"))) for n in range(4)]
    with Door(user_agent="pkm/test") as door:
        steps = pull(shelf, sources, door=door)
        first = next(steps)
        steps.close()
    assert shelf.store.arrivals.count(first.source.id) == 1
    with locks.pulling(shelf.home.state):
        pass  # its lock is free
    assert threading.active_count() < 20


def test_a_polite_pull_asks_one_server_once_a_second(shelf, site):
    sources = [follow(shelf, site.serve(f"/f{n}", rss(f"a{n}"))) for n in range(2)]
    run(shelf, sources, polite=True)
    first, second = (seen.at for seen in site.requests)
    assert second - first >= 0.95


def source(**fields):
    return Source(id="s-000000000001", url="https://a.example/", **fields)


def test_due_are_those_followed_not_muted_whose_time_has_come():
    later = Health(next_check_at=NOW + HOUR, checked_at=NOW - 3 * HOUR)
    assert due([source()], now=NOW)
    assert due([source(health=Health(next_check_at=NOW))], now=NOW)
    assert not due([source(health=later)], now=NOW)
    assert due([source(health=later)], now=NOW, everything=True)
    assert not due([source(muted_at=NOW)], now=NOW, everything=True)
    assert not due([source(removed_at=NOW)], now=NOW, everything=True)
    assert not due([source(kind=CAPTURES)], now=NOW, everything=True)


def test_even_all_does_not_ask_twice_within_the_hour():
    just_asked = Health(next_check_at=NOW + HOUR, checked_at=NOW - timedelta(minutes=5))
    assert not due([source(health=just_asked)], now=NOW, everything=True)


def failed(failure, **health):
    return Pulled(source=source(health=Health(**health)), status="failed", error=failure)


def test_a_night_pull_speaks_of_a_login_once_and_of_what_may_pass_at_the_fifth_time(shelf, site):
    login = follow(shelf, site.serve("/login", status=401))
    error = run(shelf, [login])[login.url].error
    assert needs_person(failed(error))
    assert not needs_person(failed(error, failures=1, error=error.what))
    broken = follow(shelf, site.serve("/broken", status=500))
    passing = run(shelf, [broken])[broken.url].error
    told = [needs_person(failed(passing, failures=n, error=passing.what)) for n in range(8)]
    assert told == [False] * 4 + [True] + [False] * 3


def pulled_on(shelf, clock, source, *days, **options):
    for number in days:
        clock.at = NOW + timedelta(days=number)
        run(shelf, [source], **options)
    return shelf.store.sources.get(source.id)


def test_a_permanent_redirect_is_believed_the_third_time_and_after_a_week(shelf, site, clock):
    new = site.serve("/new", rss("a"))
    source = follow(shelf, site.serve("/old", status=301, headers={"Location": new}))

    assert pulled_on(shelf, clock, source, 0, 1, 2).url == source.url
    assert pulled_on(shelf, clock, source, 8).url == new
    assert new in shelf.home.sources.read_text()
    assert pulled_on(shelf, clock, source, 9).health.failures == 0
    assert site.requests[-1].path == "/new"


def test_a_redirect_that_stops_in_between_is_counted_anew(shelf, site, clock):
    new = site.serve("/new", rss("a"))
    moved = {"Location": new}
    source = follow(shelf, site.serve("/old", status=308, headers=moved))
    pulled_on(shelf, clock, source, 0, 1)
    site.serve("/old", rss("a"))
    pulled_on(shelf, clock, source, 2)
    site.serve("/old", status=308, headers=moved)

    assert pulled_on(shelf, clock, source, 8, 9).url == source.url


def test_an_address_of_another_source_is_not_taken_over(shelf, site, clock):
    taken = follow(shelf, site.serve("/new", rss("a")))
    source = follow(shelf, site.serve("/old", status=301, headers={"Location": taken.url}))

    assert pulled_on(shelf, clock, source, 0, 4, 8, 9).url == source.url


def test_who_is_gone_twice_a_day_apart_is_asked_no_more(shelf, site, clock):
    source = follow(shelf, site.serve("/gone", status=410))
    once = pulled_on(shelf, clock, source, 0, 0.01, polite=True)
    assert once.health.next_check_at < NOW + timedelta(days=2)

    twice = pulled_on(shelf, clock, source, 1.1, polite=True)
    assert (twice.health.parked_because, twice.health.word) == ("gone", "parked")
    assert due([twice], now=NOW + timedelta(days=365)) == ()


def hang(_seen, wire):
    wire.head("200 OK", "Content-Type: application/rss+xml")
    wire.drip(iter(lambda: b" ", None), every_s=0.2)


def test_a_pull_that_is_asked_to_stop_stores_what_came_and_blames_nobody(shelf, site):
    site.serve("/good", rss("A"))
    site.play("/endless", hang)
    good, endless = (
        stored_source(shelf, site.url(path), private_host=True) for path in ("/good", "/endless")
    )
    stop = threading.Event()
    told = []
    for one in pull(shelf, [good, endless], door=Door(user_agent="t"), options=PullOptions(stop=stop.is_set)):
        told.append((one.source.id, one.status))
        stop.set()
    assert told == [(good.id, "new")]
    assert shelf.store.sources.get(good.id).health.word == "ok"
    assert shelf.store.sources.get(endless.id).health.word == "new"
