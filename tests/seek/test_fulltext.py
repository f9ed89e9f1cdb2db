from datetime import UTC, datetime

import pytest

from pkm.model.asked import Purpose
from pkm.model.item import State
from pkm.model.source import Asking, Source
from pkm.net.door import Door
from pkm.rules.limits import PAGES_PER_PULL
from pkm.rules.query import parse_query
from pkm.seek.audit import audit
from pkm.seek.fulltext import PageTerms, fetch_pages, lacking, lacking_of
from pkm.seek.pagefetch import Wanted, request_for
from pkm.seek.pull import PullOptions, pull
from pkm.seek.settle import Terms
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf.bodies import bodies_of
from pkm.shelf.prune import plan, prune
from pkm.shelf.undo import undo
from support.server import Reply, Site
from support.shelves import Clock, new_home, opened, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGINNING = "Teams that write their decisions down argue less about what was decided, and more about why."
WHOLE = (
    f"<p>{BEGINNING}</p>"
    + "<p>Whoever reads the log a year later finds the doubts beside the verdict.</p>" * 9
)
PAGE = f"<html><body><nav><a href=/>Home</a></nav><article>{WHOLE}</article></body></html>"
HTML = {"Content-Type": "text/html"}


@pytest.fixture
def site():
    with Site() as one:
        yield one


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def serve_feed(site, items, *, words=BEGINNING):
    made = "".join(
        f"<item><guid>{n}</guid><title>Item {n}</title><link>{site.url(f'/{n}')}</link><description>{words}</description></item>"
        for n in items
    )
    site.serve("/feed", f"<rss version='2.0'><channel><title>F</title>{made}</channel></rss>")


def source(shelf, site, full="auto"):
    return stored_source(shelf, site.url("/feed"), full=full, private_host=True)


def pulled(shelf, *sources, polite=False):
    options = PullOptions(terms=Terms(polite=polite))
    return list(pull(shelf, sources, door=Door(user_agent="pkm/test"), options=options))


def item_of(shelf, title="Item 1"):
    return next(one for one in shelf.store.items.each() if one.title == title)


def pages(site):
    return [path for path in site.paths() if path != "/feed"]


def test_the_whole_text_is_fetched_in_the_same_pull_and_both_are_kept(shelf, site):
    serve_feed(site, [1])
    site.serve("/1", PAGE, headers=HTML)
    pulled(shelf, source(shelf, site))
    bodies = bodies_of(shelf, item_of(shelf))
    assert (bodies.origin, bodies.differ) == ("page", True)
    assert "doubts beside the verdict" in bodies.shown.text
    assert "Home" not in bodies.shown.text
    assert bodies.feed.text == BEGINNING
    assert shelf.store.search.find(parse_query("doubts"), limit=5)


@pytest.mark.parametrize(("full", "words", "asked"), [
    ("never", BEGINNING, False),
    ("auto", BEGINNING, True),
    ("auto", "Long enough to be the whole of it. " * 20, False),
    ("auto", "Long, but it trails off. " * 30 + "…", True),
    ("always", "Long enough to be the whole of it. " * 20, True),
])  # fmt: skip
def test_a_page_is_asked_for_as_the_source_is_set(shelf, site, full, words, asked):
    serve_feed(site, [1], words=words)
    site.serve("/1", PAGE, headers=HTML)
    pulled(shelf, source(shelf, site, full))
    assert bool(pages(site)) is asked


def test_a_page_is_asked_for_once_and_again_only_after_an_edit_with_its_validator(shelf, site, clock):
    serve_feed(site, [1])
    site.serve("/1", PAGE, headers=HTML, etag='"p1"')
    one = source(shelf, site)
    pulled(shelf, one)
    clock.forward(days=2)
    pulled(shelf, one)
    assert pages(site) == ["/1"]
    serve_feed(site, [1], words=f"{BEGINNING} Edited since.")
    clock.forward(days=2)
    pulled(shelf, one)
    assert site.requests[-1].headers["if-none-match"] == '"p1"'
    assert bodies_of(shelf, item_of(shelf)).origin == "page"
    assert "Edited since" in bodies_of(shelf, item_of(shelf)).feed.text
    clock.forward(days=2)
    pulled(shelf, one)
    assert pages(site) == ["/1", "/1"]


def test_a_wall_or_another_text_is_kept_and_not_shown(shelf, site):
    serve_feed(site, [1])
    site.serve(
        "/1", "<body><p>Please enable JavaScript to read on, it is needed here.</p></body>", headers=HTML
    )
    pulled(shelf, source(shelf, site))
    bodies = bodies_of(shelf, item_of(shelf))
    assert (bodies.origin, bodies.page is not None) == ("feed", True)
    assert bodies.shown.text == BEGINNING


@pytest.mark.parametrize(
    "reply",
    [{"status": 404}, {"status": 500}, {"body": b"%PDF", "headers": {"Content-Type": "application/pdf"}}],
)
def test_what_cannot_be_had_is_tried_three_times_on_three_days(shelf, site, clock, reply):
    serve_feed(site, [1])
    site.serve("/1", **reply)
    one = source(shelf, site)
    for _day in range(6):
        pulled(shelf, one)
        pulled(shelf, one)
        clock.forward(days=1, minutes=1)
    assert pages(site) == ["/1"] * 3
    assert bodies_of(shelf, item_of(shelf)).origin == "feed"


