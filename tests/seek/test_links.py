"""Relative links in markup made absolute."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.seek.links import absolute_links

BASE = "https://a.example/blog/"
PAGE = "https://a.example/blog/post"


def made(markup: str) -> str:
    return absolute_links(markup, base=BASE, page=PAGE)


def test_relative_links_and_pictures_are_joined():
    assert made("<a href=x>1</a> <img alt='' src='/p.png'>") == (
        '<a href="https://a.example/blog/x">1</a> <img alt=\'\' src="https://a.example/p.png">'
    )


def test_a_link_into_the_page_leads_to_the_item():
    assert made('<a href="#fn1">1</a>') == f'<a href="{PAGE}#fn1">1</a>'


def test_references_in_addresses_are_understood():
    assert made('<a href="?a=1&amp;b=2">x</a>') == '<a href="https://a.example/blog/?a=1&amp;b=2">x</a>'


def test_absolute_and_odd_links_stay_byte_for_byte():
    markup = "<a href='https://b.example/?a&b'>x</a><a href=\"javascript:x\">y</a><p title='href=z'>href=\"q\"</p><a href='http://[::1'>"
    assert made(markup) == markup


def test_hostile_markup_costs_linear_time():
    start = time.process_time()
    for piece in ("<a href=", ' href="x', "<a href='", "<a href=x ", "<a href=x>"):
        made(piece * 60_000)
    assert time.process_time() - start < 10


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_a_second_time_changes_nothing(text):
    for markup in (text, f"<a href={text}>", f'<img src="{text}">'):
        once = made(markup)
        assert made(once) == once
