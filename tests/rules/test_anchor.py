import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pkm.errors import NotFound, UsageError
from pkm.rules.anchor import CONTEXT, find, fold, nearest

TEXT = (
    "It began late. He said: “Interest\u00a0rates — as ever — rise  first” in the cafe\u0301 by the "
    "ﬁnal so\u00adft Straße. Interest groups met twice. 日本語の文章です。And so it ended\u200b here."
)


@pytest.mark.parametrize(
    ("passage", "exact"),
    [
        ("It began late.", "It began late."),
        ('"interest rates - as ever - rise first"', "“Interest\u00a0rates — as ever — rise  first”"),
        ("café", "cafe\u0301"),
        ("final soft strasse", "ﬁnal so\u00adft Straße"),
        ("文章", "文章"),
        ("  groups\n met ", "groups met"),
        ("ended here", "ended\u200b here"),
    ],
)
def test_passage_is_found_and_given_in_the_texts_own_characters(passage, exact):
    [anchor] = find(TEXT, passage)

    assert anchor.exact == exact
    assert TEXT[anchor.start :].startswith(exact)
    assert (anchor.prefix + exact + anchor.suffix) in TEXT
    assert len(anchor.prefix) <= CONTEXT >= len(anchor.suffix)


def test_every_place_of_a_passage_is_found_in_order():
    found = find(TEXT, "interest")

    assert [anchor.suffix[:7] for anchor in found] == ["\u00a0rates ", " groups"]
    assert [anchor.start for anchor in found] == sorted(anchor.start for anchor in found)


def test_passage_that_is_not_there_names_the_nearest():
    with pytest.raises(NotFound) as refused:
        find(TEXT, "interest groups met thrice")
    assert "Interest groups met twice" in refused.value.why


def test_nothing_near_is_not_proposed():
    assert nearest(TEXT, "zzzz qqqq xxxx") == ()
    with pytest.raises(NotFound) as refused:
        find(TEXT, "zzzz qqqq xxxx")
    assert refused.value.why == ""


@pytest.mark.parametrize("passage", ["", "  \n", "…", "\u200b"])
def test_passage_without_letters_is_refused(passage):
    with pytest.raises(UsageError):
        find(TEXT, passage)


def test_letter_is_not_found_inside_a_letter_with_its_mark():
    with pytest.raises(NotFound):
        find("the cafe\u0301 there", "the cafe")


WORDS = st.lists(st.text(alphabet="abcdeé—’日ß", min_size=1, max_size=7), min_size=3, max_size=30)


@given(WORDS, st.data())
@settings(max_examples=100, deadline=None)
def test_any_passage_is_found_however_it_was_copied(words, data):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    passage = " ".join(words[start:end])
    assume(any(map(str.isalnum, passage)))
    copied = unicodedata.normalize(
        "NFD", passage.replace(" ", " \n").replace("’", "'").replace("—", "-")
    ).upper()
    found = find(text, copied)
    assert {fold(anchor.exact).text for anchor in found} == {fold(passage).text}
    assert len(found) == len(list(fold(text).places(fold(passage).text)))


@given(WORDS, st.data())
@settings(max_examples=60, deadline=None)
def test_passage_that_was_deleted_is_never_anchored(words, data):
    place = data.draw(st.integers(0, len(words)))
    passage = "xyzzy " + words[0]
    text = " ".join([*words[:place], *words[place:]])

    with pytest.raises(NotFound):
        find(text, passage)


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_folded_text_knows_the_way_back(text):
    folded = fold(text)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
