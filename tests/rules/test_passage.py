from hypothesis import given
from hypothesis import strategies as st

from pkm.rules.passage import passage

TEXT = """Intro.

Some words that open the article without saying much at all. Teams that keep decision logs search them for doubts.

Short one. Other words close it, and nobody remembers them afterwards.
"""


def test_the_sentence_that_says_most_of_the_title_is_shown_as_it_stands():
    assert passage(TEXT, about="Decision logs and doubts") == (
        "Teams that keep decision logs search them for doubts."
    )


def test_where_none_says_more_the_first_is_shown():
    assert passage(TEXT, about="") == "Some words that open the article without saying much at all."


def test_a_text_without_a_sentence_of_its_own_shows_none():
    assert passage("Read more\n\nHome · About\n", about="x") is None
    assert passage("", about="x") is None


def test_sentences_without_spaces_are_found():
    assert passage("短い。\n\n会議の記録を探す人は、決定ではなく疑いを探している。", about="") == (
        "会議の記録を探す人は、決定ではなく疑いを探している。"
    )


@given(st.text(max_size=300), st.text(max_size=40))
def test_it_is_one_line_of_words_of_the_text(text, about):
    found = passage(text, about=about)

    assert found is None or (found in " ".join(text.split()) and "\n" not in found)
