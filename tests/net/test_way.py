"""A source's own way to its server: headers, secrets, proxies, certificates. Real sockets, real TLS."""

import socket
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import CredentialsError, Refused
from pkm.model.source import Asking
from pkm.net.credentials import authorization, own_headers, proxy_of
from pkm.net.door import Door, Request
from pkm.net.failures import NameFailed, ProxyFailed, TlsFailed
from pkm.net.target import parse_target
from pkm.rules.asking import NEVER_SET
from support.proxy import Proxy
from support.server import Site
from support.tls import make_certificate

AGENT = "pkm/0.1 (feed reader)"
FEED = b"<rss><channel><title>A feed</title></channel></rss>"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), "a.test", "127.0.0.1")


@pytest.fixture
def site():
    with Site() as running:
        running.serve("/", FEED)
        yield running


@pytest.fixture
def safe(certificate):
    with Site(tls=certificate.server()) as running:
        running.serve("/", FEED)
        yield running


def get(url, *, proxies=None, secrets=None, resolver=None, allow_private=True, **asking):
    def secret_of(name, origin):
        return (secrets or {})[name, origin]

    with Door(user_agent=AGENT, proxies=proxies or {}, secret_of=secret_of, resolver=resolver) as door:
        return door.get(Request(url=url, allow_private=allow_private, asking=Asking(**asking)))


# --- headers and secrets


def test_a_secret_is_put_in_its_place_for_its_own_server_and_hidden_in_the_answer(site):
    asked = get(
        site.url("/"),
        headers=(("Authorization", "Bearer secret:work"), ("X-Client", "mine")),
        secrets={("work", site.url("")): "hunter2"},
    )
    sent = site.requests[0].headers
    assert (sent["authorization"], sent["x-client"]) == ("Bearer hunter2", "mine")
    assert "hunter2" not in repr(asked)


def test_a_source_may_be_asked_under_another_name_and_another_accept(site):
    get(site.url("/"), user_agent="Reader/1", headers=(("Accept", "text/plain"),))
    assert site.requests[0].headers["user-agent"] == "Reader/1"
    assert site.requests[0].headers["accept"] == "text/plain"


def test_without_the_secret_nothing_is_sent(site):
    asking = Asking(headers=(("Authorization", "secret:work"),))
    request = Request(url=site.url("/"), allow_private=True, asking=asking)
    with Door(user_agent=AGENT) as door, pytest.raises(CredentialsError, match="there is no secret 'work'"):
        door.get(request)
    assert site.requests == []


@pytest.mark.parametrize("value", ["", "two\nlines", "caf\u00e9", "\x00"])
def test_a_secret_that_cannot_be_sent_is_named_and_not_told(value):
    with pytest.raises(CredentialsError) as refused:
        own_headers(
            Asking(headers=(("X-Key", "secret:k"),)), parse_target("https://a.test/"), lambda _n, _o: value
        )
    assert "'k' cannot be sent" in str(refused.value)
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize("name", [*NEVER_SET, "X A", "", "X-\u00fc"])
def test_headers_that_are_not_the_users_are_never_sent(name):
    with pytest.raises(Refused):
        own_headers(Asking(headers=((name, "x"),)), parse_target("https://a.test/"), lambda _n, _o: "")


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_an_authorization_always_has_a_scheme(word):
    assert authorization(word.strip() or "x").partition(" ")[0]


def test_a_login_a_token_and_a_whole_value_are_told_apart():
    assert authorization("ada:pw") == f"Basic {b64encode(b'ada:pw').decode()}"
    assert authorization("abc123") == "Bearer abc123"
    assert authorization("Token abc:123") == "Token abc:123"


def test_own_headers_go_to_no_other_host_and_not_even_to_another_port(site):
    with Proxy(to=site.port) as proxy:
        site.serve("http://a.example/", status=302, headers={"Location": "http://b.example/"})
        site.serve("http://b.example/", FEED)
        get(
            "http://a.example/",
            proxies={"http": proxy.url},
            headers=(("X-Key", "secret:k"),),
            secrets={("k", "http://a.example"): "hunter2"},
            allow_private=False,
        )
    first, second = (seen.headers for seen in site.requests)
    assert (first["x-key"], "x-key" in second) == ("hunter2", False)


# --- proxies


