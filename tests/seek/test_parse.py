"""Feeds of markup, through the helper process and out as nouns."""

import io
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotAFeed
from pkm.model.item import Enclosure, ParsedFeed, ParsedItem, Via
from pkm.rules import limits
from pkm.seek import wire
from pkm.seek.parse import ANSWER, REQUEST, parse_feed
from pkm.seek.parser_process import FeedReader
from support.corpus import corpus
from support.score import tell

URL = "https://a.example/blog/feed.xml"


@pytest.fixture(scope="module")
def reader():
    with FeedReader() as running:
        yield running


def rss(items: str, head: str = "", attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {attributes}><channel><title>Notes</title>'
        f"<link>https://a.example/blog/</link>{head}{items}</channel></rss>"
    ).encode()


def atom(entries: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title>{head}{entries}</feed>'.encode()


def parse(body: bytes, content_type: str | None = None, url: str = URL) -> ParsedFeed:
    return parse_feed(body, url=url, content_type=content_type)


def one(body: bytes) -> ParsedItem:
    [item] = parse(body).items
    return item


def refused(reader: FeedReader, body: bytes, content_type: str | None = None) -> NotAFeed:
    with pytest.raises(NotAFeed) as caught:
        reader.read(body, url=URL, content_type=content_type)
    error = caught.value
    assert error.url == URL
    assert error.hint
    return error


# What becomes of a feed.


def test_an_rss_item_is_read_with_all_its_parts():
    item = one(
        rss(
            '<item><title>On &lt;b&gt;notes&lt;/b&gt; &amp;amp; more</title><link>one</link><guid isPermaLink="false"> 77 </guid>'
            "<description>Short</description><content:encoded><![CDATA[<p><a href='x'>y</a></p>]]></content:encoded>"
            "<author>ann@a.example (Ann)</author><category>a</category><category>b</category><comments>/c</comments>"
            '<pubDate>Thu, 01 Jan 2026 10:00:00 CET</pubDate><enclosure url="/e.mp3" type="audio/mpeg" length="12"/>'
            '<itunes:duration>1:02:03</itunes:duration><source url="https://b.example/rss">Bees</source></item>',
            attributes='xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
        )
    )
    assert (item.raw_id, item.url, item.title) == ("77", "https://a.example/blog/one", "On notes & more")
    assert item.html == '<p><a href="https://a.example/blog/x">y</a></p>'
    assert item.summary_html == "Short"
    assert (item.authors, item.tags) == (("Ann",), ("a", "b"))
    assert item.comments_url == "https://a.example/c"
    assert item.published_at == datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert item.enclosures == (
        Enclosure(url="https://a.example/e.mp3", type="audio/mpeg", length=12, duration_s=3_723),
    )
    assert item.via == Via(name="Bees", url="https://b.example/rss")


def test_an_atom_entry_points_to_who_led_here():
    item = one(
        atom(
            '<entry xml:lang="de"><id>tag:1</id><title type="html">A &amp;lt; B</title><link href="/1"/>'
            '<link rel="via" href="https://b.example/" title="Bea"/><updated>2026-01-01T10:00:00Z</updated>'
            '<author><name>Ann</name></author><content type="html">&lt;p>x&lt;/p></content></entry>'
        )
    )
    assert (item.title, item.url, item.language) == ("A < B", "https://a.example/1", "de")
    assert item.via == Via(name="Bea", url="https://b.example/")
    assert item.published_at == item.updated_at == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_the_head_of_a_feed_is_kept():
    feed = parse(
        rss(
            "",
            '<ttl>90</ttl><language>de-DE</language><atom:link rel="self" href="/f"/><atom:link rel="next" href="?page=2"/>',
            'xmlns:atom="http://www.w3.org/2005/Atom"',
        )
    )
    assert (feed.format, feed.title, feed.home_url, feed.language, feed.ttl_s) == (
        "rss20",
        "Notes",
        "https://a.example/blog/",
        "de-DE",
        5_400,
    )
    assert (feed.self_url, feed.next_url) == ("https://a.example/f", "https://a.example/blog/feed.xml?page=2")
    assert feed.items == ()


def test_the_update_period_of_the_syndication_module_is_a_wait():
    head = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert (
        parse(rss("", head, 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"')).ttl_s == 6 * 60 * 60
    )


def test_hours_and_days_in_which_a_feed_wants_no_visit_are_kept():
    head = (
        "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>x</hour><hour> 7 </hour></skipHours>"
        "<skipDays><day>Sunday</day><day>monday</day><day>Tag</day></skipDays>"
    )
    feed = parse(rss("<item><title>x</title><hour>3</hour></item>", head))
    assert (feed.skip_hours, feed.skip_days) == ((0, 7, 23), (0, 6))


def test_the_places_of_a_feeds_other_documents_are_kept():
    head = (
        '<atom:link rel="prev-archive" href="/2025.xml"/><atom:link rel="hub" href="https://hub.example/"/><fh:complete/>'
        "<itunes:new-feed-url>https://b.example/feed</itunes:new-feed-url>"
    )
    names = (
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    )
    feed = parse(rss("", head, names))
    assert (feed.prev_archive_url, feed.hub_url) == ("https://a.example/2025.xml", "https://hub.example/")
    assert (feed.complete, feed.new_feed_url) == (True, "https://b.example/feed")
    assert not parse(rss("")).complete


def test_a_feed_that_names_its_own_address_as_the_new_one_has_not_moved():
    head = f"<itunes:new-feed-url>{URL}</itunes:new-feed-url>"
    names = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    assert parse(rss("", head, names)).new_feed_url is None


def test_of_several_transcripts_the_one_that_reads_best_belongs_to_the_sound():
    item = one(
        rss(
            '<item><title>x</title><enclosure url="/p.jpg" type="image/jpeg"/><enclosure url="/e.mp3" type="audio/mpeg"/>'
            '<podcast:transcript url="/t.srt" type="application/srt"/><podcast:transcript url="/t.html" type="text/html"/></item>',
            attributes='xmlns:podcast="https://podcastindex.org/namespace/1.0"',
        )
    )
    assert [each.transcript_url for each in item.enclosures] == [None, "https://a.example/t.html"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3723", 3_723), ("62:03", 3_723), ("1:02:03", 3_723), ("45 min", 2_700), ("1 h 2 m", 3_720), ("PT1H2M3S", 3_723),
     ("1 hour, 5 minutes", 3_900), ("12.7", 12), ("0", None), ("soon", None), ("-5", None), ("999999999", None), ("", None)],
)  # fmt: skip
def test_a_duration_is_read_in_the_ways_it_is_written(text, seconds):
    names = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    body = rss(
        f'<item><title>x</title><enclosure url="/e"/><itunes:duration>{text}</itunes:duration></item>',
        "",
        names,
    )
    assert one(body).enclosures[0].duration_s == seconds


def test_an_entry_copied_from_another_feed_points_to_it():
    source = (
        '<source><id>tag:b</id><title>Bees</title><link rel="alternate" href="https://b.example/"/></source>'
    )
    item = one(atom(f"<entry><id>1</id><title>x</title>{source}</entry>"))
    assert (item.title, item.via) == ("x", Via(name="Bees", url="https://b.example/"))


def test_a_guid_is_never_joined_with_a_base():
    body = rss(
        "<item><guid>posts/1</guid><title>x</title></item>", attributes='xml:base="https://b.example/"'
    )
    assert (one(body).raw_id, one(body).url) == ("posts/1", None)
    assert one(body.replace(b"posts/1", b"https://a.example/p")).url == "https://a.example/p"


def test_xml_base_counts_for_links_and_texts():
    item = one(
        atom(
            '<entry xml:base="https://b.example/x/"><id>1</id><link href="y"/><content type="html">&lt;img src="z.png"></content></entry>'
        )
    )
    assert item.url == "https://b.example/x/y"
    assert item.html == '<img src="https://b.example/x/z.png">'


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "mailto:a@b.example"]
)
def test_only_web_addresses_become_links(link):
    item = one(
        rss(
            f'<item><title>x</title><link>{link}</link><comments>{link}</comments><enclosure url="{link}"/></item>'
        )
    )
    assert (item.url, item.comments_url, item.enclosures) == (None, None, ())


