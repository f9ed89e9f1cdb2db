import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.headers import received_headers, usable_validator, validator_headers


@pytest.mark.parametrize(
    "tag", ['"abc"', 'W/"abc"', '"abc-gzip"', "unquoted", '"a, b"', '"' + "x" * 1_022 + '"']
)
def test_validators_go_back_byte_for_byte(tag):
    assert validator_headers(tag, None)["If-None-Match"] == tag
    assert validator_headers(None, tag) == {"If-Modified-Since": tag}


@pytest.mark.parametrize(
    "tag", [None, "", '"' + "x" * 1_023 + '"', '"caf\xe9"', '"a\nHost: evil"', '"a\x00"', "“a”"]
)
def test_validators_that_could_do_harm_are_not_kept(tag):
    assert usable_validator(tag) is None
    assert validator_headers(tag, tag) == {}


def test_repeated_fields_are_joined_but_the_first_validator_counts():
    raw = [
        (b"Vary", b"a"),
        (b"vary", b"b"),
        (b"ETag", b'"1"'),
        (b"etag", b'"2"'),
        (b"Content-Encoding", b"gzip"),
        (b"content-encoding", b"gzip"),
    ]
    assert received_headers(raw) == {"vary": "a, b", "etag": '"1"', "content-encoding": "gzip, gzip"}


@given(st.lists(st.tuples(st.binary(max_size=10), st.binary(max_size=20)), max_size=8))
@settings(deadline=None)
def test_no_bytes_break_the_reading(raw):
    assert len(received_headers(raw)) <= len(raw)
