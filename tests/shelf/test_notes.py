import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NoteUnreadable, UsageError
from pkm.model.item import Via
from pkm.rules.notefile import read_note
from pkm.shelf import notes
from pkm.shelf.lookup import note_of
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from support.shelves import Clock, new_home, opened, stored_item


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock, zone="Europe/Berlin") as one:
        yield one


def make(shelf, **new):
    with shelf.writing():
        return notes.make(shelf, NewNote(**new), command=None)


def test_a_new_note_says_what_it_is_on_and_when_in_the_homes_zone(shelf):
    item = stored_item(shelf, title="On logs: a view", authors=("Ana", "Bo"), via=Via(name="Cy"))
    note = make(shelf, text="Mine.", items=(item,), level="team")

    assert note.path == "notes/on-logs-a-view.md"
    assert note.created_at == shelf.now()
    file = read_note((shelf.home.root / note.path).read_bytes(), stem="x")
    assert (file.title, file.source, file.items) == ("On logs: a view", "https://example.org/a", (item.id,))
    assert (file.authors, file.kind, file.visibility, file.via) == (("Ana", "Bo"), "comment", "team", "Cy")
    assert file.date.isoformat() == "2026-11-22T13:00:00"


def test_names_differ_by_more_than_case_and_unicode_form(shelf):
    paths = [
        make(shelf, text=text).path for text in ("Straße und Weg", "STRASSE UND WEG", "Straße  und Weg!")
    ]

    assert paths == ["notes/strasse-und-weg.md", "notes/strasse-und-weg-2.md", "notes/strasse-und-weg-3.md"]


def test_a_file_that_nobody_indexed_yet_is_not_overwritten(shelf):
    (shelf.home.notes / "mine.md").write_text("By hand.")
    note = make(shelf, text="Mine")

    assert note.path == "notes/mine-2.md"
    assert (shelf.home.notes / "mine.md").read_text() == "By hand."


@given(st.text(max_size=120))
@settings(max_examples=80, deadline=None)
def test_any_text_makes_a_note_that_can_be_read_again(tmp_path_factory, text):
    with opened(new_home(tmp_path_factory.mktemp("n"))) as shelf:
        note = make(shelf, text=text)
        read = read_note((shelf.home.root / note.path).read_bytes(), stem="x")

        assert read.id == note.id
        assert read.problem is None
        assert note.file.own_words == read.own_words
        assert sync(shelf).changed in {(), (note.path,)}
        assert shelf.store.notes.get(note.id).path == note.path


def test_the_oldest_comment_on_the_item_alone_is_the_one_that_grows(shelf, clock):
    item = stored_item(shelf)
    make(shelf, text="Asked.", items=(item,), kind="question")
    clock.forward(minutes=1)
    first = make(shelf, text="First.", items=(item,))
    clock.forward(minutes=1)
    make(shelf, text="Second.", items=(item,))

    assert notes.comment_note(shelf, item).id == first.id


def test_a_change_that_is_refused_names_the_note(shelf):
    path = shelf.home.notes / "mine.md"
    path.write_bytes(b"---\nid: n-000000000001\na: *x\n---\nMine.\n")
    sync(shelf)
    with pytest.raises(NoteUnreadable, match=r"notes/mine\.md") as caught, shelf.writing():
        notes.append(shelf, shelf.store.notes.at("notes/mine.md"), "More.", command=None)

    assert "pkm notes edit n" in caught.value.hint
    assert path.read_bytes().endswith(b"---\nMine.\n")


def test_an_item_stands_for_its_one_note(shelf):
    item = stored_item(shelf)
    note = make(shelf, text="Mine.", items=(item,))

    assert note_of(shelf, note.id[-6:]).id == note.id
    assert note_of(shelf, note.path).id == note.id
    assert note_of(shelf, item.id).id == note.id
    make(shelf, text="Other.", items=(item,), kind="question")
    with pytest.raises(UsageError, match="2 notes"):
        note_of(shelf, item.id)


def test_words_are_wanted():
    with pytest.raises(UsageError):
        notes.must_hold_words(" \n\t")
