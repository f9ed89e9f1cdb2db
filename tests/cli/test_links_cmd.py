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


def put(home, name, text, *, folder="notes", **keys):
    path = home / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    front = "".join(f"{key}: {value}\n" for key, value in keys.items())
    path.write_text((f"---\n{front}---\n" if keys else "") + text, encoding="utf-8")
    return path


def note_id(n):
    return f"n-{n:012}"


@pytest.fixture
def notes(home):
    put(home, "doubt.md", "Doubts are findable.\n", id=note_id(1), title="On doubt", aliases="[Zweifel]")
    put(home, "log.md", "See [[doubt|the doubts]].\n\n![](../none.png)\n[[nowhere]]\n", id=note_id(2))
    put(home, "diary.md", "Today on doubt, and\nZweifel again. `on doubt`\n", id=note_id(3), title="Diary")


def links(pkm, word):
    return json.loads(pkm("notes", "links", word, "--json").out)


def test_both_ends_of_a_link_and_what_only_names_the_note_are_told_with_their_lines(pkm, notes):
    told = links(pkm, "notes/doubt.md")

    assert told["schema"] == "pkm.links/1"
    assert told["out"] == []
    assert [(one["note"]["id"], one["line"], one["words"]) for one in told["in"]] == [
        (note_id(2), 4, "See [[doubt|the doubts]].")
    ]
    assert [(one["note"]["title"], one["line"], one["words"]) for one in told["mentions"]] == [
        ("Diary", 5, "Today on doubt, and"),
        ("Diary", 6, "Zweifel again. `on doubt`"),
    ]
    out = links(pkm, "notes/log.md")["out"]
    assert [(one["target"], one["note"] and one["note"]["path"]) for one in out] == [
        ("doubt", "notes/doubt.md"),
        ("nowhere", None),
    ]


def test_a_line_that_links_already_is_not_told_as_one_that_only_names(pkm, home, notes):
    put(home, "log.md", "[[doubt]] is on doubt.\n", id=note_id(2))

    assert [one["note"]["title"] for one in links(pkm, "notes/doubt.md")["mentions"]] == ["Diary", "Diary"]


def test_an_ambiguous_link_names_what_it_could_be(pkm, home, notes):
    put(home, "doubt.md", "Another.\n", folder="notes/old", id=note_id(4))
    [one, _] = links(pkm, "notes/log.md")["out"]

    assert one["note"] is None
    assert {note["path"] for note in one["could_be"]} == {"notes/doubt.md", "notes/old/doubt.md"}
    assert "ambiguous" in pkm("notes", "links", "notes/log.md").out


def test_the_table_leads_on_by_its_numbers(pkm, notes):
    _, out, _ = pkm("notes", "links", "notes/doubt.md", terminal=True, columns=60)

    assert "from" in out
    assert "named in" in out
    assert pkm("notes", "show", "1").out.startswith("log\n")


def test_a_note_alone_says_how_to_link_it(pkm, home):
    put(home, "alone.md", "Nothing here.\n", id=note_id(9))

    assert "pkm link 0009" in pkm("notes", "links", "notes/alone.md").err


def test_a_relation_stands_in_the_file_is_shown_at_both_ends_and_is_undone(pkm, home, notes):
    before = (home / "notes" / "diary.md").read_bytes()
    code, _, err = pkm("link", "notes/diary.md", "notes/doubt.md", "--as", "contradicts")

    assert code == 0
    assert "undo: pkm undo" in err
    text = (home / "notes" / "diary.md").read_text()
    assert text.endswith("\n## Links\n\n- contradicts: [[doubt|On doubt]]\n")
    assert f"contradicts 'On doubt' ({note_id(1)})" in pkm("notes", "show", "notes/diary.md").out
    assert f"'Diary' ({note_id(3)}) contradicts this" in pkm("notes", "show", "notes/doubt.md").out
    assert links(pkm, "notes/doubt.md")["in"][0]["rel"] == "contradicts"
    assert "says so already" in pkm("link", "notes/diary.md", "notes/doubt.md", "--as", "contradicts").err
    assert pkm("undo").code == 0
    assert (home / "notes" / "diary.md").read_bytes() == before


def test_a_link_to_a_name_that_two_notes_have_says_more_of_the_path(pkm, home, notes):
    put(home, "doubt.md", "Another.\n", folder="notes/old", id=note_id(4), title="Old")
    pkm("link", "notes/diary.md", "notes/old/doubt.md", "--as", "answers")

    assert "- answers: [[old/doubt|Old]]\n" in (home / "notes" / "diary.md").read_text()


def test_an_item_without_a_note_is_refused_with_what_to_type(pkm, home, notes, shelf):
    item = stored_item(shelf, title="Theirs")
    code, _, err = pkm("link", "notes/diary.md", item.id, "--as", "supports")

    assert code == 1
    assert f"pkm sense {item.id}" in err
    pkm("sense", item.id, "-m", "Words of my own.")
    assert pkm("link", item.id, "notes/doubt.md", "--as", "supports").code == 0
    assert "supports 'On doubt'" in pkm("read", item.id).out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["notes/diary.md", "notes/diary.md"], 2),
        (["notes/diary.md", "notes/none.md"], 1),
        (["notes/diary.md", "notes/doubt.md", "--as", "a: [[b]]"], 2),
        (["notes/diary.md"], 2),
    ],
)
def test_bad_words_change_nothing(pkm, home, notes, words, code):
    before = (home / "notes" / "diary.md").read_bytes()

    assert pkm("link", *words).code == code
    assert (home / "notes" / "diary.md").read_bytes() == before
