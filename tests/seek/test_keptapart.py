import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.asking import split_login
from pkm.seek.keptapart import Kept, command_words, kept_apart
from pkm.seek.sourcewords import Said

PLAIN = st.from_regex(r"[A-Za-z0-9]{6,20}", fullmatch=True)


def apart(auth_cmd=None, **said):
    return kept_apart(Said(**said), auth_cmd=auth_cmd, mark="4k2m")


def test_a_login_in_an_address_becomes_a_header_that_names_a_secret():
    said, kept = apart(url="https://ada:p%40ss@a.example:8443/feed?x=1")
    assert said.url == "https://a.example:8443/feed?x=1"
    assert said.headers == ("Authorization: secret:authorization-4k2m",)
    assert kept == (Kept(name="authorization-4k2m", value="ada:p@ss"),)


def test_a_token_in_a_header_and_a_proxys_password_are_kept_apart():
    said, kept = apart(headers=("x-api-key: hunter2", "Accept: text/xml"), proxy="ada:pw@proxy.example:3128")
    assert said.headers == ("X-Api-Key: secret:x-api-key-4k2m", "Accept: text/xml")
    assert said.proxy == "http://secret:proxy-4k2m@proxy.example:3128"
    assert [(one.name, one.value) for one in kept] == [
        ("x-api-key-4k2m", "hunter2"),
        ("proxy-4k2m", "ada:pw"),
    ]


def test_a_command_is_kept_as_words_and_taken_off_by_none():
    said, kept = apart("pass show 'feeds/my work'")
    assert kept[0].command == ("pass", "show", "feeds/my work")
    assert said.headers == ("Authorization: secret:authorization-4k2m",)
    assert apart("none")[0].headers == ("Authorization:",)


def test_references_and_none_stay_as_they_are():
    said, kept = apart(headers=("Authorization: Bearer secret:work", "none"), proxy="none")
    assert (said.headers, said.proxy, kept) == (("Authorization: Bearer secret:work", "none"), "none", ())
    assert apart(proxy="http://secret:corp@p.example")[1] == ()


@pytest.mark.parametrize("words", ["", " ", "'", "a \x00 'b"])
def test_words_that_make_no_command_are_refused(words):
    with pytest.raises(UsageError):
        command_words(words)


@settings(max_examples=60, deadline=None)
@given(PLAIN, PLAIN)
def test_whatever_is_typed_as_a_secret_is_in_no_word_that_goes_on(user, password):
    word = f"{user}Q{password}"
    said, kept = apart(
        url=f"https://{word}:{word}@a.example/",
        headers=(f"Authorization: Bearer {word}", f"X-Key: {word}"),
        proxy=f"http://{word}:{word}@p.example:80",
    )
    assert word not in repr(said)
    assert word not in repr(kept)
    assert all(word in (one.value or "") for one in kept)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_an_address_without_a_login_is_left_alone(path):
    url = "https://a.example/" + path
    assert split_login(url) == (url, "")
