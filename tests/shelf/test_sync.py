"""The store in step with the user's files, whatever happened to them outside."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from pkm.model.item import State
from pkm.model.note import Level
from pkm.rules.ids import path_id
from pkm.rules.notefile import set_keys
from pkm.rules.query import parse_query
from pkm.shelf import home, notes
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from support.shelves import NOW, Clock, new_home, opened, stored_item

HOLD = """
import sys
from pathlib import Path
from pkm.shelf import locks
with locks.writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(at):
    with opened(at) as opened_shelf:
        yield opened_shelf


def write(at, name, text):
    path = at.root / "notes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def note_file(number, words="Words of my own.", **keys):
    head = "\n".join(f"{key}: {value}" for key, value in {"id": f"n-00000000000{number}", **keys}.items())
    return f"---\n{head}\n---\n\n{words}\n"


def found(shelf, words):
    return {hit.ref for hit in shelf.store.search.find(parse_query(words), limit=0)}


def test_another_default_visibility_holds_for_the_notes_that_are_there(at):
    write(at, "plain.md", note_file(1))
    write(at, "said.md", note_file(2, visibility="public"))
    write(at, "odd.md", note_file(3, visibility="everybody"))
    for default in (Level.PRIVATE, Level.TEAM, Level.PRIVATE):
        with opened(at, level=default) as shelf:
            sync(shelf)
            levels = [shelf.store.notes.get(f"n-00000000000{number}").level for number in (1, 2, 3)]
            assert levels == [default, Level.PUBLIC, Level.PRIVATE]


def titled(shelf, note_id):
    note = shelf.store.notes.get(note_id)
    return None if note is None or note.missing_since else note.path


def test_a_file_that_a_person_wrote_is_a_note_at_the_next_look(at, shelf):
    write(at, "deep/er/plain.md", "# A heading\n\nGrasshoppers leap.\n")
    assert sync(shelf).changed == ("notes/deep/er/plain.md",)
    note = shelf.store.notes.at("notes/deep/er/plain.md")
    assert note.id == path_id("notes/deep/er/plain.md")
    assert (note.title, note.level) == ("A heading", Level.PRIVATE)
    assert found(shelf, "grasshoppers") == {note.id}


def test_nothing_new_is_no_write_and_takes_no_lock(at, shelf):
    path = write(at, "a.md", note_file(1))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    sync(shelf)
    (at.state / "write.lock").unlink()
    assert sync(shelf).changed == ()
    assert not (at.state / "write.lock").exists()


def test_a_note_renamed_outside_keeps_its_id(at, shelf):
    write(at, "a.md", note_file(1)).rename(at.notes / "b.md")
    sync(shelf)
    (at.notes / "b.md").rename(at.notes / "c.md")
    seen = sync(shelf)
    assert seen.missing == ()
    assert titled(shelf, "n-000000000001") == "notes/c.md"


def test_a_note_without_an_id_that_is_renamed_outside_is_known_again_by_its_bytes(at, shelf):
    path = write(at, "a.md", "Only a few plain words here.\n")
    sync(shelf)
    path.rename(at.notes / "b.md")
    assert sync(shelf).missing == ()
    note = shelf.store.notes.get(path_id("notes/a.md"))
    assert (note.id, note.path) == (path_id("notes/b.md"), "notes/b.md")
    assert found(shelf, "plain") == {note.id}


def test_notes_that_change_places_keep_their_ids(at, shelf):
    one, other = (
        write(at, "a.md", note_file(1, "Alpha words.")),
        write(at, "b.md", note_file(2, "Beta words.")),
    )
    sync(shelf)
    one.rename(at.notes / "x.md")
    other.rename(at.notes / "a.md")
    (at.notes / "x.md").rename(at.notes / "b.md")
    assert sync(shelf).missing == ()
    assert titled(shelf, "n-000000000001") == "notes/b.md"
    assert titled(shelf, "n-000000000002") == "notes/a.md"
    assert shelf.store.notes.with_problems() == ()


def test_a_copy_of_a_note_does_not_take_its_id_and_is_named(at, shelf):
    write(at, "a.md", note_file(1))
    sync(shelf)
    shutil.copy(at.notes / "a.md", at.notes / "a 1.md")
    sync(shelf)
    assert titled(shelf, "n-000000000001") == "notes/a.md"
    [copy] = shelf.store.notes.with_problems()
    assert copy.path == "notes/a 1.md"
    assert "notes/a.md" in copy.file.problem


