import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pkm.rules.clean import Sink, clean
from pkm.rules.html import plain_text, sanitise
from pkm.rules.markdown import defused, destination, escape_inline, link, render
from pkm.rules.to_markdown import to_markdown
from support.corpus import corpus

READERS = [MarkdownIt("commonmark"), MarkdownIt("js-default"), MarkdownIt("gfm-like", {"linkify": False})]
HAZARD = re.compile(
    r"<%|\$=|!\[\[|\[:|\{\{|\{%|-\*-|(?<![^\W_])(?:vim?|ex)(?:[<=>])?\d*:(?!//)|local variables:",
    re.IGNORECASE,
)

MARKS = st.text(
    st.one_of(
        st.sampled_from("\\`*_[]<>|~${}^#&;%=:!-+.()'\"/@1 2a\n\t"),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=30,
)
PHRASES = st.lists(
    st.sampled_from(
        [
            "[[x]]",
            "![[x]]",
            "<%",
            "%>",
            "$=",
            "`",
            "```",
            "~~~",
            "---",
            "===",
            "#",
            "1.",
            "2)",
            "-",
            "+",
            "*",
            "**",
            "_",
            "a_b",
            "[x](y)",
            "<b>",
            "&amp;",
            "&#35;",
            "https://x.example",
            "vim:",
            "ex:",
            "-*-",
            "%%",
            "==",
            "^id",
            "{{",
            "|",
            "\\",
            "<!--",
            "-->",
            ":",
            "[^1]",
            "[:",
            "Local",
            "Variables:",
            "$x$",
            "é",
            "日本",
        ]
    ),
    max_size=8,
).map(" ".join)
TITLES = st.one_of(MARKS, PHRASES, st.text(max_size=30))


def words_of(title):
    return " ".join(clean(title, Sink.NOTE_TITLE).split())


def only_words(reader, markdown):
    """The text of a document that is one paragraph of plain text, else None."""
    tokens = reader.parse(markdown)
    if [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        return None
    children = tokens[1].children or []
    if any(child.type not in ("text", "text_special") for child in children):
        return None
    return "".join(child.content for child in children)


@settings(deadline=None, max_examples=300)
@given(TITLES)
def test_an_escaped_title_renders_as_its_words(title):
    escaped = escape_inline(title)
    expected = words_of(title)
    for reader in READERS:
        assert only_words(reader, escaped) == expected if expected else escaped == ""


@settings(deadline=None, max_examples=300)
@given(TITLES)
def test_an_escaped_title_holds_no_mark_of_a_neighbour(title):
    assert not HAZARD.search(escape_inline(title))
    assert not re.search(r"(?<!\\)[\[\]<>|`]", escape_inline(title).replace("\\\\", ""))


@settings(deadline=None, max_examples=300)
@given(
    TITLES,
    st.sampled_from(
        ["https://a.example/x", "https://a.example/(a)_[b]*?q=1&lt;=2&copy=3", "http://[::1]/`<x>"]
    ),
)
def test_a_link_is_one_link_with_these_words(title, url):
    for reader in READERS:
        tokens = reader.parse(link(title, url))
        children = tokens[1].children or []
        assert [child.type for child in children if child.type not in ("text", "text_special")] == [
            "link_open",
            "link_close",
        ]
        assert (
            reader.normalizeLink(destination(url).strip("<>").replace("\\&", "&"))
            == children[0].attrs["href"]
        )
        text = "".join(child.content for child in children)
        assert text == (words_of(title) or text)


def test_a_link_in_a_table_cell_stays_in_its_cell():
    row = f"| {link('a | b', 'https://a.example/x|y')} | {escape_inline('c|d')} |"
    html = READERS[1].render(f"| h | i |\n|---|---|\n{row}\n")
    assert html.count("<td>") == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "x", "file:///x", "https://"])
def test_what_is_no_web_address_is_no_link(url):
    assert link("a [b]", url) == r"a \[b\]"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("snake_case and C#", "snake_case and C#"),
        ("# Heading", r"\# Heading"),
        ("2026. A year", r"2026\. A year"),
        ("- item", r"\- item"),
        ("Well-known - and more", "Well-known - and more"),
        ("Is 5 < 6?", r"Is 5 \< 6?"),
        ("<% tp.x %>", r"\<\% tp.x %\>"),
        ("![[embed]]", r"!\[\[embed\]\]"),
        ("a\nb", "a b"),
        ("R&D", "R&D"),
        ("&amp;", r"\&amp;"),
    ],
)
def test_a_title_is_escaped_no_more_than_needed(title, expected):
    assert escape_inline(title) == expected


