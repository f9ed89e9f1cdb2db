"""Dates as feeds write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.feeddates import EARLIEST_YEAR, LATEST_YEAR, parse_date


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Thu, 01 Jan 2026 10:00:00 GMT", utc(2026, 1, 1, 10)),
        ("Thu, 01 Jan 2026 10:00:00 +0130", utc(2026, 1, 1, 8, 30)),
        ("Thu, 01 Jan 2026 10:00:00 PST", utc(2026, 1, 1, 18)),
        ("Thu, 01 Jan 2026 10:00:00 CET", utc(2026, 1, 1, 9)),
        ("01 Jul 26 10:00 CEST", utc(2026, 7, 1, 8)),
        ("Thu, 01 Jan 2026 10:00:00 GMT+0100 (CET)", utc(2026, 1, 1, 9)),
        ("Thu Jan 01 2026 10:00:00 GMT+0100 (Central European Standard Time)", utc(2026, 1, 1, 9)),
        ("Thu, 01 Jan 2026 10:00:00", utc(2026, 1, 1, 10)),
        ("Thu, 01 Jan 2026 24:00:00 GMT", utc(2026, 1, 2)),
        ("Do, 01 Jan 2026 10:00:00 +0100", utc(2026, 1, 1, 9)),
        ("12. März 2026 08:00 MEZ", utc(2026, 3, 12, 7)),
        ("mar., 03 févr. 2026 10:00:00 +0000", utc(2026, 2, 3, 10)),
        ("Sun Jan 4 16:29:06 PST 2004", utc(2004, 1, 5, 0, 29, 6)),
        ("Jan 5, 2026 4:05 PM", utc(2026, 1, 5, 16, 5)),
        ("2026-01-01T10:00:00Z", utc(2026, 1, 1, 10)),
        ("2026-01-01T10:00:00.123456789+02:00", utc(2026, 1, 1, 8)),
        ("2026-01-01T10:00:60Z", utc(2026, 1, 1, 10, 0, 59)),
        ("2026-01-01 10:00", utc(2026, 1, 1, 10)),
        ("20260101T120000Z", utc(2026, 1, 1, 12)),
        ("2026-01-01", utc(2026, 1, 1)),
        ("2026-02", utc(2026, 2, 1)),
        ("2003-335", utc(2003, 12, 1)),
        ("Fri, 2006/09/15 08:19:53 EDT", utc(2006, 9, 15, 12, 19, 53)),
        ("1767261600", utc(2026, 1, 1, 10)),
        ("1767261600000", utc(2026, 1, 1, 10)),
    ],
)
def test_dates_of_all_sorts_are_read(text, when):
    assert parse_date(text) == when


@pytest.mark.parametrize(
    "text",
    [None, "", "  ", "not a date", "0000-00-00", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "0001-01-01T00:00:00Z",
     "Thu, 31 Feb 2026 10:00:00 GMT", "2026-13-01", "01/02/2026", "99999999999999", "Thu, 01 Jan 2026 25:00:00 GMT", "1" * 10_000],
)  # fmt: skip
def test_what_cannot_be_true_is_no_date(text):
    assert parse_date(text) is None


@given(
    st.text(max_size=120)
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{2,4} [0-9:]{1,9} [A-Z+0-9-]{1,6}")
)
@settings(max_examples=100, deadline=None)
def test_any_text_gives_an_aware_sane_date_or_none(text):
    when = parse_date(text)
    assert when is None or (when.tzinfo is UTC and EARLIEST_YEAR <= when.year <= LATEST_YEAR)


@given(st.datetimes(min_value=datetime(1991, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - the zone is given beside
@settings(max_examples=100, deadline=None)
def test_what_python_writes_is_read_again(when):
    whole = when.replace(microsecond=0)
    assert parse_date(whole.isoformat()) == whole.astimezone(UTC)
    assert parse_date(whole.strftime("%a, %d %b %Y %H:%M:%S %z")) == whole.astimezone(UTC)
