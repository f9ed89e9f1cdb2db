"""`pkm doctor` as a session."""

import json
import os

import pytest

from pkm.shelf import home as homes
from pkm.shelf import notes
from pkm.shelf.notes import NewNote
from support.shelves import opened, stored_item


@pytest.fixture
def at(pkm):
    made = homes.at(pkm.home)
    homes.make(made, settings="")
    with opened(made) as shelf:
        item = stored_item(shelf, keep=True)
        with shelf.writing():
            notes.make(shelf, NewNote(text="Words of my own.", items=(item,)), command=None)
    return made


def test_a_sound_home_is_exit_0_and_a_warning_too(pkm, at):
    code, out, err = pkm("doctor")
    assert (code, err) == (0, "")
    assert {line.split("\t")[1] for line in out.splitlines()} == {"ok"}
    at.decisions.chmod(0o644)
    code, out, _ = pkm("doctor")
    assert code == 0
    assert "permissions\twarn" in out


def test_a_failed_check_is_exit_1_with_what_to_type(pkm, at):
    at.sources.write_bytes(b"no list")
    code, out, err = pkm("doctor")
    assert code == 1
    assert "sources-file\tfail" in out
    assert "1 of " in err
    code, out, err = pkm("doctor", "--json")
    assert code == 1
    assert json.loads(err)["error"]["kind"] == "findings"
    assert [one["check"] for one in json.loads(out)["checks"] if one["verdict"] == "fail"] == ["sources-file"]


def test_fixing_says_what_was_mended_and_ends_well(pkm, at):
    at.decisions.chmod(0o644)
    code, out, err = pkm("doctor", "--fix")
    assert code == 0
    assert "made decisions.jsonl private to you" in err
    assert "permissions\tok" in out
    assert pkm("doctor", "--fix").err == ""


def test_rebuilding_asks_and_in_a_pipe_names_the_flag(pkm, at):
    before = at.store.read_bytes()
    code, _, err = pkm("doctor", "--rebuild")
    assert code == 2
    assert "--yes" in err
    assert pkm("doctor", "--rebuild", terminal=True, stdin="\n").code == 0
    assert at.store.read_bytes() == before
    assert pkm("doctor", "--rebuild", terminal=True, stdin="y\n").code == 0
    assert at.store.read_bytes() != before


def test_rebuilding_says_what_came_back_and_what_is_gone(pkm, at):
    code, out, err = pkm("doctor", "--rebuild", "--yes")
    assert code == 0
    assert dict(line.split("\t") for line in out.splitlines())["notes"] == "1"
    assert "let go" in err
    assert "the old store lies at" in err
    document = json.loads(pkm("doctor", "--rebuild", "--yes", "--json").out)
    assert document["schema"] == "pkm.rebuilt/1"
    assert document["came_back"]["items"] == 1


@pytest.mark.parametrize("junk", [b"junk" * 5_000, b""])
def test_a_damaged_store_is_exit_12_and_its_own_hint_mends_it(pkm, at, junk):
    at.store.write_bytes(junk)
    if junk:
        code, _, err = pkm("doctor")
        assert code == 12
        assert "pkm doctor --rebuild" in err
    assert pkm("doctor", "--rebuild", "--yes").code == 0
    code, out, _ = pkm("doctor")
    assert (code, "\tfail" in out) == (0, False)


def test_the_two_cures_do_not_go_together(pkm, at):
    assert pkm("doctor", "--fix", "--rebuild").code == 2


@pytest.mark.parametrize("words", [["doctor"], ["doctor", "--fix"], ["doctor", "--rebuild", "--yes"]])
def test_without_a_home_nothing_is_made(pkm, words):
    assert pkm(*words).code == 10
    assert not pkm.home.exists()


def test_no_file_is_left_that_others_can_read_whatever_the_umask(pkm, at):
    before = os.umask(0o022)
    try:
        for words in (
            ["doctor"],
            ["doctor", "--fix"],
            ["doctor", "--rebuild", "--yes"],
            ["undo", "--list"],
            [],
        ):
            pkm(*words)
    finally:
        os.umask(before)
    assert [path for path in at.root.rglob("*") if path.stat().st_mode & 0o077] == []


def test_on_a_narrow_terminal_nothing_is_cut(pkm, at):
    out = pkm("doctor", terminal=True, columns=40).out
    assert "check: database" in out
    assert "…" not in out
