from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import articles
from pkm.seek.extractor import best, own
from pkm.seek.page import read_page
from support.corpus import corpus

URL = "https://a.example/posts/one"


def read(markup):
    return read_page(markup.encode(), url=URL, content_type="text/html; charset=utf-8")


def test_what_a_page_says_of_itself():
    page = read(
        "<html lang='en-GB'><head><title>One thing | The Site</title><meta name=author content='Ana Pérez'>"
        "<meta property='article:published_time' content='2026-11-20T10:00:00+01:00'></head>"
        "<body><h1>One thing</h1><p>text</p></body></html>"
    )
    assert (page.title, page.authors, page.language) == ("One thing", ("Ana Pérez",), "en-GB")
    assert page.published_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_its_own_title_beats_that_of_the_window():
    assert read("<title>X – Site</title><meta property=og:title content='The X'>").title == "The X"


def test_an_address_is_no_author():
    assert read("<meta property='article:author' content='https://facebook.example/ana'>").authors == ()


def test_the_text_is_the_article_without_what_surrounds_it():
    page = read(
        "<body><nav><a href=/>Home</a></nav><header>Top</header><article><h2>Why</h2><p>The point "
        + "goes on " * 30
        + "<a href='two'>there</a></p><aside>Ads</aside><form>Mail?</form></article><footer>End</footer></body>"
    )
    assert "The point" in page.text
    assert not any(word in page.text for word in ("Home", "Ads", "Mail?", "End", "Top"))
    assert 'href="https://a.example/posts/two"' in page.html


def test_a_list_of_teasers_is_not_mistaken_for_its_longest():
    teasers = "".join(f"<article><p>Teaser {n} of many</p></article>" for n in range(9))
    page = read(f"<body><main><p>{'Intro words here ' * 20}</p>{teasers}</main></body>")
    assert "Intro" in page.text
    assert "Teaser 8" in page.text


def test_a_page_without_any_structure_is_read_whole():
    assert read("<p>Just <b>this</b>").text == "Just this"


def test_a_tag_that_is_never_closed_does_not_eat_the_text():
    page = read("<body><nav><a>x</a><div>menu</div><p>The text itself stands here.</p></body>")
    assert "The text itself" in page.text


def test_scripts_and_handlers_do_not_survive():
    page = read("<article><p onclick=a()>ok</p><script>bad()</script><iframe src=x></iframe></article>")
    assert "bad" not in page.html + page.text
    assert "onclick" not in page.html


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            [
                "<article>",
                "</article>",
                "<main>",
                "</main>",
                "<nav>",
                "</nav>",
                "<p>",
                "word ",
                "<body>",
                "</body>",
                "<title>",
                "</title>",
                "<h1>",
                "<meta name=date content=x>",
                "<time datetime=99>",
                "<!--",
                "-->",
                "<",
            ]
        ),
        max_size=40,
    ).map("".join)
    | st.text(max_size=200)
)
def test_no_page_makes_it_fail(markup):
    page = read(markup)
    assert "<script" not in page.html


def paragraph(words="The point goes on, and on, as a sentence does. ", times=4):
    return f"<p>{words * times}</p>"


def test_of_two_blocks_that_with_sentences_is_the_article_and_that_with_links_is_not():
    links = "".join(f"<li><a href=/{n}>A headline of another story, number {n}</a></li>" for n in range(40))
    page = read(f"<body><div><ul>{links}</ul></div><div>{paragraph()}{paragraph()}</div></body>")
    assert "The point goes on" in page.text
    assert "another story" not in page.text


def test_comments_and_related_things_are_no_part_of_the_text_and_a_chapter_on_sharing_is():
    page = read(
        f"<body><article><div class=entry-content>{paragraph()}<div id=sharing>{paragraph('We share, often. ', 12)}</div>"
        f"<div class=related-posts><p>Other things to read, maybe.</p></div></div></article>"
        f"<section id=comments>{paragraph('First, says somebody. ')}</section></body>"
    )
    assert "We share, often." in page.text
    assert "Other things" not in page.text
    assert "says somebody" not in page.text


def test_a_line_that_only_points_elsewhere_is_left_out():
    page = read(
        f"<article>{paragraph()}<p><a href=/x>Read more: another story</a></p>{paragraph()}</article>"
    )
    assert "Read more" not in page.text


def test_what_the_page_says_for_machines_beats_what_it_shows():
    page = read(
        '<script type=\'application/ld+json\'>{"@graph": [{"@type": "NewsArticle", "headline": "H",'
        ' "author": [{"name": "Ana"}, {"name": "Bo"}], "datePublished": "2026-02-03"}]}</script>'
        "<span class=byline>By Cy</span><p>Text</p>"
    )
    assert (page.title, page.authors, page.published_at) == (
        "H",
        ("Ana", "Bo"),
        datetime(2026, 2, 3, tzinfo=UTC),
    )


def test_a_byline_names_the_author_where_nothing_else_does():
    assert read("<div class=byline>By <a href=/ana>Ana Pérez</a></div>").authors == ("Ana Pérez",)
    assert read("<div class=byline>Follow @ana</div>").authors == ()


def test_the_address_tells_the_day_where_nothing_else_does():
    page = read_page(b"<p>Text</p>", url="https://a.example/2026/02/03/x", content_type=None)
    assert page.published_at == datetime(2026, 2, 3, tzinfo=UTC)


def test_a_page_names_the_address_that_it_calls_its_own():
    assert read("<link rel=canonical href=/real><p>x</p>").canonical == "https://a.example/real"
    assert read("<link rel=canonical href='javascript:x'><p>x</p>").canonical is None


def test_broken_descriptions_for_machines_are_passed_over():
    nested = "[" * 100_000
    for text in ("{", nested, "null", '{"@type": 3}', '{"@type": "Article", "author": {"name": {"a": 1}}}'):
        assert read(f"<script type='application/ld+json'>{text}</script><p>x</p>").authors == ()


@pytest.mark.corpus
def test_real_articles_and_their_facts_are_found_on_their_pages():
    """A part of `make conformance`: three of four, at the least, of what two other programs expect."""
    root = corpus()
    like = articles.of_readability(root, "pkm", own, every=2)
    kept, left_out = articles.of_trafilatura(root, "pkm", own, every=2)
    assert like.held > 0.9 * like.checked, like.missed
    assert kept.held > 0.85 * kept.checked, kept.missed
    assert left_out.held > 0.8 * left_out.checked, left_out.missed
    for one in articles.facts(root, every=2):
        assert one.held >= 0.7 * one.checked, one.missed


@pytest.mark.corpus
def test_the_extra_reads_the_same_pages():
    pytest.importorskip("trafilatura")
    kept, left_out = articles.of_trafilatura(corpus(), "trafilatura", best(), every=12)
    assert kept.held > 0.85 * kept.checked
    assert left_out.held > 0.8 * left_out.checked


def test_the_extra_never_fails_either():
    pytest.importorskip("trafilatura")
    for markup in (b"", b"<", b"<html><body><article>" + b"<div>" * 3_000, b"\0\0", b"<p>Only this.</p>"):
        page = read_page(markup, url=URL, content_type=None, find=best())
        assert "<script" not in page.html
