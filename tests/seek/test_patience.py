"""When a source is asked again: a table of what decides."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.source import Health, Rhythm
from pkm.seek.patience import (
    Because,
    Facts,
    Trouble,
    backoff,
    host_wait_s,
    may_pass_soon,
    next_due,
    rhythm_of,
    told,
    trouble_of,
)

NOW = datetime(2026, 11, 22, 12, 20, tzinfo=UTC)  # a Sunday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GRACE = 30 * MINUTE


def due_in(*, polite=False, jitter=0.0, **facts):
    return next_due(NOW, Facts(**facts), jitter=jitter, polite=polite).at - NOW


def why(**facts):
    return next_due(NOW, Facts(**facts)).because


def rhythm(*, gap=None, silent=timedelta(), **said):
    return Rhythm(gap_s=gap.total_seconds() if gap else None, newest_at=NOW - silent, **said)


def test_a_feed_with_validators_is_asked_hourly_at_most():
    assert due_in(has_validators=True) == HOUR
    assert why(has_validators=True) is Because.FLOOR


def test_a_feed_without_validators_is_asked_daily_at_most():
    assert due_in() == DAY - GRACE
    assert why() is Because.NO_VALIDATORS


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_who_pulls_daily_finds_due_what_was_asked_some_minutes_later_the_day_before(jitter):
    assert due_in(jitter=jitter) <= DAY - 20 * MINUTE
    assert due_in(jitter=jitter) >= DAY - GRACE


@pytest.mark.parametrize(
    ("gap", "silent", "wait", "because"),
    [
        (2 * HOUR, HOUR, HOUR, Because.FLOOR),
        (10 * HOUR, HOUR, 5 * HOUR, Because.RHYTHM),
        (7 * DAY, HOUR, DAY - GRACE, Because.RHYTHM),
        (None, HOUR, HOUR, Because.FLOOR),
        (HOUR, 30 * DAY, DAY - GRACE, Because.SILENCE),
        (HOUR, 90 * DAY, 3 * DAY - GRACE, Because.SILENCE),
        (HOUR, 365 * DAY, 7 * DAY - GRACE, Because.SILENCE),
    ],
)
def test_a_source_is_asked_after_half_its_usual_gap_and_less_once_it_is_silent(gap, silent, wait, because):
    facts = {"has_validators": True, "rhythm": rhythm(gap=gap, silent=silent)}
    assert (due_in(**facts), why(**facts)) == (wait, because)


def test_the_users_interval_stands_in_place_of_the_rhythm_but_never_below_the_floor():
    slow = rhythm(gap=10 * HOUR, silent=400 * DAY)
    assert due_in(has_validators=True, rhythm=slow, interval_s=2 * 3_600) == 2 * HOUR
    assert due_in(has_validators=True, rhythm=slow, interval_s=60) == HOUR
    assert due_in(interval_s=3_600) == DAY - GRACE


@pytest.mark.parametrize(
    ("said", "because"),
    [
        (lambda wait_s: {"max_age_s": wait_s}, Because.MAX_AGE),
        (lambda wait_s: {"retry_after_s": wait_s}, Because.RETRY_AFTER),
        (lambda wait_s: {"rhythm": Rhythm(ttl_s=wait_s)}, Because.TTL),
    ],
)
def test_what_the_server_says_is_honoured_up_to_a_week(said, because):
    assert due_in(has_validators=True, **said(7_200)) == 2 * HOUR
    assert why(has_validators=True, **said(7_200)) is because
    assert due_in(has_validators=True, **said(10)) == HOUR
    assert timedelta(days=7) - GRACE <= due_in(has_validators=True, **said(400 * 24 * 3600)) <= 7 * DAY


def test_jitter_adds_a_tenth_at_most():
    assert due_in(has_validators=True, jitter=1.0) == 1.1 * HOUR


def test_hours_and_days_that_the_feed_rules_out_are_passed_over():
    hours = rhythm(skip_hours=(13, 14))
    assert due_in(has_validators=True, rhythm=hours) == 3 * HOUR
    assert why(has_validators=True, rhythm=hours) is Because.SKIPPED
    monday = next_due(NOW, Facts(has_validators=True, rhythm=rhythm(skip_days=(6,)))).at
    assert (monday.weekday(), monday.hour) == (0, 0)


def test_a_feed_that_rules_out_every_hour_rules_out_none():
    assert due_in(has_validators=True, rhythm=rhythm(skip_hours=tuple(range(24)))) == HOUR


def test_loopback_knows_no_floor_unless_polite():
    assert due_in(loopback=True, max_age_s=9_000, failures=3) == timedelta(0)
    assert due_in(loopback=True, polite=True) == DAY - GRACE


def test_loopback_too_may_ask_to_wait():
    assert due_in(loopback=True, retry_after_s=60) == timedelta(seconds=60)


def test_failures_are_waited_out_longer_and_longer():
    hours = [due_in(has_validators=True, failures=n, trouble=Trouble.PASSING) / HOUR for n in range(1, 8)]
    assert hours == [1, 2, 4, 8, 16, 23.5, 23.5]


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (Trouble.MISSING, [12, 24, 48, 168, 168]),
        (Trouble.BLOCKED, [6, 12, 24, 24]),
        (Trouble.LOGIN, [24, 24]),
        (Trouble.BUSY, [1, 2, 4, 8, 16, 24, 24]),
        (Trouble.GONE, [24, 24]),
    ],
)
def test_each_trouble_has_its_own_patience(kind, hours):
    assert [backoff(n + 1, kind) / HOUR for n in range(len(hours))] == hours


def test_the_second_410_is_asked_for_no_sooner_than_a_day_after_the_first():
    assert due_in(failures=1, trouble=Trouble.GONE) == DAY


@pytest.mark.parametrize(
    ("status", "kind", "trouble"),
    [
        (None, "timeout", Trouble.PASSING),
        (None, "name", Trouble.MISSING),
        (None, "name-service", Trouble.PASSING),
        (None, "tls", Trouble.PASSING),
        (200, "not-a-feed", Trouble.PASSING),
        (200, "bot-check", Trouble.BLOCKED),
        (403, "bot-check", Trouble.BLOCKED),
        (206, "status", Trouble.PASSING),
        (408, "status", Trouble.PASSING),
        (425, "status", Trouble.PASSING),
        (500, "status", Trouble.PASSING),
        (503, "status", Trouble.PASSING),
        (522, "status", Trouble.PASSING),
        (400, "status", Trouble.MISSING),
        (404, "status", Trouble.MISSING),
        (405, "status", Trouble.MISSING),
        (415, "status", Trouble.MISSING),
        (418, "status", Trouble.MISSING),
        (402, "status", Trouble.BLOCKED),
        (403, "status", Trouble.BLOCKED),
        (451, "status", Trouble.BLOCKED),
        (401, "credentials", Trouble.LOGIN),
        (407, "credentials", Trouble.LOGIN),
        (410, "status", Trouble.GONE),
        (429, "status", Trouble.BUSY),
    ],
)
def test_failures_are_sorted_by_what_helps(status, kind, trouble):
    assert trouble_of(status, kind=kind) is trouble


def test_a_busy_server_that_says_how_long_makes_the_host_wait():
    assert trouble_of(503, asked_to_wait=True) is Trouble.BUSY


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520, 522, 530])
def test_what_may_pass_is_asked_for_once_more_in_the_same_run(status):
    assert may_pass_soon(status, kind="status")


@pytest.mark.parametrize("kind", ["timeout", "unreachable", "name-service", "broken-answer"])
def test_so_is_a_wire_that_failed(kind):
    assert may_pass_soon(None, kind=kind)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "not-a-feed"),
        (200, "empty"),
        (401, "credentials"),
        (403, "status"),
        (404, "status"),
        (410, "status"),
        (429, "status"),
        (None, "name"),
        (None, "tls"),
        (None, "address"),
        (None, "too-large"),
    ],
)
def test_what_will_not_pass_is_not(status, kind):
    assert not may_pass_soon(status, kind=kind)
    assert not may_pass_soon(503, kind="status", asked_to_wait=True)


@pytest.mark.parametrize(
    ("strikes", "status", "asked", "hours"),
    [
        (1, 429, 7_200, 2),
        (1, 429, None, 1),
        (2, 429, None, 2),
        (9, 429, 0, 24),
        (1, 503, 7_200, 2),
        (1, 503, None, None),
        (2, 503, None, 1),
        (3, 503, None, 2),
        (5, 500, None, None),
    ],
)
def test_a_whole_host_is_left_alone_when_it_says_too_many(strikes, status, asked, hours):
    wait_s = host_wait_s(strikes, status, asked)
    assert wait_s == (None if hours is None else hours * 3_600)


def test_an_address_is_taken_for_dead_only_after_14_days_and_5_tries():
    def word(**health):
        failing = {"checked_at": NOW, "failing_since": NOW - 14 * DAY, "failures": 5, "trouble": "missing"}
        return Health(**{**failing, **health}).word

    assert word() == "dead?"
    assert word(failing_since=NOW - 13 * DAY, failures=50) == "failing"
    assert word(failures=4) == "failing"
    assert word(trouble="passing") == "failing"


def test_a_rhythm_is_the_median_of_the_gaps_and_what_came_together_counts_once():
    days = [NOW, NOW, NOW, NOW - 2 * DAY, NOW - 3 * DAY, NOW - 13 * DAY]
    assert rhythm_of(days) == Rhythm(gap_s=(2 * DAY).total_seconds(), newest_at=NOW)
    assert rhythm_of([NOW, NOW]) == Rhythm(newest_at=NOW)
    assert rhythm_of([]) == Rhythm()


WAITS = st.none() | st.floats(0, 1e12)


@given(
    facts=st.builds(
        Facts,
        has_validators=st.booleans(),
        rhythm=st.builds(
            Rhythm,
            gap_s=st.none() | st.floats(0, 1e9),
            newest_at=st.none() | st.datetimes(timezones=st.just(UTC)),
            ttl_s=st.none() | st.integers(0, 10**9),
            skip_hours=st.lists(st.integers(0, 23)).map(tuple),
            skip_days=st.lists(st.integers(0, 6)).map(tuple),
        ),
        max_age_s=WAITS,
        retry_after_s=WAITS,
        failures=st.integers(0, 50),
        trouble=st.sampled_from(Trouble),
    ),
    jitter=st.floats(0, 1),
)
@settings(deadline=None, max_examples=100)
def test_nobody_is_asked_more_than_hourly_nor_left_alone_for_more_than_a_fortnight(facts, jitter):
    wait = next_due(NOW, facts, jitter=jitter).at - NOW
    assert HOUR <= wait <= timedelta(days=15)


def test_every_reason_for_a_wait_has_words_and_no_reason_has_none():
    assert all(told(one) for one in Because)
    assert told(None) == ""
    assert told("of another version") == ""
