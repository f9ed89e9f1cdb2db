from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.target import NotWeb, parse_target


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("http://a.example", "a.example", "/"),
        ("HTTP://A.Example:80/x", "a.example", "/x"),
        ("https://a.example:443/x?y=1&z=%2F#frag", "a.example", "/x?y=1&z=%2F"),
        ("http://a.example:8080?q", "a.example:8080", "/?q"),
        ("http://a.example./x", "a.example", "/x"),
        ("http://under_score.example/", "under_score.example", "/"),
        ("http://[::1]:8080/", "[::1]:8080", "/"),
        ("http://[2606:2800:0220:0001::1]/", "[2606:2800:220:1::1]", "/"),
        ("http://a.example/some path/ü?q=é", "a.example", "/some%20path/%C3%BC?q=%C3%A9"),
        ("http://a.example/a%20b|c", "a.example", "/a%20b|c"),
        ("http://bücher.example/", "xn--bcher-kva.example", "/"),
        ("http://faß.example/", "xn--fa-hia.example", "/"),
        ("http://☃.example/", "xn--n3h.example", "/"),
        ("http://日本語。jp/", "xn--wgv71a119e.jp", "/"),
    ],
)
def test_a_url_is_taken_apart_for_the_wire(url, authority, path):
    target = parse_target(url)
    assert (target.authority, target.path) == (authority, path)
    assert parse_target(target.url) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "//a.example/x",
        "file:///etc/hostname",
        "javascript:alert(1)",
        "ftp://a.example/",
        "gopher://a.example/",
        "http://",
        "http:///x",
        "http://:80/",
        "http://a.example:0/",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://a..example/",
        "http://a b.example/",
        "http://a\x00.example/",
        "http://good.example\\@evil.example/",
        "http://-a.example/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 130 + "example/",
        "http://a.example/" + "x" * 4_096,
        "|cat /etc/hostname",
        "exec:ls",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(NotWeb):
        parse_target(url)


def test_a_login_in_the_url_becomes_basic_and_is_not_in_what_can_be_shown():
    target = parse_target("http://me:p%40ss@a.example/x")
    assert target.basic == "Basic bWU6cEBzcw=="
    assert "p@ss" not in repr(target)
    assert target.url == "http://a.example/x"


def test_http_and_https_of_one_host_are_one_site_and_other_ports_are_not():
    plain = parse_target("http://a.example/")
    assert plain.same_site(parse_target("https://a.example/x"))
    assert not plain.same_site(parse_target("http://a.example:8080/"))
    assert not plain.same_site(parse_target("http://b.example/"))


@given(st.text(max_size=80) | st.from_regex(r"https?://[^/]{0,30}(/.{0,20})?", fullmatch=True))
@settings(deadline=None)
def test_no_text_breaks_the_reading_and_what_comes_out_fits_the_wire(text):
    with suppress(NotWeb):
        target = parse_target(text)
        assert target.host
        assert target.host.isascii()
        assert all("\x21" <= letter <= "\x7e" for letter in target.path + target.authority)
