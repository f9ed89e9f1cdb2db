"""The index of notes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.note import FileStamp, Level, Note, NoteFile, NoteLink
from pkm.store.notes import NoteFilter
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def note(number=1, **fields):
    file = {
        "id": f"n-00000000000{number}",
        "title": f"Note {number}",
        "body": "My own words here.",
        "own_words": 4,
    }
    names = NoteFile.__dataclass_fields__
    file.update({name: fields.pop(name) for name in list(fields) if name in names and name != "id"})
    defaults = {
        "id": f"n-00000000000{number}",
        "path": f"notes/note-{number}.md",
        "stamp": FileStamp(
            size=10, mtime_ns=1_700_000_000_000_000_000 + number, inode=number, sha=f"{number:032x}"
        ),
        "created_at": NOW,
        "modified_at": NOW,
        "indexed_at": NOW,
    }
    return Note(file=NoteFile(**file), **{**defaults, **fields})


def put(store, *notes):
    with store.transaction():
        for one in notes:
            store.notes.save(one)


def test_a_note_comes_back_as_it_was_stored(store):
    stored = note(
        tags=("a", "b/c"),
        aliases=("Other",),
        items=("i-000000000002", "i-000000000001"),
        links=(
            NoteLink(target="x", anchor="h", label="X", rel="supports", line=3),
            NoteLink(target="y", line=4),
        ),
        date=datetime(2026, 11, 22, 13, 0),  # noqa: DTZ001 - front matter is local time
        via="direct",
        only=("team",),
        extra=(("mood", "blue"),),
        level=Level.TEAM,
        has_front_matter=True,
    )
    put(store, stored)
    assert store.notes.get(stored.id) == stored
    assert store.notes.at(stored.path) == stored


def test_saving_again_leaves_no_old_tags_links_or_items(store):
    put(store, note(tags=("old",), items=("i-000000000001",), links=(NoteLink(target="x", line=1),)))
    put(store, note(tags=("new",)))
    found = store.notes.get("n-000000000001")
    assert found is not None
    assert (found.file.tags, found.file.items, found.file.links) == (("new",), (), ())


def test_a_file_that_takes_anothers_place_does_not_take_its_row(store):
    put(store, note(1), note(2))
    put(store, note(2, path="notes/note-1.md"))
    moved, displaced = store.notes.get("n-000000000002"), store.notes.get("n-000000000001")
    assert moved is not None
    assert moved.path == "notes/note-1.md"
    assert displaced is not None
    assert displaced.missing_since == NOW


def test_former_ids_lead_to_the_note_however_often_it_changed(store):
    put(store, note(3))
    with store.transaction():
        store.notes.move_id("n~aaaaaaaaaaaa", "n~bbbbbbbbbbbb")
        store.notes.move_id("n~bbbbbbbbbbbb", "n-000000000003")
    for old in ("n~aaaaaaaaaaaa", "n~bbbbbbbbbbbb"):
        found = store.notes.get(old)
        assert found is not None
        assert found.id == "n-000000000003"


def test_a_note_whose_file_is_gone_is_in_no_list_but_is_not_forgotten(store):
    put(store, note(1), note(2))
    with store.transaction():
        store.notes.set_missing("n-000000000001", NOW)
    assert [one.id for one in store.notes.listing(NoteFilter())] == ["n-000000000002"]
    assert [one.id for one in store.notes.listing(NoteFilter(missing=True))] == ["n-000000000001"]
    assert list(store.notes.stamps()) == ["notes/note-2.md"]


def test_lists_narrow_by_kind_where_the_file_names_none_too(store):
    put(store, note(1), note(2, items=("i-000000000001",)), note(3, kind="question", status="open"))
    assert [one.id for one in store.notes.listing(NoteFilter(kind="thought"))] == ["n-000000000001"]
    assert [one.id for one in store.notes.listing(NoteFilter(kind="comment"))] == ["n-000000000002"]
    assert [one.id for one in store.notes.listing(NoteFilter(kind="question", status="open"))] == [
        "n-000000000003"
    ]


def test_lists_show_the_newest_first_and_narrow_by_time_tag_and_words(store):
    put(
        store,
        note(1, created_at=NOW - timedelta(days=9), modified_at=NOW - timedelta(days=9), tags=("pkm/loop",)),
        note(2, modified_at=NOW),
        note(3, modified_at=NOW - timedelta(days=1), own_words=0),
    )

    def shown(**chosen):
        return [one.id[-1] for one in store.notes.listing(NoteFilter(**chosen))]

    assert shown() == ["2", "3", "1"]
    assert shown(tag="PKM") == ["1"]
    assert shown(own_words=True) == ["2", "1"]
    assert shown(since=NOW - timedelta(days=2)) == ["2", "3"]
    assert shown(limit=1) == ["2"]


def test_a_new_time_of_the_same_bytes_changes_the_stamp_alone(store):
    put(store, note(1))
    stamp = FileStamp(size=10, mtime_ns=5, inode=6, sha="", racy=True)
    with store.transaction():
        store.notes.restamp("notes/note-1.md", stamp)
    found = store.notes.get("n-000000000001")
    assert found is not None
    assert found == replace(note(1), stamp=replace(stamp, sha=note(1).stamp.sha))


def test_removing_a_note_takes_its_parts_with_it(store):
    put(store, note(1, tags=("a",), items=("i-000000000001",), links=(NoteLink(target="x", line=1),)))
    with store.transaction():
        store.notes.remove("n-000000000001")
    for table in ("notes", "note_items", "links", "tags"):
        assert store.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