def test_numbers_that_are_none_are_dropped():
    items = '<item><title>x</title><enclosure url="/e" length="abc"/></item><item><title>y</title><enclosure url="/e" length="-5"/></item>'
    assert [item.enclosures[0].length for item in parse(rss(items)).items] == [None, None]


def test_atom_text_is_text_and_rss_text_may_be_markup():
    assert one(atom("<entry><id>1</id><title>a &lt;b&gt; c</title></entry>")).title == "a <b> c"
    assert one(rss("<item><title>Generic&lt;T&gt; in a &lt; b</title></item>")).title == "Generic<T> in a < b"


def test_an_atom_title_in_base64_is_read_as_the_markup_it_holds():
    title = '<title type="application/octet-stream">RXhhbXBsZSA8Yj5BdG9tPC9iPg==</title>'
    assert one(atom(f"<entry><id>1</id>{title}</entry>")).title == "Example Atom"


def test_a_line_break_of_xhtml_is_one_line_break():
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<br/>b</div></content>'
    assert one(atom(f"<entry><id>1</id>{content}</entry>")).html == "a<br>b"


def test_long_fields_are_cut():
    item = one(
        rss(
            f"<item><title>{'t' * 5_000}</title><author>{'a' * 50_000}</author><category>{'c' * 500}</category></item>"
        )
    )
    assert (len(item.title), len(item.authors[0]), len(item.tags[0])) == (
        limits.TITLE_CHARS,
        limits.AUTHOR_CHARS,
        limits.TAG_CHARS,
    )


