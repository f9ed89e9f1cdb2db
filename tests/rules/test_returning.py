from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.revisit import Answer, Offer, Why
from pkm.rules.returning import (
    FIRST_WAIT,
    LEAST_WAIT,
    LONGEST_WAIT,
    drawn,
    longer,
    of_the_day,
    rhythm,
    shifted,
    todays,
)

DAY = date(2026, 11, 22)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
REFS = st.text("0123456789abcdef", min_size=1, max_size=12).map("n-".__add__)
WAITS = st.floats(LEAST_WAIT, LONGEST_WAIT)
OFFERS = st.lists(
    st.builds(Offer, ref=st.sampled_from("abcdefgh"), why=st.sampled_from(Why), because=st.just("")),
    max_size=30,
)


def test_the_arithmetic_is_that_of_the_help():
    assert longer(7, Answer.FRUITFUL) == pytest.approx(11.2)
    assert longer(7, Answer.NOT_NOW) == pytest.approx(17.5)
    assert longer(300, Answer.NOT_NOW) == 365
    assert longer(0, Answer.FRUITFUL) == 3


def test_what_was_never_met_comes_after_a_week_or_so():
    due = rhythm("n-1", DAY, ()).due

    assert due is not None
    assert 6 <= (due - DAY).days <= 8


def test_done_does_not_come_back_until_it_is_met_again_by_hand():
    assert rhythm("n-1", DAY, [(DAY, Answer.DONE)]).due is None
    assert rhythm("n-1", DAY, [(DAY, Answer.DONE), (DAY, Answer.FRUITFUL)]).due is not None


@given(REFS, WAITS)
def test_no_wait_is_shifted_by_more_than_a_tenth_or_out_of_its_bounds(ref, wait):
    days = shifted(wait, ref)

    assert LEAST_WAIT <= days <= LONGEST_WAIT
    assert abs(days - wait) <= wait * 0.1 + 0.5
    assert days == shifted(wait, ref)


@given(REFS, WAITS, WAITS)
def test_a_longer_wait_never_comes_back_sooner(ref, one, other):
    low, high = sorted((one, other))

    assert shifted(low, ref) <= shifted(high, ref)


@given(REFS, DAYS, st.lists(st.sampled_from([Answer.FRUITFUL, Answer.NOT_NOW]), max_size=12))
def test_every_answer_puts_the_next_meeting_further_off_and_not_now_furthest(ref, made, said):
    answers = [(made, one) for one in said]
    before = rhythm(ref, made, answers)
    fruitful = rhythm(ref, made, [*answers, (made, Answer.FRUITFUL)])
    later = rhythm(ref, made, [*answers, (made, Answer.NOT_NOW)])

    assert FIRST_WAIT <= before.wait <= fruitful.wait <= later.wait <= LONGEST_WAIT
    assert before.due <= fruitful.due <= later.due <= made + timedelta(days=365)


@given(OFFERS, st.frozensets(st.sampled_from("abcdefgh")), st.integers(0, 7))
def test_a_day_has_so_many_and_nothing_twice(offers, answered, limit):
    chosen = todays(offers, answered=answered, limit=limit)

    assert len(chosen) <= limit
    assert len({offer.ref for offer in chosen}) == len(chosen)
    assert not {offer.ref for offer in chosen} & answered


@given(OFFERS, st.sampled_from("abcdefgh"))
def test_what_is_answered_makes_room_for_nothing_else_on_that_day(offers, ref):
    before = todays(offers)
    after = todays(offers, answered=frozenset({ref}))

    assert after == tuple(offer for offer in before if offer.ref != ref)


def test_one_of_each_reason_comes_before_two_of_one():
    offers = [Offer(ref=f"u{number}", why=Why.UNMET, because="") for number in range(9)]
    offers += [Offer(ref="kept", why=Why.KEPT, because=""), Offer(ref="day", why=Why.THIS_DAY, because="")]

    assert [offer.ref for offer in todays(offers)] == ["day", "u0", "kept", "u1", "u2"]


@given(st.lists(REFS, unique=True, max_size=20), DAYS)
def test_a_draw_loses_nothing_and_is_the_same_all_day(refs, day):
    assert sorted(drawn(refs, day)) == sorted(refs)
    assert drawn(refs, day) == drawn(reversed(refs), day)


@given(st.lists(REFS, unique=True, max_size=20), DAYS)
def test_the_note_of_the_day_is_one_of_them(refs, day):
    assert of_the_day(refs, day) == of_the_day(reversed(refs), day)
    assert of_the_day(refs, day) in (refs or [None])


@settings(max_examples=30)
@given(st.integers(1, 40), DAYS)
def test_the_notes_of_the_days_come_round(count, day):
    refs = [f"n-{number:012}" for number in range(count)]
    met = {of_the_day(refs, day + timedelta(days=number)) for number in range(count * 3 + 3)}

    assert len(met) == count
