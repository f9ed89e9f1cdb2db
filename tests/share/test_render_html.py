import itertools
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import VisibilityRefused
from pkm.rules.draft import make_block, read_draft
from pkm.share.body import EditionFacts
from pkm.share.render_html import body_html, render_html
from support.corpus import corpus

HEAD = "---\nid: d-1\naudience: team\nperiod: 2026-W47\ntitle: {title}\n---\n"
FACTS = EditionFacts(number=12, period="2026-W47", visible=lambda _target: None)
SAFE_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "a",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "mark",
        "sub",
        "sup",
        "small",
        "cite",
        "q",
        "abbr",
        "code",
        "pre",
        "kbd",
        "samp",
        "var",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "caption",
        "figure",
        "figcaption",
        "time",
        "span",
        "div",
        "details",
        "summary",
        "bdi",
        "bdo",
        "ruby",
        "rt",
        "rp",
        "section",
        "article",
        "tt",
        "dfn",
    ]
)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.headings = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def page(body, *, title="My week", facts=FACTS):
    return render_html(read_draft((HEAD.format(title=title) + body).encode()), facts).decode()


def block(text):
    made = make_block(items=("i-1",), note="n-1", text=text)
    return made.opening + made.text + made.closing


def assert_inert(text):
    for tag, attributes in Page(text).tags:
        assert tag in SAFE_TAGS, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), name
            assert name not in {
                "src",
                "srcset",
                "srcdoc",
                "action",
                "formaction",
                "background",
                "poster",
                "ping",
            }
            if name == "href":
                assert re.match(r"(?:https?://|mailto:)", value or "", re.IGNORECASE), value


def test_the_page_names_its_language_title_and_policy():
    text = page("Hello.\n", title='"A & B <x>"', facts=replace(FACTS, language="pt-BR"))

    assert text.startswith('<!DOCTYPE html>\n<html lang="pt-BR">')
    assert "<title>A &amp; B &lt;x&gt;</title>" in text
    assert '<h1 dir="auto">A &amp; B &lt;x&gt;</h1>' in text
    assert "default-src 'none'" in text.replace("&#39;", "'")


def test_the_policy_lets_this_style_and_nothing_else_through():
    text = page("Hello.\n")
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = b64encode(sha256(style.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}'" in text.replace("&#39;", "'").replace("&#x27;", "'")
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style
    assert "@media print" in style


def test_headings_go_down_one_level_at_a_time_below_one_h1():
    text = page(
        "# Mine\n\n#### Deep\n\n" + block("## 1. [T](https://example.org/1)\n\nWords.\n\n###### Deeper")
    )

    assert Page(text).headings == [1, 2, 3, 2, 3]


def test_a_picture_becomes_a_link_and_inside_a_link_its_words():
    text = page(
        "![a cat](https://example.org/cat.png) [![a dog](https://example.org/d.png)](https://example.org/d)\n"
    )

    assert "<img" not in text
    assert re.search(r'<a href="https://example.org/cat.png"[^>]*>a cat</a>', text)
    assert re.search(r'<a href="https://example.org/d"[^>]*>(?:<a[^>]*>)?a dog', text)
    assert text.count("<a ") == text.count("</a>")


def test_a_tag_typed_or_smuggled_in_shows_as_text_or_not_at_all():
    text = page(
        block("## 1. T\n\n<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))")
    )

    assert_inert(text)
    assert "<script" not in text


def test_a_language_that_is_none_is_not_written():
    facts = EditionFacts(number=1, period="p", language='en" onload="x', visible=lambda _target: None)

    assert '<html lang="">' in page("Hi.\n", facts=facts)


def test_an_unclosed_mark_is_refused():
    with pytest.raises(VisibilityRefused):
        page("Hi <!-- secret\n")


def test_equal_input_gives_equal_bytes():
    assert page("Hi.\n") == page("Hi.\n")


@settings(max_examples=100, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    "<",
                    ">",
                    "script",
                    "img",
                    " src=x",
                    " onerror=y",
                    "javascript:",
                    "[a](",
                    ")",
                    '"',
                    "'",
                    "\n",
                    "# ",
                    "`",
                    "svg",
                    "/",
                    "![",
                    "](https://example.org/",
                    "=",
                    "style",
                    "&#x6a;",
                    "a",
                ]
            ),
            max_size=25,
        ).map("".join),
    )
)
def test_no_text_makes_the_page_load_or_run_anything(text):
    try:
        made = page(block(text))
    except VisibilityRefused:
        return
    assert_inert(made)
    levels = Page(made).headings
    assert levels[0] == 1
    assert all(1 < later <= before + 1 for before, later in itertools.pairwise(levels))


@pytest.mark.corpus
def test_known_attacks_stay_text():
    root = corpus("hostile")
    vectors = [
        line
        for path in sorted(root.rglob("*"))
        if path.is_file() and "xss" in str(path).lower() and path.stat().st_size < 2_000_000
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if line.strip()
    ]
    assert vectors
    for start in range(0, len(vectors), 200):
        body = "\n\n".join(
            line.replace("%%", "").replace("<!--", "") for line in vectors[start : start + 200 : 7]
        )
        assert_inert(body_html(read_draft((HEAD.format(title="x") + body).encode()), FACTS))


def test_the_line_that_says_whose_it_is_is_marked_and_the_users_title_keeps_its_number():
    text = page(block("## 1. [T](https://example.org/1)\n\nWords of mine.\n\n— Ana, Review"))

    assert '<p class="source">— Ana, Review</p>' in text
    assert '<p class="edition">No. 12 · 2026-W47</p>' in text


def test_a_page_without_a_title_of_the_users_says_number_and_period_once():
    draft = read_draft(HEAD.replace("title: {title}\n", "").encode() + b"Hi.\n")

    assert render_html(draft, FACTS).decode().count("No. 12") == 2  # title and h1
    assert "Hi." in render_html(draft, FACTS).decode()