def test_items_past_the_limit_are_cut():
    assert (
        len(parse(rss("<item><title>x</title></item>" * (limits.ITEMS_FIRST_PULL + 10))).items)
        == limits.ITEMS_FIRST_PULL
    )


def test_a_feed_cut_inside_an_item_loses_that_item_and_says_so():
    body = rss("<item><title>one</title></item><item><title>two</title><link>https://a.example/ha").partition(
        b"</channel>"
    )[0]
    feed = parse(body)
    assert feed.truncated
    assert [item.title for item in feed.items] == ["one"]
    assert feed.notes


def test_a_mended_feed_is_not_called_truncated():
    feed = parse(rss("<item><title>A & B &nbsp; C</title></item>"))
    assert (feed.truncated, feed.items[0].title) == (False, "A & B C")
    assert "mended" in feed.notes[0]


@pytest.mark.parametrize(
    ("charset", "header", "note"),
    [
        ("utf-8", None, False),
        ("koi8-r", None, False),
        ("utf-16", None, False),
        ("windows-1251", "application/rss+xml; charset=windows-1251", False),
        ("utf-8", "text/xml; charset=iso-8859-1", True),
        ("utf-8", "text/xml; charset=bogus", True),
        ("utf-8", "text/xml", False),
    ],
)
def test_the_charset_that_fits_wins(charset, header, note):
    body = (
        rss("<item><title>Новости</title></item>")
        .decode()
        .replace('encoding="utf-8"', f'encoding="{charset}"')
        .encode(charset)
    )
    feed = parse(body, header)
    assert feed.items[0].title == "Новости"
    assert any("said to be" in text for text in feed.notes) is note


def test_half_a_surrogate_pair_costs_one_character_not_the_feed():
    assert (
        one(rss("<item><title>a &#xD800; b &#55357; &lt; c</title></item>")).title == "a \ufffd b \ufffd < c"
    )


def test_latin_1_that_calls_itself_utf_8_is_read():
    assert (
        one(rss("<item><title>Café à Genève</title></item>").decode().encode("latin-1")).title
        == "Café à Genève"
    )


def test_a_body_that_is_a_path_opens_no_file(tmp_path):
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss("<item><title>secret</title></item>"))
    with pytest.raises(NotAFeed):
        parse(str(secret).encode())


