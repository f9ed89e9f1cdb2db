"""The sample feeds: valid, ours, and in step with what the demo types."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest

from pkm.demo.script import QUOTE, STEPS
from pkm.demo.server import SAMPLES_DAY, dates_in, sample
from pkm.rules.urls import canonical, match_url

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("margin.xml", "werkstatt.atom", "slow.json")
NEW_AT_FIRST = 5  # what the first pull of a source leaves as new


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    feed: str
    url: str
    title: str
    published_at: datetime
    html: str

    @property
    def text(self):
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.html)).split())


def rss_items():
    for item in ET.fromstring(sample("margin.xml")).iter("item"):
        yield Sample(
            feed="margin.xml",
            url=canonical(item.findtext("link")),
            title=item.findtext("title"),
            published_at=parsedate_to_datetime(item.findtext("pubDate")),
            html=item.findtext("description"),
        )


def atom_items():
    for entry in ET.fromstring(sample("werkstatt.atom")).iter(f"{ATOM}entry"):
        content = entry.find(f"{ATOM}content")
        yield Sample(
            feed="werkstatt.atom",
            url=entry.find(f"{ATOM}link[@rel='alternate']").get("href"),
            title=entry.findtext(f"{ATOM}title"),
            published_at=datetime.fromisoformat(entry.findtext(f"{ATOM}published")),
            html=content.text if content.get("type") == "html" else ET.tostring(content, encoding="unicode"),
        )


def json_items():
    for item in json.loads(sample("slow.json"))["items"]:
        yield Sample(
            feed="slow.json",
            url=item["url"],
            title=item["title"],
            published_at=datetime.fromisoformat(item["date_published"]),
            html=item["content_html"],
        )


ALL = [*rss_items(), *atom_items(), *json_items()]


def rows():
    """What `seek` shows after the three feeds were followed: newest first, each item once."""
    fresh = []
    for feed in FEEDS:
        newest = sorted(
            (one for one in ALL if one.feed == feed), key=lambda one: one.published_at, reverse=True
        )
        fresh += newest[:NEW_AT_FIRST]
    first_of = {one.url: one for one in reversed(fresh)}
    return sorted(first_of.values(), key=lambda one: one.published_at, reverse=True)


@pytest.mark.parametrize("name", ["margin.xml", "werkstatt.atom"])
def test_feedparser_reads_a_sample_without_complaint(name):
    parsed = feedparser.parse(BytesIO(sample(name).encode()))

    assert not parsed.bozo
    assert parsed.version == {"margin.xml": "rss20", "werkstatt.atom": "atom10"}[name]
    assert all(entry.title and entry.link and entry.get("published_parsed") for entry in parsed.entries)


def test_rss_sample_keeps_to_rss_2_0():
    rss = ET.fromstring(sample("margin.xml"))
    channel = rss.find("channel")

    assert rss.get("version") == "2.0"
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    guids = [item.findtext("guid") for item in channel.iter("item")]
    assert guids.count(None) == 1
    assert len(set(guids)) == len(guids)
    for date in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        # RFC 822: the weekday has to be the date's own.
        assert parsedate_to_datetime(date.text).strftime("%a, %d %b %Y %H:%M:%S %z") == date.text
    [enclosure] = channel.iter("enclosure")
    assert {"url", "length", "type"} == set(enclosure.attrib)


def test_atom_sample_keeps_to_rfc_4287():
    feed = ET.fromstring(sample("werkstatt.atom"))

    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    for part in [feed, *feed.iter(f"{ATOM}entry")]:
        assert all(len(part.findall(ATOM + name)) == 1 for name in ("id", "title", "updated"))
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for content in feed.iter(f"{ATOM}content"):
        # 4.1.3.3: xhtml content is a single div.
        assert len(content) == (1 if content.get("type") == "xhtml" else 0)
    assert len(list(feed.iter(f"{ATOM}source"))) == 1
    assert len(feed.findall(f"{ATOM}entry/{ATOM}link[@rel='via']")) == 1


def test_json_sample_keeps_to_json_feed_1_1():
    feed = json.loads(sample("slow.json"))

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    ids = [item["id"] for item in feed["items"]]
    assert all(isinstance(one, str) for one in ids)
    assert len(set(ids)) == len(ids)
    assert all(item["content_html"] for item in feed["items"])


def test_every_item_has_a_body_worth_reading():
    for one in ALL:
        assert 80 <= len(one.text.split()) <= 250, one.title


def test_one_item_stands_in_two_feeds():
    urls = [match_url(one.url) for one in ALL]

    [twice] = {url for url in urls if urls.count(url) > 1}
    assert {one.feed for one in ALL if match_url(one.url) == twice} == {"margin.xml", "werkstatt.atom"}
    assert len(ALL) == 25


def test_one_title_is_as_odd_as_titles_get():
    assert any(all(sign in one.title for sign in '[]&<>🧭“"'[:-1]) for one in ALL)


def test_two_languages_are_spoken():
    assert 'xml:lang="de"' in sample("werkstatt.atom")
    assert "<language>en</language>" in sample("margin.xml")
    assert json.loads(sample("slow.json"))["language"] == "en"


def test_samples_point_at_reserved_hosts_alone():
    allowed = ("example.org", "example.net", "example.com")
    vocabularies = {"purl.org", "www.w3.org", "www.rssboard.org", "jsonfeed.org"}
    for name in (*FEEDS, "margin.html"):
        for url in re.findall(r"https?://[^\s\"'<>]+", sample(name)):
            host = urlsplit(url).hostname
            assert host.endswith(allowed) or host in vocabularies, url


def test_sample_dates_lie_in_the_three_weeks_before_the_day():
    for name in FEEDS:
        for date in dates_in(sample(name)):
            assert SAMPLES_DAY - timedelta(days=21) <= date < SAMPLES_DAY
    assert max(one.published_at for one in ALL) > SAMPLES_DAY - timedelta(days=1)
    assert SAMPLES_DAY.tzinfo is UTC


def test_first_five_rows_mix_the_three_feeds():
    feeds = [one.feed for one in rows()[:5]]

    assert set(feeds) == set(FEEDS)
    assert max(map(feeds.count, feeds)) <= 3


def test_quote_of_the_demo_stands_in_the_item_of_its_row():
    [step] = [step for step in STEPS if "--quote" in step.words]
    row = rows()[int(step.words[1]) - 1]

    assert QUOTE in row.html
    assert row.url.endswith("/decision-log")


def test_item_of_that_row_is_linked_by_the_two_other_feeds():
    linking = {one.feed for one in ALL if rows()[1].url in one.html}

    assert linking == {"werkstatt.atom", "slow.json"}
