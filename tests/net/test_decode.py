import gzip
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.decode import Decoder, Undecodable

BODY = b"<rss>" + b"some words of a feed, again and again " * 500 + b"</rss>"


def raw_deflate(body):
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS = {
    "": lambda body: body,
    "identity": lambda body: body,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "deflate": zlib.compress,
}


def decoded(encoding, wire, step=65_536, **bounds):
    decoder = Decoder(encoding, **bounds)
    for start in range(0, len(wire), step):
        decoder.feed(wire[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize("encoding", PACKERS)
@pytest.mark.parametrize("step", [1, 7, 65_536])
def test_every_encoding_we_ask_for_is_undone(encoding, step):
    assert decoded(encoding, PACKERS[encoding](BODY), step) == BODY


@pytest.mark.parametrize("step", [1, 65_536])
def test_deflate_without_its_zlib_clothes_is_undone_too(step):
    assert decoded("deflate", raw_deflate(BODY), step) == BODY


@pytest.mark.parametrize("step", [1, 65_536])
def test_gzip_in_several_members_is_one_body(step):
    assert decoded("gzip", gzip.compress(b"one ") + gzip.compress(b"two"), step) == b"one two"


@pytest.mark.parametrize("step", [1, 65_536])
@pytest.mark.parametrize("padding", [b"\0", b"\0" * 600, b"\x1f", b"junk"])
def test_padding_after_a_gzip_body_is_ignored(padding, step):
    assert decoded("gzip", gzip.compress(BODY) + padding, step) == BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_an_empty_body_is_empty(encoding):
    assert decoded(encoding, b"") == b""


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "utf-8", "\x1b[2J"])
def test_stacked_and_unknown_encodings_are_refused(encoding):
    with pytest.raises(Undecodable) as refused:
        Decoder(encoding)
    assert encoding not in str(refused.value)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("kept", [1, 2, 20, -1])
def test_a_body_that_breaks_off_is_refused(encoding, kept):
    with pytest.raises(Undecodable) as refused:
        decoded(encoding, PACKERS[encoding](BODY)[:kept])
    assert not refused.value.too_large


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_packed_as_it_says_is_refused(encoding):
    with pytest.raises(Undecodable):
        decoded(encoding, BODY)


def test_a_bomb_is_stopped_before_it_fills_the_memory():
    bomb = gzip.compress(bytes(100_000_000))
    tracemalloc.start()
    with pytest.raises(Undecodable) as refused:
        decoded("gzip", bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.too_large
    assert peak < 30_000_000


def test_a_bomb_is_stopped_by_its_ratio_well_before_the_size():
    decoder = Decoder("gzip", most=100_000_000)
    with pytest.raises(Undecodable) as refused:
        decoder.feed(gzip.compress(bytes(30_000_000)))
    assert refused.value.too_large


def test_a_small_feed_of_blanks_is_no_bomb():
    assert len(decoded("gzip", gzip.compress(bytes(900_000)))) == 900_000


def test_a_bomb_of_a_million_empty_members_is_stopped():
    with pytest.raises(Undecodable) as refused:
        decoded("gzip", gzip.compress(b"") * 5_000)
    assert refused.value.too_large


def test_a_plain_body_over_the_limit_is_refused():
    with pytest.raises(Undecodable) as refused:
        decoded("", b"x" * 101, most=100)
    assert refused.value.too_large


@given(st.binary(max_size=3_000), st.sampled_from(["gzip", "deflate", ""]), st.integers(1, 500))
@settings(deadline=None)
def test_what_is_packed_comes_back_whatever_the_pieces(body, encoding, step):
    assert decoded(encoding, PACKERS[encoding](body), step) == body


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]), st.integers(1, 50))
@settings(deadline=None)
def test_no_bytes_break_the_decoder(wire, encoding, step):
    with suppress(Undecodable):
        decoded(encoding, wire, step, most=100_000)


@given(st.integers(0, 400), st.integers(0, 255))
@settings(deadline=None)
def test_a_flipped_byte_gives_the_body_or_an_error_never_another_body(place, value):
    wire = bytearray(gzip.compress(BODY, mtime=0))
    wire[place % len(wire)] = value
    with suppress(Undecodable):
        assert decoded("gzip", bytes(wire)) in (BODY, b"")