# What is no feed.


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", None, "empty"),
        (b" \n\t", "application/rss+xml", "empty"),
        (b"<!doctype html><html><body>Hello</body></html>", "text/html", "web page"),
        (
            b"<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script></html>",
            "text/html",
            "bot check",
        ),
        (b'{"error": "gone"}', "application/json", "JSON came, but no feed"),
        (b"{nonsense", None, "JSON came that cannot be read"),
        (b"\x1f\x8b\x08\x00abc", None, "gzip"),
        (b"%PDF-1.7 ...", None, "PDF"),
        (b'<opml version="2.0"><body/></opml>', None, "subscription list"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', None, "sitemap"),
        (b"hello", "text/plain", "no feed"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:a="http://www.w3.org/2005/Atom"/>', None, "no feed"),
        (b'<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss/>', None, "entities"),
        (b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss/>', None, "entities"),
    ],
)
def test_what_came_instead_of_a_feed_is_said(reader, body, content_type, reason):
    assert reason in refused(reader, body, content_type).reason


def test_a_feed_served_as_a_web_page_is_a_feed(reader):
    assert reader.read(rss("<item><title>x</title></item>"), url=URL, content_type="text/html").items


def test_entities_in_utf_16_are_refused_too(reader):
    body = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
    assert "entities" in refused(reader, body.encode("utf-16")).reason


# The helper process. It reads what is not well formed; see test_fast for the rest.


def mended(title: object) -> bytes:
    return rss(f"<item><title>{title}&nbsp;</title></item>")


def test_one_helper_serves_many_documents(reader):
    for number in range(3):
        [item] = reader.read(mended(number), url=URL, content_type=None).items
        assert item.title == str(number)
    pids = children_of(os.getpid())
    assert len(pids) == 1


def children_of(pid: int) -> list[str]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("no /proc here")
    return path.read_text().split()


def test_threads_may_share_a_reader(reader):
    got: dict[int, str | None] = {}

    def work(number: int) -> None:
        feed = reader.read(mended(number), url=URL, content_type=None)
        got[number] = feed.items[0].title

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {number: str(number) for number in range(8)}


def test_a_helper_that_died_is_replaced_and_the_document_read():
    with FeedReader() as own:
        before = set(children_of(os.getpid()))
        own.read(mended("x"), url=URL, content_type=None)
        [pid] = set(children_of(os.getpid())) - before
        os.kill(int(pid), 9)
        assert own.read(mended("y"), url=URL, content_type=None).items[0].title == "y"


def test_a_document_that_takes_too_long_costs_only_itself():
    slow = rss("<item><title>x</title>" + "<a b='c'>" * 500_000)
    with FeedReader(wall_s=0.5) as own:
        own.read(mended("x"), url=URL, content_type=None)
        start = time.monotonic()
        assert "limits" in refused(own, slow).reason
        assert time.monotonic() - start < 5
        assert own.read(mended("y"), url=URL, content_type=None).items[0].title == "y"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("ann@long.example (Ann Onymous)", "Ann Onymous"),
        ("Ann &lt;ann@a.example&gt;", "Ann"),
        ("ann@a.example", "ann@a.example"),
        ("Ann (and Bea)", "Ann (and Bea)"),
        ("Ann &amp;amp; Bea", "Ann & Bea"),
    ],
)
def test_the_name_of_an_author_is_found(author, name):
    assert one(rss(f"<item><title>x</title><author>{author}</author></item>")).authors == (name,)


def test_long_authors_cost_no_minutes():
    feed = rss(f"<item><author>{'a@a.a.' * 10_000}!</author><title>x</title></item>")
    with FeedReader(wall_s=2) as own:  # feedparser's own rule for authors takes over ten
        assert own.read(feed, url=URL, content_type=None).items[0].title == "x"


def test_a_body_past_the_limit_is_refused_at_once(reader):
    assert "limits" in refused(reader, b"<rss>" + b" " * limits.BODY_DECODED).reason


