"""Undo: the last command is taken back, and nothing that changed since is touched."""

import json

import pytest

from pkm.errors import NotFound, Refused
from pkm.model.item import State
from pkm.model.source import Tie
from pkm.shelf import following, notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.following import new_source
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from pkm.store.undo_log import Change
from support.shelves import NOW, Clock, new_home, opened, stored_item, stored_source


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(at, clock):
    with opened(at, now=clock) as opened_shelf:
        yield opened_shelf


def command(shelf, name="keep"):
    return shelf.store.undo_log.begin(name, f"did {name}", shelf.now())


def keep(shelf, *items, after=State.KEPT):
    with shelf.writing():
        decide(shelf, items, Move(after=after), command=command(shelf))


def write_note(shelf, text="My own first words."):
    with shelf.writing():
        return notes.make(shelf, NewNote(text=text), command=command(shelf, "note"))


def state(shelf, item):
    return shelf.store.items.get(item.id).state


def test_nothing_done_is_nothing_to_undo(shelf):
    with pytest.raises(NotFound):
        undo(shelf)


def test_a_kept_item_is_new_again_and_the_journal_says_so(at, shelf):
    item = stored_item(shelf)
    keep(shelf, item)
    undone = undo(shelf)
    assert (undone.taken_back, undone.left) == (1, ())
    assert state(shelf, item) == State.NEW
    assert [json.loads(line)["do"] for line in at.decisions.read_bytes().splitlines()] == ["keep", "un-keep"]
    sync(shelf)
    assert state(shelf, item) == State.NEW


def test_an_undone_un_keep_is_kept_since_the_first_time(shelf, clock):
    item = stored_item(shelf)
    keep(shelf, item)
    clock.forward(days=1)
    keep(shelf, shelf.store.items.get(item.id), after=State.LET_GO)
    clock.forward(days=1)
    undo(shelf)
    assert shelf.store.items.get(item.id).kept_at == NOW


def test_undo_goes_one_further_back_each_time(shelf):
    items = [stored_item(shelf, title=name, url=f"https://example.org/{name}") for name in "ab"]
    for item in items:
        keep(shelf, item)
    undo(shelf)
    assert [state(shelf, item) for item in items] == [State.KEPT, State.NEW]
    undo(shelf)
    assert [state(shelf, item) for item in items] == [State.NEW, State.NEW]
    with pytest.raises(NotFound):
        undo(shelf)


def test_a_new_note_goes_to_the_trash_and_its_words_are_still_there(at, shelf):
    note = write_note(shelf)
    undo(shelf)
    assert not (at.root / note.path).exists()
    assert shelf.store.notes.get(note.id) is None
    assert any(b"My own first words." in path.read_bytes() for path in at.trash.iterdir())


def test_an_appended_sentence_is_taken_back_byte_for_byte(at, shelf):
    note = write_note(shelf)
    before = (at.root / note.path).read_bytes()
    with shelf.writing():
        notes.append(shelf, note, "And some more.", command=command(shelf, "sense"))
    undo(shelf)
    assert (at.root / note.path).read_bytes() == before
    assert shelf.store.notes.get(note.id).file.own_words == 4


def test_the_words_of_an_undone_sentence_are_still_in_the_trash(at, shelf):
    note = write_note(shelf)
    with shelf.writing():
        notes.append(shelf, note, "A sentence too many.", command=command(shelf, "sense"))
    undo(shelf)
    assert "too many" not in (at.root / note.path).read_text()
    assert any(b"A sentence too many." in path.read_bytes() for path in at.trash.iterdir())


def test_a_note_edited_since_is_left_alone_and_named(at, shelf):
    note = write_note(shelf)
    path = at.root / note.path
    path.write_bytes(path.read_bytes() + b"\nMore by hand.\n")
    with pytest.raises(Refused) as told:
        undo(shelf)
    assert "edited since" in told.value.why
    assert b"More by hand." in path.read_bytes()


def test_what_can_be_taken_back_is_and_the_rest_is_named(at, shelf):
    item = stored_item(shelf)
    with shelf.writing():
        number = command(shelf, "sense")
        decide(shelf, [item], Move(after=State.KEPT), command=number)
        note = notes.make(shelf, NewNote(text="My own first words.", items=(item,)), command=number)
    path = at.root / note.path
    path.write_bytes(path.read_bytes() + b"\nMore by hand.\n")
    undone = undo(shelf)
    assert (undone.taken_back, len(undone.left)) == (1, 1)
    assert state(shelf, item) == State.NEW
    assert path.is_file()


def test_an_item_decided_anew_since_is_left_alone(shelf):
    item = stored_item(shelf)
    keep(shelf, item)
    with shelf.writing():
        decide(shelf, [shelf.store.items.get(item.id)], Move(after=State.LET_GO), command=None)
    with pytest.raises(Refused):
        undo(shelf)
    assert state(shelf, item) == State.LET_GO


def test_a_followed_source_is_unfollowed_in_the_file_too_and_its_items_stay(at, shelf):
    with shelf.writing():
        source = new_source(shelf, "https://example.org/feed")
        following.save(shelf, [source], command=command(shelf, "follow"))
    item = stored_item(shelf, source=source)
    undo(shelf)
    assert b"https://example.org/feed" not in at.sources.read_bytes()
    assert shelf.store.items.get(item.id) is not None


def test_a_changed_source_is_what_it_was_and_hand_edits_of_the_file_survive(at, shelf):
    source = stored_source(shelf, tie=Tie.STRONG, why="because")
    with shelf.writing():
        changed = shelf.store.sources.get(source.id).__class__
        weaker = shelf.store.sources.get(source.id)
        fields = {name: getattr(weaker, name) for name in changed.__dataclass_fields__}
        following.save(
            shelf, [changed(**{**fields, "tie": Tie.WEAK, "why": None})], command=command(shelf, "source set")
        )
    text = at.sources.read_text(encoding="utf-8")
    hand = '<outline type="rss" text="H" xmlUrl="https://example.org/hand"/>\n</body>'
    at.sources.write_text(text.replace("</body>", hand), encoding="utf-8")
    undo(shelf)
    found = shelf.store.sources.get(source.id)
    assert (found.tie, found.why) == (Tie.STRONG, "because")
    assert b"https://example.org/hand" in at.sources.read_bytes()


def test_an_export_is_not_called_back(shelf):
    with shelf.writing():
        shelf.store.undo_log.add(
            command(shelf, "share export"), [Change(what="edition", ref="d-000000000001")]
        )
    with pytest.raises(Refused) as told:
        undo(shelf)
    assert "share log" in told.value.hint


def test_what_the_trash_no_longer_holds_is_named_and_nothing_is_lost(at, shelf):
    note = write_note(shelf)
    with shelf.writing():
        notes.append(shelf, note, "And some more.", command=command(shelf, "sense"))
    for path in at.trash.iterdir():
        path.unlink()
    with pytest.raises(Refused) as told:
        undo(shelf)
    assert "trash" in told.value.why
    assert b"And some more." in (at.root / note.path).read_bytes()
