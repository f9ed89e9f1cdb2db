"""Older pages of a feed: a real server, no sleeping, the pauses counted."""

import json

import pytest

from pkm.errors import FeedError
from pkm.model.asked import Purpose
from pkm.model.item import State
from pkm.net.door import Door
from pkm.seek.backfill import BackfillOptions, backfill
from pkm.seek.settle import Terms
from pkm.shelf.undo import undo
from support.server import Reply, Site
from support.shelves import Clock, new_home, opened, stored_source


def atom(*entries, links=""):
    items = "".join(
        f"<entry><id>{one}</id><title>Item {one}</title><link href='https://a.example/{one}'/>"
        f"<updated>2024-03-{day + 1:02}T00:00:00Z</updated></entry>"
        for day, one in enumerate(entries)
    )
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:fh='http://purl.org/syndication/history/1.0'>"
        f"<title>Letters</title>{links}{items}</feed>"
    )


def link(url, rel="next"):
    return f"<link rel='{rel}' href='{url}'/>"


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", atom("5", "6", links=link("/2")), etag='"v"')
        one.serve("/2", atom("3", "4", links=link("/1")))
        one.serve("/1", atom("1", "2"))
        yield one


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path), now=Clock()) as one:
        yield one


def back(shelf, source, **options):
    with Door(user_agent="pkm/0.1 (feed reader)", proxies={}) as door:
        return backfill(
            shelf, shelf.store.sources.get(source.id), door=door, options=BackfillOptions(**options)
        )


def followed(shelf, site, path="/feed", **fields):
    return stored_source(shelf, site.url(path), private_host=True, **fields)


def states(shelf):
    return sorted((item.title, str(item.state)) for item in shelf.store.items.each())


def test_it_goes_back_page_by_page_and_what_is_old_is_let_go(shelf, site):
    done = back(shelf, followed(shelf, site))
    assert site.paths() == ["/feed", "/2", "/1"]
    assert (done.ended, done.new, [page.new for page in done.pages]) == ("no-older", 6, [2, 2, 2])
    assert [state for _title, state in states(shelf)] == ["let-go"] * 4 + ["new"] * 2


def test_archives_are_followed_as_pages_are_and_json_feeds_too(shelf, site):
    site.serve("/archived", atom("9", links=link("/2", "prev-archive")))
    assert back(shelf, followed(shelf, site, "/archived")).new == 5
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "j2"}]}
    site.serve("/json", json.dumps({**document, "next_url": site.url("/json2")}))
    site.serve("/json2", json.dumps({**document, "items": [{"id": "j1", "content_text": "one"}]}))
    assert back(shelf, followed(shelf, site, "/json")).ended == "no-older"


def test_it_ends_at_the_first_page_with_nothing_unknown(shelf, site):
    source = followed(shelf, site)
    back(shelf, source)
    site.requests.clear()
    assert back(shelf, source).ended == "known"
    assert site.paths() == ["/feed", "/2"]


def test_it_ends_after_so_many_pages_and_goes_on_from_there(shelf, site):
    source = followed(shelf, site)
    done = back(shelf, source, most=1)
    assert (done.ended, done.next_url, done.new) == ("most", site.url("/1"), 4)
    site.requests.clear()
    assert back(shelf, source).ended == "no-older"
    assert site.paths() == ["/feed", "/1"]
    assert shelf.store.proposals.of(source.id) == ()


def test_what_comes_in_may_be_new_and_undo_lets_it_go(shelf, site):
    back(shelf, followed(shelf, site), as_new=True)
    assert [state for _title, state in states(shelf)] == ["new"] * 6
    assert undo(shelf).taken_back == 4
    assert [state for _title, state in states(shelf)] == ["let-go"] * 4 + ["new"] * 2
    assert len(states(shelf)) == 6


