from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pkm.rules.moments import with_moments
from pkm.rules.query import explain, parse_query

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def read(typed, hints=None, zone="UTC"):
    return explain(with_moments(parse_query(typed), now=NOW, zone=ZoneInfo(zone), hints=hints))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("since:2d", "since:2026-11-20T12:00:00.000Z"),
        ("date:2w..", "since:2026-11-08T12:00:00.000Z"),
        ("date:2w", "since:2026-11-08T12:00:00.000Z"),
        ("date:..yesterday", "until:2026-11-22T00:00:00.000Z"),
        ("date:2026-10..2026-11", "(since:2026-10-01T00:00:00.000Z AND until:2026-12-01T00:00:00.000Z)"),
        ("date:2026-W47", "(since:2026-11-16T00:00:00.000Z AND until:2026-11-23T00:00:00.000Z)"),
        ("added:today", "(added:>=2026-11-22T00:00:00.000Z AND added:<2026-11-23T00:00:00.000Z)"),
        ("-published:..2025", "NOT published:<2026-01-01T00:00:00.000Z"),
        ("modified:3d", "modified:>=2026-11-19T12:00:00.000Z"),
    ],
)
def test_days_periods_and_ranges_become_moments(typed, meant):
    assert read(typed) == meant


def test_a_day_begins_at_midnight_of_the_homes_zone():
    assert read("date:..2026-11-21", zone="Europe/Berlin") == "until:2026-11-21T23:00:00.000Z"


@pytest.mark.parametrize("typed", ["date:breakfast", "date:..", "since:never", "added:99999999999y"])
def test_what_is_no_time_is_words_and_is_told(typed):
    hints = []

    assert read(typed, hints).startswith('"')
    assert "is no time" in hints[0]
