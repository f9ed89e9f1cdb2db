"""The door from outside: real requests to a real server on the loopback."""

import gzip
import socket
from datetime import UTC, datetime

import pytest

from pkm.errors import AddressRefused, CredentialsError, FetchError, Refused, UnsafeLink
from pkm.model.source import Asking, Validators
from pkm.net.door import Door, Request, judge
from pkm.net.failures import BadRedirect, BrokenAnswer, StatusFailed, TooLarge
from pkm.net.transport import DoorLimits
from support.corpus import corpus
from support.server import Reply, Site

AGENT = "pkm/0.1 (+https://example.org/; feed reader)"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RSS = b"<rss><channel><title>A feed</title></channel></rss>"
ETAG, DATE = 'W/"a-gzip"', "Sun, 22 Nov 2026 10:00:00 GMT"


def home(host, port):
    """Every name leads to this computer."""
    return [(socket.AF_INET, "127.0.0.1")]


@pytest.fixture
def site():
    with Site() as running:
        yield running


@pytest.fixture
def door():
    with Door(user_agent=AGENT, resolver=home, proxies={}) as opened:
        yield opened


def ask(url, **parts):
    return Request(url=url, allow_private=True, **parts)


# --- the request


def test_a_feed_comes_whole_with_its_headers(site, door):
    url = site.serve(
        "/feed",
        RSS,
        etag=ETAG,
        last_modified=DATE,
        headers={"Content-Type": "text/xml", "Cache-Control": "max-age=60"},
    )
    answer = door.get(ask(url))
    assert (answer.url, answer.status, answer.body, answer.hops) == (url, 200, RSS, ())
    assert (answer.etag, answer.last_modified) == (ETAG, DATE)
    assert (answer.content_type, answer.max_age_s, answer.retry_after_s(NOW)) == ("text/xml", 60, None)


def test_we_say_who_we_are_and_nothing_about_the_user(site, door):
    answer = door.get(ask(site.serve("/feed", RSS)))
    assert set(site.requests[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}
    assert site.requests[0].headers["user-agent"] == AGENT
    assert site.requests[0].headers["accept-encoding"] == "gzip, deflate"
    assert site.requests[0].headers["accept"].startswith("application/atom+xml")
    assert {name.lower(): value for name, value in answer.sent.items()} == site.requests[0].headers


def test_unchanged_feed_is_not_downloaded_again(site, door):
    url = site.serve("/feed", RSS, etag=ETAG, last_modified=DATE)
    first = door.get(ask(url))
    again = door.get(ask(url, etag=first.etag, last_modified=first.last_modified))
    assert (again.status, again.body, again.etag) == (304, b"", ETAG)
    assert site.requests[1].headers["if-none-match"] == ETAG
    assert site.requests[1].headers["if-modified-since"] == DATE
    assert site.requests[1].headers["a-im"] == "feed"


def test_a_date_alone_is_enough(site, door):
    url = site.serve("/feed", RSS, last_modified=DATE)
    assert door.get(ask(url, last_modified=DATE)).status == 304
    assert "a-im" not in site.requests[0].headers


def test_a_changed_feed_comes_anew(site, door):
    url = site.serve("/feed", RSS, etag='"2"')
    assert door.get(ask(url, etag='"1"')).body == RSS


def test_cookies_are_never_kept(site, door):
    url = site.serve("/feed", RSS, headers={"Set-Cookie": "a=b"})
    door.get(ask(url))
    door.get(ask(url))
    assert "cookie" not in site.requests[1].headers


def test_a_validator_that_could_do_harm_is_not_kept(site, door):
    url = site.serve("/feed", RSS, etag='"' + "x" * 2_000 + '"')
    assert door.get(ask(url)).etag is None


def test_a_login_in_the_url_is_sent_and_never_shown(site, door):
    site.serve("/feed", RSS)
    answer = door.get(ask(site.url("/feed", host="me:hunter2@127.0.0.1")))
    assert site.requests[0].headers["authorization"] == "Basic bWU6aHVudGVyMg=="
    assert answer.sent["Authorization"] == "(hidden)"


def test_a_sources_own_headers_are_sent_and_never_shown(site):
    request = ask(
        site.serve("/feed", RSS), asking=Asking(headers=(("User-Agent", "other"), ("X-Key", "secret:key")))
    )
    with Door(user_agent=AGENT, secret_of=lambda _name, _origin: "hunter2") as door:
        answer = door.get(request)
    assert site.requests[0].headers["x-key"] == "hunter2"
    assert site.requests[0].headers["user-agent"] == "other"
    assert "hunter2" not in repr(answer)
    assert "hunter2" not in repr(request)


def test_a_header_that_breaks_the_message_is_refused_before_any_request(site, door):
    with pytest.raises(Refused):
        door.get(ask(site.url("/"), asking=Asking(headers=(("X-A", "b\r\nX-C: d"),))))
    assert site.requests == []


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "feed.xml", "javascript:alert(1)", "exec:ls", "|ls", "http://", ""]
)
def test_what_is_no_web_address_is_not_asked(door, url):
    with pytest.raises(UnsafeLink) as refused:
        door.get(ask(url))
    assert refused.value.hint


