"""Find the feeds that a page names."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.claims import UNEXPLAINED
from conformance.discovery import scores
from pkm.rules.urls import is_web
from pkm.seek.discover import FeedLink, feed_links, looks_like_html
from support.corpus import corpus

URL = "https://a.example/blog/"


def links(html: str, url: str = URL) -> list[str]:
    return [link.url for link in feed_links(html.encode(), url=url, content_type=None)]


def test_declared_feeds_are_found_with_title_and_type():
    html = b'<link rel="alternate" type="application/rss+xml; charset=utf-8" title="Notes &amp; more" href="/feed">'
    assert feed_links(html, url=URL, content_type=None) == (
        FeedLink(url="https://a.example/feed", title="Notes & more", type="application/rss+xml"),
    )


def test_the_base_element_counts():
    assert links(
        '<base href="https://b.example/x/"><link rel=alternate type=application/atom+xml href=atom.xml>'
    ) == ["https://b.example/x/atom.xml"]


def test_comment_feeds_come_last_and_guesses_behind_them():
    html = (
        '<a href="/rss">RSS</a><link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
    )
    assert links(html) == [
        "https://a.example/feed",
        "https://a.example/comments/feed",
        "https://a.example/rss",
    ]


def test_wordpress_json_and_comments_scripts_and_styles_are_passed_over():
    html = (
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">'
        '<!-- <link rel="alternate" type="application/rss+xml" href="/a"> -->'
        '<script>\'<link rel="alternate" type="application/rss+xml" href="/b">\'</script>'
        '<link rel="stylesheet alternate" type="text/css" href="/c.css">'
    )
    assert links(html) == []


def test_only_web_addresses_are_given_and_each_once():
    html = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{href}">'
        for href in ("javascript:x", "file:///etc/passwd", "", "/f", "/f#")
    )
    assert links(html)[0] == "https://a.example/f"
    assert all(is_web(link) for link in links(html))


def test_links_of_the_pseudo_scheme_feed_are_understood():
    assert links(
        '<a href="feed:https://a.example/atom.xml">x</a><a href="feed://a.example/rss.xml">y</a>'
    ) == [
        "https://a.example/atom.xml",
        "http://a.example/rss.xml",
    ]


def test_plain_links_that_look_like_feeds_are_guessed():
    html = '<a href="/feed/">f</a><a href="?feed=rss2">q</a><a href="/feedback">no</a><a href="/index.xml">i</a><a href="/atomic">no</a>'
    assert links(html) == [
        "https://a.example/feed/",
        "https://a.example/blog/?feed=rss2",
        "https://a.example/index.xml",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "is_page"),
    [
        (b"<!doctype html><p>x", None, True),
        (b"<HTML><body>", "application/rss+xml", True),
        (b"<?xml version='1.0'?><rss version='2.0'>", "text/html", False),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "text/html; charset=utf-8", False),
        (b"<p>hello</p>", "text/html", True),
        (b"<p>hello</p>", None, False),
        (b"", "text/html", False),
        ("<html>".encode("utf-16"), None, True),
    ],
)
def test_a_page_is_told_from_a_feed_by_its_body(body, content_type, is_page):
    assert looks_like_html(body, content_type) is is_page


def test_the_charset_of_the_header_and_of_the_page_are_honoured():
    html = '<meta charset="koi8-r"><link rel=alternate type=application/rss+xml title="Новости" href=/f>'
    [from_page] = feed_links(html.encode("koi8-r"), url=URL, content_type="text/html")
    [from_header] = feed_links(
        html.replace("koi8-r", "utf-8").encode("cp1251"),
        url=URL,
        content_type="text/html; charset=windows-1251",
    )
    assert (from_page.title, from_header.title) == ("Новости", "Новости")


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<!--", "<![CDATA[", '<a href="', "<link rel='", "</", "<script>", "<a/", "<a b=", "&#", "<?"],
)
def test_hostile_pages_cost_linear_time(piece):
    page = (piece * 600_000)[:1_500_000].encode()
    start = time.process_time()
    feed_links(page, url=URL, content_type=None)
    assert time.process_time() - start < 5


@given(st.binary(max_size=300), st.text(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_page_gives_web_addresses_only(data, text):
    for html in (
        data,
        b'<link rel=alternate type=application/rss+xml href="' + text.encode("utf-8", "replace"),
        b"<a href=" + data + b">/feed",
    ):
        assert all(is_web(link.url) for link in feed_links(html, url=URL, content_type=None))
        looks_like_html(html, None)


@pytest.mark.corpus
def test_pages_of_the_corpus_give_what_others_see_and_lead_to_their_feed():
    corpus("html-discovery")
    found = scores(corpus())
    wrong = [f"{one.name}: {miss}" for one in found for miss in one.missed if UNEXPLAINED in miss[1]]
    assert wrong == []
    assert min(one.checked for one in found) > 50
