from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.gaps import Gap, Window, gaps

DAY = datetime(2026, 5, 1, tzinfo=UTC)


def at(day):
    return DAY + timedelta(days=day)


def window(asked, oldest, newest, *, seen=3, new=3, source="s-1"):
    return Window(
        source=source,
        at=at(asked),
        seen=seen,
        new=new,
        oldest_at=None if oldest is None else at(oldest),
        newest_at=None if newest is None else at(newest),
    )


def test_two_answers_that_share_nothing_leave_a_gap_between_their_nearest_items():
    assert gaps([window(3, 0, 2), window(9, 8, 9)]) == (Gap(source="s-1", after=at(2), before=at(8)),)


def test_one_shared_item_is_enough_to_know_that_nothing_was_missed():
    assert gaps([window(3, 0, 2), window(9, 2, 9, new=2)]) == ()


def test_the_first_answer_leaves_no_gap_and_neither_do_those_of_another_source():
    assert gaps([window(3, 0, 2), window(9, 8, 9, source="s-2")]) == ()


def test_without_dates_and_with_dates_that_overlap_nothing_is_claimed():
    assert gaps([window(3, 0, None), window(9, 8, 9)]) == ()
    assert gaps([window(3, 0, 2), window(9, None, 9)]) == ()
    assert gaps([window(3, 0, 5), window(9, 4, 9)]) == ()


days = st.integers(0, 40) | st.none()


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(days, days, st.integers(1, 4), st.integers(0, 4), st.sampled_from("ab")), max_size=12)
)
def test_a_gap_lies_between_two_answers_of_one_source_and_is_never_empty(rows):
    windows = [
        window(n, oldest, newest, seen=seen, new=min(new, seen), source=source)
        for n, (oldest, newest, seen, new, source) in enumerate(rows)
    ]
    for gap in gaps(windows):
        assert gap.after < gap.before
        ends = [(one.newest_at, one.oldest_at) for one in windows if one.source == gap.source]
        assert gap.after in [newest for newest, _ in ends]
        assert gap.before in [oldest for _, oldest in ends]
