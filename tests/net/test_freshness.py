from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.freshness import http_date, max_age_s, retry_after_s

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK_S = 7 * 24 * 3600


def date(offset_s):
    return format_datetime(NOW + timedelta(seconds=offset_s), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 120 "}, 120),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "99999999"}, WEEK_S),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 5_000}, None),
        ({"retry-after": date(300)}, 300),
        ({"retry-after": date(-300)}, 0),
        ({"x-ratelimit-reset": "90.5"}, 90),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 50)}, 50),
    ],
)
def test_a_wish_to_wait_is_read(headers, seconds):
    assert retry_after_s(headers, NOW) == seconds


def test_a_date_to_wait_for_counts_from_the_servers_own_clock():
    skewed = {"retry-after": date(7200 + 60), "date": date(7200)}
    assert retry_after_s(skewed, NOW) == 60


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'MAX-AGE="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=long"}, None),
        ({"cache-control": "s-maxage=9"}, None),
        ({"expires": date(3600), "date": date(0)}, 3600),
        ({"expires": date(-3600), "date": date(0)}, 0),
        ({"expires": "0", "date": date(0)}, None),
        ({"expires": date(3600)}, None),
    ],
)
def test_freshness_is_read(headers, seconds):
    assert max_age_s(headers) == seconds


@pytest.mark.parametrize(
    "text",
    ["Sun, 22 Nov 2026 12:00:00 GMT", "Sunday, 22-Nov-26 12:00:00 GMT", "Sun Nov 22 12:00:00 2026"],
)
def test_all_three_forms_of_a_date_are_read(text):
    assert http_date(text) == NOW


@given(
    st.text(max_size=70)
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,9} Nov [0-9]{1,9} [0-9:]{1,9} [+-][0-9]{1,12}", fullmatch=True)
)
@settings(deadline=None)
def test_no_text_breaks_the_reading(text):
    http_date(text)
    headers = dict.fromkeys(
        ("retry-after", "expires", "date", "age", "cache-control", "x-ratelimit-reset"), text
    )
    waits = [retry_after_s(headers, NOW), max_age_s(headers)]
    assert all(wait is None or wait >= 0 for wait in waits)
