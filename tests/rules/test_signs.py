import pytest

from pkm.rules.signs import has_signs, holds
from pkm.rules.sitename import at_site


@pytest.mark.parametrize("word", ["C++", "c#", "F#", ".NET", "g++", "a+"])
def test_words_with_signs_are_known(word):
    assert has_signs(word)


@pytest.mark.parametrize("word", ["C", "#tag", "a.b", "...", ".5", "+", "c++17", "a b", ""])
def test_other_words_are_not(word):
    assert not has_signs(word)


@pytest.mark.parametrize(
    ("word", "text", "is_there"),
    [
        ("c++", "we write c++ here", True),
        ("c++", "c++17 and later", True),
        ("c++", "c and c+", False),
        ("c+", "c++", False),
        ("c#", "in c#.", True),
        ("c#", "in c, # 3", False),
        ("c++", "objc++", False),
        (".net", "use .net now", True),
        (".net", "example.net", False),
        (".net", "the net", False),
        (".net", ".network", False),
    ],
)
def test_a_text_holds_a_word_with_its_signs_or_not(word, text, is_there):
    assert holds(word, "", text) is is_there


@pytest.mark.parametrize(
    ("url", "site", "is_of"),
    [
        ("https://example.org/a", "example.org", True),
        ("https://www.example.org/a", "example.org", True),
        ("https://blog.example.org:8080/a", "Example.org", True),
        ("https://ada@example.org?x", "https://example.org/", True),
        ("https://notexample.org/a", "example.org", False),
        ("https://other.test/example.org", "example.org", False),
        (None, "example.org", False),
        ("https://example.org/", "", False),
    ],
)
def test_an_address_is_of_a_site_by_its_host(url, site, is_of):
    assert at_site(url, site) is is_of
