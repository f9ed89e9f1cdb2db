from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import AddressRefused
from pkm.net.failures import BadRedirect
from pkm.net.redirects import Trail, location_of, may_be_private, next_target
from pkm.net.target import parse_target


def step(start, *locations, most=5):
    at = parse_target(start)
    trail = Trail.from_start(at, most=most)
    for location in locations:
        at = next_target(trail, at, location)
        trail = trail.onward(at)
    return at


@pytest.mark.parametrize(
    ("start", "location", "url"),
    [
        ("http://a.example/x/y", "z", "http://a.example/x/z"),
        ("http://a.example/x/y", "/z?q#f", "http://a.example/z?q"),
        ("http://a.example/", "//b.example/z", "http://b.example/z"),
        ("http://a.example/", "https://a.example/", "https://a.example/"),
        ("http://a.example/", " https://b.example/ ", "https://b.example/"),
        ("http://a.example/", "/caf\xc3\xa9", "http://a.example/caf%C3%A9"),
        ("http://a.example/", "/caf\xe9", "http://a.example/caf%C3%A9"),
        ("http://a.example:8080/", "http://b.example:8080/", "http://b.example:8080/"),
        ("http://a.example/", "http://me:pw@b.example/", "http://b.example/"),
    ],
)
def test_a_redirect_is_followed(start, location, url):
    target = step(start, location)
    assert target.url == url
    assert target.login is None


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/hostname",
        "javascript:alert(1)",
        "ftp://b.example/",
        "http://",
        "http://[::1",
        "data:text/plain,x",
        "http://a..b/",
    ],
)
def test_a_redirect_away_from_the_web_is_refused(location):
    with pytest.raises(BadRedirect):
        step("http://a.example/", location)


def test_a_circle_is_noticed():
    with pytest.raises(BadRedirect, match="circle"):
        step("http://a.example/", "/b", "/c", "/b")


def test_a_redirect_to_itself_is_a_circle():
    with pytest.raises(BadRedirect, match="circle"):
        step("http://a.example/x", "#again")


def test_five_redirects_are_followed_and_a_sixth_is_not():
    assert step("http://a.example/", *"12345").path == "/5"
    with pytest.raises(BadRedirect, match="more than 5"):
        step("http://a.example/", *"123456")


def test_https_is_never_left_for_http():
    with pytest.raises(BadRedirect, match="plain http"):
        step("https://a.example/", "http://a.example/x")


def test_who_began_with_http_may_come_back_to_it():
    assert step("http://a.example/", "https://a.example/x", "http://a.example/y").scheme == "http"


@pytest.mark.parametrize("port", [22, 25, 6379, 8080])
def test_a_redirect_may_not_name_a_port_of_its_own(port):
    with pytest.raises(AddressRefused):
        step("http://a.example/", f"http://b.example:{port}/")


def test_only_the_host_that_was_allowed_may_be_private():
    start = parse_target("http://127.0.0.1/")
    assert may_be_private(parse_target("http://127.0.0.1/x"), start, allowed=True)
    assert not may_be_private(parse_target("http://127.0.0.2/x"), start, allowed=True)
    assert not may_be_private(parse_target("http://127.0.0.1/x"), start, allowed=False)


def test_only_a_redirect_with_a_target_is_one():
    assert location_of(301, {"location": "/x"}) == "/x"
    assert location_of(301, {}) is None
    assert location_of(200, {"location": "/x"}) is None
    assert location_of(304, {"location": "/x"}) is None


def test_the_error_shows_no_secret():
    with pytest.raises(BadRedirect) as refused:
        step("https://me:hunter2@a.example/feed?token=hunter2", "http://b.example/")
    assert "hunter2" not in str(refused.value)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
@settings(deadline=None)
def test_no_location_breaks_the_rule_or_leads_off_the_web(location):
    with suppress(BadRedirect, AddressRefused):
        target = step("https://a.example/x", location)
        assert target.scheme == "https"
        assert target.port in {80, 443}