def test_render_shows_raw_markup_as_text_and_drops_unsafe_links():
    html = render(
        "# A\n\n<script>alert(1)</script> [x](javascript:alert(1)) [y](https://a.example)\n\n```js\nb\n```\n"
    )
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert '<a href="https://a.example" rel="noopener noreferrer nofollow">y</a>' in html
    assert '<code class="language-js">' in html


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_render_takes_any_text(text):
    html = render(text)
    assert not re.search(r"<(?:script|style|svg|iframe)", html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>One</h1><h3>Three</h3>", "# One\n\n### Three"),
        ("<p># no heading", r"\# no heading"),
        ("<p>a <b>b</b> <em>c</em> <del>d</del>", "a **b** *c* ~~d~~"),
        ("<p>1. x<br>2. y", "1\\. x  \n2\\. y"),
        ("<ul><li>a<ul><li>b</ul><li>- c</ul>", "- a\n  - b\n- \\- c"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<blockquote><p>a<p>b</blockquote>", "> a\n>\n> b"),
        ("<a href='https://a.example/x_(y)'>t]</a>", r"[t\]](<https://a.example/x_(y)>)"),
        ("<a href='/x'>t</a>", "t"),
        ("<img src='https://a.example/p.png' alt='A [b]'>", r"[A \[b\]](https://a.example/p.png)"),
        (
            "<a href='https://a.example/'><img src='https://a.example/p.png' alt='A'></a>",
            "[A](https://a.example/)",
        ),
        ("<code>a|b</code>", "`a|b`"),
        ("<code>a`b</code>", "``a`b``"),
        ("<code>`</code>", "`` ` ``"),
        ("<pre><code class='language-python'>a\n  b</code></pre>", "~~~python\na\n  b\n~~~"),
        ("<pre><code class='language-dataviewjs'>x</code></pre>", "~~~text\nx\n~~~"),
        ("<pre>~~~~\nx</pre>", "~~~~~text\n~~~~\nx\n~~~~~"),
        (
            "<table><tr><th>a<th>b<tr><td>c|d<td><code>e|f</code></table>",
            "| a | b |\n| --- | --- |\n| c\\|d | `e\\|f` |",
        ),
        ("<section>a</section><section>b</section>", "a\n\nb"),
        ("<script>x</script><p onclick=x>y", "y"),
        ("", ""),
    ],
)
def test_markup_becomes_markdown(html, expected):
    assert to_markdown(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p>&lt;% tp.user.x() %&gt;",
        "<pre>&lt;% x %&gt;</pre>",
        "<p>&lt;<b></b>% x",
        "<code>$= dv.x</code>",
        "<pre>$= x</pre>",
        "<p>![[x]]",
        "<p>!<a href='https://a.example/'>[x]</a>",
        "<pre>![[x]]</pre>",
        "<p>[:div]",
        "<pre>[:div]</pre>",
        "<p>vim: set modeline:",
        "<pre># vim: set x:\n/* ex:x */ vi:y vim>700:z</pre>",
        "<p>-*- mode: x -*-",
        "<pre>-*- mode: x -*-\nLocal Variables:</pre>",
        "<p>{{x}} {% y %}",
        "<a href='https://a.example/?$=1'>$=</a>",
    ],
)
def test_a_capture_holds_nothing_that_a_neighbour_runs(html):
    assert not HAZARD.search(to_markdown(html))
    assert to_markdown(html)


HTML = st.lists(
    st.sampled_from(
        [
            "<p>",
            "<b>",
            "</b>",
            "<i>",
            "<code>",
            "</code>",
            "<pre>",
            "</pre>",
            "<ul>",
            "<li>",
            "<table>",
            "<tr>",
            "<td>",
            "<h2>",
            "</h2>",
            "<blockquote>",
            "<br>",
            "<hr>",
            "<q>",
            "<a\thref='https://a.example/x'>",
            "</a>",
            "<img\tsrc='https://a.example/p'\talt='`]('>",
            "&lt;%",
            "%",
            "$",
            "=",
            "![[",
            "[",
            ":",
            "~~~",
            "```",
            "|",
            "#",
            "-",
            "1.",
            "vim:",
            "&lt;",
            "text",
        ]
    ),
    max_size=14,
).map("".join)


@settings(deadline=None, max_examples=200)
@given(HTML)
def test_any_markup_makes_defused_markdown(html):
    markdown = to_markdown(html)
    assert not HAZARD.search(markdown)
    assert "<script" not in READERS[1].render(markdown)


@settings(deadline=None, max_examples=100)
@given(TITLES)
def test_a_paragraph_keeps_its_words(title):
    html = "<p>" + words_of(title).replace("&", "&amp;").replace("<", "&lt;") + "</p>"
    expected = plain_text(sanitise(html))
    shown = plain_text(sanitise(READERS[0].render(to_markdown(html))))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", expected)


def test_defusing_twice_is_defusing_once():
    text = "<% x $= ![[ [: vim: -*- {{"
    assert defused(defused(text)) == defused(text)


@pytest.mark.parametrize(
    "html", ["<blockquote>" * 5_000 + "x", "<table><tr>" + "<td colspan=99>x" * 10_000, "<ul><li>x" * 3_000]
)
def test_deep_and_wide_markup_stays_small(html):
    before = time.process_time()
    assert len(to_markdown(html)) < 20 * len(html)
    assert time.process_time() - before < 5


@pytest.mark.corpus
def test_the_examples_of_commonmark_go_round():
    examples = json.loads(next(corpus("markdown", "commonmark").glob("*.json")).read_text("utf-8"))
    for example in examples:
        assert not HAZARD.search(to_markdown(example["html"]))
        render(example["markdown"])


@pytest.mark.corpus
def test_real_markup_keeps_its_words_in_markdown():
    pages = sorted(corpus("html-to-markdown", "golden").rglob("*.in.html"))
    assert pages
    for page in pages:
        html = page.read_text("utf-8")
        markdown = to_markdown(html, base_url="https://a.example/")
        assert not HAZARD.search(markdown), page
