from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.ids import ALPHABET, EPOCH, IdMaker, is_id, is_tail, path_id

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPAN = (datetime(2026, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001 - Hypothesis wants them naive


def maker(clock, seed=1):
    return IdMaker(clock, Random(seed).randrange)


def test_an_id_is_letter_first_and_fourteen_characters():
    new = maker(lambda: NOW).new("i")
    assert len(new) == 14
    assert new.startswith("i-")
    assert is_id(new)
    assert set(new[2:]) <= set(ALPHABET)


def test_ids_of_one_process_grow_even_when_the_clock_stands_or_runs_back():
    times = iter([NOW, NOW, NOW - timedelta(hours=3), NOW, NOW + timedelta(seconds=1)])
    one = maker(lambda: next(times))
    made = [one.new("n") for _ in range(5)]
    assert made == sorted(made)
    assert len(set(made)) == 5


def test_ten_thousand_ids_of_one_moment_are_all_different_and_grow():
    one = maker(lambda: NOW)
    made = [one.new("i") for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == 10_000


def test_a_later_moment_gives_a_larger_id_in_another_process():
    early, late = maker(lambda: NOW, 1), maker(lambda: NOW + timedelta(seconds=1), 2)
    assert early.new("i") < late.new("i")


def test_a_clock_before_the_epoch_still_gives_an_id():
    assert is_id(maker(lambda: EPOCH - timedelta(days=9000)).new("s"))


def test_the_last_day_of_the_time_part_is_far_away():
    assert is_id(maker(lambda: datetime(2094, 1, 1, tzinfo=UTC)).new("s"))


def test_tails_are_four_to_twelve_characters_of_the_alphabet():
    assert is_tail("4k2m")
    assert is_tail("0" * 12)
    assert not is_tail("4k2")
    assert not is_tail("0" * 13)
    assert not is_tail("4k2l")
    assert not is_tail("4K2M")


def test_what_is_no_id_is_told():
    assert not is_id("i-")
    assert not is_id("i-000000000000\n")
    assert not is_id("I-000000000000")
    assert is_id("n~000000000000")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80), st.text(max_size=80))
def test_a_path_has_one_id_and_another_path_another(one, two):
    assert is_id(path_id(one))
    assert path_id(one).startswith("n~")
    assert (path_id(one) == path_id(two)) == (one == two)


def test_a_path_that_is_no_unicode_has_an_id():
    assert is_id(path_id("caf\udce9.md"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.datetimes(*SPAN), min_size=1, max_size=30))
def test_ids_grow_whatever_the_clock_does(moments):
    times = iter(moment.replace(tzinfo=UTC) for moment in moments)
    one = maker(lambda: next(times))
    made = [one.new("i") for _ in moments]
    assert made == sorted(set(made))
