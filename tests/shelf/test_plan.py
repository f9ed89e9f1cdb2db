"""Several files changed as one: all or none, whatever happens between, and one `undo` takes all back."""

import os
import shutil
import signal
import sys

import pytest

from pkm.errors import Refused
from pkm.shelf import plan
from pkm.shelf.plan import Plan
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from pkm.vault.write import ChangedUnderneath
from support.shelves import new_home, opened

WRITES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate"}


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(at):
    with opened(at) as opened_shelf:
        yield opened_shelf


def file(at, name, text):
    path = at.root / "notes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def three_notes(at):
    file(at, "old.md", "---\nid: n-000000000001\n---\n\nThe words that move.\n")
    file(at, "one.md", "See [[old]] for it.\n")
    file(at, "two.md", "Also ![[old]].\n")


def rename(shelf, at):
    """What `notes mv` does: one file moves and its text changes, and so do two that link to it."""

    def link(data):
        return data.replace(b"[[old", b"[[new")

    edits = {
        "notes/old.md": plan.edited(shelf, "notes/old.md", lambda data: data + b"\nMoved.\n"),
        **{path: plan.edited(shelf, path, link) for path in ("notes/one.md", "notes/two.md")},
    }
    with shelf.writing():
        command = shelf.store.undo_log.begin("notes mv", "moved 1 note", shelf.now())
        return plan.carry_out(
            shelf, Plan(edits=edits, moves={"notes/old.md": "notes/deep/new.md"}), command=command
        )


def files(at):
    """Every file of the user's, hidden ones too, by path."""
    return {
        path.relative_to(at.root).as_posix(): path.read_bytes()
        for path in at.root.rglob("*")
        if path.is_file() and at.state not in path.parents
    }


def test_a_plan_changes_and_moves_files_and_the_index_follows(at, shelf):
    three_notes(at)
    sync(shelf)
    (at.root / "notes/one.md").chmod(0o640)
    changed = rename(shelf, at)
    assert {note.path for note in changed} == {"notes/deep/new.md", "notes/one.md", "notes/two.md"}
    assert (at.root / "notes/deep/new.md").read_text().endswith("The words that move.\n\nMoved.\n")
    assert (at.root / "notes/one.md").read_text() == "See [[new]] for it.\n"
    assert (at.root / "notes/one.md").stat().st_mode & 0o777 == 0o640
    assert not (at.root / "notes/old.md").exists()
    assert shelf.store.notes.get("n-000000000001").path == "notes/deep/new.md"
    assert not at.plan.exists()
    assert sync(shelf).missing == ()


def test_undo_takes_a_plan_back_as_one(at, shelf):
    three_notes(at)
    sync(shelf)
    before = files(at)
    rename(shelf, at)
    undone = undo(shelf)
    assert undone.left == ()
    assert files(at) == before
    assert shelf.store.notes.get("n-000000000001").path == "notes/old.md"


def test_undo_moves_a_note_back_with_what_was_written_in_it_since(at, shelf):
    three_notes(at)
    sync(shelf)
    rename(shelf, at)
    moved = at.root / "notes/deep/new.md"
    moved.write_bytes(moved.read_bytes() + b"A later thought.\n")
    sync(shelf)
    undone = undo(shelf)
    assert undone.left == ("notes/old.md was edited since",)
    assert (at.root / "notes/old.md").read_text().endswith("Moved.\nA later thought.\n")
    assert (at.root / "notes/one.md").read_text() == "See [[old]] for it.\n"


def test_a_note_without_an_id_is_known_by_its_old_name_after_a_move(at, shelf):
    file(at, "old.md", "Words of mine, without an id.\n")
    sync(shelf)
    former = shelf.store.notes.at("notes/old.md").id
    with shelf.writing():
        [note] = plan.carry_out(shelf, Plan(moves={"notes/old.md": "notes/new.md"}), command=None)
    assert note.path == "notes/new.md"
    assert shelf.store.notes.get(former).path == "notes/new.md"
    assert shelf.store.notes.at("notes/old.md") is None


def test_a_move_by_case_alone_is_a_move(at, shelf):
    file(at, "note.md", "Words of mine.\n")
    sync(shelf)
    with shelf.writing():
        plan.carry_out(shelf, Plan(moves={"notes/note.md": "notes/Note.md"}), command=None)
    assert os.listdir(at.root / "notes") == ["Note.md"]  # noqa: PTH208 - the name as the disk has it


