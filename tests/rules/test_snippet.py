import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.fold import fold
from pkm.rules.snippet import snippet

FILLER = "Lorem ipsum dolor sit amet. " * 40


def marked(found):
    return [found.text[start:end] for start, end in found.marks]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("The Café in Zürich", ["cafe", "zurich"], ["Café", "Zürich"]),
        ("Die Straße", ["strasse"], ["Straße"]),
        ("Ein Cafe\u0301 hier", ["café"], ["Cafe\u0301"]),
        ("The ﬁnance", ["finance"], ["ﬁnance"]),
        ("soft\n  landing ahead", ["soft landing"], ["soft landing"]),
        ("soft-landing", ["soft landing"], ["soft-landing"]),
        ("inflation island is", ["infl*", "is"], ["inflation", "is"]),
        ("私は日本語を勉強する", ["日本語"], ["日本語"]),
        ("हिन्दी में खोज", ["खोज", "हिन्दी"], ["हिन्दी", "खोज"]),
        ("use C++ 🎉", ["C++", "🎉"], ["C", "🎉"]),
        ("nothing here", ["absent", "", "*", "..."], []),
    ],
)
def test_marks_stand_on_the_original_words(text, words, expected):
    assert marked(snippet(text, words)) == expected


def test_the_window_with_most_different_words_is_shown():
    text = FILLER + "rates rates rates. " + FILLER + "The ECB and its rates. " + FILLER
    found = snippet(text, ["rates", "ecb"])
    assert marked(found) == ["ECB", "rates"]
    assert found.more_before
    assert found.more_after
    assert 15 <= len(found.text.split()) <= 24


def test_without_a_hit_the_beginning_is_shown():
    found = snippet(FILLER, ["absent"], width=5)
    assert found.text == "Lorem ipsum dolor sit amet."
    assert not found.more_before
    assert found.more_after


def test_a_short_text_is_shown_whole():
    found = snippet(" a short\ttext\n", ["short"])
    assert (found.text, found.more_before, found.more_after) == ("a short text", False, False)
    assert snippet("", ["x"]).text == ""


def test_a_hit_far_below_is_found():
    found = snippet("word " * 40_000 + "Übermut", ["ubermut"])
    assert marked(found) == ["Übermut"]


def test_escape_codes_do_not_reach_the_line():
    found = snippet("a \x1b[31mred\x1b[0m\u202e word\r\nnext", ["word"])
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text
    assert "\n" not in found.text
    assert marked(found) == ["word"]


def test_a_text_without_spaces_is_still_cut():
    assert len(snippet("x" * 100_000, ["absent"]).text) < 2_000
    assert len(snippet("日" * 100_000, ["absent"]).text) == 48


WORDS = st.text(st.sampled_from("abcé日本ßक्षि🎉 -\n\x1b\u0301ﬁ"), max_size=60)


@settings(deadline=None, max_examples=200)
@given(WORDS, st.lists(st.text(st.sampled_from("abcé日本ßक*"), max_size=4), max_size=3), st.integers(1, 10))
def test_marks_are_in_order_inside_and_mean_a_word(text, words, width):
    found = snippet(text, words, width=width)
    assert found.text.isprintable() or "\u0301" in found.text
    behind = 0
    for start, end in found.marks:
        assert behind <= start < end <= len(found.text)
        behind = end
        folded = fold(found.text[start:end])
        # A star inside a word stands between two words, as any other sign does.
        parts = [part for word in words for part in fold(word).replace("*", " ").split()]
        assert any(part in folded for part in parts)


@settings(deadline=None, max_examples=100)
@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_no_text_makes_a_snippet_fail(text, words):
    found = snippet(text, words)
    assert "\n" not in found.text
