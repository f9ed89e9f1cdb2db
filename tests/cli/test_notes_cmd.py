import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item


@pytest.fixture(autouse=True)
def _home(home):
    (home / "notes").mkdir()


@pytest.fixture
def shelf(home):
    with opened(homes.at(home), now=Clock()) as one:
        yield one


def put(home, name, text):
    (home / "notes" / name).write_bytes(text.encode())


PLAIN = "---\nid: n-00000000000{n}\ntitle: Note {n}\n{more}---\nWords of mine.\n"


def plain(home, n, more=""):
    put(home, f"note-{n}.md", PLAIN.format(n=n, more=more))


def test_the_list_as_json_has_exactly_the_promised_fields(pkm, home, shelf):
    item = stored_item(shelf)
    plain(home, 1, f"item: {item.id}\nstatus: settled\nvisibility: team\ntags: [b, a/c]\n")

    told = json.loads(pkm("notes", "list", "--json").out)
    assert told == {
        "schema": "pkm.notes/1",
        "notes": [
            {
                "id": "n-000000000001",
                "title": "Note 1",
                "path": "notes/note-1.md",
                "kind": "comment",
                "status": "settled",
                "visibility": "team",
                "items": [item.id],
                "tags": ["a/c", "b"],
                "own_words": 3,
                "insight": None,
            }
        ],
    }


def test_filters_narrow_the_list(pkm, home, shelf):
    item = stored_item(shelf)
    plain(home, 1, f"item: {item.id}\ndate: 2026-01-02\n")
    plain(home, 2, "kind: question\nstatus: open\ntags: a/b\n")

    def ids(*words):
        return [note["id"][-1] for note in json.loads(pkm("notes", "list", "--json", *words).out)["notes"]]

    assert ids("--kind", "question") == ["2"]
    assert ids("--status", "open") == ["2"]
    assert ids("--tag", "#a") == ["2"]
    assert ids("--item", item.id) == ["1"]
    assert ids("--since", "2026-02") == ["2"]
    assert ids("--limit", "1") == ["2"]
    assert ids("--kind", "log") == []
    assert pkm("notes", "--since", "whenever").code == 2


def test_an_empty_list_says_how_to_begin(pkm):
    code, out, err = pkm("notes")

    assert (code, out) == (0, "")
    assert "pkm note" in err


def test_a_note_is_shown_whole(pkm, home, shelf):
    item = stored_item(shelf, title="Theirs")
    plain(home, 1, f"item: {item.id}\ntags: [x]\n")
    code, out, _ = pkm("notes", "show", "notes/note-1.md")

    assert code == 0
    assert "Note 1\n" in out
    assert f"on Theirs ({item.id})" in out
    assert out.endswith("\n\nWords of mine.\n")
    told = json.loads(pkm("notes", "show", "n-000000000001", "--json").out)
    assert told["note"]["body"] == "Words of mine.\n"


def test_set_changes_one_line_of_several_notes_and_can_be_undone(pkm, home):
    for n in (1, 2, 3):
        plain(home, n)
    pkm("notes", "list")
    code, _, err = pkm("notes", "set", "1-2", "--visibility", "team")

    assert code == 0
    assert "2 notes" in err
    texts = [(home / "notes" / f"note-{n}.md").read_text() for n in (1, 2, 3)]
    assert sum("\nvisibility: team\n" in text for text in texts) == 2
    assert pkm("undo").code == 0
    assert [(home / "notes" / f"note-{n}.md").read_text() for n in (1, 2, 3)] == [
        PLAIN.format(n=n, more="") for n in (1, 2, 3)
    ]


def test_tags_are_set_by_their_sign(pkm, home):
    plain(home, 1, "tags: [old, kept]\n")
    code, out, _ = pkm("notes", "set", "n-000000000001", "--tag", "+new", "--tag", "-old", "--json")

    assert code == 0
    assert set(json.loads(out)["notes"][0]["tags"]) == {"kept", "new"}


def test_broken_front_matter_is_listed_found_shown_and_not_set(pkm, home):
    put(home, "broken.md", "---\nid: n-000000000001\ntitle: [\n---\nPrecious words here.\n")
    plain(home, 2)

    listed = json.loads(pkm("notes", "list", "--json").out)["notes"]
    assert {note["path"] for note in listed} == {"notes/broken.md", "notes/note-2.md"}
    assert "notes/broken.md" in pkm("find", "precious").out
    shown = pkm("notes", "show", "notes/broken.md").out
    assert "front matter: line " in shown
    assert "Precious words here." in shown
    code, _, err = pkm("notes", "set", "notes/broken.md", "notes/note-2.md", "--visibility", "team")
    assert code == 5
    assert "notes/broken.md" in err
    assert "pkm notes edit" in err
    assert "visibility: team" in (home / "notes" / "note-2.md").read_text()
    assert (home / "notes" / "broken.md").read_text().startswith("---\nid: n-000000000001\ntitle: [\n")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["set", "n-000000000001"], 2),
        (["set", "n-000000000001", "--visibility", "friends"], 2),
        (["set", "n-000000000001", "--only", "friends"], 1),
        (["set", "n-00000000000z", "--visibility", "team"], 1),
        (["set", "zzzz", "--visibility", "team"], 1),
        (["set", "7", "--visibility", "team"], 2),
        (["show", "notes/none.md"], 1),
        (["show", "!"], 1),
        (["edit"], 2),
        (["frobnicate"], 2),
    ],
)
def test_bad_words_are_told_in_parts(pkm, home, words, code):
    plain(home, 1)
    answer = pkm("notes", *words)

    assert answer.code == code
    assert answer.err.startswith("pkm: ")
    assert answer.err.count("\n") >= 2
    assert (home / "notes" / "note-1.md").read_text() == PLAIN.format(n=1, more="")


def test_an_edited_note_is_found_at_once_and_broken_yaml_is_reported(pkm, home, tmp_path):
    plain(home, 1)
    script = tmp_path / "ed"
    script.write_text('#!/bin/sh\nsed -i "s/title: Note 1/title: [/" "$1"\necho "Zebra words." >> "$1"\n')
    script.chmod(0o755)
    pkm.setenv(EDITOR=str(script))
    code, _, err = pkm("notes", "edit", "n-000000000001")

    assert code == 0
    assert "notes/note-1.md: line " in err
    assert "notes/note-1.md" in pkm("find", "zebra").out


def test_a_note_goes_to_the_trash_and_comes_back(pkm, home):
    plain(home, 1)
    code, _, err = pkm("notes", "rm", "n-000000000001")

    assert code == 0
    assert "pkm undo" in err
    assert not (home / "notes" / "note-1.md").exists()
    assert pkm("find", "words").out == ""
    pkm("undo")
    assert "note-1.md" in pkm("notes").out


def test_a_table_has_numbers_short_ids_and_what_comes_next(pkm, home):
    plain(home, 1)
    _, out, _ = pkm("notes", terminal=True, columns=80)

    assert "Note 1" in out
    assert "Next: pkm notes show ID" in out
    assert pkm("notes", "show", "1").code == 0


def test_narrow_terminals_get_records(pkm, home):
    plain(home, 1)
    _, out, _ = pkm("notes", terminal=True, columns=40)

    assert "title: Note 1" in out
