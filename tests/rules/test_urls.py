import re
from itertools import islice
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.limits import URL_CHARS
from pkm.rules.tracking import parse, tracking
from pkm.rules.urls import (
    canonical,
    display_url,
    has_secret,
    host_of,
    is_home_page,
    is_web,
    join,
    match_url,
    path_of,
    shareable,
    without_secrets,
)
from support.corpus import corpus

PIECES = st.sampled_from(
    re.split(
        " ",
        "http:// https:// HTTP:// // / /. /.. /../ ? ?? & = # #! #/ : @ : % %2F %2e %41 %zz %% ; , \\ www. WWW. a b.example"
        " a.example é ü.example 例え。テスト ☃.net 👍.example xn--nxasmq6b [::1] [ ] 127.0.0.1 :80 :443 :8080 :99999"
        " index.html amp amp=1 utm_source=x fbclid=y ref=a.example token=abc key=1 v=2 google.com/url?q=http%3A%2F%2Fa.example"
        " \t \n \x00 \u202e \ud800 mailto: javascript: data: ( ) < > \" ' | { } ^ ` ~ ! * private/abc123456",
    )
)
URLISH = st.lists(PIECES, max_size=12).map("".join)
WEBBISH = st.builds("https://a.example/{}".format, URLISH)
ANYTHING = st.one_of(st.text(), URLISH, WEBBISH)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example", True),
        ("HTTP://A.example:8080/x?y#z", True),
        ("http://[::1]/", True),
        ("http://127.0.0.1:9000/feed", True),
        ("https://bücher.example/ä", True),
        ("http://user:pw@a.example/", True),
        ("  https://a.example/\n", True),
        ("", False),
        ("a.example", False),
        ("//a.example/x", False),
        ("http://", False),
        ("http:///x", False),
        ("http:/a.example", False),
        ("https://a..example/", False),
        ("https://.example/", False),
        ("https://a.example:99999/", False),
        ("https://a.example:0/", False),
        ("https://a.example:x/", False),
        ("http://[::1", False),
        ("http://[v1.x]/", False),
        ("https://a b.example/", False),
        ("https://a%2eb.example/", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("mailto:a@b.example", False),
        ("feed:https://a.example/", False),
        ("ftp://a.example/", False),
        ("https://" + "a" * 64 + ".example/", False),
        ("https://a.example/" + "x" * URL_CHARS, False),
    ],
)
def test_only_http_and_https_with_a_host_are_web_addresses(url, expected):
    assert is_web(url) is expected
    assert (canonical(url) is not None) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://WWW.A.Example:443", "https://www.a.example/"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("http://a.example:8080/x", "http://a.example:8080/x"),
        ("https://a.example./x", "https://a.example/x"),
        ("https://u:p@a.example/x", "https://a.example/x"),
        ("https://a.example/a/./b/../c", "https://a.example/a/c"),
        ("https://a.example/../..", "https://a.example/"),
        ("https://a.example/a//b//", "https://a.example/a//b//"),
        ("https://a.example/%7euser/%e2%82%ac/a%2fb", "https://a.example/~user/%E2%82%AC/a%2Fb"),
        ("https://a.example/%2e%2e/x", "https://a.example/x"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%%341", "https://a.example/%2541"),
        ("https://a.example/ä b", "https://a.example/%C3%A4%20b"),
        ("https://a.example/x#part", "https://a.example/x"),
        ("https://a.example/#!/x", "https://a.example/#!/x"),
        ("https://a.example/#/x", "https://a.example/#/x"),
        ("https://a.example/x?", "https://a.example/x"),
        ("https://a.example/x?b&a=&b=1", "https://a.example/x?b&a=&b=1"),
        ("https://a.example/x;v=1?q=a;b", "https://a.example/x;v=1?q=a;b"),
        ("https://a.example/x?utm_source=y&id=3&FBCLID=z", "https://a.example/x?id=3"),
        ("https://a.example/x?utm%5Fsource=y", "https://a.example/x"),
        ("https://a.example/x?ref=www.a.example&source=b.example", "https://a.example/x?source=b.example"),
        ("https://www.youtube.com/watch?v=1&si=2&t=3", "https://www.youtube.com/watch?v=1&t=3"),
        ("https://a.example/x?si=2&t=3", "https://a.example/x?si=2&t=3"),
        ("https://www.amazon.co.uk/dp/1?tag=x&psc=1", "https://www.amazon.co.uk/dp/1"),
        (
            "https://www.amazon.de/-/Some-Title/dp/B00ABCDEF1/ref=sr_1_1?tag=x&th=1",
            "https://www.amazon.de/dp/B00ABCDEF1?th=1",
        ),
        (
            "https://www.amazon.com/Some-Title/dp/B00ABCDEF1/ref=sr_1_1",
            "https://www.amazon.com/dp/B00ABCDEF1",
        ),
        ("https://amazon.co.uk/gp/product/B00ABCDEF1", "https://amazon.co.uk/dp/B00ABCDEF1"),
        ("https://notamazon.com/x/dp/B00ABCDEF1/y", "https://notamazon.com/x/dp/B00ABCDEF1/y"),
        ("https://blog.substack.com/p/x?r=abc&isFreemail=true&s=r", "https://blog.substack.com/p/x?s=r"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://netflix.com/title?s=20", "https://netflix.com/title?s=20"),
        (
            "https://www.google.com/url?rct=j&sa=t&url=https://a.example/x%3Futm_source%3Dy&ct=ga",
            "https://a.example/x",
        ),
        (
            "https://www.google.com/url?q=javascript:alert(1)",
            "https://www.google.com/url?q=javascript:alert(1)",
        ),
        ("http://a.example\\@b.example/", "http://a.example/@b.example/"),
        ("ht\ttps://a.exam\nple/x", "https://a.example/x"),
        ("https://Bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://faß.de/", "https://xn--fa-hia.de/"),
        ("https://例え。テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://💩.la/", "https://xn--ls8h.la/"),
        ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"),
    ],
)
def test_a_canonical_address_is_as_published_without_tracking(url, expected):
    assert canonical(url) == expected
    assert canonical(expected) == expected


