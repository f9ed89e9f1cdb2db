"""Real sockets on the loopback: who is dialled, how long it may take, what is kept."""

import gc
import logging
import socket
import ssl
import threading
import time

import pytest

from pkm.errors import AddressRefused, FetchError, UsageError
from pkm.net.door import Door, Request
from pkm.net.failures import (
    BrokenAnswer,
    NameFailed,
    NamesSilent,
    ProxyFailed,
    TimedOut,
    TlsFailed,
    TooLarge,
    Unreachable,
)
from pkm.net.transport import DoorLimits
from pkm.net.trust import trusted_by_default
from support.server import Reply, Site
from support.tls import make_certificate

AGENT = "pkm/0.1 (+https://example.org/; feed reader)"
QUICK = DoorLimits(connect_s=5.0, read_s=5.0, total_s=0.6)


@pytest.fixture
def site():
    with Site() as running:
        yield running


def names(**addresses):
    """A resolver that knows `a_test="127.0.0.1 …"` as a.test."""
    table = {name.replace("_", "."): text.split() for name, text in addresses.items()}

    def resolve(host, port):
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in table[host]]

    return resolve


def door_for(*, limits=None, resolver=None, proxies=None, tls=None):
    return Door(user_agent=AGENT, limits=limits, resolver=resolver, proxies=proxies or {}, tls=tls)


def get(url, *, allow_private=True, **door):
    with door_for(**door) as opened:
        return opened.get(Request(url=url, allow_private=allow_private))


def took(start):
    return time.monotonic() - start


# --- who is dialled


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_no_way_of_writing_this_computer_gets_past_the_door(site, host):
    with pytest.raises(AddressRefused):
        get(site.url("/", host=host), allow_private=False)
    assert site.requests == []


@pytest.mark.parametrize("answers", ["127.0.0.1", "8.8.8.8 127.0.0.1", "::1", "64:ff9b::7f00:1"])
def test_a_name_that_leads_home_is_refused_without_a_connection(site, answers):
    with pytest.raises(AddressRefused):
        get(site.url("/", host="evil.test"), allow_private=False, resolver=names(evil_test=answers))
    assert site.requests == []


def test_a_name_is_looked_up_once_so_it_cannot_change_its_mind(site):
    asked = []

    def changing(host, port):
        asked.append(host)
        return [(socket.AF_INET, "8.8.8.8" if len(asked) > 9 else "127.0.0.1")]

    with pytest.raises(AddressRefused):
        get(site.url("/", host="evil.test"), allow_private=False, resolver=changing)
    assert asked == ["evil.test"]


def test_a_connection_made_by_leave_is_not_lent_to_a_request_without_it(site):
    url = site.serve("/", b"secret")
    with door_for() as door:
        assert door.get(Request(url=url, allow_private=True)).body == b"secret"
        with pytest.raises(AddressRefused):
            door.get(Request(url=url))
    assert len(site.requests) == 1


def test_a_host_that_was_allowed_is_asked_by_its_own_name(site):
    site.serve("/feed", b"x")
    answer = get(site.url("/feed", host="a.test"), resolver=names(a_test="127.0.0.1"))
    assert answer.status == 200
    assert site.requests[0].headers["host"] == f"a.test:{site.port}"


def test_the_next_address_is_tried_when_one_refuses(site):
    site.serve("/", b"x")
    resolver = names(a_test="127.0.0.9 ::1 127.0.0.1")
    assert get(site.url("/", host="a.test"), resolver=resolver).status == 200


# --- names


def test_an_unknown_host_is_told_as_such():
    with pytest.raises(NameFailed, match="no such host"):
        get("http://nowhere.test/", resolver=names())


def test_a_silent_name_service_ends_with_the_requests_own_time():
    silence = threading.Event()

    def silent(host, port):
        silence.wait(5)
        return []

    start = time.monotonic()
    with pytest.raises(NamesSilent, match="could not be looked up"):
        get("http://slow.test/", resolver=silent, limits=DoorLimits(connect_s=0.2))
    assert took(start) < 2
    silence.set()


def test_a_name_without_addresses_is_unknown():
    with pytest.raises(NameFailed):
        get("http://empty.test/", resolver=names(empty_test=""))


def test_one_hanging_look_up_does_not_hold_the_others(site):
    site.serve("/", b"x")
    hanging, entered = threading.Event(), threading.Event()

    def some_hang(host, port):
        if host == "slow.test":
            entered.set()
            hanging.wait(5)
        return [(socket.AF_INET, "127.0.0.1")]

    with door_for(resolver=some_hang) as door:
        slow = Request(url=site.url("/", host="slow.test"), allow_private=True)
        waiting = threading.Thread(target=door.get, args=(slow,))
        waiting.start()
        assert entered.wait(5)
        assert door.get(Request(url=site.url("/", host="a.test"), allow_private=True)).status == 200
        assert waiting.is_alive()
        hanging.set()
        waiting.join()


def test_nobody_at_the_port_is_told_as_such():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(Unreachable, match="no connection") as failed:
            get(f"http://127.0.0.1:{port}/")
    assert "refused" in failed.value.why


