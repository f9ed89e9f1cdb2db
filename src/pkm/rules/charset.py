"""Bytes to text, when the labels on them may lie.

Order: byte order mark, the HTTP charset if it decodes cleanly, the document's own declaration,
UTF-8, then windows-1252 (which reads anything). WHATWG Encoding; RFC 7303, section 3.
"""

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "<" or "<?" in encodings that ASCII patterns cannot read (XML 1.0, appendix F.1).
_SHAPES = (
    (b"\x3c\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00\x3c", "utf-32-be"),
    (b"\x3c\x00", "utf-16-le"),
    (b"\x00\x3c", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_XML_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_HTML_DECLARED = re.compile(
    rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_HTTP_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml\s[^>]{0,400}\?>")
# These turn text into other text, or are slow on long input; none is an encoding of documents.
_NEVER = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"})
# What people write, and the wider code page that they mean.
_MEANT = {
    "utf-8-sig": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "x-sjis": "cp932",
}
_LEADING = bytes(range(0xC0, 0x100))  # bytes that begin a letter of several bytes in UTF-8
_MULTIBYTE_WITH_ZEROS = ("utf-16", "utf-32")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text and how it was read.

    Attributes:
        text: Without a byte order mark.
        charset: Python's name of the encoding that was used.
        note: Says so when the labels named another one; None if they were right.
    """

    text: str
    charset: str
    note: str | None = None


def http_charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header; None if it has none."""
    found = _HTTP_CHARSET.search(content_type or "")
    return found.group(1) if found else None


def decode_xml(data: bytes, *, content_type: str | None = None) -> Decoded:
    """Read an XML document; never fails, at worst some characters become U+FFFD."""
    return _decode(data, http_charset(content_type), _XML_DECLARED.search(data[:1_000]))


def decode_html(data: bytes, *, content_type: str | None = None) -> Decoded:
    """Read an HTML page; its meta element is looked for in the first 4 KB."""
    declared = _HTML_DECLARED.search(data[:4_096]) or _XML_DECLARED.search(data[:1_000])
    return _decode(data, http_charset(content_type), declared)


def without_declaration(text: str) -> str:
    """The document without an `<?xml …?>` line, which would name an encoding it no longer has."""
    found = _XML_DECLARATION.match(text)
    return text[found.end() :] if found else text


def _decode(data: bytes, header: str | None, declared: re.Match[bytes] | None) -> Decoded:
    in_document = declared.group(1).decode("ascii") if declared else None
    label = header or in_document
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _told(data[len(mark) :].decode(name, "replace"), name, label)
    for shape, name in _SHAPES:
        if data.startswith(shape):
            return _told(data.decode(name, "replace"), name, label)
    for proposed in (header, in_document):
        text = _strictly(data, proposed)
        if text is not None:
            return text if proposed == label else _told(text.text, text.charset, label)
    return _guess(data, label)


def _strictly(data: bytes, label: str | None) -> Decoded | None:
    """Decoded by a label that fits, else None."""
    name = _codec(label)
    # The pattern above read the document as ASCII, so it is none of those with zero bytes.
    if name is None or (name.startswith(_MULTIBYTE_WITH_ZEROS) and b"\0" not in data[:64]):
        return None
    if name == "cp1252" and not data.isascii():
        # UTF-8 with a Western label: hardly any Western text is valid UTF-8 by chance.
        name = "utf-8" if _is_utf8(data) else name
    try:
        text = data.decode(name)
    except UnicodeError:
        return None
    honest = name == _codec(label)
    return Decoded(text=text, charset=name, note=None if honest else f"said to be {label}, read as {name}")


def _codec(label: str | None) -> str | None:
    if label is None:
        return None
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        name = label.lower()
    name = _MEANT.get(name, name)
    try:
        b"a".decode(name)  # of nothing, Python does not look the name up
    except (LookupError, ValueError):
        return None
    return None if name.replace("_", "-") in _NEVER else name


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes, label: str | None) -> Decoded:
    """UTF-8, also with a few broken bytes (a body cut inside a letter has one), else windows-1252."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    letters = len(data) - len(data.translate(None, _LEADING)) if broken else 0
    if broken * 10 <= letters or (broken == 1 and text.endswith("\ufffd")):
        return _told(text, "utf-8", label)
    return _told(data.decode("cp1252", "replace"), "cp1252", label)


def _told(text: str, used: str, label: str | None) -> Decoded:
    fits = label is None or used.startswith((_codec(label) or "?").replace("_", "-"))
    return Decoded(text=text, charset=used, note=None if fits else f"said to be {label}, read as {used}")