def test_one_pull_asks_for_a_bounded_number_of_pages_and_none_of_what_was_let_go(shelf, site):
    count = PAGES_PER_PULL + 8
    serve_feed(site, range(count))
    for number in range(count):
        site.serve(f"/{number}", PAGE, headers=HTML)
    one = source(shelf, site)
    pulled(shelf, one)
    waiting = [item for item in shelf.store.items.each() if item.state == State.NEW]
    assert len(pages(site)) == len(waiting) == 5  # the rest of a first pull went to the archive
    assert len(lacking(shelf, [one])) == 0


def test_a_host_that_says_too_many_is_left_alone(shelf, site):
    serve_feed(site, [1, 2, 3])
    for number in (1, 2, 3):
        site.serve(f"/{number}", lambda _seen: Reply(status=429, headers={"Retry-After": "3600"}))
    list(
        pull(
            shelf,
            [source(shelf, site)],
            door=Door(user_agent="pkm/test"),
            options=PullOptions(hosts_at_once=1),
        )
    )
    assert len(pages(site)) == 1
    assert shelf.store.hosts.all()


def test_pages_elsewhere_get_none_of_what_is_set_for_the_source(shelf, site):
    with Site() as other:
        other.serve("/1", PAGE, headers=HTML)
        made = f"<item><guid>1</guid><title>Item 1</title><link>{other.url('/1')}</link><description>x</description></item>"
        site.serve("/feed", f"<rss version='2.0'><channel><title>F</title>{made}</channel></rss>")
        asking = Asking(headers=(("X-Key", "mine"),))
        one = stored_source(shelf, site.url("/feed"), full="auto", private_host=True, asking=asking)
        pulled(shelf, one)
        assert site.requests[0].headers["x-key"] == "mine"
        assert [seen.headers.get("x-key") for seen in other.requests] == [None]


def test_a_private_host_is_not_asked_since_a_feed_points_there():
    allowed = Source(id="s", url="http://10.0.0.1/feed", private_host=True)
    assert request_for(Wanted(item="i", url="http://10.0.0.1/1", source=allowed)).allow_private
    assert not request_for(Wanted(item="i", url="http://10.0.0.2/1", source=allowed)).allow_private


def test_what_was_just_kept_can_have_its_page_fetched(shelf, site):
    serve_feed(site, [1])
    site.serve("/1", PAGE, headers=HTML)
    pulled(shelf, source(shelf, site, "never"))
    decided = keep(shelf, [item_of(shelf)], KeepWishes())
    wanted = lacking_of(shelf, decided.items)
    with Door(user_agent="pkm/test") as door:
        assert fetch_pages(shelf, wanted, door=door, terms=PageTerms()) == 1
    assert bodies_of(shelf, item_of(shelf)).origin == "page"
    assert lacking_of(shelf, [item_of(shelf)]) == ()


def test_the_page_stays_shown_when_the_feed_edits_its_beginning(shelf, site, clock):
    serve_feed(site, [1])
    site.serve("/1", PAGE, headers=HTML)
    one = source(shelf, site)
    pulled(shelf, one)
    site.serve("/1", status=500)
    serve_feed(site, [1], words=f"{BEGINNING} Edited.")
    clock.forward(days=2)
    pulled(shelf, one)
    bodies = bodies_of(shelf, item_of(shelf))
    assert bodies.origin == "page"
    assert "Edited" in bodies.feed.text
    assert shelf.store.broken_references() == 0


def test_what_is_pruned_takes_its_page_along_and_undo_brings_both_texts_back(shelf, site, clock):
    serve_feed(site, [1])
    site.serve("/1", PAGE, headers=HTML)
    pulled(shelf, source(shelf, site))
    item = item_of(shelf)
    let_go(shelf, [item])
    clock.forward(days=400)
    before = shelf.now()
    prune(shelf, plan(shelf, before=before), before=before)
    assert shelf.store.items.get(item.id) is None
    assert shelf.store.page_texts.get(item.url) is None
    assert shelf.store.broken_references() == 0
    undo(shelf)
    bodies = bodies_of(shelf, shelf.store.items.get(item.id))
    assert (bodies.origin, bodies.differ) == ("page", True)
    assert shelf.store.broken_references() == 0


def test_requests_for_pages_stand_in_the_log_and_say_nothing_of_the_feed(shelf, site):
    serve_feed(site, [1])
    site.serve("/1", status=410)
    one = source(shelf, site)
    pulled(shelf, one)
    asked = shelf.store.fetches.of(one.id)
    assert [(row.purpose, row.status) for row in asked] == [(Purpose.PAGE, 410), (Purpose.DUE, 200)]
    assert shelf.store.fetches.gone_since(one.id) is None
    assert all(check.broken == () for check in audit(asked[::-1]))
