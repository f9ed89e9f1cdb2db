"""Answers that are none, wires that break, addresses that move, and a network that is not there."""

import gzip
from datetime import timedelta

import pytest

from pkm.errors import Offline
from pkm.model.source import Asking
from pkm.net.transport import DoorLimits
from pkm.seek.patience import Because
from support.replay import World, dripped, feed, rss, short_body
from support.server import Reply
from support.shelves import NOW
from support.tls import make_certificate

ETAG = '"1"'
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as one:
        yield one


def pulled_well(world, address="a.test/feed"):
    """A source that has one item and a validator."""
    [source] = world.follow(world.serve(address, rss("a"), etag=ETAG))
    world.pull(source)
    assert world.items(source) == 1
    return source


def kept_all(world, source):
    """Whether the failure cost nothing: the item is there, and the next request is conditional."""
    world.serve("a.test/feed", rss("a"), etag=ETAG)
    world.pull(source)
    return world.items(source) == 1 and world.asked()[-1].headers.get("if-none-match") == ETAG


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(body=b""), "empty"),
        (Reply(body=b" \n "), "not-a-feed"),
        (Reply(body=b"<html><body>hello</body></html>"), "not-a-feed"),
        (Reply(body=b"<html><title>Just a moment...</title></html>"), "bot-check"),
        (Reply(status=403, headers={"cf-mitigated": "challenge"}), "bot-check"),
        (Reply(status=206, body=rss("a")), "status"),
        (Reply(status=300), "status"),
        (Reply(status=500, body=rss("z")), "status"),
        (Reply(body=b"\x1f\x8bgarbage", headers={"Content-Encoding": "gzip"}), "encoding"),
        (Reply(body=gzip.compress(rss("z"))[:-20], headers={"Content-Encoding": "gzip"}), "encoding"),
        (Reply(body=rss("z"), headers={"Content-Encoding": "br"}), "encoding"),
    ],
)
def test_an_answer_that_is_none_is_a_failure_and_costs_nothing(world, reply, kind):
    source = pulled_well(world)
    world.serve("a.test/feed", lambda _seen: reply)
    done = world.pull(source)[source.url]
    assert (done.status, done.error.kind) == ("failed", kind)
    assert kept_all(world, source)


def test_a_203_is_as_good_as_a_200_and_a_feed_without_items_is_a_feed(world):
    [source] = world.follow(world.in_turn("a.test/feed", feed("a", status=203, etag=ETAG), feed(etag='"2"')))
    assert world.pull()[source.url].status == "new"
    assert world.pull(source)[source.url].status == "unchanged"
    assert world.items(source) == 1


@pytest.mark.parametrize("missing", [1, 500])
def test_a_body_shorter_than_it_says_is_thrown_away(world, missing):
    source = pulled_well(world)
    world.play("a.test/feed", short_body(rss("b", "a"), missing=missing))
    assert world.pull(source)[source.url].error.kind == "broken-answer"
    assert world.items(source) == 1
    world.site("a.test").serve("/feed")  # the play goes before what is served


def test_thirty_megabytes_out_of_thirty_kilobytes_are_not_unpacked(world):
    bomb = gzip.compress(b"<rss>" + b" " * 30_000_000)
    [source] = world.follow(world.serve("a.test/feed", bomb, headers={"Content-Encoding": "gzip"}))
    assert len(bomb) < 40_000
    assert world.pull()[source.url].error.kind == "too-large"


def test_a_body_that_drips_ends_with_the_requests_own_time(tmp_path):
    with World(tmp_path, limits=DoorLimits(total_s=0.5)) as world:
        [source] = world.follow(world.play("a.test/feed", dripped(rss("a"), every_s=0.1)))
        assert world.pull()[source.url].error.kind == "timeout"
        assert world.items(source) == 0


def test_a_cookie_is_not_kept(world):
    headers = {"Set-Cookie": "who=you; Path=/"}
    one, two = world.follow(
        world.serve("a.test/1", rss("a"), headers=headers), world.serve("a.test/2", rss("b"), headers=headers)
    )
    world.pull()
    world.pull(one, two)
    assert len(world.asked()) == 4
    assert not any("cookie" in one.headers for one in world.asked())