def test_the_helper_ends_when_its_input_ends_and_prints_frames_only():
    body = rss("<item><title>x</title></item>")
    head = b'{"url": "https://a.example/", "content_type": null}'
    done = subprocess.run(
        [sys.executable, "-I", "-m", "pkm.seek.parse"],
        input=REQUEST.pack(len(head), len(body)) + head + body,
        capture_output=True,
        check=True,
        timeout=30,
    )
    answer = io.BytesIO(done.stdout)
    [size] = ANSWER.unpack(answer.read(ANSWER.size))
    assert len(answer.read()) == size


def test_a_closed_reader_leaves_no_process():
    before = children_of(os.getpid())
    own = FeedReader()
    own.read(mended("x"), url=URL, content_type=None)
    own.close()
    assert children_of(os.getpid()) == before


# Any bytes.

MARKUP = st.lists(
    st.sampled_from(
        ["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "https://a.example/", "<entry>", "<feed xmlns='http://www.w3.org/2005/Atom'>",
         "<content type='xhtml'>", "<guid>", "&#xD800;", "&amp;", "&", "<![CDATA[", "]]>", "<!--", "-->", "\x00", "\x1b", "<author>", "<pubDate>99999", "<source url='x'>",
         "<enclosure url='x' length='1e9'/>", "<media:content url='y'>", "xml:base='::'", "<link href='http://[::1'/>", "<itunes:duration>1:2:3:4", "</", ">"]
    )
    | st.text(max_size=8),
    max_size=25,
).map("".join)  # fmt: skip


@given(st.binary(max_size=200) | MARKUP.map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    for body in (data, b"<rss version='2.0'><channel><item>" + data):
        try:
            feed = parse(body)
        except NotAFeed as error:
            feed = ParsedFeed(format=error.hint)
        assert feed.format
        assert wire.to_feed(wire.from_feed(feed)) == feed
        wire.to_bytes(wire.from_feed(feed)).decode("utf-8")


@given(MARKUP)
@settings(max_examples=40, deadline=None)
def test_the_helper_answers_as_the_parser_does(reader, text):
    body = b"<rss version='2.0'><channel>" + text.encode("utf-8", "replace")
    results: list[object] = []
    for read in (lambda: parse(body), lambda: reader.read(body, url=URL, content_type=None)):
        try:
            results.append(read())
        except NotAFeed as error:
            results.append(error.reason)
    assert results[0] == results[1] or isinstance(results[1], str)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MOMENT = st.datetimes(timezones=st.just(UTC))


@given(
    st.builds(
        ParsedFeed,
        format=TEXT,
        title=st.none() | TEXT,
        ttl_s=st.none() | st.integers(1, 9),
        truncated=st.booleans(),
        notes=st.lists(TEXT, max_size=2).map(tuple),
        items=st.lists(
            st.builds(
                ParsedItem,
                raw_id=st.none() | TEXT,
                authors=st.lists(TEXT, max_size=2).map(tuple),
                published_at=st.none() | MOMENT,
                via=st.none() | st.builds(Via, name=st.none() | TEXT, url=st.none() | TEXT),
                enclosures=st.lists(
                    st.builds(Enclosure, url=TEXT, length=st.none() | st.integers(1, 9)), max_size=2
                ).map(tuple),
                position=st.integers(0, 9),
            ),
            max_size=3,
        ).map(tuple),
    )
)
@settings(max_examples=60, deadline=None)
def test_a_feed_goes_over_the_wire_unchanged(feed):
    assert wire.to_feed(wire.from_feed(feed)) == feed


@pytest.mark.corpus
def test_hostile_feeds_are_read_or_refused_by_the_helper(reader):
    read, hints = 0, []
    for folder in ("own-feeds", "own-xml", "own-terminal", "defusedxml"):
        for path in sorted(corpus("hostile", folder).iterdir()):
            try:
                feed = reader.read(path.read_bytes(), url=URL, content_type=None)
            except NotAFeed as error:
                hints.append(error.hint)
                continue
            read += 1
            for item in feed.items:
                assert "\x1b" not in (item.title or "")
                assert item.url is None or item.url.startswith(("http://", "https://"))
    tell(f"hostile feeds: {read} read, {len(hints)} refused")
    assert all(hints)
