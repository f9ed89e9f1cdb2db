import pytest

from pkm.model.source import Asking, Source
from pkm.net.door import Door
from pkm.seek.parser_process import FeedReader
from pkm.seek.trial import attempt, with_known
from support.feeds import numbered, rss
from support.server import Site
from support.shelves import NOW, new_home, opened, stored_source


@pytest.fixture(scope="module")
def reader():
    with FeedReader() as one:
        yield one


@pytest.fixture
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(3)), etag='"v"', headers={"Set-Cookie": "id=hunter2", "X-Odd": "1"})
        yield one


def tried(url, reader, **fields):
    with Door(user_agent="pkm/0.1 (feed reader)", proxies={}, secret_of=lambda _n, _o: "hunter2") as door:
        return attempt(Source(**{"id": "", "url": url, **fields}), door=door, reader=reader, now=NOW)


def test_what_was_sent_and_what_came_is_told_with_one_request(site, reader):
    site.redirect("/old", "/feed", status=301)
    trial = tried(site.url("/old"), reader)
    assert site.paths() == ["/old", "/feed"]
    assert (trial.status, trial.hops, trial.ended_at) == (200, ((301, site.url("/feed")),), site.url("/feed"))
    assert trial.sent["User-Agent"] == "pkm/0.1 (feed reader)"
    assert trial.received["etag"] == '"v"'
    assert "x-odd" not in trial.received
    assert (trial.feed.title, len(trial.feed.items), trial.error) == ("On notes", 3, None)


def test_a_cookie_and_a_header_of_the_settings_are_not_shown(site, reader):
    asking = Asking(headers=(("X-Key", "secret:k"),))
    trial = tried(site.url("/feed"), reader, asking=asking)
    assert site.requests[0].headers["x-key"] == "hunter2"
    assert "hunter2" not in repr(trial)
    assert trial.received["set-cookie"] == "(not kept)"


def test_a_page_tells_the_feeds_that_it_names(site, reader):
    site.serve(
        "/",
        '<link rel="alternate" type="application/rss+xml" href="/feed">',
        headers={"Content-Type": "text/html"},
    )
    trial = tried(site.url("/"), reader)
    assert [one.url for one in trial.links] == [site.url("/feed")]
    assert (trial.error.kind, "pkm follow" in trial.error.hint) == ("not-a-feed", True)
    assert site.paths() == ["/"]


@pytest.mark.parametrize("status", [401, 404, 410, 429, 500])
def test_a_failure_is_told_as_a_pull_would_tell_it(site, reader, status):
    trial = tried(site.serve("/bad", status=status), reader)
    assert trial.status == status
    assert str(status) in trial.error.what


def test_no_answer_at_all_is_told_too(reader):
    with Site() as closed:
        url = closed.url("/")
    trial = tried(url, reader)
    assert (trial.status, trial.error.kind) == (None, "unreachable")


def test_of_a_source_it_says_how_many_items_are_not_here_yet_and_stores_none(site, reader, tmp_path):
    with opened(new_home(tmp_path)) as shelf:
        source = stored_source(shelf, site.url("/feed"), private_host=True)
        trial = with_known(tried(source.url, reader, id=source.id, private_host=True), shelf, source)
        assert trial.unknown == 3
        assert shelf.store.arrivals.count(source.id) == 0
        assert shelf.store.fetches.of(source.id) == ()
