import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.html import plain_text, sanitise
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


@pytest.mark.corpus
def test_real_articles_are_found_on_their_pages():
    """Word by word against the articles that another program found: a plain reader need not beat it."""
    scores = []
    titled = 0
    pages = sorted(corpus("html-articles", "readability").rglob("source.html"))[::3]
    for path in pages:
        page = read_page(path.read_bytes(), url="http://fakehost/test/page.html", content_type=None)
        wanted = plain_text(sanitise((path.parent / "expected.html").read_text(encoding="utf-8")))
        told = json.loads((path.parent / "expected-metadata.json").read_text(encoding="utf-8"))["title"] or ""
        scores.append(f1(page.text, wanted))
        titled += bool(page.title) and (page.title in told or told in page.title)
    assert sum(scores) / len(scores) > 0.82
    assert sorted(scores)[len(scores) // 2] > 0.93
    assert titled > 0.8 * len(pages)


def f1(one, other):
    a, b = Counter(one.split()), Counter(other.split())
    return 2 * (a & b).total() / max(1, a.total() + b.total())