# --- time


def test_silence_ends_at_the_read_limit(site):
    url = site.play("/", lambda _seen, wire: wire.pause(9))
    start = time.monotonic()
    with pytest.raises(TimedOut, match="silent"):
        get(url, limits=DoorLimits(read_s=0.2))
    assert took(start) < 2


def drip_body(_seen, wire):
    wire.head("200 OK", "Content-Length: 9999")
    wire.drip([b"x"] * 9_999, every_s=0.05)


def drip_head(_seen, wire):
    wire.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    wire.drip([b"x"] * 9_999, every_s=0.05)


def drip_hints(_seen, wire):
    wire.drip([b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 9_999, every_s=0.05)


def drip_chunks(_seen, wire):
    wire.head("200 OK", "Transfer-Encoding: chunked")
    wire.drip([b"1\r\nx\r\n"] * 9_999, every_s=0.05)


@pytest.mark.parametrize("drip", [drip_body, drip_head, drip_hints, drip_chunks])
def test_no_drip_outlives_the_deadline(site, drip):
    start = time.monotonic()
    with pytest.raises(TimedOut, match="no whole answer within"):
        get(site.play("/", drip), limits=QUICK)
    assert 0.5 < took(start) < 2


def test_a_chain_of_slow_redirects_shares_one_deadline(site):
    def slow(_seen, wire):
        wire.pause(0.25)
        wire.head("302 Found", f"Location: /{len(site.requests)}", "Content-Length: 0")

    for path in ("/", "/1", "/2", "/3", "/4"):
        site.play(path, slow)
    with pytest.raises(TimedOut):
        get(site.url("/"), limits=QUICK)
    assert len(site.requests) <= 3


def test_a_kept_connection_has_the_next_requests_time_not_the_first_ones(site):
    site.serve("/", b"x")
    with door_for(limits=QUICK) as door:
        request = Request(url=site.url("/"), allow_private=True)
        started = time.monotonic()
        while took(started) < 0.8:
            assert door.get(request).status == 200
    assert len({seen.connection for seen in site.requests}) == 1


# --- size


def flood_of_hints(_seen, wire):
    for _ in range(100_000):
        wire.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1_000)


def endless_body(_seen, wire):
    wire.head("200 OK")
    for _ in range(100_000):
        wire.write(b"x" * 100_000)


def long_head(_seen, wire):
    wire.head("200 OK", *(f"X-{n}: {'y' * 1_000}" for n in range(80)), "Content-Length: 0")


@pytest.mark.parametrize("flood", [flood_of_hints, endless_body, long_head])
def test_no_flood_outgrows_its_limit(site, flood):
    with pytest.raises(TooLarge):
        get(site.play("/", flood))


# --- what is kept


def test_connections_are_kept_between_requests(site):
    site.serve("/", b"x" * 100_000, gzip=True)
    with door_for() as door:
        for _ in range(3):
            door.get(Request(url=site.url("/"), allow_private=True))
    assert len({seen.connection for seen in site.requests}) == 1


def test_a_kept_connection_that_the_server_closed_is_made_anew(site):
    def once(_seen, wire):
        wire.head("200 OK", "Content-Length: 2", "Connection: keep-alive")
        wire.write(b"ok")

    url = site.play("/", once)
    with door_for() as door:
        bodies = [door.get(Request(url=url, allow_private=True)).body for _ in range(4)]
    assert bodies == [b"ok"] * 4


def test_eight_threads_share_one_door(site):
    site.serve("/", b"x" * 1_000)
    answers = []
    with door_for() as door:

        def ask():
            answers.extend(door.get(Request(url=site.url("/"), allow_private=True)).status for _ in range(10))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [200] * 80


def test_nothing_is_left_open(site):
    site.serve("/", b"x")
    site.play("/drip", drip_body)
    with door_for(limits=QUICK) as door:
        door.get(Request(url=site.url("/"), allow_private=True))
        with pytest.raises(TimedOut):
            door.get(Request(url=site.url("/drip"), allow_private=True))
    gc.collect()  # an unclosed socket would warn, and a warning fails


# --- what is no HTTP


def cut_short(_seen, wire):
    wire.head("200 OK", "Content-Length: 100")
    wire.write(b"x" * 50)


def cut_chunk(_seen, wire):
    wire.head("200 OK", "Transfer-Encoding: chunked")
    wire.write(b"64\r\nxxx")


def no_answer(_seen, _wire):
    return


BROKEN = {
    "nothing": no_answer,
    "body cut short": cut_short,
    "chunk cut short": cut_chunk,
    "not http": lambda _seen, wire: wire.write(b"SSH-2.0-OpenSSH_9\r\n"),
    "bad length": lambda _seen, wire: wire.head("200 OK", "Content-Length: -5"),
    "two lengths": lambda _seen, wire: wire.head("200 OK", "Content-Length: 5", "Content-Length: 6"),
    "bad chunk": lambda _seen, wire: (
        wire.head("200 OK", "Transfer-Encoding: chunked"),
        wire.write(b"zz\r\n"),
    ),
    "odd coding": lambda _seen, wire: wire.head("200 OK", "Transfer-Encoding: gzip"),
    "bad field": lambda _seen, wire: wire.head("200 OK", "no colon here"),
    "switch": lambda _seen, wire: wire.head("101 Switching Protocols", "Upgrade: x"),
    "head cut": lambda _seen, wire: wire.write(b"HTTP/1.1 200 OK\r\nConte"),
}


