import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import NotFound, UsageError
from pkm.model.note import Level
from pkm.sense.settings import NoteChange, remove_notes, set_notes, signed_tag
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.shelves import new_home, opened


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def written(shelf, name, data: bytes):
    (shelf.home.notes / name).write_bytes(data)
    sync(shelf)
    return shelf.store.notes.at(f"notes/{name}")


PLAIN = b"---\nid: n-000000000001\ntitle: One\nvisibility: private # for now\n---\nWords of mine.\n"


def test_one_line_of_the_file_changes(shelf):
    note = written(shelf, "one.md", PLAIN)
    changed = set_notes(shelf, [note], NoteChange(visibility="team"))

    assert (shelf.home.root / note.path).read_bytes() == PLAIN.replace(b"private", b"team")
    assert changed.changed[0].level == Level.TEAM
    undo(shelf)
    assert (shelf.home.root / note.path).read_bytes() == PLAIN
    assert shelf.store.notes.get(note.id).level == Level.PRIVATE


def test_a_note_that_says_so_already_is_left_and_nothing_is_logged(shelf):
    note = written(shelf, "one.md", PLAIN)
    changed = set_notes(shelf, [note], NoteChange(visibility="private"))

    assert [one.id for one in changed.same] == [note.id]
    assert shelf.store.undo_log.last() is None


def test_a_note_that_cannot_be_edited_does_not_stop_the_others(shelf):
    broken = written(shelf, "broken.md", b"---\nid: n-000000000002\ntitle: [\n---\nStill words.\n")
    note = written(shelf, "one.md", PLAIN)
    changed = set_notes(shelf, [broken, note], NoteChange(visibility="team"))

    assert [one.id for one in changed.changed] == [note.id]
    [(refused, error)] = changed.refused
    assert refused.path == "notes/broken.md"
    assert "notes/broken.md" in error.what
    assert f"pkm notes edit {refused.id}" in error.hint


def test_tags_are_added_and_removed_by_their_sign(shelf):
    note = written(shelf, "one.md", b"---\nid: n-000000000001\ntags:\n  - Keep\n  - old # why\n---\nMine.\n")
    [changed] = set_notes(shelf, [note], NoteChange(tags=("+new", "-OLD", "more", "-never"))).changed

    data = (shelf.home.root / note.path).read_bytes()
    assert data == b"---\nid: n-000000000001\ntags:\n  - Keep\n  - new\n  - more\n---\nMine.\n"
    assert set(changed.file.tags) == {"Keep", "new", "more"}


def test_a_tag_under_another_key_is_removed_too(shelf):
    note = written(shelf, "one.md", b"---\nid: n-000000000001\ntag: old\nkeywords: [a, b]\n---\nMine.\n")
    [changed] = set_notes(shelf, [note], NoteChange(tags=("-old", "-b"))).changed

    assert changed.file.tags == ("a",)


def test_an_empty_value_takes_the_line_away(shelf):
    note = written(shelf, "one.md", PLAIN)
    set_notes(shelf, [note], NoteChange(visibility=""))

    assert b"visibility" not in (shelf.home.root / note.path).read_bytes()


def test_an_adopted_note_gets_its_id_with_the_first_change(shelf):
    note = written(shelf, "one.md", b"# Mine\n\nWords of mine.\n")
    [changed] = set_notes(shelf, [note], NoteChange(status="settled")).changed

    assert note.id.startswith("n~")
    assert changed.id.startswith("n-")
    assert shelf.store.notes.get(note.id).id == changed.id


@pytest.mark.parametrize(
    "change",
    [
        NoteChange(),
        NoteChange(kind="rant"),
        NoteChange(visibility="friends"),
        NoteChange(status="done"),
        NoteChange(title=" "),
        NoteChange(tags=("two words",)),
        NoteChange(tags=("-",)),
    ],
)
def test_what_cannot_be_set_is_refused_before_any_file_is_touched(shelf, change):
    note = written(shelf, "one.md", PLAIN)
    with pytest.raises(UsageError):
        set_notes(shelf, [note], change)

    assert (shelf.home.root / note.path).read_bytes() == PLAIN


def test_an_audience_that_is_not_there_is_named(shelf):
    with pytest.raises(NotFound, match="friends"):
        set_notes(shelf, [written(shelf, "one.md", PLAIN)], NoteChange(only=("friends",)))


def test_a_removed_note_comes_back_by_undo(shelf):
    note = written(shelf, "one.md", PLAIN)
    remove_notes(shelf, [note])

    assert not (shelf.home.root / note.path).exists()
    assert shelf.store.notes.get(note.id).missing_since is not None
    undo(shelf)
    sync(shelf)
    assert (shelf.home.root / note.path).read_bytes() == PLAIN
    assert shelf.store.notes.get(note.id).missing_since is None


def test_signs_of_tags():
    assert signed_tag("+a/b") == ("+", "a/b")
    assert signed_tag("#a") == ("+", "a")
    assert signed_tag("-#a") == ("-", "a")


_LINE = st.sampled_from(
    [
        "title: 'odd:  one'   # why",
        'aliases: ["a", b]',
        "My Key:   1.10",
        "# a comment",
        "",
        "date: 2026-11-22",
        "list:\n- x\n-  y",
        "text: |\n  two\n  lines",
        "tags: a b",
        "status: open",
        'visibility: "private"',
        "on: no",
    ]
)


@given(
    lines=st.lists(_LINE, unique_by=lambda line: line.split(":")[0], max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    bom=st.sampled_from(["", "\ufeff"]),
    body=st.sampled_from(["", "\n", "\n# T\n\nWords.\n", "Words without end", "\n---\nrule\n"]),
    level=st.sampled_from(["team", "public"]),
)
@settings(max_examples=60, deadline=None)
def test_bytes_that_the_change_is_not_about_stay(tmp_path_factory, *, lines, newline, bom, body, level):
    block = "".join(f"{line}\n" for line in lines)
    text = f"{bom}---\nid: n-000000000001\n{block}---\n{body}".replace("\n", newline)
    with opened(new_home(tmp_path_factory.mktemp("s"))) as shelf:
        note = written(shelf, "one.md", text.encode())
        changed = set_notes(shelf, [note], NoteChange(visibility=level))
        after = (shelf.home.root / note.path).read_bytes().decode()

        assert changed.refused == ()
        rest = [line for line in after.split(newline) if not line.startswith("visibility")]
        assert rest == [line for line in text.split(newline) if not line.startswith("visibility")]
        assert f"visibility: {level}" in after or f'visibility: "{level}"' in after
        undo(shelf)
        assert (shelf.home.root / note.path).read_bytes().decode() == text
