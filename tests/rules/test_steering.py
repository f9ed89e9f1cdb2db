import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.query import And, Filter, Not, Term
from pkm.rules.steering import MOST_SIGNS, NOTHING, Sign, split_words, steer


def said(title, *words):
    return [sign.words for sign in steer(title, words).signs]


def test_the_longer_words_of_a_question_are_looked_for_and_two_must_be_there():
    sought = steer("How do distributed teams keep decisions findable?")
    assert [sign.words for sign in sought.signs] == ["distributed", "team", "decision", "findable"]
    assert sought.least == 2
    assert sought.signs[1].node == Term("team", prefix=True)


def test_words_in_capitals_count_however_short_and_a_lone_word_is_enough():
    assert said("What is AI doing to ADRs?") == ["AI", "adr"]
    lone = steer("Why writing?")
    assert (lone.least, lone.signs) == (1, (Sign("writing", Term("writing", prefix=True)),))


def test_a_script_without_spaces_gives_its_runs():
    assert said("日本語の意思決定ログはどう残す？") == ["日本語", "意思決定", "ログ"]


def test_a_question_of_small_words_alone_looks_for_nothing():
    assert steer("Why?") == steer("What is it that we do?") == NOTHING


def test_given_words_are_queries_and_any_of_them_is_enough():
    sought = steer("Why?", ["decision log", "tag:ops -wiki"])
    assert sought.least == 1
    assert [sign.node for sign in sought.signs] == [
        And((Term("decision"), Term("log"))),
        And((Filter("tag", "ops"), Not(Term("wiki")))),
    ]
    assert said("Why?", "decision log", "tag:ops -wiki") == ["decision log", "tag:ops -wiki"]


def test_a_question_has_no_clock_so_a_moment_is_read_as_words():
    assert steer("Why?", ["since:3d"]).signs[0].node == Term("since 3d")


def test_commas_part_what_is_to_be_looked_for():
    assert split_words("decision log,ADR , ,ADR") == ("decision log", "ADR")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=4))
def test_whatever_is_asked_can_be_looked_for(title, words):
    sought = steer(title, words)
    assert (sought == NOTHING) == (not sought.signs)
    assert sought.least in {0, 1, 2}
    assert sought.least <= len(sought.signs)
    if not any(map(split_words, words)):
        assert len(sought.signs) <= MOST_SIGNS


@pytest.mark.parametrize("title", ["decisions", "Decision", "DECISIONS"])
def test_case_and_number_make_no_difference(title):
    assert said(title) == ["decision"]
