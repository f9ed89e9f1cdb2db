import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.owners import only_leads_on, own_address, site_of


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.a.example/x", "a.example"),
        ("https://blog.a.example/", "a.example"),
        ("https://news.bbc.co.uk/1", "bbc.co.uk"),
        ("https://ana.substack.com/p/1", "ana.substack.com"),
        ("https://ana.github.io/", "ana.github.io"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("mailto:a@b.example", ""),
    ],
)
def test_a_site_is_what_one_owner_has(url, site):
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("canonical", "believed"),
    [
        ("https://a.example/real", True),
        ("https://www.a.example/real?id=1", True),
        ("https://m.a.example/x", True),
        ("https://a.example/", False),
        ("https://a.example", False),
        ("https://evil.example/x", False),
        ("https://b.co.uk/x", False),
        (None, False),
    ],
)
def test_what_a_page_calls_its_own_address_is_believed_within_its_site(canonical, believed):
    assert (own_address("https://a.example/amp/x", canonical) == canonical) is (believed or canonical is None)
    assert own_address("https://a.co.uk/x", "https://b.co.uk/x") is None


def test_hosts_that_only_send_on_are_known():
    assert only_leads_on("https://t.co/abc")
    assert only_leads_on("https://click.letters.example/?x=1")
    assert not only_leads_on("https://a.example/t.co")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_it_fail(one, other):
    site_of(f"https://{one}")
    own_address(f"https://{one}", f"https://{other}")
    only_leads_on(one)
