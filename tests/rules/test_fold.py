import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules.fold import _folded, fold, fold_with_map

TABLE = """CREATE VIRTUAL TABLE found USING fts5(title, tags, quote, comment, body,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So Mn Mc'", prefix = '2 3')"""

DOCUMENTS = [
    "Café society in Zürich",
    "Die Straße nach Norden",
    "đường sắt Việt Nam",
    "Το ΆΛΦΑ και το ωμέγα",
    "اللغة العَرَبِيَّة الفصحى",
    "The ﬁnance committee",
    "日本語の検索エンジン",
    "東京都の知識",
    "个人知识管理与笔记方法",
    "한국어 검색 엔진",
    "การค้นหาข้อความ",
    "release party 🎉 tonight",
    "Ångström and Øresund, Łódź, þing, œuvre",
    "Ёлка и йод",
    "running in the İstanbul marathon",
    "हिन्दी में खोज",
    "עִבְרִית שפה",
    "don’t use C++ on the Ｆｕｌｌ ㎒ band, family 👨‍👩‍👧 ❤️",
]

QUERIES = [
    ("cafe", 0), ("CAFÉ", 0), ("zurich", 0), ("Zürich", 0), ("strasse", 1), ("STRASSE", 1), ("straße", 1),
    ("duong", 2), ("viet", 2), ("αλφα", 3), ("ωμεγα", 3), ("العربية", 4), ("finance", 5), ("日本語", 6),
    ("検索", 6), ("の検", 6), ("東京", 7), ("京都", 7), ("知识", 8), ("笔记", 8), ("管", 8), ("검색", 9),
    ("ค้นหา", 10), ("🎉", 11), ("angstrom", 12), ("oresund", 12), ("lodz", 12), ("thing", 12), ("oeuvre", 12),
    ("елка", 13), ("istanbul", 14), ("हिन्दी", 15), ("עברית", 16), ("don't", 17), ("full", 17), ("❤", 17),
]  # fmt: skip


@pytest.fixture(scope="module")
def index():
    base = sqlite3.connect(":memory:")
    base.execute(TABLE)
    base.executemany(
        "INSERT INTO found (rowid, body) VALUES (?, ?)",
        [(at, fold(text)) for at, text in enumerate(DOCUMENTS)],
    )
    yield base
    base.close()


def hits(index, query):
    phrase = fold(query).replace('"', " ").replace("\0", " ")
    rows = index.execute("SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid", (f'"{phrase}"',))
    return [row[0] for row in rows]


@pytest.mark.parametrize(("query", "document"), QUERIES)
def test_a_query_finds_its_document(index, query, document):
    assert document in hits(index, query)


def test_there_are_thirty_six_queries():
    assert len(QUERIES) == 36


def test_kanji_in_another_order_are_not_found(index):
    assert hits(index, "京東") == []
    assert hits(index, "の") == [6, 7]


def test_an_indic_vowel_sign_makes_another_word():
    assert fold("की") != fold("कि")


def test_decomposed_hangul_and_kana_fold_as_composed():
    for word in ("검색", "がぎぐ", "Ａｂｃ"):
        assert fold(unicodedata.normalize("NFD", word)) == fold(word)
    assert fold("ｶﾞ") == fold("ガ")


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_the_map_folds_the_same_text(text):
    folded, offsets = fold_with_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_folding_piece_by_piece_is_folding_the_whole(text):
    whole = unicodedata.normalize("NFKC", _folded(text))
    assert fold(text).replace(" ", "") == whole.replace(" ", "")


LETTERS = st.characters(whitelist_categories=["L", "M", "N", "So", "Zs", "Cf"])


@settings(deadline=None, max_examples=200)
@given(st.text(LETTERS))
def test_letters_and_marks_map_too(text):
    assert fold_with_map(text)[0] == fold(text)


@settings(deadline=None, max_examples=200)
@given(
    st.text(
        st.sampled_from(
            "aé\u0301ᄀ\u1161\u11a8가ㄱㅏｶﾞか\u3099ค้🎉\u200d\ufe0f \0İﬁ㎒ẞ’क\u093f\u09c7\u09be\u0345ς"
        )
    )
)
def test_sequences_that_compose_map_too(text):
    folded, offsets = fold_with_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(max_codepoint=0x2FFF)))
def test_a_fold_folds_to_itself(text):
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_only_loses_its_case(text):
    assert fold(text) == text.lower().replace("\0", " ")
