"""Decisions: the line before the row, and all of it or nothing."""

import json
import resource
import subprocess
import sys

import pytest

from pkm.errors import DiskFull
from pkm.model.decision import By
from pkm.model.item import State
from pkm.shelf import journal, notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from support.shelves import NOW, new_home, opened, stored_item


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


def lines(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def contents(at):
    """What the user's files hold, by path; a journal that was made and stayed empty holds nothing."""
    found = {path: path.read_bytes() for path in at.root.rglob("*") if path.is_file()}
    return {path: data for path, data in found.items() if data and at.state not in path.parents}


def keep(shelf, item, **move):
    with shelf.writing():
        command = shelf.store.undo_log.begin("keep", "kept 1 item", shelf.now())
        return decide(shelf, [item], Move(after=State.KEPT, **move), command=command)


def test_keeping_writes_a_line_from_which_files_alone_can_make_the_item_again(at):
    with opened(at) as shelf:
        item = stored_item(shelf, title="On notes", url="https://example.org/a", authors=("Ana",))
        keep(shelf, item, reason="worth it", question="n-000000000001")
        [line] = lines(at.decisions)
        kept = shelf.store.items.get(item.id)
    assert (kept.state, kept.kept_at) == (State.KEPT, NOW)
    assert line["v"] == 1
    assert line["do"] == "keep"
    assert line["id"] == item.id
    assert line["at"] == "2026-11-22T12:00:00.000Z"
    assert {"event", "device", "key", "source_url"} <= set(line)
    assert (line["url"], line["title"], line["authors"]) == ("https://example.org/a", "On notes", ["Ana"])
    assert (line["reason"], line["question"]) == ("worth it", "n-000000000001")


def test_letting_go_leaves_no_line_but_a_row(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        with shelf.writing():
            decide(shelf, [item], Move(after=State.LET_GO, by=By.CATCHUP), command=None)
        assert [one.by for one in shelf.store.decisions.of(item.id)] == [By.CATCHUP]
    assert lines(at.decisions) == []


def test_what_is_there_already_is_left_alone(at):
    with opened(at) as shelf:
        item = stored_item(shelf, keep=True)
        assert keep(shelf, item) == ()
    assert len(lines(at.decisions)) == 1


def test_later_leaves_an_item_new(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        with shelf.writing():
            decide(shelf, [item], Move(after=State.NEW, later=True), command=None)
        found = shelf.store.items.get(item.id)
    assert (found.state, found.later_at) == (State.NEW, NOW)


def test_a_line_whose_row_was_lost_in_a_crash_is_applied_by_the_next_look(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        keep(shelf, item)
        [line] = lines(at.decisions)
    at.store.unlink()  # the machine stopped before the commit: here all commits, for the store starts anew
    with opened(at) as shelf:
        assert shelf.store.items.get(item.id) is None
        sync(shelf)
        found = shelf.store.items.get(item.id)
        assert found.state == State.KEPT
        assert [one.event for one in shelf.store.decisions.of(item.id)] == [line["event"]]


def test_a_line_without_its_row_is_applied_once_and_only_once(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        line = {"v": 1, "event": "e-000000000001", "at": "2026-11-22T12:00:00.000Z", "device": "d1"}
        at.decisions.write_text(json.dumps({**line, "do": "keep", "id": item.id}) + "\n", encoding="utf-8")
        for _ in range(3):
            sync(shelf)
        assert shelf.store.items.get(item.id).state == State.KEPT
        assert len(shelf.store.decisions.of(item.id)) == 1


def test_a_change_that_fails_takes_its_lines_and_its_files_back(at):
    with opened(at) as shelf:
        item = stored_item(shelf)
        other = stored_item(shelf, title="Other", url="https://example.org/b", keep=True)
        with shelf.writing():
            note = notes.make(shelf, NewNote(text="First words of mine.", items=(other,)), command=None)
        before = at.decisions.read_bytes(), (at.root / note.path).read_bytes()
        with pytest.raises(RuntimeError, match="half-way"), shelf.writing():  # noqa: PT012 - the change fails as a whole
            decide(shelf, [item], Move(after=State.KEPT), command=None)
            made = notes.make(shelf, NewNote(text="A note that is not to be.", items=(item,)), command=None)
            notes.append(shelf, note, "More words.", command=None)
            raise RuntimeError("half-way")
        assert (at.decisions.read_bytes(), (at.root / note.path).read_bytes()) == before
        assert not (at.root / made.path).exists()
        sync(shelf)
        assert shelf.store.items.get(item.id).state == State.NEW
        assert shelf.store.notes.get(made.id) is None


def test_what_may_have_left_stays_on_record_even_if_the_change_fails(at):
    with opened(at) as shelf, pytest.raises(RuntimeError), shelf.writing():  # noqa: PT012 - the change fails as a whole
        journal.append(shelf, at.share_log, NOW, {"state": "planned"})
        raise RuntimeError
    assert len(lines(at.share_log)) == 1


def test_our_own_line_need_not_be_read_again_but_one_from_elsewhere_is(at):
    with opened(at) as shelf:
        first = stored_item(shelf, keep=True)
        second = stored_item(shelf, title="B", url="https://example.org/b")
        known = shelf.store.files.stamp("decisions.jsonl")
        assert known.size == at.decisions.stat().st_size
        assert sync(shelf).torn == ()
        with at.decisions.open("ab") as file:
            line = {"v": 1, "event": "e-000000000009", "at": "2026-11-22T13:00:00Z", "device": "other"}
            file.write(json.dumps({**line, "do": "keep", "id": second.id}).encode() + b"\n")
        keep(shelf, first)
        sync(shelf)
        assert shelf.store.items.get(second.id).state == State.KEPT


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from pkm.errors import DiskFull
from pkm.model.item import State
from pkm.shelf import home, notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.shelf import ShelfOptions, open_shelf
at = home.at(Path(sys.argv[1]))
with open_shelf(at, options=ShelfOptions(), now=lambda: datetime.now(UTC)) as shelf:
    item = shelf.store.items.get(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    try:
        with shelf.writing():
            command = shelf.store.undo_log.begin("keep", "kept 1 item", shelf.now())
            decide(shelf, [item], Move(after=State.KEPT, reason="w" * 3000), command=command)
            notes.make(shelf, notes.NewNote(text="My words. " * 300, items=(item,)), command=command)
    except DiskFull as error:
        print(error)
        raise SystemExit(error.exit_code)
"""


@pytest.mark.parametrize("room", [0, 1_000, 3_500, 60_000])
def test_a_full_disk_is_told_and_changes_neither_files_nor_store(at, room):
    assert resource.RLIMIT_FSIZE
    with opened(at) as shelf:
        item = stored_item(shelf)
    before = contents(at)
    words = [sys.executable, "-c", FULL, str(at.root), item.id, str(room)]
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    assert answer.returncode == DiskFull.exit_code, answer.stderr
    assert contents(at) == before
    with opened(at) as shelf:
        sync(shelf)
        assert shelf.store.items.get(item.id).state == State.NEW
        assert shelf.store.quick_check() == "ok"
