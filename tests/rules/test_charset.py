"""Bytes to text, when the labels on them may lie."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.charset import decode_html, decode_xml, http_charset, without_declaration


def xml(text: str, declared: str, used: str) -> bytes:
    return f'<?xml version="1.0" encoding="{declared}"?><a>{text}</a>'.encode(used)


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "koi8-r", "windows-1251", "utf-8-sig"]
)
def test_honest_labels_are_followed(charset):
    read = decode_xml(xml("Привет", charset, charset))
    assert "Привет" in read.text
    assert read.note is None


def test_the_header_wins_over_the_document_if_it_fits():
    assert "Ж" in decode_xml(xml("Ж", "utf-8", "koi8-r"), content_type="text/xml; charset=KOI8-R").text


def test_a_byte_order_mark_wins_over_all():
    assert decode_xml("é".encode("utf-8-sig"), content_type="text/xml; charset=iso-8859-1").text == "é"


def test_utf_8_with_a_western_label_is_utf_8():
    read = decode_xml(xml("naïve café", "iso-8859-1", "utf-8"))
    assert "naïve café" in read.text
    assert "iso-8859-1" in (read.note or "")


def test_western_text_with_an_utf_8_label_is_read():
    assert "naïve café à Genève" in decode_xml(xml("naïve café à Genève", "utf-8", "cp1252")).text


def test_a_body_cut_inside_a_letter_stays_utf_8():
    assert decode_xml("<a>ж".encode()[:-1]).text == "<a>\ufffd"


@pytest.mark.parametrize(
    "label",
    [
        "bogus",
        "zlib",
        "rot13",
        "unicode_escape",
        "idna",
        "punycode",
        "utf-7",
        "undefined",
        "utf-16",
        "base64",
    ],
)
def test_labels_that_are_no_charset_of_a_document_are_passed_over(label):
    assert "a\\u0041+AEE-" in decode_xml(xml("a\\u0041+AEE-", label, "utf-8")).text


def test_a_page_names_its_charset_in_a_meta_element():
    for meta in (
        '<meta charset="koi8-r">',
        "<META http-equiv=Content-Type content='text/html; charset=koi8-r'>",
    ):
        assert "Ж" in decode_html(f"{meta}Ж".encode("koi8-r")).text


def test_the_charset_of_a_header_is_found():
    assert http_charset('text/xml; q=1; charset="UTF-8"') == "UTF-8"
    assert http_charset("text/xml") is http_charset(None) is None


def test_the_declaration_is_taken_off():
    assert without_declaration('\n<?xml version="1.0" encoding="x"?><a/>') == "<a/>"


@given(st.binary(max_size=300), st.none() | st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_bytes_become_text(data, header):
    for read in (decode_xml, decode_html):
        assert isinstance(read(data, content_type=header).text, str)
