from datetime import UTC, datetime, timedelta

import pytest

from pkm.rules.amounts import age, ago, counted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_one_is_one_and_all_else_are_many():
    assert [counted(number, "open draft") for number in (0, 1, 2)] == [
        "0 open drafts",
        "1 open draft",
        "2 open drafts",
    ]


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        (-3_600, "ahead", "now"),
        (-5, "just now", "now"),
        (59, "just now", "now"),
        (60, "1 minute ago", "1 min"),
        (7_200, "2 hours ago", "2 h"),
        (86_400, "1 day ago", "1 d"),
        (13 * 86_400, "13 days ago", "13 d"),
        (14 * 86_400, "14 days ago", "2 wk"),
        (69 * 86_400, "69 days ago", "9 wk"),
        (70 * 86_400, "70 days ago", "2026-09-13"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(seconds, long, short):
    moment = NOW - timedelta(seconds=seconds)
    assert (ago(moment, NOW), age(moment, NOW)) == (long, short)
