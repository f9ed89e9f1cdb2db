import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.sense import drafts
from pkm.sense.annotate import Sentence, annotate
from pkm.shelf.undo import undo
from pkm.vault.write import read_file
from support.shelves import new_home, opened, stored_item


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def test_an_untouched_draft_holds_no_words(shelf):
    path = drafts.begin(shelf, "note", help_lines=("What does it mean -->", "to you?"))

    assert "What does it mean - ->" in path.read_text(encoding="utf-8")
    assert drafts.words_of(path) == ""


def test_words_above_and_below_the_line_are_read(shelf):
    path = drafts.begin(shelf, "note")
    path.write_text(
        f"My words.\r\n{path.read_text(encoding='utf-8')}\nAnd more.\n", encoding="utf-8", newline=""
    )

    assert drafts.words_of(path) == "My words.\n\nAnd more."


def test_a_draft_that_was_begun_is_gone_on_with(shelf):
    path = drafts.begin(shelf, "note", text="Begun.")

    assert drafts.begin(shelf, "note", text="Other.") == path
    assert drafts.words_of(path) == "Begun."
    drafts.end(path)
    assert not shelf.home.drafts.exists()


def test_other_drafts_stay_when_one_ends(shelf):
    one, two = drafts.begin(shelf, "one"), drafts.begin(shelf, "two", text="Mine.")
    drafts.end(one)

    assert drafts.words_of(two) == "Mine."


@given(st.text(max_size=80).filter(lambda text: text.strip() and "<!--" not in text), st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_words_come_back_as_they_were_written(tmp_path_factory, words, told):
    with opened(new_home(tmp_path_factory.mktemp("d"))) as shelf:
        safe = words.encode("utf-8", "replace").decode().replace("\r\n", "\n")
        path = drafts.begin(shelf, "note", text=safe, help_lines=(told,))

        assert drafts.words_of(path) == safe.strip()


def test_what_an_editor_did_can_be_taken_back(shelf):
    note = annotate(shelf, stored_item(shelf), Sentence(text="Three own words.")).note
    path = shelf.home.root / note.path
    before = read_file(path)
    path.write_bytes(before + b"\nMore.\n")
    changed = drafts.edited(shelf, note, before)

    assert changed.file.own_words == 4
    assert shelf.store.notes.get(note.id).file.own_words == 4
    undo(shelf)
    assert path.read_bytes() == before


def test_an_editor_that_changed_nothing_leaves_no_trace(shelf):
    note = annotate(shelf, stored_item(shelf), Sentence(text="Three own words.")).note
    last = shelf.store.undo_log.last()

    assert drafts.edited(shelf, note, read_file(shelf.home.root / note.path)) is None
    assert shelf.store.undo_log.last() == last