# --- the body


@pytest.mark.parametrize("packed", [True, False])
def test_the_body_is_unpacked(site, door, packed):
    assert door.get(ask(site.serve("/", RSS * 1_000, gzip=packed))).body == RSS * 1_000


def test_a_bomb_is_stopped(site, door):
    url = site.serve("/", gzip.compress(bytes(30_000_000)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        door.get(ask(url))


def test_a_body_over_the_limit_on_the_wire_is_stopped(site):
    url = site.serve("/", b"x" * 300_000)
    with (
        Door(user_agent=AGENT, proxies={}, limits=DoorLimits(body_wire=100_000)) as door,
        pytest.raises(TooLarge, match="100,000"),
    ):
        door.get(ask(url))


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "gzip"])
def test_an_encoding_that_is_not_so_is_a_broken_answer(site, door, encoding):
    with pytest.raises(BrokenAnswer):
        door.get(ask(site.serve("/", RSS, headers={"Content-Encoding": encoding})))


def test_the_body_of_an_error_page_is_not_kept(site, door):
    url = site.serve("/", b"x" * 500_000, status=404, headers={"Content-Encoding": "br"})
    answer = door.get(ask(url))
    assert (answer.status, answer.body) == (404, b"")


# --- redirects


def test_redirects_are_followed_and_told(site, door):
    site.redirect("/a", "/b", status=301)
    site.redirect("/b", "/c?d", status=307)
    site.serve("/c?d", RSS)
    answer = door.get(ask(site.url("/a")))
    assert (answer.url, answer.body) == (site.url("/c?d"), RSS)
    assert [(hop.url, hop.status, hop.location) for hop in answer.hops] == [
        (site.url("/a"), 301, site.url("/b")),
        (site.url("/b"), 307, site.url("/c?d")),
    ]


def test_the_headers_are_those_of_the_last_hop(site, door):
    site.serve("/a", status=302, headers={"Location": "/b", "ETag": '"of the redirect"'})
    site.serve("/b", RSS)
    assert door.get(ask(site.url("/a"))).etag is None


def test_validators_of_one_address_go_to_no_other_not_even_of_the_same_host(site, door):
    site.redirect("/a", "/b")
    site.serve("/b", RSS, etag=ETAG)
    assert door.get(ask(site.url("/a"), etag=ETAG, last_modified=DATE)).status == 200
    assert "if-none-match" not in site.requests[-1].headers


def test_secrets_and_validators_go_to_no_other_host(site):
    """Two hosts behind one proxy, since a second private host would be refused."""
    site.redirect("http://a.example/feed", "http://b.example/feed")
    site.serve("http://b.example/feed", RSS, etag='"b"')
    proxies = {"http": site.url("")}
    with Door(user_agent=AGENT, proxies=proxies, secret_of=lambda _name, _origin: "hunter2") as door:
        request = Request(
            url="http://me:hunter2@a.example/feed",
            etag=ETAG,
            last_modified=DATE,
            asking=Asking(headers=(("X-Key", "secret:key"),), insecure=True),
        )
        assert door.get(request).body == RSS
        first, second = (seen.headers for seen in site.requests)
        known = {"http://b.example/feed": Validators(url="http://b.example/feed", etag='"b"')}
        again = door.get(Request(url="http://a.example/feed", known=known))
    assert {"authorization", "x-key", "if-none-match", "if-modified-since"} <= set(first)
    assert set(second) == {"host", "user-agent", "accept", "accept-encoding"}
    assert again.status == 304


def test_a_redirect_to_a_private_host_is_refused_though_the_first_was_allowed(site, door):
    site.redirect("/a", site.url("/b", host="127.0.0.2"))
    with pytest.raises(AddressRefused):
        door.get(ask(site.url("/a")))
    assert site.paths() == ["/a"]


def test_a_redirect_to_another_port_is_refused(site, door):
    with Site() as other:
        site.redirect("/a", other.serve("/", RSS))
        with pytest.raises(AddressRefused):
            door.get(ask(site.url("/a")))
        assert other.requests == []