def test_a_file_that_changed_since_it_was_read_stops_the_whole_plan(at, shelf):
    three_notes(at)
    sync(shelf)
    edit = plan.edited(shelf, "notes/two.md", lambda data: data + b"More.\n")
    other = plan.edited(shelf, "notes/one.md", lambda data: data + b"More.\n")
    file(at, "two.md", "Written by somebody else.\n")
    before = files(at)
    with pytest.raises(ChangedUnderneath), shelf.writing():
        plan.carry_out(shelf, Plan(edits={"notes/one.md": other, "notes/two.md": edit}), command=None)
    assert files(at) == before
    assert not at.plan.exists()


def test_a_move_onto_another_file_stops_the_whole_plan(at, shelf):
    three_notes(at)
    sync(shelf)
    before = files(at)
    edit = plan.edited(shelf, "notes/two.md", lambda data: data + b"More.\n")
    wanted = Plan(edits={"notes/two.md": edit}, moves={"notes/old.md": "notes/one.md"})
    with pytest.raises(Refused, match="already"), shelf.writing():
        plan.carry_out(shelf, wanted, command=None)
    assert files(at) == before
    assert not at.plan.exists()


def test_a_later_failure_in_the_same_transaction_takes_the_plan_back(at, shelf):
    three_notes(at)
    sync(shelf)
    before = files(at)
    edit = plan.edited(shelf, "notes/two.md", lambda data: data + b"More.\n")
    wanted = Plan(edits={"notes/two.md": edit}, moves={"notes/old.md": "notes/new.md"})

    def fail_behind_it():
        with shelf.writing():
            plan.carry_out(shelf, wanted, command=None)
            raise Refused("a later step")

    with pytest.raises(Refused):
        fail_behind_it()
    assert files(at) == before
    assert not at.plan.exists()


def die_at(at, step):
    """Do the rename in a child that kills itself before its n-th write to the disk; whether it did."""
    child = os.fork()
    if child == 0:
        try:
            with opened(at) as shelf:
                kill_at(step)
                rename(shelf, at)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - a child must not go on as a second pytest
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


def kill_at(step):
    """From now on count what Python tells of files that it opens for writing, renames, links and removes."""
    seen = 0

    def count(event, args):
        nonlocal seen
        if event not in WRITES or (event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        seen += 1
        if seen > step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def test_killed_before_any_write_of_it_a_plan_is_done_wholly_or_not_at_all(tmp_path):
    template = new_home(tmp_path / "template")
    three_notes(template)
    with opened(template) as shelf:
        sync(shelf)
    before = files(template)
    ends = []
    for step in range(200):
        at = new_home(tmp_path / str(step))
        shutil.rmtree(at.root)
        shutil.copytree(template.root, at.root)
        died = die_at(at, step)
        with opened(at) as shelf:  # the next start
            assert not at.plan.exists()
            sync(shelf)
            assert set(shelf.store.notes.stamps()) == {name for name in files(at) if name.endswith(".md")}
            done = shelf.store.undo_log.last()
        now = files(at)
        ends.append(now != before)
        if now != before:
            assert "notes/old.md" not in now
            assert b"Moved." in now["notes/deep/new.md"]
            assert b"[[new]]" in now["notes/one.md"]
            assert b"[[new]]" in now["notes/two.md"]
            assert done is not None
        else:
            assert done is None
        if not died:
            break
    assert not died
    assert len(ends) > 15
    assert ends == sorted(ends)  # once done, done
    assert not ends[0]


def test_what_was_written_between_the_death_and_the_next_start_stays(at, shelf):
    three_notes(at)
    sync(shelf)
    template = files(at)
    for step in range(200):
        if not die_at(at, step) or b"[[new" in (at.root / "notes/one.md").read_bytes():
            break
    moved = file(at, "one.md", "Written after the power came back.\n")
    with opened(at) as again:
        assert any("notes/one.md was changed since" in line for line in again.mended)
    assert moved.read_text() == "Written after the power came back.\n"
    assert {name: data for name, data in files(at).items() if name != "notes/one.md"} == {
        name: data for name, data in template.items() if name != "notes/one.md"
    }