def test_a_page_that_links_its_feed_proposes_it_and_switches_nothing(world):
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/real.xml"></head></html>'
    source = pulled_well(world)
    world.serve("a.test/feed", page)
    done = world.pull(source)[source.url]
    real = world.url("a.test", "/real.xml")
    assert real in done.error.why
    assert f"--url {real}" in done.error.hint
    [proposal] = world.shelf.store.proposals.of(source.id)
    assert (proposal.kind, proposal.url) == ("page", real)
    assert world.now_of(source).url == source.url
    assert kept_all(world, source)
    assert "/real.xml" not in world.paths()

    world.serve("a.test/feed", rss("b"), etag='"2"')
    world.pull(source)
    assert world.shelf.store.proposals.of(source.id) == ()


def test_a_new_address_that_the_feed_names_is_a_proposal(world):
    head = "<itunes:new-feed-url xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>https://new.test/f"
    body = rss("a", head=f"{head}</itunes:new-feed-url>")
    [source] = world.follow(world.serve("a.test/feed", body, etag=ETAG))
    world.pull()
    [proposal] = world.shelf.store.proposals.of(source.id)
    assert (proposal.kind, proposal.url) == ("moved", "https://new.test/f")
    assert world.now_of(source).url == source.url


def moved(world, *statuses, target="/new"):
    """A source whose address leads to `target` over hops of these statuses."""
    ends = ["/feed", *(f"/hop{n}" for n in range(1, len(statuses))), target]
    for status, here, there in zip(statuses, ends, ends[1:], strict=False):
        world.site("a.test").redirect(here, there, status=status)
    world.serve(f"a.test{target}", rss("a"), etag=ETAG)
    [source] = world.follow(world.url("a.test", "/feed"))
    return source


def test_a_move_for_good_is_learnt_the_third_time_and_after_a_week_and_told(world):
    source = moved(world, 301, 308)
    new = world.url("a.test", "/new")
    for _ in range(3):
        assert world.pull(source)[source.url].notice is None
        world.later(days=2)
    assert world.now_of(source).url == source.url
    world.later(days=2)
    assert new in world.pull(source)[source.url].notice
    assert world.now_of(source).url == new
    world.pull(source)
    assert world.paths()[-2:] == ["/new", "/new"]
    assert world.asked()[-1].headers["if-none-match"] == ETAG
    # The old address is still known as this source's own: a list that has it brings no second one.
    assert world.shelf.store.sources.at(source.url).id == source.id
    assert world.shelf.store.addresses.moves(source.id)[0].learnt_at is not None


@pytest.mark.parametrize(
    ("statuses", "target"),
    [
        ((301, 302), "/new"),
        ((307, 301), "/new"),
        ((302,), "/new"),
        ((301,), "/login/feed"),
        ((308,), "/sso/f"),
    ],
)
def test_a_move_that_is_not_for_good_throughout_or_ends_at_a_login_is_followed_and_not_learnt(
    world, statuses, target
):
    source = moved(world, *statuses, target=target)
    for _ in range(5):
        assert world.pull(source)[source.url].status in {"new", "unchanged"}
        world.later(days=3)
    assert world.now_of(source).url == source.url


def test_a_move_to_a_page_is_not_learnt(world):
    source = moved(world, 301)
    world.serve("a.test/new", "<html><body>a parked domain</body></html>")
    for _ in range(5):
        world.pull(source)
        world.later(days=3)
    assert world.now_of(source).url == source.url
    assert world.shelf.store.addresses.moves() == ()


def test_a_move_to_the_address_of_another_source_makes_a_twin_that_the_user_is_told_of(world):
    source = moved(world, 301)
    [other] = world.follow(world.url("a.test", "/new"))
    world.at_once.add(other.url)  # it is also the end of a redirect, which waits for nobody
    for _ in range(5):
        world.pull(source, other)
        world.later(days=3)
    assert world.now_of(source).url == source.url
    assert [one.kind for one in world.shelf.store.proposals.of(source.id)] == ["twin"]
    # And neither takes the other's validators: one asks with, one without.
    last = world.asked()[-3:]
    assert sorted("if-none-match" in one.headers for one in last if one.path == "/new") == [False, True]


def test_a_circle_of_redirects_ends_and_is_no_reason_to_ask_again(world):
    world.site("a.test").redirect("/feed", "/other", status=301)
    world.site("a.test").redirect("/other", "/feed", status=301)
    [source] = world.follow(world.url("a.test", "/feed"))
    assert world.pull()[source.url].error.kind == "redirect"
    assert world.paths() == ["/feed", "/other"]


