from datetime import UTC, datetime

import pytest

from pkm.model.note import Kind, Status
from pkm.sense.annotate import Sentence, think
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened

DAY = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock(DAY)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def log(shelf, text, **fields):
    return think(shelf, Sentence(text=text, kind=Kind.LOG, **fields))


def test_entries_of_a_day_stand_in_one_file_with_their_times(shelf, clock):
    first = log(shelf, "Talked to Ines.")
    clock.forward(hours=2)
    second = log(shelf, "Wrote it down.\n\nTwice.")

    assert (first.made, second.made) == (True, False)
    assert first.note.path == second.note.path == "notes/2026-11-22.md"
    assert second.note.kind == "log"
    assert second.note.file.body == "\n13:05 Talked to Ines.\n\n15:05 Wrote it down.\n\nTwice.\n"


def test_the_next_day_begins_a_new_file(shelf, clock):
    log(shelf, "Today.")
    clock.forward(days=1)

    assert log(shelf, "Tomorrow.").note.path == "notes/2026-11-23.md"


def test_an_entry_that_says_more_of_itself_is_a_note_of_its_own(shelf):
    day = log(shelf, "Today.").note
    alone = log(shelf, "A thing apart.", tags=("apart",), status=Status.HALF_BAKED).note

    assert alone.path != day.path
    assert alone.file.tags == ("apart",)
    titled = think(shelf, Sentence(text="Named.", kind=Kind.LOG), title="The retreat").note
    assert titled.path == "notes/the-retreat.md"


def test_another_programs_note_of_that_name_is_left_alone(shelf):
    daily = shelf.home.notes / "2026-11-22.md"
    daily.write_text("# Mine\n", encoding="utf-8")

    assert log(shelf, "Today.").note.path == "notes/2026-11-22-2.md"
    assert log(shelf, "Again.").note.path == "notes/2026-11-22-2.md"
    assert daily.read_text() == "# Mine\n"


def test_undo_takes_back_one_entry(shelf):
    log(shelf, "Stays.")
    log(shelf, "Goes.")
    undo(shelf)

    text = (shelf.home.notes / "2026-11-22.md").read_text()
    assert "Stays." in text
    assert "Goes." not in text