@pytest.mark.parametrize(
    "to",
    ["file:///etc/hostname", "javascript:alert(1)", "ftp://a.example/", "http://[", "http://\x80..\xff/"],
)
def test_a_redirect_off_the_web_is_refused(site, door, to):
    with pytest.raises(BadRedirect):
        door.get(ask(site.redirect("/a", to)))


def test_a_circle_ends(site, door):
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    with pytest.raises(BadRedirect):
        door.get(ask(site.url("/a")))
    assert site.paths() == ["/a", "/b"]


def test_the_sixth_redirect_is_not_followed(site, door):
    for n in range(9):
        site.redirect(f"/{n}", f"/{n + 1}")
    with pytest.raises(BadRedirect):
        door.get(ask(site.url("/0")))
    assert len(site.requests) == 6


def test_a_redirect_that_says_not_where_to_is_given_back(site, door):
    answer = door.get(ask(site.serve("/", status=301)))
    assert answer.status == 301
    with pytest.raises(BadRedirect):
        judge(answer, NOW)


# --- statuses


@pytest.mark.parametrize("status", [200, 203, 226, 304])
def test_good_answers_are_let_through(site, door, status):
    judge(door.get(ask(site.serve("/", RSS if status != 304 else b"", status=status))), NOW)


@pytest.mark.parametrize(
    "status",
    [204, 206, 300, 400, 402, 403, 404, 406, 408, 410, 418, 421, 425, 429, 451, 500, 502, 503, 522, 599, 999],
)
def test_every_other_status_is_an_error_in_three_parts(site, door, status):
    answer = door.get(ask(site.serve("/", RSS if status != 204 else b"", status=status)))
    with pytest.raises(StatusFailed, match=str(status)) as failed:
        judge(answer, NOW)
    assert failed.value.status == status
    assert failed.value.exit_code == 3
    assert failed.value.why
    assert failed.value.hint


@pytest.mark.parametrize("status", [401, 407])
def test_a_wanted_login_is_an_error_of_credentials(site, door, status):
    with pytest.raises(CredentialsError) as failed:
        judge(door.get(ask(site.serve("/", status=status))), NOW)
    assert failed.value.exit_code == 4


def test_an_empty_feed_is_an_error(site, door):
    with pytest.raises(BrokenAnswer):
        judge(door.get(ask(site.serve("/", b""))), NOW)


@pytest.mark.parametrize(
    ("value", "seconds"), [("90", 90), ("Sun, 22 Nov 2026 12:05:00 GMT", 300), ("never", None)]
)
def test_how_long_to_wait_is_told(site, door, value, seconds):
    answer = door.get(ask(site.serve("/", status=429, headers={"Retry-After": value})))
    with pytest.raises(FetchError) as failed:
        judge(answer, NOW)
    assert failed.value.retry_after_s == seconds


def test_no_error_shows_a_secret(site, door):
    site.serve("/feed?token=hunter2", status=500)
    url = site.url("/feed?token=hunter2", host="me:hunter2@127.0.0.1")
    with pytest.raises(FetchError) as failed:
        judge(door.get(ask(url)), NOW)
    assert "hunter2" not in str(failed.value)
    site.play("/feed?token=hunter2", lambda _seen, _wire: None)
    with pytest.raises(FetchError) as failed:
        door.get(ask(url))
    assert "hunter2" not in str(failed.value)
    with pytest.raises(AddressRefused) as refused:
        door.get(Request(url=url))
    assert "hunter2" not in str(refused.value)


# --- the server itself


def test_replies_in_turn_come_in_turn(site, door):
    url = site.in_turn("/", Reply(body=b"1"), Reply(status=410), Reply(body=b"3"))
    assert [door.get(ask(url)).status for _ in range(4)] == [200, 410, 200, 200]


def test_the_server_gives_nothing_from_beside_its_folder(site, door, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xml").write_bytes(RSS)
    (tmp_path / "secret").write_bytes(b"x")
    site.serve_folder(tmp_path / "in")
    assert door.get(ask(site.file_url("a.xml"))).content_type == "application/xml"
    assert door.get(ask(site.url("/%2e%2e/secret"))).status == 404


@pytest.mark.corpus
def test_real_feeds_come_byte_for_byte_and_then_not_again(site, door):
    folder = corpus("feeds", "feedjira")
    site.serve_folder(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file())[:40]:
        url = site.file_url(file.relative_to(folder).as_posix())
        answer = door.get(ask(url))
        assert answer.body == file.read_bytes()
        assert door.get(ask(url, etag=answer.etag)).status == 304
