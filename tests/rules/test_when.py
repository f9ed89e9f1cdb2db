from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.rules.when import (
    in_zone,
    last_days,
    local_stamp,
    midnight,
    month_of,
    parse_period,
    parse_since,
    parse_until,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def since(words, zone=BERLIN):
    return parse_since(words, now=NOW, zone=zone)


def test_so_many_hours_days_weeks_ago():
    assert since("6h") == NOW - timedelta(hours=6)
    assert since(" 3D ") == NOW - timedelta(days=3)
    assert since("2 w") == NOW - timedelta(weeks=2)
    assert since("1m") == NOW - timedelta(days=30)
    assert since("1y") == NOW - timedelta(days=365)


def test_today_and_yesterday_begin_at_midnight_of_the_zone():
    assert since("today") == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert since("yesterday") == datetime(2026, 11, 20, 23, tzinfo=UTC)


def test_the_name_of_a_period_means_its_start():
    assert since("2026-11-22") == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert since("2026-W47") == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert since("2026-10") == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert since("2026") == datetime(2025, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["", "soon", "3x", "2026-13", "2026-W54", "0000", "2026-02-30", "9999y", "9999", "-3d", "٣d"]
)
def test_words_that_name_no_moment_are_told_what_would(words):
    with pytest.raises(UsageError) as caught:
        since(words)
    assert "2026-W47" in caught.value.hint


def test_a_week_begins_on_monday_and_has_the_hour_that_summer_time_takes():
    week = parse_period("2026-w13", zone=BERLIN)
    assert (week.name, week.ends_at - week.starts_at) == ("2026-W13", timedelta(days=7) - timedelta(hours=1))
    assert week.starts_at.astimezone(BERLIN).weekday() == 0


def test_an_hour_that_occurs_twice_is_read_as_the_first():
    local = datetime.fromisoformat("2026-10-25T02:30")
    assert in_zone(local, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_front_matter_writes_local_time():
    assert local_stamp(NOW, BERLIN) == "2026-11-22T13:00:00"


def test_the_last_seven_days_are_named_by_the_week_in_which_they_end():
    period = last_days(7, now=NOW, zone=BERLIN)
    assert period.name == "2026-W47"
    assert period.holds(NOW)
    assert last_days(3, now=NOW, zone=BERLIN).name == "2026-11-19..2026-11-22"


def test_december_is_followed_by_january():
    month = month_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ZoneInfo("UTC"))
    assert (month.name, month.ends_at) == ("2026-12", datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("words", "ends_at"),
    [
        ("2026-11-20", midnight(date(2026, 11, 21), BERLIN)),
        ("2026-11", midnight(date(2026, 12, 1), BERLIN)),
        ("yesterday", midnight(NOW.astimezone(BERLIN).date(), BERLIN)),
        ("today", midnight(NOW.astimezone(BERLIN).date() + timedelta(days=1), BERLIN)),
        ("3d", NOW - timedelta(days=3)),
    ],
)
def test_until_a_day_or_a_period_holds_the_whole_of_it(words, ends_at):
    assert parse_until(words, now=NOW, zone=BERLIN) == ends_at


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=20))
def test_no_text_makes_it_fail_otherwise_than_by_saying_so(words):
    try:
        found = since(words)
    except UsageError:
        return
    assert found.tzinfo is not None


@settings(deadline=None, max_examples=100)
@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "UTC"]),
)
def test_the_periods_of_a_day_touch_and_hold_it(day, zone_name):
    zone = ZoneInfo(zone_name)
    here = parse_period(day.isoformat(), zone=zone)
    after = parse_period((day + timedelta(days=1)).isoformat(), zone=zone)
    assert here.ends_at == after.starts_at
    assert here.starts_at == midnight(day, zone)
    year, week, _ = day.isocalendar()
    for name in (f"{year:04}-W{week:02}", f"{day:%Y-%m}", f"{day:%Y}"):
        whole = parse_period(name, zone=zone)
        assert whole.starts_at <= here.starts_at
        assert here.ends_at <= whole.ends_at