def test_what_a_server_is_shown_and_what_it_gave_goes_to_no_other_host(world):
    """Two hosts behind one proxy, since a second private host would be refused."""
    proxy = world.site("proxy.test")
    world.proxies["http"] = proxy.url("")
    world.secrets["key"] = "hunter2"
    world.may_be_sent |= {"authorization", "x-key"}
    first, second = "http://a.example/feed", "http://b.example/feed"
    proxy.serve(first, rss("a"), etag=ETAG)
    headers = (("Authorization", "Bearer secret:key"), ("X-Key", "secret:key"))
    [source] = world.follow(first, asking=Asking(headers=headers))
    world.pull(source)
    proxy.redirect(first, second, status=302)
    proxy.serve(second, rss("b", "a"), etag='"b"')
    assert world.pull(source)[source.url].new == 1
    assert world.pull(source)[source.url].status == "unchanged"
    own = [one.headers for one in world.asked() if one.path == first]
    others = [one.headers for one in world.asked() if one.path == second]
    assert all(one["authorization"] == "Bearer hunter2" and one["x-key"] == "hunter2" for one in own)
    assert [one.get("if-none-match") for one in own] == [None, ETAG, ETAG]
    assert not any({"authorization", "x-key"} & one.keys() for one in others)
    assert [one.get("if-none-match") for one in others] == [None, '"b"']


def test_from_https_down_to_http_is_not_followed(tmp_path):
    certificate = make_certificate(tmp_path, "a.test")
    with World(tmp_path / "w", trusted=certificate.cert) as world:
        site = world.site("a.test", tls=certificate.server())
        site.redirect("/feed", f"http://a.test:{site.port}/feed", status=301)
        [source] = world.follow(site.url("/feed", host="a.test"))
        assert world.pull()[source.url].error.kind == "redirect"
        assert world.paths() == ["/feed"]
        world.later(days=30)
        world.pull(source)
        assert world.now_of(source).url == source.url
        assert world.shelf.store.addresses.moves() == ()


def test_a_certificate_that_nobody_knows_is_named_as_the_reason(tmp_path):
    certificate = make_certificate(tmp_path, "a.test")
    with World(tmp_path / "w") as world:
        site = world.site("a.test", tls=certificate.server())
        [source] = world.follow(site.url("/feed", host="a.test"))
        world.pull()
        assert "self-signed" in world.now_of(source).health.error
        assert world.now_of(source).health.trouble == "passing"


def hosts(world, count):
    return world.follow(*(world.serve(f"h{n}.test/feed", rss(f"h{n}"), etag=ETAG) for n in range(count)))


@pytest.mark.parametrize("count", [1, 2, 40])
def test_without_a_network_nothing_is_asked_nothing_counted_and_one_sentence_told(world, count):
    sources = hosts(world, count)
    world.down = "silent"
    with pytest.raises(Offline, match="no network"):
        world.pull()
    for source in sources:
        health = world.now_of(source).health
        assert (health.failures, health.checked_at, health.next_check_at) == (0, None, None)
    assert world.shelf.store.fetches.since(NOW - DAY) == ()
    world.down = set()
    assert {one.status for one in world.pull().values()} == {"new"}


def test_many_dead_names_among_living_hosts_are_no_outage(world):
    sources = hosts(world, 40)
    world.down = {f"h{n}.test" for n in range(20)}
    done = world.pull()
    assert [done[one.url].status for one in sources] == ["failed"] * 20 + ["new"] * 20
    dead = world.now_of(sources[0]).health
    assert (dead.error_kind, dead.trouble, dead.failures) == ("name", "missing", 1)


def test_a_name_that_does_not_exist_is_not_the_networks_fault(world):
    [source] = hosts(world, 1)
    world.down = {"h0.test"}
    assert world.pull()[source.url].error.kind == "name"
    assert world.now_of(source).health.next_because == Because.TROUBLE


def test_a_network_that_goes_during_a_pull_counts_against_those_asked_then(world):
    first, second = hosts(world, 2)

    def last_words(_seen):
        world.down = {"h1.test"}
        return feed("h0", etag=ETAG)

    world.serve("h0.test/feed", last_words)
    world.pull(first, hosts_at_once=1)
    assert world.pull(second)[second.url].status == "failed"


def test_a_server_on_this_computer_that_is_down_says_nothing_about_the_network(world):
    near = [f"http://127.0.0.1:{port}/feed" for port in (9, 10, 11, 12)]
    done = world.pull(*world.follow(*near))
    assert {one.error.kind for one in done.values()} == {"unreachable"}
    assert world.naps == []
