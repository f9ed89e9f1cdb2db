"""Tags of documents that may be broken on purpose."""

import time
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.tags import RAW_TEXT, tags, unescape


def names(text: str, **how) -> list[str]:
    return [("/" if tag.closing else "") + tag.name for tag in tags(text, **how)]


def test_tags_come_in_order_with_their_attributes():
    one, two, three = tags("<A Href='x>y' b=c d e=\"&amp;&#65;\">t<br/></a>")
    assert (one.name, one.attributes) == ("a", {"href": "x>y", "b": "c", "d": "", "e": "&A"})
    assert (two.name, two.empty, three.closing) == ("br", True, True)


def test_comments_cdata_and_scripts_hide_tags():
    assert names("<!-- <a> --><![CDATA[<b>]]><?c <d>?><script><e></script><f>", raw=RAW_TEXT) == [
        "script",
        "/script",
        "f",
    ]


def test_what_never_ends_hides_the_rest():
    assert names("<a><!-- <b>") == ["a"]


def test_the_first_of_two_attributes_counts():
    [tag] = tags("<a x=1 X=2>")
    assert tag.attributes == {"x": "1"}


def test_only_wanted_names_are_given_with_or_without_prefix():
    assert names("<x:a><b><a>", only=frozenset({"a"})) == ["x:a", "a"]


def test_references_need_their_semicolon():
    assert (
        unescape("&lt;&copy=1&nbsp;&nothing;&#xD800;&#0;&#99999999;")
        == "<&copy=1\xa0&nothing;\ufffd\ufffd\ufffd"
    )


@pytest.mark.parametrize("piece", ["<a ", "<a b='", '<a b="', "<!--", "<", "</a", "<a b=c ", "<?", "<a/"])
def test_hostile_text_costs_linear_time(piece):
    start = time.process_time()
    list(tags(piece * 200_000, raw=RAW_TEXT))
    assert time.process_time() - start < 5


@given(st.text(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_text_is_walked_and_offsets_hold(text):
    for body in (text, f"<{text}>", f"<a {text}>"):
        for tag in tags(body, raw=RAW_TEXT):
            assert body[tag.start] == "<"
            assert body[tag.end - 1] == ">"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
@settings(max_examples=100, deadline=None)
def test_an_escaped_value_is_read_as_it_was(value):
    [tag] = tags(f'<a b="{escape(value)}">')
    assert tag.attributes["b"] == value
