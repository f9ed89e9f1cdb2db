"""`pkm undo` as a session."""

import json

import pytest

from pkm.model.item import State
from pkm.shelf import home as homes
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide
from pkm.shelf.notes import NewNote
from pkm.store.undo_log import Change
from support.shelves import opened, stored_item


@pytest.fixture
def at(pkm):
    made = homes.at(pkm.home)
    homes.make(made, settings="")
    return made


@pytest.fixture
def item(at):
    """An item that was just kept with a sentence, as one command."""
    with opened(at) as shelf:
        stored = stored_item(shelf)
        with shelf.writing():
            command = shelf.store.undo_log.begin("keep", "kept 1 item\x1b[2J", shelf.now())
            decide(shelf, [stored], Move(after=State.KEPT), command=command)
            notes.make(shelf, NewNote(text="Words of my own.", items=(stored,)), command=command)
    return stored


def test_the_last_command_is_taken_back_and_named(pkm, at, item):
    code, out, err = pkm("undo")
    assert (code, out) == (0, "")
    assert "took back `keep`: kept 1 item" in err
    assert "\x1b" not in err
    assert list(at.notes.iterdir()) == []
    code, _, err = pkm("undo")
    assert code == 1
    assert "nothing to undo" in err


def test_what_was_edited_since_is_named_and_left(pkm, at, item):
    [path] = at.notes.iterdir()
    path.write_bytes(path.read_bytes() + b"\nMore.\n")
    code, _, err = pkm("undo", "--quiet")
    assert code == 0
    assert "left as it is" in err
    assert path.exists()


def test_the_list_shows_what_was_done_in_all_three_forms(pkm, item):
    assert pkm("undo", "--list").out.split("\t")[2:4] == ["keep", "kept 1 item[2J"]
    shown = pkm("undo", "--list", terminal=True, columns=100).out
    assert "what it did" in shown
    assert "would take back" in shown
    document = json.loads(pkm("undo", "--list", "--json").out)
    [command] = document["commands"]
    assert document["schema"] == "pkm.commands/1"
    assert (command["name"], command["undone_at"]) == ("keep", None)
    pkm("undo")
    assert pkm("undo", "--list").out.rstrip("\n").endswith("undone")


def test_the_list_heeds_its_limit_and_an_empty_one_is_no_error(pkm, at):
    assert pkm("undo", "--list").code == 0
    assert json.loads(pkm("undo", "--list", "--json").out) == {"schema": "pkm.commands/1", "commands": []}
    assert pkm("undo", "--list", "--limit", "-1").code == 2


def test_a_program_is_told_what_was_taken_back(pkm, item):
    document = json.loads(pkm("undo", "--json").out)
    assert document["schema"] == "pkm.undone/1"
    assert document["taken_back"] == 2
    assert document["left"] == []
    assert document["command"]["name"] == "keep"


def test_without_a_home_there_is_nothing_to_undo(pkm):
    assert pkm("undo").code == 10
    assert not pkm.home.exists()


def test_a_number_goes_past_an_export_to_what_was_done_before_it(pkm, at, item):
    with opened(at) as shelf, shelf.writing():
        export = shelf.store.undo_log.begin("share export", "edition 1 for self", shelf.now())
        shelf.store.undo_log.add(export, [Change(what="edition", ref="d-000000000001")])
    code, _, err = pkm("undo")
    assert code == 5
    assert "pkm undo NUMBER" in err
    [_, kept] = json.loads(pkm("undo", "--list", "--json").out)["commands"]

    code, _, err = pkm("undo", str(kept["number"]))

    assert code == 0
    assert "took back `keep`" in err
    assert pkm("undo", str(kept["number"])).code == 1
    assert pkm("undo", "99").code == 1


def test_to_a_person_the_list_says_undone_where_it_would_say_what_comes_back(pkm, item):
    assert "1 item\n" in pkm("undo", "--list", terminal=True, columns=80).out
    pkm("undo")

    shown = pkm("undo", "--list", terminal=True, columns=80).out

    assert "undone\n" in shown
    assert "1 item\n" not in shown
