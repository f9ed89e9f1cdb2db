import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.fulltext import is_better, is_cut_short, wants_page

BEGINNING = "Teams that write their decisions down argue less about what was decided, and more about why."
REST = " Whoever reads the log a year later finds the doubts beside the verdict." * 10


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", True),
        (BEGINNING, True),
        ("x" * 499, True),
        ("x" * 500, False),
        ("x" * 600 + " …", True),
        ("x" * 600 + " [...]", True),
        ("x" * 600 + "... Read more →", True),
        ("x" * 600 + " Continue reading On notes", True),
        ("x" * 600 + " read more books.\n\n" + "y" * 200, False),
    ],
)
def test_a_short_text_or_one_that_trails_off_is_a_beginning(text, cut):
    assert is_cut_short(text) is cut
    assert wants_page("auto", text) is cut
    assert wants_page("always", text)
    assert not wants_page("never", text)


@pytest.mark.parametrize(
    ("page", "feed", "better"),
    [
        (BEGINNING + REST, BEGINNING, True),
        (BEGINNING + REST, "", True),
        ("", "", False),
        (BEGINNING, BEGINNING, False),
        (BEGINNING, BEGINNING + REST, False),
        ("Something entirely different about gardens and their owners in summer. " * 9, BEGINNING, False),
        ("Please enable JavaScript to continue. " * 4, "", False),
        ("Accept all cookies to go on, or subscribe to continue reading this. " * 4, "Short.", False),
        (BEGINNING + REST + " A word on walls: access denied." + REST, BEGINNING, True),
    ],
)
def test_a_worse_text_never_takes_the_place_of_a_better_one(page, feed, better):
    assert is_better(page, feed) is better


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300), st.text(max_size=300))
def test_of_two_texts_at_most_one_is_better(one, other):
    assert not (is_better(one, other) and is_better(other, one))
    is_cut_short(one)
