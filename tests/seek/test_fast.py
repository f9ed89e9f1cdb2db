"""The fast path: what it takes, what it leaves, and that nobody can tell which path a feed took."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotAFeed
from pkm.model.item import ParsedFeed
from pkm.rules import limits
from pkm.rules.identity import keyed
from pkm.seek.fast.reader import read_fast
from pkm.seek.parse import parse_feed
from support.feed_trees import NAMESPACES, feeds
from support.searching import searched

URL = "https://a.example/blog/feed.xml"
AGAINST_FEEDPARSER = searched(100, slowly=4000)
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def fast(body: bytes | str, content_type: str | None = None) -> ParsedFeed | None:
    return read_fast(body.encode() if isinstance(body, str) else body, url=URL, content_type=content_type)


def slow(body: bytes | str, content_type: str | None = None) -> ParsedFeed | None:
    try:
        return parse_feed(
            body.encode() if isinstance(body, str) else body, url=URL, content_type=content_type
        )
    except NotAFeed:  # some documents make feedparser stop with a KeyError
        return None


def rss(inside: str, version: str = "2.0") -> str:
    return f'<?xml version="1.0"?><rss version="{version}" {DECLARED}><channel><title>Notes</title><link>https://a.example/blog/</link>{inside}</channel></rss>'


def atom(inside: str) -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {DECLARED} xml:base="https://a.example/x/" xml:lang="de"><title>Notes</title>{inside}</feed>'


RDF = (
    f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {DECLARED}><channel rdf:about="https://a.example/"><title>Notes</title>'
    "<link>https://a.example/</link><dc:language>fr</dc:language><items><rdf:Seq/></items></channel>"
    '<image><title>Logo</title><url>https://a.example/i.png</url></image><item rdf:about="https://a.example/1"><title>One</title>'
    "<link>https://a.example/1</link><dc:creator>Ann</dc:creator><dc:date>2026-01-01T10:00:00Z</dc:date>"
    "<content:encoded>&lt;p&gt;Words&lt;/p&gt;</content:encoded></item></rdf:RDF>"
)
ITEM = (
    '<item><title>On &lt;b&gt;notes&lt;/b&gt; &amp;amp; more</title><link>one</link><guid isPermaLink="false"> 77 </guid><description>Short</description>'
    "<content:encoded><![CDATA[<p><a href='x'>y</a></p>]]></content:encoded><author>ann@a.example (Ann)</author><dc:creator>Bea</dc:creator>"
    "<category>a</category><category>b</category><comments>/c</comments><pubDate>Thu, 01 Jan 2026 10:00:00 CET</pubDate>"
    '<enclosure url="/e.mp3" type="audio/mpeg" length="12"/><itunes:duration>1:02:03</itunes:duration><p:transcript url="/t.vtt" type="text/vtt"/>'
    '<source url="https://b.example/rss">Bees</source><media:group><media:content url="/v.mp4" type="video/mp4" fileSize="9"/>'
    "<media:title>Clip</media:title></media:group></item>"
)
ENTRY = (
    '<entry xml:base="y/"><id>tag:1</id><title type="html">A &amp;lt; B</title><link href="1"/><link rel="via" href="https://b.example/" title="Bea"/>'
    '<updated>2026-01-01T10:00:00Z</updated><author><name>Ann</name><uri>https://ann.example/</uri></author><category term="a" label="A"/>'
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p class="x">a<br/>b &amp; c</p></div></content>'
    '<source><id>tag:s</id><title>Bees</title><link href="https://b.example/"/></source></entry>'
)
HEAD = "<ttl>90</ttl><skipHours><hour>3</hour><hour>4</hour></skipHours><language>de</language><fh:complete/>"
PLAIN = {
    "rss 2.0": rss(HEAD + ITEM),
    "rss 0.91": rss(ITEM, "0.91"),
    "rss without a version": rss(ITEM, ""),
    "rdf": RDF,
    "atom 1.0": atom(ENTRY),
    "atom 0.3": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {DECLARED}><title>x</title>{ENTRY}</feed>',
    "odd prefixes": '<q:feed xmlns:q="http://www.w3.org/2005/Atom"><q:entry><q:id>1</q:id><q:title>x</q:title></q:entry></q:feed>',
    "a contributor inside an owner": rss(
        "<itunes:owner><dc:contributor>Ann</dc:contributor></itunes:owner>" + ITEM
    ),
    "no items": rss(""),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_feed_takes_the_fast_path_and_comes_out_the_same(name):
    assert fast(PLAIN[name]) == slow(PLAIN[name])
    assert fast(PLAIN[name]) is not None


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [("utf-8", None), ("utf-16", None), ("koi8-r", None), ("windows-1251", "text/xml; charset=windows-1251"), ("utf-8", "text/xml; charset=iso-8859-1")],
)  # fmt: skip
def test_the_charset_is_no_matter_of_the_path(charset, content_type):
    body = (
        rss("<item><title>Новости</title></item>")
        .replace('"1.0"?', f'"1.0" encoding="{charset}"?')
        .encode(charset)
    )
    assert fast(body, content_type) == slow(body, content_type)
    assert fast(body, content_type).items[0].title == "Новости"


@pytest.mark.parametrize(
    "body",
    [
        "", "hello", "<html/>", "<svg/>", "<opml/>", "<entry/>", "<channel/>", '{"version": "https://jsonfeed.org/version/1.1"}',
        rss("<item><title>a & b</title></item>"),
        rss("<item><title>a &nbsp; b</title></item>"),
        rss("<item><title>a\x00</title></item>"),
        rss("<item><title>a &#xD800; b</title></item>"),
        rss("<item><undeclared:x/></item>"),
        rss("<item>")[:-20],
        rss("<item><description>naked <b>markup</b></description></item>"),
        rss('<item><media:description type="application/x-gzip">x</media:description></item>'),
        rss("<item><authors>x</authors></item>"),
        rss('<item xml:base="ftp://a.example/"/>'),
        rss(f'<item xml:base="https://a.example/{"x" * limits.URL_CHARS}"/>'),
        rss(f'<item xml:lang="{"x" * 1_000}"/>'),
        atom('<entry><title mode="base64">eA==</title></entry>'),
        atom('<entry><content type="xhtml"><svg xmlns="http://www.w3.org/2000/svg"/></content></entry>'),
        atom('<entry><content type="xhtml"><summary>an element of HTML, and of Atom</summary></content></entry>'),
        '<!DOCTYPE rss [<!ENTITY a "x">]>' + rss("<item><title>&a;</title></item>"),
        '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>',
        '<rss xmlns:dc="http://search.yahoo.com/mrss/"/>',
        '<rss xmlns:x="urn:1"><channel xmlns:x="urn:2"/></rss>',
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_feedparser(body):
    assert fast(body) is None


def test_what_would_cost_much_is_left_to_the_process_that_may_die():
    deep, wide = "<x>" * limits.FAST_DEPTH, "<x/>" * limits.FAST_ELEMENTS
    assert fast(rss(deep + deep.replace("<", "</"))) is None
    assert fast(rss(wide)) is None
    assert fast(rss(" " * limits.FAST_BYTES)) is None
    assert fast(rss("<x/>" * 1_000)) is not None


def test_a_feed_of_many_items_is_cut_as_by_feedparser():
    body = rss("<item><title>x</title></item>" * (limits.ITEMS_FIRST_PULL + 10))
    assert len(fast(body).items) == limits.ITEMS_FIRST_PULL


def test_a_base_ends_with_its_element():
    body = (
        '<rss version="2.0"><channel><item xml:base="https://b.example/x/"><link>y</link></item>'
        "<item><link>z</link></item></channel></rss>"
    )
    for feed in (fast(body), slow(body)):
        assert [item.url for item in feed.items] == ["https://b.example/x/y", "https://a.example/blog/z"]


def test_an_episode_that_has_but_a_title_of_its_own_is_called_by_it():
    body = rss(
        "<item><itunes:title>Bees</itunes:title></item><item><itunes:title>B</itunes:title><title>A</title></item>"
    )
    for feed in (fast(body), slow(body)):
        assert [item.title for item in feed.items] == ["Bees", "A"]


def test_an_item_of_very_many_links_and_texts_keeps_the_first_of_them():
    many = "".join(f'<enclosure url="/{number}"/>' for number in range(5_000))
    texts = "<content:encoded>x</content:encoded>" * 5_000
    for feed in (fast(rss(f"<item>{many}{texts}</item>")), slow(rss(f"<item>{many}{texts}</item>"))):
        assert feed.items[0].enclosures[0].url == "https://a.example/0"
        assert len(feed.items[0].enclosures) <= limits.LINKS_PER_ITEM


def test_the_page_of_an_author_is_not_the_source_of_the_item():
    body = atom(
        "<entry><id>1</id><source><author><name>B</name><uri>https://b.example/</uri></author></source></entry>"
    )
    for feed in (fast(body), slow(body)):
        assert feed.items[0].via is None


def test_plain_feeds_load_no_feedparser_and_start_no_process(tmp_path):
    feed = tmp_path / "feed.xml"
    feed.write_text(rss(ITEM), encoding="utf-8")
    program = (
        "import sys; from pathlib import Path; from pkm.seek.parser_process import FeedReader\n"
        f"with FeedReader() as reader: items = reader.read(Path({str(feed)!r}).read_bytes(), url={URL!r}, content_type=None).items\n"
        "children = Path('/proc/self/task').joinpath(str(__import__('os').getpid()), 'children')\n"
        "print(len(items), 'feedparser' in sys.modules, children.read_text() if children.exists() else '')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path.cwd(),
    )
    assert done.stdout.split() == ["1", "False"]


@given(feeds())
@AGAINST_FEEDPARSER
def test_a_feed_that_changes_its_path_keeps_its_keys_and_all_else(body):
    quick = fast(body)
    same = slow(body) if quick is not None else None
    if quick is None or same is None:
        return
    assert quick == same
    assert [one.key for one in keyed(quick.items)] == [one.key for one in keyed(same.items)]


@given(
    st.lists(
        st.tuples(st.sampled_from(["<item>", "</item>", "<title>", "</title>", "<link/>", "<a:link href='x'/>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#x9;", "<?x?>"]), st.text(max_size=5)),
        max_size=12,
    )
)  # fmt: skip
@AGAINST_FEEDPARSER
def test_scraps_of_markup_never_raise_and_never_differ(pieces):
    body = rss("".join(tag + text for tag, text in pieces)).encode("utf-8", "replace")
    quick = fast(body)
    assert quick is None or quick == slow(body)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_feed_or_left_alone(data):
    for body in (data, b"<rss><channel><item>" + data + b"</item></channel></rss>"):
        feed = fast(body)
        assert feed is None or feed.format == "rss"
