from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import AddressRefused, FetchError, NotAFeed, NotFound, Refused, UsageError
from pkm.model.source import Space, Tie
from pkm.net.door import Door
from pkm.rules.opmlread import read_opml
from pkm.seek.behind import Choice, Finder
from pkm.seek.follow import Wishes, file, known, preview
from pkm.seek.followlist import follow_list, read_list
from pkm.seek.parser_process import FeedReader
from pkm.seek.settle import Terms
from pkm.seek.typed import address_of
from pkm.shelf.undo import undo
from support.server import Site
from support.shelves import new_home, opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RSS = (
    "<rss version='2.0'><channel><title>On notes</title>"
    "<item><guid>1</guid><title>One</title></item></channel></rss>"
)
HTML = {"Content-Type": "text/html"}


def page(*links):
    heads = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for href, title in links
    )
    return f"<html><head>{heads}</head><body>hello</body></html>"


@pytest.fixture(scope="module")
def site():
    with Site() as here:
        here.serve("/feed", RSS, etag='"v1"')
        yield here


@pytest.fixture(scope="module")
def tools():
    with Door(user_agent="pkm/test") as door, FeedReader() as reader:
        yield Finder(door=door, reader=reader, now=NOW)


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path), now=NOW) as one:
        yield one


def filed(shelf, found, **wishes):
    return file(shelf, found, Wishes(**wishes), terms=Terms())


def test_a_feed_is_asked_for_once_and_its_items_come_from_that_answer(site, tools, shelf):
    site.requests.clear()
    followed = filed(shelf, tools.find(site.url("/feed")))
    assert site.paths() == ["/feed"]
    assert (followed.items, followed.pulled.new, followed.source.title) == (1, 1, "On notes")
    assert shelf.store.addresses.of(followed.source.id)[site.url("/feed")].etag == '"v1"'
    [outline] = read_opml(shelf.home.sources.read_bytes()).outlines
    assert (outline.url, outline.title) == (site.url("/feed"), "On notes")


def test_of_a_page_its_one_feed_is_followed_and_that_of_comments_is_not(site, tools):
    site.serve("/page", page(("/feed", "On notes"), ("/comments", "Comments")), headers=HTML)
    found = tools.find(site.url("/page"))
    assert found.url == site.url("/feed")


def test_of_a_page_with_several_feeds_the_user_picks(site, tools):
    site.serve("/several", page(("/feed", "On notes"), ("/other", "Links")), headers=HTML)
    choice = tools.find(site.url("/several"))
    assert isinstance(choice, Choice)
    assert [link.title for link in choice.links] == ["On notes", "Links"]
    found = tools.find_behind(choice.links[0], of=choice.url, private_host=choice.private_host)
    assert found.fetched.feed.title == "On notes"


def test_a_page_without_a_feed_says_so_and_what_to_type(site, tools):
    site.serve("/bare", "<html><body>nothing</body></html>", headers=HTML)
    with pytest.raises(NotAFeed) as caught:
        tools.find(site.url("/bare"))
    assert "pkm add" in caught.value.hint


def test_a_dead_host_and_a_dead_address_are_named(site, tools):
    for url in ("http://127.0.0.1:9/feed", site.serve("/gone", status=404)):
        with pytest.raises(FetchError) as caught:
            tools.find(url)
        assert "pkm follow" in caught.value.hint


def test_a_private_host_is_right_only_if_it_was_typed(site, tools):
    with pytest.raises(AddressRefused):
        tools.find(site.url("/feed"), typed=False)
    assert tools.find(site.url("/feed")).private_host


def test_a_page_of_one_host_does_not_lead_to_another_private_one(site, tools):
    with Site("127.0.0.2") as inner:
        inner.serve("/feed", RSS)
        site.serve("/leads-in", page((inner.url("/feed"), "Inner")), headers=HTML)
        with pytest.raises(AddressRefused):
            tools.find(site.url("/leads-in"))
        assert inner.requests == []


def test_a_feed_that_moved_for_good_is_followed_where_it_is_now(site, tools):
    site.redirect("/old", "/feed", status=301)
    site.redirect("/detour", "/feed", status=302)
    assert tools.find(site.url("/old")).url == site.url("/feed")
    assert tools.find(site.url("/detour")).url == site.url("/detour")