def test_a_ref_that_names_the_feed_goes():
    assert (
        canonical("https://b.example/?ref=www.a.example", feed_url="https://a.example/feed")
        == "https://b.example/"
    )


@pytest.mark.parametrize(
    "other",
    [
        "http://www.a.example/x",
        "https://a.example/x/",
        "https://a.example/x/index.html",
        "https://a.example/x/amp",
        "https://a.example/x/amp/?amp=1",
        "https://a.example:443/x?utm_medium=y#frag",
        "http://A.EXAMPLE:80/./x",
    ],
)
def test_two_spellings_of_an_address_match(other):
    assert match_url(other) == match_url("https://a.example/x")


@pytest.mark.parametrize(
    "other",
    [
        "https://a.example/X",
        "https://a.example/x?y",
        "https://b.example/x",
        "https://a.example:8443/x",
        "https://a.example/",
    ],
)
def test_different_addresses_do_not_match(other):
    assert match_url(other) != match_url("https://a.example/x")


def test_a_match_does_not_depend_on_the_order_of_the_query():
    assert match_url("https://a.example/x?b=2&a=1") == match_url("https://a.example/x?a=1&b=2")
    assert match_url("https://a.example/amp") != match_url("https://a.example/")


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://a.example/d/p?q#f", "x", "https://a.example/d/x"),
        ("https://a.example/d/p?q#f", "../x?y#z", "https://a.example/x?y#z"),
        ("https://a.example/d/p?q#f", "/x", "https://a.example/x"),
        ("https://a.example/d/p?q#f", "//b.example/x", "https://b.example/x"),
        ("http://a.example/d/p?q#f", "//b.example/x", "http://b.example/x"),
        ("https://a.example/d/p?q#f", "?r", "https://a.example/d/p?r"),
        ("https://a.example/d/p?q#f", "#g", "https://a.example/d/p?q#g"),
        ("https://a.example/d/p?q#f", "", "https://a.example/d/p?q"),
        ("https://a.example/d//p", "x", "https://a.example/d//x"),
        ("https://a.example", "x", "https://a.example/x"),
        ("https://a.example/", "\\\\b.example\\x", "https://b.example/x"),
        ("https://a.example/", "javascript:alert(1)", None),
        ("https://a.example/", "mailto:x@a.example", None),
        ("ftp://a.example/", "x", None),
        (None, "x", None),
        (None, "//b.example/x", "https://b.example/x"),
        (None, "https://u:p@b.example/x#y", "https://u:p@b.example/x#y"),
    ],
)
def test_links_are_joined_as_the_rfc_says(base, url, expected):
    assert join(base, url) == expected


