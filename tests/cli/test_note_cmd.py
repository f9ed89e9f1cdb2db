import json

import pytest


@pytest.fixture(autouse=True)
def _home(home):
    (home / "notes").mkdir()


def notes(pkm):
    return json.loads(pkm("notes", "list", "--json").out)["notes"]


def test_a_thought_is_filed_and_its_path_is_printed(pkm, home):
    code, out, err = pkm("note", "Friday:", "ask first, then look")

    assert (code, out, err) == (0, "notes/friday-ask-first-then-look.md\n", "")
    assert (home / out.strip()).read_text().endswith("\nFriday: ask first, then look\n")


def test_its_kind_status_tags_and_visibility_stand_in_its_file(pkm, home):
    pkm(
        "note",
        "I write doubts down",
        "--practice",
        "--half-baked",
        "--tag",
        "habit",
        "--tag",
        "#a/b",
        "--visibility",
        "team",
    )

    [note] = notes(pkm)
    assert (note["kind"], note["status"], note["visibility"]) == ("practice", "half-baked", "team")
    assert note["tags"] == ["a/b", "habit"]


def test_a_question_is_open_from_the_first(pkm):
    pkm("note", "Who writes the doubts down?", "--kind", "question")

    assert notes(pkm)[0]["status"] == "open"


@pytest.mark.parametrize("words", [["list"], ["edit", "abcd"], ["rm"], ["set", "1"]])
def test_a_verb_of_notes_is_refused_as_a_note(pkm, words):
    code, _, err = pkm("note", *words)

    assert code == 2
    assert f"`pkm notes {' '.join(words)}`" in err
    assert notes(pkm) == []


def test_a_sentence_that_begins_with_such_a_verb_is_a_note(pkm):
    assert pkm("note", "list what we decided").code == 0
    assert pkm("note", "-m", "list").code == 0


def test_words_come_from_stdin_for_a_dash(pkm, home):
    code, out, _ = pkm("note", "-", stdin="# Heading\n\nWords of mine, and more.\n")

    assert code == 0
    assert (home / out.strip()).read_text().endswith("# Heading\n\nWords of mine, and more.\n")


def test_more_than_a_note_holds_is_refused_and_never_cut(pkm):
    code, _, err = pkm("note", "-", stdin="words " * 900_000)

    assert code == 2
    assert "more than 5 MB" in err
    assert notes(pkm) == []


def test_without_words_in_a_pipe_the_ways_are_named(pkm):
    code, _, err = pkm("note", stdin="not asked for")

    assert code == 2
    assert "pkm note -" in err


@pytest.mark.parametrize(
    "words",
    [["  "], ["x", "-m", "y"], ["x", "--kind", "rant"], ["x", "--log", "--practice"], ["x", "--tag", "two words"],
     ["x", "--visibility", "all"]],
)  # fmt: skip
def test_bad_words_are_exit_2_and_make_nothing(pkm, words):
    code, _, err = pkm("note", *words)

    assert code == 2
    assert err.count("\n") >= 2
    assert notes(pkm) == []


def test_an_editor_writes_the_note(pkm, home, tmp_path):
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\necho "Written there." > "$1"\n')
    script.chmod(0o755)
    pkm.setenv(EDITOR=str(script))
    code, _, _ = pkm("note", terminal=True)

    assert code == 0
    assert (home / "notes" / "written-there.md").read_text().endswith("Written there.\n")
    assert not (home / "drafts").exists()


def test_an_editor_that_fails_keeps_the_draft(pkm, home):
    pkm.setenv(EDITOR="false")
    code, _, err = pkm("note", "Begun", "--edit")

    assert code == 5
    assert "drafts/note.md" in err
    assert (home / "drafts" / "note.md").read_text().startswith("Begun\n")


def test_what_was_filed_as_json(pkm):
    told = json.loads(pkm("note", "Three own words", "--json").out)

    assert told["schema"] == "pkm.sensed/1"
    assert told["item"] is None
    assert told["note"]["own_words"] == 3


def test_bytes_that_are_no_text_do_no_harm(pkm):
    assert pkm("note", "odd \udcff words here", "--tag", "t\udcff").code == 0
