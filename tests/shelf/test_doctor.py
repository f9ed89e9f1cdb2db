"""Doctor: finds what is wrong, names it, says what to type; mends without losing anything."""

import pytest

from pkm.errors import StoreDamaged
from pkm.shelf import notes
from pkm.shelf.doctor import examine, fix
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from support.shelves import new_home, opened, stored_item, stored_source


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


def write_note(shelf, text="Words of my own."):
    with shelf.writing():
        return notes.make(shelf, NewNote(text=text), command=None)


def bad(shelf):
    return {one.check: one for one in examine(shelf) if one.verdict != "ok"}


def test_a_home_in_use_is_sound(at):
    with opened(at) as shelf:
        stored_item(shelf, keep=True)
        write_note(shelf)
        assert bad(shelf) == {}
        assert fix(shelf) == ()


def test_every_bad_verdict_says_what_to_type(at):
    with opened(at) as shelf:
        stored_item(shelf, keep=True)
        at.decisions.chmod(0o644)
        at.decisions.write_bytes(at.decisions.read_bytes() + b'{"torn')
        (at.notes / "a.conflict-20261122T120000.md").write_text("x", encoding="utf-8")
        (at.notes / "b.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
        found = bad(shelf)
    assert set(found) == {"journal", "permissions", "conflict-copy", "front-matter"}
    assert all(one.hint and one.message and one.verdict == "warn" for one in found.values())


def test_a_torn_line_is_named_at_every_look_not_only_at_the_first(at):
    with opened(at) as shelf:
        stored_item(shelf, keep=True)
        at.decisions.write_bytes(at.decisions.read_bytes() + b'{"torn')
        sync(shelf)
        for _ in range(2):
            assert "line 2" in bad(shelf)["journal"].message


def test_files_that_others_can_read_are_closed_and_the_users_links_are_left_alone(at, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("theirs", encoding="utf-8")
    outside.chmod(0o644)
    with opened(at) as shelf:
        write_note(shelf)
        (at.state / "link").symlink_to(outside)
        at.store.chmod(0o644)
        (at.trash / "kept").write_text("old words", encoding="utf-8")
        (at.trash / "kept").chmod(0o604)
        assert "permissions" in bad(shelf)
        assert {line.split()[1] for line in fix(shelf)} == {".pkm/store.db", ".pkm/trash/kept"}
        assert bad(shelf) == {}
    assert outside.stat().st_mode & 0o777 == 0o644


def test_an_index_that_is_out_of_step_is_found_and_made_again(at):
    with opened(at) as shelf:
        note = write_note(shelf, "Grasshoppers leap far.")
        with shelf.writing():
            shelf.store.connection.execute(
                "UPDATE search_text SET comment = 'other words' WHERE ref = ?", (note.id,)
            )
        assert bad(shelf)["index"].verdict == "fail"
        assert fix(shelf) == ("made the search index again",)
        assert bad(shelf) == {}


def test_rows_that_point_to_nothing_are_found(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        shelf.store.connection.execute("PRAGMA foreign_keys = OFF")
        with shelf.writing():
            shelf.store.connection.execute("DELETE FROM items WHERE id = ?", (item.id,))
        assert bad(shelf)["references"].verdict == "fail"


def test_a_list_of_sources_that_cannot_be_read_is_a_finding_and_not_the_end(at):
    with opened(at) as shelf:
        stored_source(shelf)
        at.sources.write_bytes(b"no list")
        found = bad(shelf)["sources-file"]
        assert found.verdict == "fail"
        assert "sources.opml" in found.message
        at.sources.unlink()
        assert "wrote sources.opml" in " ".join(fix(shelf))
        assert bad(shelf) == {}


def test_a_list_that_lost_lines_and_was_not_believed_is_named_and_can_be_written_again(at):
    with opened(at) as shelf:
        for number in range(10):
            stored_source(shelf, f"https://example.org/{number}")
        lines = at.sources.read_text(encoding="utf-8").splitlines(keepends=True)
        at.sources.write_text("".join(lines[:6] + lines[-2:]), encoding="utf-8")
        assert "lacks 8 of" in bad(shelf)["sources-file"].message
        fix(shelf)
        assert bad(shelf) == {}
    assert at.sources.read_text(encoding="utf-8").splitlines(keepends=True) == lines


def test_notes_that_vanished_are_a_failure_until_the_user_says_that_it_is_meant(at):
    with opened(at) as shelf:
        for number in range(5):
            write_note(shelf, f"Words number {number} of mine.")
        for path in list(at.notes.iterdir())[:4]:
            path.unlink()
        assert bad(shelf)["vanished"].verdict == "fail"
        assert len([line for line in fix(shelf) if "gone" in line]) == 4
        assert bad(shelf) == {}
        assert "4 notes" in next(one.message for one in examine(shelf) if one.check == "missing")


def test_a_store_with_a_broken_page_is_told_and_never_as_a_bug(at):
    with opened(at) as shelf:
        stored_item(shelf, html="<p>" + "words " * 9_000 + "</p>")
    data = bytearray(at.store.read_bytes())
    for page in range(20, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xaa" * 200
    at.store.write_bytes(data)
    try:
        with opened(at) as shelf:
            verdicts = bad(shelf)
    except StoreDamaged as error:
        assert "doctor --rebuild" in error.hint  # noqa: PT017 - either form of telling will do
    else:
        assert verdicts["database"].verdict == "fail"


@pytest.mark.parametrize("folder", ["Dropbox", "OneDrive"])
def test_a_store_in_a_synced_folder_is_warned_of(tmp_path, folder):
    (tmp_path / folder).mkdir()
    with opened(new_home(tmp_path / folder)) as shelf:
        assert "store =" in bad(shelf)["place"].hint


def test_an_index_that_another_folding_filled_is_named(at):
    with opened(at) as shelf:
        assert "index" not in bad(shelf)
        with shelf.writing():
            shelf.store.files.set_fact("fold_version", "0")
        assert bad(shelf)["index"].hint == "pkm doctor --rebuild"


def test_a_mistake_in_the_rules_is_named_with_its_line(at):
    at.rules.write_text("- when: a\n  do: burn\n", encoding="utf-8")
    with opened(at) as shelf:
        [check] = [one for one in examine(shelf) if one.check == "rules"]
    assert check.verdict == "warn"
    assert "line 2" in check.message