SECRETS = [
    "https://user:pw@a.example/feed",
    "https://user@a.example/feed",
    "https://a.example/feed?token=abc",
    "https://a.example/feed?auth=1&x=2",
    "https://a.example/feed?private_token=abc",
    "https://a.example/x?X-Amz-Signature=abc",
    "https://www.reddit.com/.rss?feed=0123456789abcdef0123456789abcdef01234567&user=x",
    "https://a.example/feeds/aB3dE6gH9jK2mN5pQ8sT1v/rss",
    "https://a.example/feed/podcast/12/private/123e4567-e89b-12d3-a456-426614174000.rss",
    "https://a.example/d41d8cd98f00b204e9800998ecf8427e/feed.xml",
    "https://a.example/x;jsessionid=ABC?y",
    "https://a.example/x#access_token=abc",
    "https://www.google.com/url?q=https%3A%2F%2Fu%3Ap%40a.example%2F",
]  # fmt: skip


@pytest.mark.parametrize("url", SECRETS)
def test_an_address_with_a_secret_is_not_shared_and_not_shown(url):
    assert has_secret(url)
    assert shareable(url) is None
    assert not has_secret(without_secrets(url))
    if "google" not in url:
        assert "…" in display_url(url)
    for secret in ("pw", "abc", "0123456789abcdef", "aB3dE6gH9jK2mN5pQ8sT1v", "123e4567", "d41d8cd9", "ABC"):
        assert secret not in display_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/a/b/commit/0123456789abcdef0123456789abcdef01234567",
        "https://www.ft.com/content/123e4567-e89b-12d3-a456-426614174000",
        "https://a.example/2026/11/Top-10-Things-To-Do-In-2026-Without-A-Phone",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://doi.org/10.1038/s41586-023-06747-5",
        "https://medium.com/@x/some-words-here-3f9a8b7c6d5e",
        "https://a.example/internationalisation-of-communication",
        "https://a.example/?page=2&keyword=x&author=y",
        "https://a.example/secret/garden-of-words",
    ],
)
def test_ordinary_addresses_hold_no_secret(url):
    assert not has_secret(url)
    assert shareable(url) == canonical(url)
    assert display_url(url) == url


def test_what_is_no_web_address_is_shown_without_its_secrets():
    assert display_url("ftp://u:p@a.example/\x1b[31m") == "ftp://…@a.example/[31m"
    assert display_url("exec:x?token=abc") == "exec:x?token=…"
    assert len(display_url("?" * 100_000)) <= URL_CHARS


def test_host_of_is_short_and_plain():
    assert host_of("https://WWW.Bücher.example:8080/x") == "xn--bcher-kva.example"
    assert host_of("nothing") == ""


@settings(deadline=None, max_examples=300)
@given(ANYTHING)
def test_no_text_makes_an_address_function_raise(text):
    for function in (
        is_web,
        canonical,
        match_url,
        host_of,
        has_secret,
        display_url,
        shareable,
        without_secrets,
    ):
        function(text)
    join(text, text)
    join("https://a.example/b/c", text)


@settings(deadline=None, max_examples=300)
@given(ANYTHING)
def test_canonical_is_idempotent_ascii_and_web(text):
    url = canonical(text)
    if url is not None:
        assert canonical(url) == url
        assert re.fullmatch(r"https?://[a-z0-9_.:\[\]-]+/[!-~]*", url)
        assert len(url) <= URL_CHARS
        assert not set(url) & set('<>"\\^`{|} ')