def test_pages_of_one_host_are_two_seconds_apart_but_for_this_computers_own(shelf, site):
    pauses = []
    back(shelf, followed(shelf, site), terms=Terms(polite=True), pause=pauses.append)
    assert pauses == [2.0, 2.0]
    pauses.clear()
    back(shelf, followed(shelf, site), pause=pauses.append)
    assert pauses == []


def test_a_circle_ends(shelf, site):
    site.serve("/1", atom("1", links=link("/2")))
    assert back(shelf, followed(shelf, site)).ended == "circle"


def test_a_page_that_fails_ends_it_and_leaves_the_source_well(shelf, site):
    site.serve("/2", status=410)
    source = followed(shelf, site)
    done = back(shelf, source)
    assert (done.ended, done.error.kind) == ("failed", "status")
    stored = shelf.store.sources.get(source.id)
    assert (stored.health.failures, stored.health.parked_at) == (0, None)
    assert shelf.store.fetches.gone_since(source.id) is None
    assert {one.purpose for one in shelf.store.fetches.of(source.id)} == {Purpose.BACKFILL}


def test_a_page_that_is_no_feed_ends_it(shelf, site):
    site.serve("/2", "<html><body>Please log in</body></html>", headers={"Content-Type": "text/html"})
    assert back(shelf, followed(shelf, site)).error.kind == "not-a-feed"


def test_a_feed_that_fails_itself_is_told_as_a_failure(shelf, site):
    site.serve("/feed", status=500)
    with pytest.raises(FeedError):
        back(shelf, followed(shelf, site))


def test_a_host_that_asked_us_to_wait_is_left_alone(shelf, site):
    source = followed(shelf, site)
    site.serve("/2", status=429, headers={"Retry-After": "3600"})
    assert back(shelf, source, terms=Terms(polite=True), pause=lambda _s: None).ended == "failed"
    site.requests.clear()
    with pytest.raises(FeedError, match="asked us to wait"):
        back(shelf, source)
    assert site.requests == []


def test_a_page_on_another_private_host_is_not_asked_and_gets_no_header_of_ours(shelf, site):
    with Site("127.0.0.2") as other:
        other.serve("/2", atom("3"))
        site.serve("/feed", atom("5", links=link(other.url("/2"))))
        done = back(shelf, followed(shelf, site))
        assert (done.error.kind, other.requests) == ("address", [])


def test_a_complete_feed_marks_what_is_gone_and_deletes_nothing(shelf, site):
    complete = "<fh:complete/>"
    clock = shelf.now
    site.serve("/whole", atom("1", "2", "3", links=complete))
    source = followed(shelf, site, "/whole")
    back(shelf, source)
    clock.forward(hours=1)
    site.serve("/whole", atom("1", "3", links=complete))
    back(shelf, source)
    assert (shelf.store.arrivals.gone(source.id), shelf.store.arrivals.count(source.id)) == (1, 3)
    clock.forward(hours=1)
    site.serve("/whole", atom("1", "2", "3", links=complete))
    back(shelf, source)
    assert shelf.store.arrivals.gone(source.id) == 0


def test_an_older_page_never_marks_anything_as_gone(shelf, site):
    site.serve("/2", atom("3", links="<fh:complete/>"))
    source = followed(shelf, site)
    back(shelf, source)
    assert shelf.store.arrivals.gone(source.id) == 0


def test_an_item_that_is_here_already_keeps_what_was_decided(shelf, site):
    source = followed(shelf, site)
    site.serve("/2", atom("5", "4"))
    back(shelf, source, as_new=True)
    [five] = [item for item in shelf.store.items.each() if item.title == "Item 5"]
    assert five.state == State.NEW
    undo(shelf)
    assert shelf.store.items.get(five.id).state == State.NEW


def test_each_request_asks_for_the_whole(shelf, site):
    source = followed(shelf, site)
    site.serve(
        "/feed",
        lambda seen: Reply(body=atom("5").encode(), status=304 if "if-none-match" in seen.headers else 200),
    )
    for _ in range(2):
        assert back(shelf, source).pages[0].seen == 1