def test_https_goes_through_the_proxy_of_the_environment_by_connect(safe, certificate, monkeypatch):
    with Proxy(to=safe.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "b.test")
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with Door(user_agent=AGENT) as door:
            asking = Asking(ca_file=str(certificate.cert))
            answer = door.get(Request(url="https://a.test/", asking=asking))
            # What NO_PROXY names is asked directly: nobody knows that name.
            with pytest.raises(NameFailed):
                door.get(Request(url="https://b.test/", asking=asking))
    assert answer.body == FEED
    assert [asked.line for asked in proxy.asked] == ["CONNECT a.test:443 HTTP/1.1"]
    assert "user-agent" in safe.requests[0].headers


def test_a_sources_own_proxy_gets_its_login_and_the_server_never_sees_it(safe, certificate):
    with Proxy(to=safe.port, login="ada:hunter2") as proxy:
        own = proxy.url.replace("http://", "http://secret:corp@")
        answer = get(
            "https://a.test/",
            proxy=own,
            ca_file=str(certificate.cert),
            secrets={("corp", proxy.url): "ada:hunter2"},
            allow_private=False,
        )
    assert answer.body == FEED
    assert proxy.asked[0].headers["proxy-authorization"].startswith("Basic ")
    assert "proxy-authorization" not in safe.requests[0].headers
    assert "hunter2" not in repr(answer)


def test_a_proxy_that_wants_a_login_is_a_failure_of_the_proxy_and_not_of_the_source():
    with Proxy(to=1, login="ada:pw") as proxy, pytest.raises(ProxyFailed) as failed:
        get("https://a.test/", proxy=proxy.url, allow_private=False)
    assert "407" in failed.value.why


def test_a_proxy_that_nobody_answers_at_is_named_as_what_failed():
    with Proxy(to=1) as proxy:
        url = proxy.url
    with pytest.raises(ProxyFailed, match="not reached") as failed:
        get("https://a.test/", proxy=url, allow_private=False)
    assert "refused" in failed.value.why


def test_direct_passes_the_environments_proxy_by(site):
    with Proxy(to=site.port) as proxy:
        resolver = lambda _host, _port: [(socket.AF_INET, "127.0.0.1")]  # noqa: E731 - one line says it
        url = site.url("/", host="a.test")
        get(url, proxy="direct", proxies={"http": proxy.url}, resolver=resolver)
    assert proxy.asked == []
    assert len(site.requests) == 1


def test_a_proxys_secret_is_asked_for_the_proxy_and_for_nobody_else():
    seen = []

    def secret_of(name, origin):
        seen.append((name, origin))
        return "u:p"

    assert proxy_of(Asking(proxy="http://secret:corp@proxy.example:8080"), secret_of) == (
        "http://u:p@proxy.example:8080"
    )
    assert seen == [("corp", "http://proxy.example:8080")]


# --- certificates and addresses


def test_an_authority_of_ones_own_is_believed_for_that_source_alone(safe, certificate):
    url = safe.url("/")
    assert get(url, ca_file=str(certificate.cert)).body == FEED
    with pytest.raises(TlsFailed) as failed:
        get(url)
    assert "--ca FILE" in failed.value.hint


def test_an_authority_still_has_to_vouch_for_the_name(safe, certificate):
    resolver = lambda _host, _port: [(socket.AF_INET, "127.0.0.1")]  # noqa: E731 - one line says it
    with pytest.raises(TlsFailed):
        get(safe.url("/", host="b.test"), ca_file=str(certificate.cert), resolver=resolver)


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\x00\xff"])
def test_a_file_of_authorities_that_is_none_is_named_and_nobody_is_asked(safe, tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TlsFailed) as failed:
        get(safe.url("/"), ca_file=str(file))
    assert str(file) in failed.value.why
    assert safe.requests == []


def test_insecure_asks_whoever_answers_but_not_where_that_one_sends_us(safe, certificate, site):
    assert get(safe.url("/"), insecure=True).body == FEED
    with Proxy(to=safe.port) as proxy:
        safe.serve("/away", status=302, headers={"Location": "https://b.test/"})
        with pytest.raises(TlsFailed):
            get("https://a.test/away", insecure=True, proxy=proxy.url, allow_private=False)


def test_ipv4_alone_passes_over_what_ipv6_offers(site):
    tried = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]
    url = site.url("/", host="a.test")
    assert get(url, ipv4=True, resolver=lambda _host, _port: tried).body == FEED
    with pytest.raises(NameFailed):
        get(url, ipv4=True, resolver=lambda _host, _port: tried[:1])