@pytest.mark.parametrize("play", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_whole_http_answer_is_an_error_in_plain_words(site, play):
    with pytest.raises(BrokenAnswer) as failed:
        get(site.play("/", play))
    assert failed.value.why
    assert failed.value.hint


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), "a.test")


@pytest.fixture
def safe_site(certificate):
    with Site(tls=certificate.server()) as running:
        running.serve("/", b"safe")
        yield running


def test_a_certificate_that_nobody_vouches_for_is_refused(safe_site):
    with pytest.raises(TlsFailed, match="no safe connection") as failed:
        get(safe_site.url("/", host="a.test"), resolver=names(a_test="127.0.0.1"))
    assert "self-signed" in failed.value.reason


def test_the_certificate_is_checked_for_the_hosts_name_and_not_for_the_address(safe_site, certificate):
    tls = ssl.create_default_context(cafile=certificate.cert)
    resolver = names(a_test="127.0.0.1", b_test="127.0.0.1")
    assert get(safe_site.url("/", host="a.test"), resolver=resolver, tls=tls).body == b"safe"
    with pytest.raises(TlsFailed, match="no safe connection"):
        get(safe_site.url("/", host="b.test"), resolver=resolver, tls=tls)


def test_ssl_cert_file_says_whom_to_trust(safe_site, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    answer = get(safe_site.url("/", host="a.test"), resolver=names(a_test="127.0.0.1"))
    assert answer.body == b"safe"


def test_an_ssl_cert_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        trusted_by_default()


def test_plain_http_at_an_https_address_is_told_as_such(site):
    with pytest.raises((TlsFailed, BrokenAnswer)):
        get(site.url("/").replace("http:", "https:"))


# --- proxies


def test_a_proxy_of_the_environment_is_used(site, monkeypatch):
    site.serve("http://feeds.example/x", b"by proxy")
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", site.url(""))
    with Door(user_agent=AGENT) as door:
        assert door.get(Request(url="http://feeds.example/x")).body == b"by proxy"
        assert "proxy" in door.notice
    assert site.requests[0].headers["host"] == "feeds.example"


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "printer", "nas.local", "[::ffff:10.0.0.1]"])
def test_a_proxy_is_not_asked_for_private_hosts(site, host):
    with pytest.raises(AddressRefused):
        get(f"http://{host}/", allow_private=False, proxies={"http": site.url("")})
    assert site.requests == []


@pytest.mark.parametrize("no_proxy", ["a.test", ".test", "x.example, A.TEST", "*"])
def test_no_proxy_is_heeded(site, no_proxy):
    site.serve("/", b"direct")
    resolver = names(a_test="127.0.0.1")
    proxies = {"http": "http://127.0.0.1:9", "no": no_proxy}
    assert get(site.url("/", host="a.test"), resolver=resolver, proxies=proxies).body == b"direct"


def test_this_computer_is_asked_without_a_proxy(site):
    site.serve("/", b"direct")
    assert get(site.url("/"), proxies={"http": "http://127.0.0.1:9"}).body == b"direct"


def test_a_proxy_kind_that_we_do_not_know_is_told_as_such():
    with pytest.raises(ProxyFailed):
        get("http://a.example/", proxies={"http": "socks5://127.0.0.1:9"})


def test_without_a_proxy_there_is_nothing_to_say():
    with door_for() as door:
        assert door.notice is None


# --- logs


def test_no_log_holds_the_request(site, caplog):
    caplog.set_level(logging.DEBUG)
    site.serve("/feed?token=hunter2", b"x")
    get(site.url("/feed?token=hunter2", host="me:hunter2@127.0.0.1"))
    assert "hunter2" not in caplog.text


def test_a_reply_of_another_status_keeps_the_connection(site):
    site.in_turn("/", Reply(status=500, body=b"x" * 1_000), Reply(body=b"well"))
    with door_for() as door:
        assert [door.get(Request(url=site.url("/"), allow_private=True)).status for _ in range(2)] == [
            500,
            200,
        ]
    assert len({seen.connection for seen in site.requests}) == 1


def test_closing_ends_a_request_that_waits_for_a_silent_server():
    with Site() as site:
        url = site.play("/silent", lambda _seen, wire: wire.pause(30))
        door = Door(user_agent="pkm/test")
        ends: list[float] = []

        def ask():
            with pytest.raises(FetchError):
                door.get(Request(url=url, allow_private=True))
            ends.append(time.monotonic())

        asking = threading.Thread(target=ask)
        asking.start()
        while not site.requests:
            asking.join(0.01)
        began = time.monotonic()
        door.close()
        asking.join(10)
        assert ends[0] - began < 2
