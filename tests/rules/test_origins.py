import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.origins import MOST, named_origins, origins

PAGE = "https://news.example/a"


def signs(*addresses):
    html = "".join(f'<p><a href="{one}">here</a></p>' for one in addresses)
    return [one.sign for one in origins(html, base=PAGE)]


@pytest.mark.parametrize(
    ("url", "sign"),
    [
        ("https://doi.org/10.1000/xyz", "a DOI"),
        ("https://journal.example/doi/10.1234/abc", "a DOI"),
        ("https://arxiv.org/abs/2101.00001", "a paper"),
        ("https://www.stanford.edu/report", "a university"),
        ("https://www.ox.ac.uk/x", "a university"),
        ("https://www.uni-koeln.de/x", "a university"),
        ("https://data.gov/x", "a public body"),
        ("https://www.ons.gov.uk/x", "a public body"),
        ("https://ec.europa.eu/x", "a public body"),
        ("https://who.int/x", "a public body"),
        ("https://corp.example/annual.PDF?x=1", "a PDF"),
    ],
)
def test_a_link_that_looks_like_an_origin_says_why(url, sign):
    assert signs(url) == [sign]


def test_other_links_and_those_of_its_own_site_are_none():
    assert (
        signs(
            "https://blog.example/x",
            "https://education.example/edu",
            "javascript:alert(1)",
            "mailto:x@mit.edu",
        )
        == []
    )
    assert [one.url for one in origins('<a href="/annual.pdf">x</a>', base=PAGE)] == []


def test_each_address_stands_once_with_the_words_of_its_link():
    html = '<p><a href="https://doi.org/10.1/x">the <em>whole</em>\nstudy</a>, <a href="https://doi.org/10.1/x">again</a></p>'

    [one] = origins(html, base=None)
    assert one.words == "the whole study"


def test_sentences_that_name_an_origin_are_quoted():
    text = (
        "Prices fell. According to the bank, 3.5 per cent of it was food. Nobody asked.\n"
        "Laut Bundesbank sinkt die Quote. Selon l'Insee, rien ne change. According to the bank, 3.5 per cent of it was food."
    )

    assert named_origins(text) == (
        "According to the bank, 3.5 per cent of it was food.",
        "Laut Bundesbank sinkt die Quote.",
        "Selon l'Insee, rien ne change.",
    )


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_whatever_the_markup_is_there_is_an_answer(html):
    assert len(origins(html, base=PAGE)) <= MOST
    assert all("\n" not in one for one in named_origins(html))
