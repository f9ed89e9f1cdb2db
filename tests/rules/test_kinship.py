import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules import kinship


def test_words_of_the_title_come_first_then_those_said_most():
    words = kinship.words_of_text(
        "Quorum", "the leader, the leader and the lease of 知识管理 in Ångström 2026"
    )

    assert words[0] == "Quorum"
    assert words[1] == "leader"
    assert "知识管理" in words
    assert "Ångström" in words
    assert not {"the", "2026", "of"} & set(words)


def test_rare_words_are_those_that_a_few_hold_besides_this_one():
    counts = [("everywhere", 900), ("alone", 1), ("few", 10), ("two", 2)]

    assert [word for word, _ in kinship.rare_words(counts, 1_000)] == ["two", "few"]
    assert all(0 < weight <= 1 for _, weight in kinship.rare_words(counts, 1_000))
    assert kinship.rare_words([], 0) == ()


def test_more_in_common_is_closer_and_a_source_alone_is_nothing():
    one = kinship.by_words([("etcd", 0.5)])
    two = kinship.by_words([("etcd", 0.5), ("quorum", 0.4)])
    source = kinship.of_one_source("A letter")

    assert kinship.closeness([one]) < kinship.closeness([two]) < kinship.closeness([two, source])
    assert kinship.closeness([kinship.linked("it links here")]) > kinship.closeness([two])
    assert kinship.closeness([source]) == kinship.closeness([]) == 0


def test_each_reason_names_what_is_shared():
    assert kinship.by_words([("etcd", 0.2), ("quorum", 0.4)]).said == 'both say "quorum", "etcd"'
    assert kinship.by_words([(str(at), 0.1) for at in range(6)]).said.endswith("and 2 more")
    assert kinship.by_tags([("a", 2), ("b", 9)]).said == "both are tagged #a, #b"


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_has_words_or_none(title, text):
    assert len(kinship.words_of_text(title, text)) <= kinship.MOST_WORDS


@pytest.mark.parametrize("things", [0, 1, 5, 10**6])
def test_a_count_larger_than_all_things_does_no_harm(things):
    kinship.rare_words([("a", 2), ("b", 7)], things)
