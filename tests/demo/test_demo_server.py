"""The sample server, asked over real sockets."""

import http.client
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.demo.server import (
    PAGE,
    SAMPLES_DAY,
    dates_in,
    is_unchanged,
    moved,
    resources,
    sample,
    serve_samples,
)

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
FEEDS = ("/margin/feed.xml", "/werkstatt/feed.atom", "/slow/feed.json")
FILES = ("margin.xml", "werkstatt.atom", "slow.json")


@pytest.fixture(scope="module")
def base():
    with serve_samples(NOW) as url:
        yield url


def ask(base, path, *, method="GET", **headers):
    address = urlsplit(base)
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=5)) as connection:
        connection.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.mark.parametrize("path", [PAGE, *FEEDS])
def test_everything_is_served_with_both_validators(base, path):
    status, headers, body = ask(base, path)

    assert (status, len(body)) == (200, int(headers["Content-Length"]))
    assert re.fullmatch(r'"[0-9a-f]{20}"', headers["ETag"])
    assert headers["Last-Modified"].endswith(" GMT")


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("ours", ["If_None_Match", "If_Modified_Since"])
def test_unchanged_sample_is_not_sent_again(base, path, ours):
    _, headers, _ = ask(base, path)
    validator = headers["ETag" if ours == "If_None_Match" else "Last-Modified"]

    status, again, body = ask(base, path, **{ours: validator})

    assert (status, body) == (304, b"")
    assert again["ETag"] == headers["ETag"]
    assert again["Last-Modified"] == headers["Last-Modified"]


def test_other_etag_outranks_an_equal_date(base):
    _, headers, _ = ask(base, FEEDS[0])

    status, _, body = ask(base, FEEDS[0], If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])

    assert status == 200
    assert body


def test_etag_is_found_in_a_list_and_as_a_weak_one(base):
    etag = ask(base, FEEDS[0])[1]["ETag"]

    assert ask(base, FEEDS[0], If_None_Match=f'"a", W/{etag}')[0] == 304
    assert ask(base, FEEDS[0], If_None_Match="*")[0] == 304


def test_head_has_the_headers_and_no_body(base):
    status, headers, body = ask(base, FEEDS[0], method="HEAD")

    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == ask(base, FEEDS[0])[1]["Content-Length"]


def test_other_path_is_404_and_other_method_is_refused(base):
    assert ask(base, "/nothing")[0] == 404
    assert ask(base, "/../run.py")[0] == 404
    assert ask(base, FEEDS[0], method="POST")[0] == 501


def test_one_connection_serves_many_requests(base):
    address = urlsplit(base)
    with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=5)) as connection:
        for path in FEEDS:
            connection.request("GET", path)
            first = connection.sock
            assert connection.getresponse().read()
            assert connection.sock is first


def test_page_names_its_feed_by_rel_alternate(base):
    body = ask(base, PAGE)[2].decode()

    [href] = re.findall(r'rel="alternate" type="application/rss\+xml"[^>]* href="([^"]+)"', body)
    assert ask(base, PAGE + href)[0] == 200


def test_address_is_loopback_and_gone_after_the_block():
    with serve_samples(NOW) as base:
        assert base.startswith("http://127.0.0.1:")
        assert build_opener(ProxyHandler({})).open(base + FEEDS[0], timeout=5).read()

    with pytest.raises(ConnectionRefusedError):
        ask(base, FEEDS[0])


def test_server_writes_no_log(capfd):
    with serve_samples(NOW) as base:
        ask(base, FEEDS[0])
        ask(base, "/nothing")

    assert capfd.readouterr() == ("", "")


def test_client_that_goes_away_in_the_middle_makes_no_noise(capfd):
    with serve_samples(NOW) as base:
        address = urlsplit(base)
        with closing(http.client.HTTPConnection(address.hostname, address.port, timeout=5)) as connection:
            connection.putrequest("GET", FEEDS[0])
        assert ask(base, FEEDS[0])[0] == 200

    assert capfd.readouterr() == ("", "")


@given(now=st.datetimes(min_value=datetime(2026, 2, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001 - the zone is added below
@settings(max_examples=50, deadline=None)
def test_newest_item_is_never_of_the_future_and_less_than_two_days_old(now):
    now = now.replace(tzinfo=UTC)

    newest = max(one.modified_at for one in resources(now).values())

    assert now - timedelta(days=2) < newest <= now


def test_samples_are_the_same_bytes_all_day():
    assert resources(NOW) == resources(NOW.replace(hour=23, minute=59))
    assert resources(NOW) != resources(NOW + timedelta(days=1))


@given(name=st.sampled_from(FILES), days=st.integers(-5_000, 20_000))
@settings(max_examples=60, deadline=None)
def test_moving_the_dates_there_and_back_gives_the_same_text(name, days):
    text, by = sample(name), timedelta(days=days)

    there = moved(text, by)

    assert moved(there, -by) == text
    assert dates_in(there) == [date + by for date in dates_in(text)]


def test_dates_are_moved_and_nothing_else():
    one_day = timedelta(days=1)

    assert moved("Wed, 31 Dec 2025 23:00:00 +0000", one_day) == "Thu, 01 Jan 2026 23:00:00 +0000"
    assert moved("2025-12-31T23:00:00Z", one_day) == "2026-01-01T23:00:00Z"
    assert moved("tag:werkstatt,2026:a 2026-01 12:00", one_day) == "tag:werkstatt,2026:a 2026-01 12:00"


@given(
    tags=st.none() | st.text(),
    since=st.none() | st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d+ Jan \d+ \d+:\d+:\d+ \+\d+"),
)
@settings(max_examples=100, deadline=None)
def test_no_header_of_a_client_can_break_the_answer(tags, since):
    resource = resources(SAMPLES_DAY)[FEEDS[0]]

    assert is_unchanged(resource, if_none_match=tags, if_modified_since=since) in {True, False}
