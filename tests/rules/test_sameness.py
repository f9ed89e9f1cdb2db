"""Two witnesses, or it is another thing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.sameness import MOST_CANDIDATES, alike, of_the_moment, same_moment, same_title

NOON = datetime(2026, 11, 22, 12, 0, 1, tzinfo=UTC)


def named(*titles):
    return list(titles)


def pick(title, candidates, moment=NOON):
    return of_the_moment(title, moment, candidates, lambda one: one)


def test_no_title_and_no_date_are_like_no_other():
    assert not same_title(None, None)
    assert not same_title("", "")
    assert not same_moment(None, None)
    assert not same_moment(NOON, None)


def test_white_space_capitals_and_parts_of_a_second_make_no_difference():
    assert same_title(" A  title", "a TITLE")
    assert same_moment(NOON, NOON + timedelta(milliseconds=400))
    assert not same_moment(NOON, NOON + timedelta(seconds=1))


def test_a_corrected_headline_is_alike_and_the_next_part_of_a_series_is_not():
    assert alike("Goverment falls over budget", "Government falls over budget")
    assert not alike("Links of week 46", "Links of week 47")
    assert not alike("On gardens", "Election results")


def test_of_what_was_published_at_one_moment_the_same_title_is_the_one():
    assert pick("two", named("one", "Two", "three")) == "Two"
    assert pick("two", named("Two", "two")) is None


def test_a_corrected_headline_counts_only_where_nothing_else_was_published_then():
    assert pick("Government falls", named("Goverment falls")) == "Goverment falls"
    assert pick("Government falls", named("Goverment falls", "other")) is None


def test_midnight_is_only_a_day():
    midnight = NOON.replace(hour=0, second=0)
    assert pick("Government falls", named("Goverment falls"), midnight) is None
    assert pick("Government falls", named("government falls"), midnight) == "government falls"


def test_of_a_large_group_nobody_is_picked():
    assert pick("a", ["a", *(str(n) for n in range(MOST_CANDIDATES))]) is None


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=6))
def test_whoever_is_picked_is_a_candidate_and_the_only_one_of_its_title(title, candidates):
    found = pick(title, candidates)
    assert found is None or candidates.count(found) == 1
