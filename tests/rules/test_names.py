import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.rules import limits
from pkm.rules.limits import FILE_STEM_BYTES
from pkm.rules.names import PATTERNS, file_name, file_stem, name_key, slug, unfit


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Interest rates and inflation: what the ECB said", "interest-rates-and-inflation-what-the-ecb-said"),
        ("日本語のタイトル", "日本語のタイトル"),
        ("Привет, мир", "привет-мир"),
        ("İstanbul", "istanbul"),
        ("Straße", "strasse"),
        ("हिन्दी में", "हिन्दी-में"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\u200bb\u202ec", "abc"),
        ("../../etc/passwd", "etc-passwd"),
        (".bashrc", "bashrc"),
        ("--help", "help"),
        ('a\\b/c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("[[x]] #tag ^block %%", "x-tag-block"),
        ("a\n\tb\0c", "a-b-c"),
        ("🎉🎉", ""),
        ("...", ""),
        ("CON", "n-con"),
        ("lpt1", "n-lpt1"),
        ("Con man", "con-man"),
        ("e" + "\u0301" * 20, "\u00e9\u0301\u0301"),
    ],
)
def test_title_becomes_a_readable_safe_stem(title, stem):
    assert slug(title) == stem


def test_name_that_is_taken_in_another_case_or_form_is_not_used():
    assert file_stem("ToDo", fallback="n-1", taken={"Todo", "todo-2"}) == "todo-3"
    assert file_stem("Café", fallback="n-1", taken=["CAFE\u0301"]) == "café-2"


def test_title_without_letters_takes_the_id():
    assert file_stem("🎉", fallback="n-0123456789ab", taken=()) == "n-0123456789ab"


def test_container_that_only_answers_is_asked():
    class Store:
        def __contains__(self, name):
            return name == "a"

    assert file_stem("A", fallback="n-1", taken=Store()) == "a-2"


def test_long_title_is_cut_between_characters_and_has_room_for_a_number():
    stem = file_stem("日" * 200, fallback="n-1", taken={"日" * 26})

    assert stem == "日" * 26 + "-2"
    assert len(stem.encode()) <= limits.FILE_STEM_BYTES


def test_names_are_the_same_whatever_their_case_and_form():
    assert name_key("Café") == name_key("CAFE\u0301")
    assert name_key("a") != name_key("b")


@given(st.text(max_size=120))
@settings(max_examples=200, deadline=None)
def test_every_title_gives_a_name_that_every_system_takes(title):
    stem = slug(title)

    assert len(stem.encode()) <= limits.FILE_STEM_BYTES
    assert unicodedata.is_normalized("NFC", stem) or name_key(stem) == name_key(
        unicodedata.normalize("NFC", stem)
    )
    assert not stem.startswith(("-", ".", "_", " "))
    assert not stem.endswith(("-", ".", " "))
    assert not set(stem) & set("\\/:*?\"<>|#^[]%'(),\0\n ")
    assert slug(stem) == stem


@given(st.lists(st.text(alphabet="aAbBéÉ -", max_size=4), max_size=12))
@settings(max_examples=100, deadline=None)
def test_no_two_notes_get_one_name(titles):
    taken: set[str] = set()
    for title in titles:
        stem = file_stem(title, fallback="n-x", taken=taken)
        assert all(name_key(stem) != name_key(other) for other in taken)
        taken.add(stem)


@pytest.mark.parametrize(
    ("pattern", "stem"),
    [
        ("slug", "what-we-decided"),
        ("title", "What we decided"),
        ("date-slug", "2026-11-22-what-we-decided"),
        ("id-slug", "n-000000000001-what-we-decided"),
    ],
)
def test_a_file_is_named_after_the_pattern(pattern, stem):
    def named(taken):
        return file_name(
            pattern, title="What: we decided?", note_id="n-000000000001", day="2026-11-22", taken=taken
        )

    assert named(set()) == stem
    assert named({stem.upper()}) == f"{stem}-2"


@given(st.text(max_size=120), st.sampled_from(PATTERNS))
@settings(max_examples=100, deadline=None)
def test_whatever_the_title_the_name_is_one_that_a_person_might_have_typed(title, pattern):
    stem = file_name(pattern, title=title, note_id="n-000000000001", day="2026-11-22", taken=())

    assert unfit(stem) is None
    assert len(stem.encode("utf-8", "replace")) <= FILE_STEM_BYTES


@pytest.mark.parametrize(
    "stem", ["", "a/b", "a#b", "a|b", "[a]", "con", "Lpt1.x", ".a", "_a", "a.", "a ", "x" * 201]
)
def test_a_name_that_would_break_somewhere_is_unfit(stem):
    assert unfit(stem)
