import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.clean import Sink, clean, tidy
from support.corpus import corpus

EVERYWHERE = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f\r\x0b\x0c\x85\u2028\u2029]"
BIDI = r"[\u202a-\u202e\u2066-\u2069]"
INVISIBLE = r"[\u00ad\u200b\u2060\ufeff]"
ONE_LINE = r"[\t\n]"
FORBIDDEN = {
    Sink.LINE: [EVERYWHERE, BIDI, INVISIBLE, ONE_LINE],
    Sink.BODY: [EVERYWHERE, BIDI, INVISIBLE],
    Sink.HTML: [EVERYWHERE],
    Sink.NOTE: [EVERYWHERE],
    Sink.NOTE_TITLE: [EVERYWHERE, BIDI, ONE_LINE],
    Sink.FILE_NAME: [EVERYWHERE, BIDI, INVISIBLE, ONE_LINE, r"[\u200c-\u200f\u061c\[\]/\\]"],
    Sink.HEADER: [EVERYWHERE, BIDI, INVISIBLE, ONE_LINE],
    Sink.MCP: [EVERYWHERE, BIDI, INVISIBLE],
}

REAL_TITLES = [
    "العَرَبِيَّة: مقدمة في إدارة المعرفة الشخصية",
    "می‌خواهم کتاب‌های ۲۰۲۶ را بخوانم",
    "עִבְרִית — מבוא",
    "हिन्दी में व्यक्तिगत ज्ञान प्रबंधन: क्‍षत्रिय",
    "ശ്രീ മലയാളം: അവന്‍ പറഞ്ഞു",
    "বাংলা র‍্যাব",
    "การจัดการความรู้ส่วนบุคคล",
    "知识管理：个人方法「第一章」",
    "日本語のタイトル・テスト〜！",
    "한국어 제목입니다",
    "Family 👨‍👩‍👧‍👦, rainbow 🏳️‍🌈, doctor 🧑🏽‍⚕️, flags 🇩🇪🇯🇵, keycap 1️⃣, heart ❤️‍🔥, nod 🙂‍↕️",
    "Tiếng Việt: quản lý tri thức cá nhân",
    "Zażółć gęślą jaźń — Ελληνικά, Кириллица",
    "“Quotes” – dashes… and a\u00a0space",
    "Array [1, 2] [red]not markup[/red]",
]

HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x00\x07\x1b\x7f\x85\x9b\t\n\r\v\f\u2028\u2029\u202e\u2066\u200e\u200f\u061c\u200b\u200c\u200d\u2060\ufeff\u00ad"
            "\ud800\udfff\ufffe\uffff\U000e0041\u0301\u0489\ufe0f\u094d\u0915aé👩\U0001f3fd[]/\\ "
        ),
    )
)
SINKS = st.sampled_from(Sink)
LETTERS = st.text(st.characters(whitelist_categories=["L"])).filter(
    lambda text: unicodedata.is_normalized("NFC", text) and text.isprintable()
)


def cells(text):
    """A generous width: what moves the cursor is one cell, what combines or hides is none."""
    width = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me", "Cf"):
            continue
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


@settings(deadline=None, max_examples=400)
@given(HOSTILE, SINKS)
def test_nothing_forbidden_reaches_a_sink(text, sink):
    cleaned = clean(text, sink)
    for forbidden in FORBIDDEN[sink]:
        assert not re.search(forbidden, cleaned)
    cleaned.encode("utf-8")


@settings(deadline=None, max_examples=400)
@given(HOSTILE, SINKS)
def test_cleaning_twice_is_cleaning_once(text, sink):
    assert clean(clean(text, sink), sink) == clean(text, sink)


@settings(deadline=None, max_examples=200)
@given(HOSTILE, SINKS.filter(lambda sink: sink is not Sink.FILE_NAME))
def test_a_clean_text_is_never_wider(text, sink):
    assert cells(clean(text, sink)) <= cells(text)


@settings(deadline=None, max_examples=100)
@given(LETTERS, SINKS)
def test_letters_pass_unchanged(text, sink):
    assert clean(text, sink) == text