def test_what_is_followed_already_takes_only_what_is_said_now(site, tools, shelf):
    filed(shelf, tools.find(site.url("/feed")), tags=("a",))
    there = known(shelf, site.url("/feed"), Wishes(space=Space.TEAM, tags=("b",)))
    assert (there.was_followed, there.changed) == (True, True)
    source = shelf.store.sources.get(there.source.id)
    assert (source.space, source.tags) == (Space.TEAM, ("a", "b"))
    assert not known(shelf, site.url("/feed"), Wishes()).changed
    assert known(shelf, "https://nobody.example/", Wishes()) is None


def test_what_was_removed_is_followed_again_with_its_id(site, tools, shelf):
    first = filed(shelf, tools.find(site.url("/feed")))
    undo(shelf)
    again = filed(shelf, tools.find(site.url("/feed")))
    assert (again.source.id, again.was_followed, again.pulled.new) == (first.source.id, False, 0)


def test_undo_takes_a_follow_back(site, tools, shelf):
    filed(shelf, tools.find(site.url("/feed")))
    undo(shelf)
    assert [one for one in shelf.store.sources.all() if one.followed] == []
    assert read_opml(shelf.home.sources.read_bytes()).outlines == ()


def test_a_preview_stores_nothing(site, tools, shelf):
    followed = preview(tools.find(site.url("/feed")), Wishes(tie=Tie.STRONG))
    assert (followed.items, followed.source.tie) == (1, Tie.STRONG)
    assert shelf.store.sources.all() == ()


def test_an_address_with_a_secret_is_private_from_the_first(site, tools, shelf):
    site.serve("/feed?token=0123456789abcdef", RSS)
    followed = filed(shelf, tools.find(site.url("/feed?token=0123456789abcdef")))
    assert followed.source.private


OPML = """<opml version="2.0"><body><outline text="News"><outline type="rss" text="One" xmlUrl="{one}"
 pkm:id="s-0000000000zz" pkm:private-host="true"/></outline><outline text="bad" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_a_list_brings_folders_and_its_word_on_private_hosts_and_ids_is_not_heeded(tmp_path, shelf):
    path = tmp_path / "list.opml"
    path.write_text(OPML.format(one="http://10.0.0.1/feed"), encoding="utf-8")
    taken = follow_list(shelf, read_list(path), Wishes(tags=("x",)), name="list.opml", allow_private=False)
    [source] = taken.sources
    assert (source.folders, source.tags, source.private_host) == ((("News",),), ("x",), False)
    assert source.id != "s-0000000000zz"
    assert len(taken.skipped) == 1
    again = follow_list(shelf, read_list(path), Wishes(), name="list.opml", allow_private=False)
    assert (again.sources, again.known) == ((), 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("# not a list", Refused),
        (
            '<!DOCTYPE opml [<!ENTITY a "b">]><opml><body><outline xmlUrl="http://&a;"/></body></opml>',
            Refused,
        ),
        ("<opml><body></body></opml>", Refused),
    ],
)
def test_a_file_that_is_no_honest_list_is_refused_whole(tmp_path, shelf, text, error):
    path = tmp_path / "list.opml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error):
        follow_list(shelf, read_list(path), Wishes(), name="list.opml", allow_private=False)
    assert shelf.store.sources.all() == ()


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    with pytest.raises(UsageError):
        read_list(tmp_path)
    with pytest.raises(NotFound):
        read_list(tmp_path / "no.opml")


def test_words_are_told_apart_as_addresses_and_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.example").write_text("x", encoding="utf-8")
    assert address_of("https://A.example/Feed?x=1") == "https://a.example/Feed?x=1"
    assert address_of("jarche.com") == "https://jarche.com/"
    assert address_of("feed://a.example/rss") == "https://a.example/rss"
    assert address_of("feed:https://a.example/rss") == "https://a.example/rss"
    assert address_of("localhost:8000/feed") == "http://localhost:8000/feed"
    for word in ("feeds.example", "list.opml", "./x", str(tmp_path)):
        assert address_of(word) is None
    for word in ("file:///etc/passwd", "javascript:alert(1)", "word", "", "x" * 300):
        with pytest.raises(UsageError):
            address_of(word)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=40))
def test_any_word_is_an_address_a_file_or_an_error_in_three_parts(word):
    try:
        url = address_of(word.replace("\0", ""))
    except UsageError:
        return
    assert url is None or url.startswith(("http://", "https://"))
