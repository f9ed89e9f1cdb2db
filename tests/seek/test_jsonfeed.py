"""JSON Feed 1.0 and 1.1."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotAFeed
from pkm.model.item import Enclosure, ParsedFeed
from pkm.rules import limits
from pkm.seek import jsonfeed
from pkm.seek.jsonfeed import read_json_feed
from support.corpus import corpus
from support.score import tell

URL = "https://a.example/blog/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def read(*items: dict, **head) -> ParsedFeed:
    document = {"version": VERSION, "title": "Notes", "items": list(items), **head}
    return read_json_feed(json.dumps(document).encode(), url=URL)


def refused(data: bytes) -> NotAFeed:
    with pytest.raises(NotAFeed) as caught:
        read_json_feed(data, url=URL)
    return caught.value


def test_a_feed_that_has_ended_and_its_hub_are_told():
    feed = read(expired=True, hubs=[{"type": "WebSub", "url": "https://hub.example/"}])
    assert (feed.expired, feed.hub_url) == (True, "https://hub.example/")
    assert not read(expired="yes").expired


def test_references_in_a_title_are_read_and_tags_are_words():
    assert read({"id": "1", "title": "Fish &amp; chips &#8211; a <b> b &nosuch; AT&T"}).items[0].title == (
        "Fish & chips \u2013 a <b> b &nosuch; AT&T"
    )


def test_an_item_is_read_with_all_its_parts():
    feed = read(
        {
            "id": "1", "url": "/one", "title": "One & <two>", "content_html": '<p><a href="x">y</a></p>', "summary": "Short",
            "date_published": "2026-01-01T10:00:00+02:00", "tags": ["a", "b", "a", 7],
            "attachments": [{"url": "/x.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12, "duration_in_seconds": 60.5}],
        },
        home_page_url="https://a.example/", feed_url=URL, next_url="?page=2", language="de", authors=[{"name": "Ann"}],
    )  # fmt: skip
    [item] = feed.items

    assert (feed.format, feed.title, feed.home_url, feed.language) == (
        "json11",
        "Notes",
        "https://a.example/",
        "de",
    )
    assert feed.next_url == f"{URL}?page=2"
    assert (item.raw_id, item.url, item.title) == ("1", "https://a.example/one", "One & <two>")
    assert item.published_at == datetime(2026, 1, 1, 8, tzinfo=UTC)
    assert item.html == '<p><a href="https://a.example/x">y</a></p>'
    assert item.summary_html == "<p>Short</p>"
    assert (item.authors, item.language, item.tags) == (("Ann",), "de", ("a", "b"))
    assert item.enclosures == (
        Enclosure(url="https://a.example/x.mp3", type="audio/mpeg", length=12, duration_s=60),
    )


def test_ids_that_are_numbers_stay_as_they_were_written():
    big = (
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 7}, {"id": '
        + b"9" * 5_000
        + b'}, {"id": 1.50}]}'
    )
    feed = read_json_feed(big, url=URL)
    assert feed.format == "json10"
    assert [item.raw_id for item in feed.items] == ["7", "9" * 5_000, "1.50"]


def test_the_author_of_version_1_0_is_taken():
    assert read({"id": "1", "author": {"name": "Ann"}}).items[0].authors == ("Ann",)


def test_an_outside_address_stands_in_only_for_a_missing_one():
    both, outside = read(
        {"id": "1", "url": "/a", "external_url": "https://b.example/"},
        {"id": "2", "external_url": "https://b.example/"},
    ).items
    assert (both.url, outside.url) == ("https://a.example/a", "https://b.example/")


def test_plain_text_becomes_markup():
    assert read({"id": "1", "content_text": "a < b\n\nc\nd"}).items[0].html == "<p>a &lt; b</p><p>c<br>d</p>"


def test_dangerous_links_are_no_links():
    [item] = read({"id": "1", "url": "javascript:alert(1)"}).items
    assert item.url is None


def test_a_feed_without_a_version_is_read_and_noted():
    feed = read_json_feed(b'{"title": "x", "items": []}', url=URL)
    assert (feed.format, feed.notes) == ("json", ("no version of JSON Feed is given",))


def test_an_ended_feed_is_noted():
    assert "ended" in read(expired=True).notes[0]


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b'{"items": 3}', b'{"error": "not found"}', b"[1, 2]", b'{"a": NaN}']
)
def test_other_json_is_no_feed(data):
    assert refused(data).reason == "JSON came, but no feed"


@pytest.mark.parametrize(
    "data", [b'{"a": ', b"{'a': 1}", b"[" * 100_000, b'{"a":' * 100_000, b"{" + b'"a":[],' * 600_000]
)
def test_broken_deep_and_huge_json_is_refused(data):
    error = refused(data)
    assert error.exit_code == 3
    assert error.hint


def test_a_body_past_the_limit_is_refused(monkeypatch):
    assert "limits" in refused(b'{"a": "' + b"x" * limits.BODY_DECODED + b'"}').why
    assert jsonfeed.CONTAINERS_MOST < limits.BODY_DECODED


def test_half_surrogates_do_not_survive():
    [item] = read_json_feed(
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "\\ud800", "title": "\\udfff", "content_html": "\\ud801"}]}',
        url=URL,
    ).items
    for text in (item.raw_id, item.title, item.html):
        assert text
        text.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["id", "url", "title", "items", "authors", "author", "name", "tags", "attachments", "content_html", "content_text", "summary",
             "date_published", "language", "next_url", "external_url", "size_in_bytes", "duration_in_seconds", "mime_type", "home_page_url"]
        ),
        inner, max_size=5,
    ),
    max_leaves=15,
)  # fmt: skip


@given(JSON, JSON)
@settings(max_examples=100, deadline=None)
def test_any_shape_of_json_is_read_or_refused(head, item):
    document = {**(head if isinstance(head, dict) else {}), "version": VERSION, "items": [item, head]}
    feed = read_json_feed(json.dumps(document).encode(), url=URL)
    assert all(one.url is None or one.url.startswith("http") for one in feed.items)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    hints = []
    for body in (data, b"{" + data, b'{"items": [' + data + b"]}"):
        try:
            read_json_feed(body, url=URL)
        except NotAFeed as error:
            hints.append(error.hint)
    assert all(hints)


@pytest.mark.corpus
def test_json_feeds_of_the_corpus_are_read():
    counts = {}
    for path in sorted(corpus("feeds").rglob("*.json")):
        data = path.read_bytes()
        if b"jsonfeed.org/version" in data[:3_000] and not path.name.endswith(
            (".serde.json", ".expected.json")
        ):
            try:
                counts[path.name] = len(read_json_feed(data, url=URL).items)
            except NotAFeed as error:
                counts[path.name] = error.reason
    tell(f"json feeds: {counts}")
    assert sum(isinstance(count, int) for count in counts.values()) >= len(counts) - 2