@settings(deadline=None, max_examples=300)
@given(ANYTHING)
def test_canonical_keeps_the_host(text):
    url = canonical(text)
    if url is not None and "google." not in text:
        assert host_of(url) == host_of(text)


@settings(deadline=None, max_examples=300)
@given(ANYTHING)
def test_a_match_is_the_same_for_the_canonical_form(text):
    url = canonical(text)
    if url is not None:
        assert match_url(url) == match_url(text)
    assert match_url(match_url(text)) == match_url(text)


@settings(deadline=None, max_examples=300)
@given(WEBBISH)
def test_showing_twice_shows_the_same(text):
    assert display_url(display_url(text)) == display_url(text)
    assert not has_secret(without_secrets(text))


@settings(deadline=None)
@given(st.text(st.sampled_from("abc/%2Fé?&=;")))
def test_what_a_server_decodes_stays_the_same(path):
    url = canonical("https://a.example/" + path.replace("?", "").replace("%", "%25"))
    assert url is not None
    assert unquote_to_bytes(url.removeprefix("https://a.example/")) == path.replace("?", "").encode()


@pytest.mark.parametrize("name", sorted({*tracking().names, *(f"{one}x" for one in tracking().prefixes)}))
def test_every_listed_parameter_goes_from_every_host_in_any_capitals(name):
    assert canonical(f"https://a.example/x?{name.upper()}=1&b=2&{name}") == "https://a.example/x?b=2"


@pytest.mark.parametrize(
    ("host", "name"), sorted((host, name) for host, names in tracking().by_host.items() for name in names)
)
def test_what_is_listed_for_a_host_goes_there_alone(host, name):
    address = f"{host}example" if host.endswith(".") else host
    assert canonical(f"https://www.{address}/x?{name}=1") == f"https://www.{address}/x"
    assert canonical(f"https://a.example/x?{name}=1") == f"https://a.example/x?{name}=1"


parameters = st.lists(
    st.text("abc=", max_size=4) | st.sampled_from(["utm_source=a", "FBCLID", "b", "b=", "a=2"])
)


@settings(deadline=None, max_examples=100)
@given(parameters)
def test_of_a_query_only_what_tracks_goes_and_the_rest_keeps_its_order(given_parts):
    url = canonical("https://a.example/x?" + "&".join(given_parts))
    query = url.partition("?")[2]
    left = [part for part in given_parts if not part.lower().startswith(("utm_", "fbclid"))]
    assert query == "&".join(left)


def test_a_bare_home_page_names_a_site_and_none_of_its_pieces():
    for url in ("https://a.example", "http://www.a.example/index.html?utm_source=x#top"):
        assert is_home_page(url)
    for url in ("https://a.example/x", "https://a.example/?p=1", "https://a.example/#!/x", "no address"):
        assert not is_home_page(url)


def test_what_is_left_of_an_address_when_its_site_moves_is_path_and_query():
    assert (
        path_of("http://www.a.example:8080/x/?b=2&a=1")
        == path_of("https://b.example/x?a=1&b=2")
        == "/x?a=1&b=2"
    )
    assert path_of("no address") is None


def test_the_list_of_tracking_parameters_is_read_whole():
    known = tracking()
    assert "utm_" in known.prefixes
    assert known.tracks("UTM_Source", "a.example")
    assert known.tracks("tag", "smile.amazon.de")
    assert not known.tracks("tag", "notamazon.example")
    assert parse("# x\nA\nb*\nC.example: d E\n").by_host == {"c.example": frozenset({"d", "e"})}


@pytest.mark.corpus
def test_real_links_have_no_secret_but_few():
    links: set[str] = set()
    for path in islice(sorted(corpus("opml").rglob("*.opml")), 60):
        links.update(re.findall(r'xmlUrl="(https?://[^"&]+)"', path.read_text("utf-8", "replace")))
    assert len(links) > 300
    flagged = [link for link in links if has_secret(link)]
    assert len(flagged) <= len(links) * 0.01, flagged
