import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.model.source import AS_EVER, Asking, Source
from pkm.rules.asking import (
    HEADERS_MOST,
    NEVER_SET,
    attributes,
    filled,
    from_attributes,
    has_login,
    header,
    interval,
    interval_words,
    proxy,
    proxy_login,
    secrets_of,
    with_header,
    with_plain_secret,
)
from pkm.rules.opmlread import read_opml
from pkm.rules.opmlwrite import write_opml

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
NAMES = st.from_regex(r"X-[A-Za-z][a-z]{0,8}", fullmatch=True)


@st.composite
def askings(draw):
    headers = ()
    for name, value in draw(st.lists(st.tuples(NAMES, PRINTABLE), max_size=4)):
        headers = with_header(headers, name, value)
    return Asking(
        headers=headers,
        proxy=draw(st.sampled_from([None, "direct", "http://p.example:80", "https://secret:corp@p.example"])),
        user_agent=draw(st.none() | PRINTABLE),
        ca_file=draw(st.none() | st.sampled_from(["/etc/ca.pem", '/a "b"/<ü>.pem'])),
        insecure=draw(st.booleans()),
        ipv4=draw(st.booleans()),
    )


@settings(deadline=None)
@given(askings())
def test_what_is_written_down_is_read_back(asking):
    assert from_attributes(attributes(asking)) == asking


@settings(max_examples=50, deadline=None)
@given(askings(), st.none() | st.integers(60, 43_200).map(lambda minutes: minutes * 60))
def test_the_list_of_sources_holds_it_too(asking, interval_s):
    source = Source(id="s-" + "a" * 12, url="https://a.example/", asking=asking, interval_s=interval_s)
    [outline] = read_opml(write_opml([source], title="", with_private=True, with_secrets=True)).outlines
    assert (outline.asking, outline.interval_s) == (asking, interval_s)


@settings(max_examples=50, deadline=None)
@given(askings())
def test_a_list_for_others_says_nothing_of_how_the_user_asks(asking):
    source = Source(id="s-" + "a" * 12, url="https://a.example/", asking=asking)
    data = write_opml([source], title="", with_private=True, with_secrets=False)
    assert read_opml(data).outlines[0].asking == AS_EVER


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["proxy", "user-agent", "ca", "header-x", "header-cookie"]), st.text())
)
def test_whatever_a_hand_wrote_is_read_as_something_that_can_be_sent(told):
    asking = from_attributes(told)
    assert from_attributes(attributes(asking)) == asking
    assert all(name.lower() not in NEVER_SET for name, _ in asking.headers)


def test_a_header_is_read_with_its_name_as_names_are_written():
    assert header("x-api-key:  secret:k ") == ("X-Api-Key", "secret:k")
    assert header("Authorization:") == ("Authorization", "")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "X",
        ": v",
        "X Y: v",
        "Cookie: a=hunter2",
        "Host: hunter2",
        "X-A: hunter2\nB: c",
        "X-\u00fc: hunter2",
    ],
)
def test_what_is_no_header_is_refused_and_its_value_never_repeated(line):
    with pytest.raises(UsageError) as refused:
        header(line)
    assert "hunter2" not in str(refused.value)


def test_headers_are_set_taken_off_and_bounded():
    asked = with_header((), "X-B", "1")
    asked = with_header(asked, "x-a", "2")
    assert asked == (("X-A", "2"), ("X-B", "1"))
    assert with_header(asked, "X-b", "") == (("X-A", "2"),)
    for n in range(HEADERS_MOST - 2):
        asked = with_header(asked, f"X-{n}", "1")
    with pytest.raises(UsageError):
        with_header(asked, "X-More", "1")


@pytest.mark.parametrize(
    ("name", "value", "kept", "secret"),
    [
        ("Authorization", "Bearer hunter2", "Bearer secret:k", "hunter2"),
        ("Authorization", "ada:hunter2", "secret:k", "ada:hunter2"),
        ("X-Api-Key", "hunter2", "secret:k", "hunter2"),
        ("X-Whatever", "hunter2", "secret:k", "hunter2"),
        ("Authorization", "Bearer secret:work", "Bearer secret:work", None),
        ("Accept-Language", "de", "de", None),
    ],
)
def test_what_may_be_a_secret_is_kept_apart(name, value, kept, secret):
    assert with_plain_secret(name, value, "k") == (kept, secret)


def test_the_secrets_of_a_source_are_known_and_put_in_their_place():
    asking = Asking(headers=(("X-A", "a secret:one b secret:two"),), proxy="http://secret:three@p.example")
    assert secrets_of(asking) == ("one", "two", "three")
    assert has_login(asking)
    assert not has_login(Asking(proxy="http://secret:three@p.example"))
    assert filled("a secret:one.", str.upper) == "a ONE."


def test_a_proxy_is_an_address_direct_or_refused_without_its_login():
    assert proxy("p.example:8080") == "http://p.example:8080"
    assert proxy("DIRECT") == "direct"
    assert proxy_login("http://ada:pw@p.example:8080") == ("http://p.example:8080", "ada:pw")
    assert proxy_login("direct") == ("direct", "")
    for wrong in (
        "socks5://ada:hunter2@p",
        "http://",
        "http://a.example/path",
        "http://a b",
        "http://a:99999999",
    ):
        with pytest.raises(UsageError) as refused:
            proxy(wrong)
        assert "hunter2" not in str(refused.value)


def test_an_interval_has_a_unit_a_least_and_a_most():
    assert [interval(word) for word in ("90min", "90m", "6h", "2d", "1w")] == [
        5400,
        5400,
        21600,
        172800,
        604800,
    ]
    for wrong in ("", "6", "h", "-6h", "30min", "31d", "1y", "0h"):
        with pytest.raises(UsageError):
            interval(wrong)


@given(st.integers(60, 43_200))
def test_an_interval_in_words_is_the_same_interval(minutes):
    assert interval(interval_words(minutes * 60)) == minutes * 60