def test_of_two_files_with_one_id_at_first_sight_the_shorter_name_is_the_note(at, shelf):
    write(at, "a 1.md", note_file(1))
    write(at, "a.md", note_file(1))
    sync(shelf)
    assert titled(shelf, "n-000000000001") == "notes/a.md"


def test_a_note_whose_file_is_gone_is_missing_and_comes_back_with_its_file(at, shelf):
    path = write(at, "a.md", note_file(1, "Grasshoppers leap far."))
    sync(shelf)
    text = path.read_bytes()
    path.unlink()
    assert sync(shelf).missing == ("notes/a.md",)
    assert shelf.store.notes.get("n-000000000001").missing_since == NOW
    assert found(shelf, "grasshoppers") == set()
    path.write_bytes(text)
    sync(shelf)
    assert shelf.store.notes.get("n-000000000001").missing_since is None
    assert found(shelf, "grasshoppers") == {"n-000000000001"}


def test_if_a_fifth_vanishes_at_once_nothing_is_believed(at, shelf):
    for number in range(1, 10):
        write(at, f"{number}.md", note_file(number))
    sync(shelf)
    at.notes.rename(at.root / "elsewhere")
    seen = sync(shelf)
    assert seen.vanished
    assert seen.missing == ()
    assert titled(shelf, "n-000000000003") == "notes/3.md"
    assert len(sync(shelf, believe=True).missing) == 9
    (at.root / "elsewhere").rename(at.notes)
    sync(shelf)
    assert titled(shelf, "n-000000000003") == "notes/3.md"


def test_an_adopted_note_gets_an_id_with_pkms_first_change_and_its_old_name_leads_on(at, shelf):
    write(at, "a.md", "Words that were here before.\n")
    sync(shelf)
    old = path_id("notes/a.md")
    with shelf.writing():
        notes.set_front_matter(shelf, shelf.store.notes.get(old), {"status": "settled"}, command=None)
    note = shelf.store.notes.get(old)
    assert note.id.startswith("n-")
    assert f"id: {note.id}" in (at.notes / "a.md").read_text(encoding="utf-8")
    assert found(shelf, "before") == {note.id}


def test_a_person_who_changes_an_id_by_hand_leaves_no_ghost_behind(at, shelf):
    path = write(at, "a.md", note_file(1, "Grasshoppers leap far."))
    sync(shelf)
    path.write_bytes(set_keys(path.read_bytes(), {"id": "n-000000000002"}))
    sync(shelf)
    assert found(shelf, "grasshoppers") == {"n-000000000002"}
    assert titled(shelf, "n-000000000001") is None


def test_a_note_on_an_item_that_only_it_knows_brings_the_item_back(at, shelf):
    write(at, "a.md", note_file(1, item="i-000000000007", source="https://example.org/seven", title="Seven"))
    sync(shelf)
    item = shelf.store.items.get("i-000000000007")
    assert (item.state, item.stub, item.url, item.title) == (
        State.KEPT,
        True,
        "https://example.org/seven",
        "Seven",
    )


def test_the_id_of_a_file_wins_over_one_that_only_the_store_knew(at, shelf):
    item = stored_item(shelf, url="https://example.org/a")
    write(at, "a.md", note_file(1, item="i-000000000007", source="https://example.org/a"))
    sync(shelf)
    assert shelf.store.items.get(item.id).id == "i-000000000007"
    assert shelf.store.notes.get("n-000000000001").file.items == ("i-000000000007",)


def test_of_two_ids_in_files_the_first_stays_and_the_note_of_the_other_stands_on_it(at, shelf):
    item = stored_item(shelf, url="https://example.org/a", keep=True)
    write(at, "a.md", note_file(1, item="i-000000000007", source="https://example.org/a"))
    sync(shelf)
    assert shelf.store.items.get("i-000000000007").id == item.id
    assert [note.id for note in shelf.store.notes.on(item.id)] == ["n-000000000001"]
    assert shelf.store.items.unsensed() == 0


def test_the_lines_of_another_machine_come_in_by_file_in_order_of_time(at, shelf):
    item = stored_item(shelf)
    line = {"v": 1, "device": "other", "id": item.id}
    write_lines(
        at.decisions,
        {**line, "event": "e-00000000000b", "at": "2026-11-22T11:00:00Z", "do": "un-keep"},
        {**line, "event": "e-00000000000a", "at": "2026-11-22T10:00:00Z", "do": "keep"},
        {**line, "event": "e-00000000000c", "at": "2026-11-22T11:30:00Z", "do": "keep"},
    )
    sync(shelf)
    assert shelf.store.items.get(item.id).state == State.KEPT
    assert [one.device for one in shelf.store.decisions.of(item.id)] == ["other"] * 3


