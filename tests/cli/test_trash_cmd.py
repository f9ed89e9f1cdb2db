"""`pkm trash` and `pkm undo --list` as a session."""

import json

import pytest


@pytest.fixture
def here(pkm):
    pkm("init")
    pkm("note", "A first thought of mine.")
    return pkm


def the_note(pkm):
    [path] = (pkm.home / "notes").iterdir()
    return path


def change(pkm):
    """Let pkm change the note; its bytes before."""
    before = the_note(pkm).read_bytes()
    [note] = json.loads(pkm("notes", "list", "--json").out)["notes"]
    assert pkm("notes", "set", note["id"], "--visibility", "team").code == 0
    return before


def test_what_a_note_held_is_listed_and_put_back_and_undone(here):
    before = change(here)
    changed = the_note(here).read_bytes()
    row = here("trash").out.rstrip("\n").split("\t")
    assert (row[0], row[2]) == ("1", f"notes/{the_note(here).name}")
    assert "pkm trash restore 1" in here("trash", terminal=True, columns=100).out
    code, out, err = here("trash", "restore", "1")
    assert (code, out.strip()) == (0, f"notes/{the_note(here).name}")
    assert the_note(here).read_bytes() == before
    assert json.loads(here("notes", "list", "--json").out)["notes"][0]["visibility"] == "private"
    assert "undo: pkm undo" in err
    here("undo")
    assert the_note(here).read_bytes() == changed


def test_a_note_that_is_gone_comes_back_by_its_path(here):
    before = change(here)
    path = the_note(here)
    path.unlink()
    assert here("trash", "restore", f"notes/{path.name}").code == 0
    assert path.read_bytes() == before
    assert "just that already" in here("trash", "restore", f"notes/{path.name}").err


def test_a_copy_whose_place_is_forgotten_needs_one_inside_the_home(here):
    change(here)
    [kept] = (here.home / ".pkm" / "trash").iterdir()
    strange = kept.with_name("20260101T000000-abcdefabcdef-old.md")
    kept.rename(strange)
    code, _, err = here("trash", "restore", "old.md")
    assert code == 2
    assert "--to notes/old.md" in err
    assert here("trash", "restore", "old.md", "--to", "../out.md").code == 5
    assert here("trash", "restore", "old.md", "--to", ".pkm/store.db").code == 5
    assert here("trash", "restore", "old.md", "--to", "notes/deep/old.md").code == 0
    assert (here.home / "notes" / "deep" / "old.md").is_file()


def test_old_bytes_are_taken_away_for_good_only_when_asked(here):
    change(here)
    assert here("trash", "empty").code == 2
    assert json.loads(here("trash", "--json").out)["kept"]
    code, _, err = here("trash", "empty", "--yes")
    assert code == 0
    assert "took away 1 old version" in err
    assert json.loads(here("trash", "--json").out)["kept"] == []
    assert "The trash is empty." in here("trash").err


def test_numbers_are_those_of_the_trash_alone(here):
    change(here)
    here("find", "thought")
    assert here("trash", "restore", "1").code == 2
    assert here("trash", "restore", "nothing.md").code == 1
    here("trash")
    assert here("trash", "restore", "7").code == 1


def test_the_list_of_undo_says_what_goes_back_what_stays_and_what_cannot(here):
    change(here)
    path = the_note(here)
    path.write_bytes(path.read_bytes() + b"\nMore by hand.\n")
    rows = json.loads(here("undo", "--list", "--json").out)["commands"]
    assert [row["state"] for row in rows] == ["cannot", "cannot"]
    assert rows[0]["left"] == [f"notes/{path.name} was edited since"]
    assert rows[1]["left"] == [f"undo 2 first: it changed notes/{path.name} again"]
    here("note", "Another thought of mine.")
    [newest, *_] = json.loads(here("undo", "--list", "--json").out)["commands"]
    assert (newest["state"], newest["takes_back"]) == ("stands", "1 file")
    here("undo")
    [newest, *_] = json.loads(here("undo", "--list", "--json").out)["commands"]
    assert newest["state"] == "undone"
    shown = here("undo", "--list", terminal=True, columns=120).out
    assert "was edited since" in shown
    assert "cannot" in shown