@settings(deadline=None, max_examples=200)
@given(HOSTILE, SINKS)
def test_marks_do_not_pile_up(text, sink):
    most = 2 if sink is Sink.FILE_NAME else 8
    marks = 0
    for character in clean(text + "\u0301" * 30, sink):
        if unicodedata.category(character).startswith("M"):
            marks += 1
        elif character not in "\u200c\u200d":
            marks = 0
        assert marks <= most


@pytest.mark.parametrize("title", REAL_TITLES)
@pytest.mark.parametrize("sink", [sink for sink in Sink if sink is not Sink.FILE_NAME])
def test_real_titles_pass_unchanged(title, sink):
    assert clean(title, sink) == title


@pytest.mark.parametrize(
    ("text", "sink", "expected"),
    [
        ("a\tb\nc\r\nd", Sink.LINE, "a b c d"),
        ("a\tb\nc\r\nd\u2028e\vf", Sink.BODY, "a\tb\nc\nd\ne\nf"),
        ("a\tb\nc", Sink.NOTE_TITLE, "a b c"),
        ("a\tb\nc/../d\\e", Sink.FILE_NAME, "a-b-c-..-d-e"),
        ("Subject\r\nBcc: x", Sink.HEADER, "Subject Bcc: x"),
        ("\x1b]0;title\x07x\x9b31m", Sink.LINE, "]0;titlex31m"),
        ("\ud83d x", Sink.LINE, "\ufffd x"),
        ("\ud83d x", Sink.FILE_NAME, " x"),
        ("abc\u202egpj.exe", Sink.LINE, "abcgpj.exe"),
        ("abc\u202egpj", Sink.HTML, "abc\u202egpj"),
        ("abc\u202egpj", Sink.NOTE, "abc\u202egpj"),
        ("a\u200bb\ufeffc\u00add", Sink.LINE, "abcd"),
        ("a\u200bb", Sink.NOTE, "a\u200bb"),
        ("x\U000e0041\U000e0042y", Sink.MCP, "xy"),
        ("\u200da \u200db\u200d", Sink.LINE, "a b"),
        ("a\u200d\u200db", Sink.BODY, "ab"),
        ("a\u200eb", Sink.LINE, "a\u200eb"),
        ("e" + "\u0301" * 50, Sink.LINE, "e" + "\u0301" * 8),
        ("e\u0301", Sink.FILE_NAME, "é"),
        ("[x]", Sink.FILE_NAME, "x"),
        ("[x]", Sink.NOTE_TITLE, "[x]"),
    ],
)
def test_the_table(text, sink, expected):
    assert clean(text, sink) == expected


@settings(deadline=None, max_examples=300)
@given(HOSTILE, st.integers(1, 12))
def test_tidy_is_one_short_line_and_settles(text, limit):
    stored = tidy(text, limit=limit)
    assert len(stored) <= limit
    assert stored == " ".join(stored.split())
    assert tidy(stored, limit=limit) == stored


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("  a \n\t b  ", 10, "a b"),
        ("abcdef", 3, "abc"),
        ("abe\u0301\u0323f", 4, "ab"),
        ("ab👨‍👩‍👧", 5, "ab"),
        ("ab👍🏽", 3, "ab"),
        ("a🇩🇪🇯🇵", 4, "a🇩🇪"),
        ("a🇩🇪🇯🇵", 3, "a🇩🇪"),
        ("ab cd", 3, "ab"),
        ("x" * 10_000_000, 5, "xxxxx"),
    ],
)
def test_tidy_cuts_where_a_reader_would(text, limit, expected):
    assert tidy(text, limit=limit) == expected


@pytest.mark.corpus
def test_naughty_strings_come_out_clean():
    path = next(corpus("hostile", "naughty-strings").glob("*.txt"))
    for line in path.read_text("utf-8", "surrogateescape").splitlines():
        for sink in Sink:
            cleaned = clean(line, sink)
            assert clean(cleaned, sink) == cleaned
            assert not any(re.search(forbidden, cleaned) for forbidden in FORBIDDEN[sink])