def write_lines(path, *lines):
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def test_a_torn_line_is_kept_and_reported_and_the_others_count(at, shelf):
    item = stored_item(shelf)
    line = {"v": 1, "event": "e-00000000000a", "at": "2026-11-22T10:00:00Z", "device": "x", "do": "keep"}
    torn = b'{"v":1,"event":"e-0000'
    at.decisions.write_bytes(json.dumps({**line, "id": item.id}).encode() + b"\n" + torn)
    seen = sync(shelf)
    assert [message for message in seen.torn if "line 2" in message and "decisions.jsonl" in message]
    assert shelf.store.items.get(item.id).state == State.KEPT
    stored_item(shelf, title="B", url="https://example.org/b", keep=True)
    assert torn + b"\n" in at.decisions.read_bytes()


@pytest.mark.parametrize(
    "line",
    [
        {"do": "keep"},
        {"do": "keep", "id": "not an id"},
        {"do": "keep", "id": ["i-000000000001"]},
        {"do": 3, "id": "i-000000000001"},
        {"at": "yesterday", "do": "keep", "id": "i-000000000001"},
        {"event": None, "do": "keep", "id": "i-000000000001"},
    ],
)
def test_a_line_that_lacks_what_it_needs_is_reported_and_changes_nothing(at, shelf, line):
    write_lines(at.decisions, {"v": 1, "event": "e-00000000000a", "at": "2026-11-22T10:00:00Z", **line})
    assert len(sync(shelf).torn) == 1
    assert shelf.store.count("items") == 0


