"""What can be taken back, and for how long."""

import os
from datetime import timedelta

import pytest

from pkm.errors import NotFound
from pkm.rules.limits import MISSING_DAYS, TRASH_BYTES, UNDO_DAYS
from pkm.shelf.sync import sync
from pkm.shelf.trash import sweep
from pkm.shelf.undo import undo
from pkm.store.undo_log import Change
from support.shelves import Clock, new_home, opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def thrown_away(shelf, name, *, age_days=0, size=3):
    path = shelf.home.trash / name
    with path.open("wb") as file:
        file.truncate(size)  # a sparse file: large, and quickly made
    moment = (shelf.now() - timedelta(days=age_days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_after_ninety_days_a_command_is_forgotten_and_so_are_its_bytes(shelf, clock):
    with shelf.writing():
        command = shelf.store.undo_log.begin("notes rm", "moved 1 note to the trash", shelf.now())
        shelf.store.undo_log.add(command, [Change(what="file", ref="notes/a.md", before="old")])
    kept = thrown_away(shelf, "old")
    clock.forward(days=UNDO_DAYS - 1)
    sweep(shelf)
    assert kept.exists()
    assert shelf.store.undo_log.last() is not None

    clock.forward(days=2)
    sweep(shelf)
    assert not kept.exists()
    with pytest.raises(NotFound):
        undo(shelf)


def test_past_its_size_the_oldest_of_the_trash_go_first(shelf):
    half = TRASH_BYTES // 2
    files = [thrown_away(shelf, f"f{days}", age_days=days, size=half) for days in (1, 2, 3)]

    sweep(shelf)

    assert [path.exists() for path in files] == [True, True, False]


def test_a_home_without_trash_is_fine(shelf):
    shelf.home.trash.rmdir()
    sweep(shelf)


def test_after_thirty_days_without_its_file_a_note_is_off_the_index(shelf, clock):
    for number in range(10):
        (shelf.home.notes / f"{number}.md").write_text(f"Words of mine, number {number}.\n", encoding="utf-8")
    sync(shelf)
    (shelf.home.notes / "3.md").unlink()
    assert sync(shelf).missing == ("notes/3.md",)
    clock.forward(days=MISSING_DAYS - 1)
    sweep(shelf)
    assert shelf.store.notes.at("notes/3.md") is not None
    clock.forward(days=2)
    sweep(shelf)
    assert shelf.store.notes.at("notes/3.md") is None
    assert shelf.store.notes.at("notes/4.md") is not None
