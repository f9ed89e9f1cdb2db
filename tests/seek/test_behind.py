"""What lies behind an address: the steps from the surest to the guess, each with as few requests as it needs."""

from datetime import UTC, datetime

import pytest

from pkm.errors import FetchError, NotAFeed
from pkm.net.door import Door
from pkm.rules.sitesread import read_sites
from pkm.rules.urls import is_web
from pkm.seek.behind import Choice, Finder
from pkm.seek.parser_process import FeedReader
from support.corpus import corpus
from support.feeds import numbered, rss
from support.server import Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HTML = {"Content-Type": "text/html"}
LINK = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
RULES = read_sites(
    """
well-known: [feed, rss.xml, a, b, c, d, e]
sites:
  - name: By address
    hosts: [127.0.0.1]
    path: /people/{who}
    feeds: [{title: theirs, url: '{origin}/{who}.rss'}]
  - name: By page
    hosts: [127.0.0.1]
    path: /shows/{show}
    page: 'data-show="(?P<id>[0-9]+)"'
    feeds:
      - {title: all, url: '{origin}/show-{id}.rss'}
      - {title: short, url: '{origin}/short-{id}.rss'}
  - name: By program
    page: 'generator" content="Blogs'
    feeds: [{title: blog, url: '{origin}/program.rss'}]
""",
    name="sites.yaml",
)


@pytest.fixture(scope="module")
def tools():
    with Door(user_agent="pkm/test") as door, FeedReader() as reader:
        yield {"door": door, "reader": reader, "now": NOW, "sites": RULES}


@pytest.fixture
def finder(tools):
    return Finder(**tools)


@pytest.fixture
def site():
    with Site() as here:
        yield here


def page(*links: tuple[str, str], more: str = "") -> str:
    return f"<html><head>{''.join(LINK.format(title, href) for href, title in links)}</head>{more}</html>"


def feed(site, path, title="On notes"):
    site.serve(path, rss(*numbered(2), title=title))


def test_a_rule_of_the_site_needs_no_page(site, finder):
    feed(site, "/ana.rss")
    assert finder.find(site.url("/people/ana")).url == site.url("/ana.rss")
    assert site.paths() == ["/ana.rss"]


def test_where_a_rule_is_out_of_date_the_page_is_asked(site, finder):
    feed(site, "/new.rss")
    site.serve("/people/ana", page(("/new.rss", "New")), headers=HTML)
    assert finder.find(site.url("/people/ana")).url == site.url("/new.rss")
    assert site.paths() == ["/ana.rss", "/people/ana", "/new.rss"]


def test_an_address_that_looks_like_a_feed_is_asked_as_it_stands(site, finder):
    feed(site, "/people/feed")
    assert finder.find(site.url("/people/feed")).url == site.url("/people/feed")
    assert site.paths() == ["/people/feed"]


def test_what_the_page_says_of_its_site_goes_before_what_it_declares(site, finder):
    site.serve("/shows/x", page(("/other", "Other"), more='<div data-show="7">'), headers=HTML)
    choice = finder.find(site.url("/shows/x"))
    assert isinstance(choice, Choice)
    assert [(link.title, link.url) for link in choice.links] == [
        ("all", site.url("/show-7.rss")),
        ("short", site.url("/short-7.rss")),
    ]


def test_a_declared_feed_goes_before_a_link_and_a_link_before_the_program_of_the_site(site, finder):
    for name in ("/declared", "/linked/feed", "/program.rss", "/comments/feed"):
        feed(site, name)
    program = '<meta name="generator" content="Blogs 1">'
    comments = ("/comments/feed", "Comments")
    link = '<a href="/linked/feed">feed</a>'
    for number, (links, more, wanted) in enumerate(
        [
            ((comments, ("/declared", "Mine")), link + program, "/declared"),
            ((comments,), link + program, "/linked/feed"),
            ((comments,), program, "/program.rss"),
            ((comments,), "", "/comments/feed"),
        ]
    ):
        site.serve(f"/page{number}", page(*links, more=more), headers=HTML)
        assert finder.find(site.url(f"/page{number}")).url == site.url(wanted)


def test_a_declared_feed_that_is_gone_leads_on_to_the_next_step(site, finder):
    feed(site, "/linked/feed")
    site.serve("/", page(("/gone", "Gone"), more='<a href="/linked/feed">feed</a>'), headers=HTML)
    assert finder.find(site.url("/")).url == site.url("/linked/feed")


def test_a_declared_feed_whose_server_breaks_is_told_and_nothing_is_guessed(site, finder):
    site.serve("/broken", status=500)
    site.serve("/", page(("/broken", "Broken")), headers=HTML)
    with pytest.raises(FetchError):
        finder.find(site.url("/"))
    assert site.paths() == ["/", "/broken"]


def test_guesses_end_with_the_first_feed_whose_items_come_from_that_answer(site, finder):
    feed(site, "/rss.xml")
    site.serve("/feed", page(), headers=HTML)
    site.serve("/", page(), headers=HTML)
    found = finder.find(site.url("/"))
    assert (found.url, len(found.fetched.feed.items)) == (site.url("/rss.xml"), 2)
    assert site.paths() == ["/", "/feed", "/rss.xml"]


def test_at_most_six_guesses_are_made_and_no_redirect_is_followed(site, finder):
    feed(site, "/elsewhere")
    site.redirect("/feed", "/elsewhere")
    site.serve("/", page(), headers=HTML)
    with pytest.raises(NotAFeed, match="names no feed"):
        finder.find(site.url("/"))
    assert site.paths() == ["/", "/feed", "/rss.xml", "/a", "/b", "/c", "/d"]


@pytest.mark.parametrize("status", [403, 429])
def test_guesses_end_when_the_host_says_enough(site, finder, status):
    site.serve("/rss.xml", status=status)
    site.serve("/", page(), headers=HTML)
    with pytest.raises(NotAFeed):
        finder.find(site.url("/"))
    assert site.paths() == ["/", "/feed", "/rss.xml"]


def test_guesses_at_one_host_stand_a_second_apart(site, tools):
    waited = []
    site.serve("/", page(), headers=HTML)
    with pytest.raises(NotAFeed):
        Finder(**tools, pause=waited.append, polite=True).find(site.url("/"))
    assert waited == [1.0] * 5
    waited.clear()
    with pytest.raises(NotAFeed):
        Finder(**tools, pause=waited.append).find(site.url("/"))
    assert waited == []


@pytest.mark.corpus
def test_hostile_pages_lead_to_words_or_to_a_choice_and_ask_little(site, finder):
    for path in sorted(corpus("hostile", "own-html").iterdir()):
        site.requests.clear()
        site.serve("/", path.read_bytes(), headers=HTML)
        if path.name == "discovery-tricks.html":
            links = [link.url for link in finder.find(site.url("/")).links]
            assert links[0] == "https://other.example/base/caps.xml"
            assert not [one for one in links if "script" in one or "commented" in one or not is_web(one)]
            continue
        with pytest.raises(NotAFeed) as caught:
            finder.find(site.url("/"))
        assert caught.value.hint
        assert len(site.requests) <= 7