def test_a_reader_beside_a_writer_goes_on_and_says_how_much_it_does_not_know(at, shelf):
    write(at, "a.md", note_file(1))
    words = [sys.executable, "-c", HOLD, str(at.state)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert sync(shelf).pending == 1
        holder.communicate()
    assert sync(shelf).changed == ("notes/a.md",)


def test_a_note_written_again_within_the_same_tick_of_the_clock_is_seen(at):
    with opened(at, now=Clock()) as shelf:
        path = write(at, "a.md", note_file(1, "Alpha words."))
        sync(shelf)
        before = path.stat()
        path.write_text(note_file(1, "Omega words."), encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        sync(shelf)
        assert found(shelf, "omega") == {"n-000000000001"}


@pytest.mark.parametrize("date", ["0001-01-01", "9999-12-31T23:59:59", "0000-00-00", "tomorrow"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_date_that_cannot_be_is_as_none(at, date, zone):
    path = write(at, "a.md", note_file(1, date=date, modified=date, item="i-000000000001"))
    with opened(at, zone=zone) as shelf:
        sync(shelf)
        made = shelf.store.notes.get("n-000000000001").created_at
    assert made.timestamp() == pytest.approx(path.stat().st_mtime, abs=0.01)


def test_a_title_longer_than_the_store_takes_stops_nobody(at, shelf):
    write(at, "a.md", note_file(1, item="i-000000000001", title="x" * 3_000))
    sync(shelf)
    assert len(shelf.store.items.get("i-000000000001").title) == 1_000


def test_conflict_copies_are_no_notes_and_are_named(at, shelf):
    write(at, "a.md", note_file(1))
    write(at, "a.sync-conflict-20261122-120000-ABCDEFG.md", note_file(1))
    seen = sync(shelf)
    assert seen.changed == ("notes/a.md",)
    assert seen.conflicts == ("notes/a.sync-conflict-20261122-120000-ABCDEFG.md",)


def test_a_note_changed_by_another_program_meanwhile_is_never_overwritten(at, shelf):
    with shelf.writing():
        note = notes.make(shelf, NewNote(text="First words of mine."), command=None)
    path = at.root / note.path
    path.write_text(path.read_text(encoding="utf-8") + "\nTheir words.\n", encoding="utf-8")
    with shelf.writing():
        notes.append(shelf, note, "My later words.", command=None)
    text = path.read_text(encoding="utf-8")
    assert "First words of mine." in text
    assert "Their words." in text
    assert "My later words." in text


def test_a_note_with_a_copy_beside_it_is_found_as_a_conflict_until_the_copy_is_gone(at, shelf):
    write(at, "deep/a.md", note_file(1))
    write(at, "b.md", note_file(2))
    copy = write(at, "deep/a.sync-conflict-20261122-123658-ABCDEFG.md", note_file(1, "Words from the train."))
    sync(shelf)
    assert found(shelf, "is:conflict") == {"n-000000000001"}
    assert found(shelf, "train") == set()
    copy.unlink()
    sync(shelf)
    assert found(shelf, "is:conflict") == set()


def test_a_note_without_an_id_that_was_away_is_known_again_where_it_comes_back(at, shelf):
    for number in range(1, 10):
        write(at, f"{number}.md", note_file(number))
    path = write(at, "away.md", "Words that take the train, without an id.\n")
    sync(shelf)
    former = shelf.store.notes.at("notes/away.md").id
    outside = at.root.parent / "away.md"
    path.rename(outside)
    assert sync(shelf).missing == ("notes/away.md",)
    outside.rename(at.notes / "back.md")
    sync(shelf)
    assert shelf.store.notes.get(former).path == "notes/back.md"


def test_a_change_that_no_stat_shows_is_found_within_a_week(at):
    clock = Clock()
    path = write(at, "a.md", note_file(1, "Words about grasshoppers."))
    with opened(at, now=clock) as shelf:
        os.utime(path, (1_000_000_000, 1_000_000_000))
        sync(shelf)
        path.write_bytes(path.read_bytes().replace(b"grasshoppers", b"dragonflies!"))
        os.utime(path, (1_000_000_000, 1_000_000_000))
        sync(shelf)
        assert found(shelf, "dragonflies") == set()
        clock.forward(days=8)
        assert sync(shelf).changed == ("notes/a.md",)
        assert found(shelf, "dragonflies") == {"n-000000000001"}
        assert sync(shelf).changed == ()


def test_a_pkm_that_reads_notes_otherwise_reads_every_note_again(at, shelf):
    path = write(at, "a.md", note_file(1))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    sync(shelf)
    with shelf.writing():
        shelf.store.files.set_fact("reading", "of an older pkm")
    assert sync(shelf).changed == ("notes/a.md",)
    assert sync(shelf).changed == ()


def test_notes_of_a_folder_that_the_settings_no_longer_name_go_off_the_index(at, tmp_path):
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "x.md").write_text("Words about grasshoppers.\n", encoding="utf-8")
    wider = home.at(at.root, adopted=(str(tmp_path / "vault"),))
    with opened(wider) as shelf:
        sync(shelf)
        assert len(found(shelf, "grasshoppers")) == 1
    with opened(at) as shelf:
        seen = sync(shelf)
        assert (seen.released, seen.vanished, seen.missing) == (1, False, ())
        assert found(shelf, "grasshoppers") == set()


def test_a_folder_that_is_not_there_keeps_its_few_notes_in_the_index(at, tmp_path):
    for number in range(1, 10):
        write(at, f"{number}.md", note_file(number))
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "x.md").write_text("Words about grasshoppers.\n", encoding="utf-8")
    wider = home.at(at.root, adopted=(f"{tmp_path}/vault/",))
    with opened(wider) as shelf:
        sync(shelf)
        (tmp_path / "vault").rename(tmp_path / "unmounted")
        seen = sync(shelf)
        assert seen.absent == (str(tmp_path / "vault"),)
        assert seen.missing == ()
        assert len(found(shelf, "grasshoppers")) == 1


def test_backups_of_logseq_and_documentation_of_packages_are_no_notes(at, shelf):
    write(at, "pages/a.md", note_file(1))
    write(at, "logseq/bak/pages/a/2026.md", note_file(2))
    write(at, "node_modules/thing/README.md", "Read me first, please.\n")
    sync(shelf)
    assert {path for path, _ in shelf.store.notes.paths()} == {"notes/pages/a.md"}


def test_an_adopted_folder_says_itself_what_is_no_note(at, tmp_path):
    vault = tmp_path / "vault"
    (vault / "Templates").mkdir(parents=True)
    (vault / ".pkmignore").write_text("Templates\n*.excalidraw.md\n", encoding="utf-8")
    for name in ("Templates/daily.md", "a.md", "drawing.excalidraw.md"):
        (vault / name).write_text("Words of mine.\n", encoding="utf-8")
    with opened(home.at(at.root, adopted=(str(vault),))) as shelf:
        assert sync(shelf).changed == (str(vault / "a.md"),)
