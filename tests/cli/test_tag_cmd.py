import json

import pytest

from pkm.shelf import home as homes
from support.shelves import Clock, opened, stored_item


@pytest.fixture(autouse=True)
def _home(home):
    (home / "notes").mkdir()


@pytest.fixture
def item(home):
    with opened(homes.at(home), now=Clock()) as shelf:
        return stored_item(shelf, title="Theirs", html="<p>People search for doubts, not verdicts.</p>")


def note(home, name, front):
    path = home / "notes" / name
    path.write_text(f"---\n{front}---\nWords of mine.\n", encoding="utf-8")
    return path


def tags(pkm):
    return {one["tag"]: one for one in json.loads(pkm("tags", "--json").out)["tags"]}


def found(pkm, query):
    return {one["id"] for one in json.loads(pkm("find", query, "--json").out)["found"]}


def test_an_item_is_tagged_found_and_untagged(pkm, item):
    code, _, err = pkm("tag", item.id, "+reading", "+work/plans")
    assert (code, "undo: pkm undo" in err) == (0, True)
    assert found(pkm, "tag:work") == {item.id}
    assert tags(pkm)["reading"]["items"] == 1
    assert "Nothing had to be changed." in pkm("tag", item.id, "+Reading").err

    assert pkm("tag", item.id, "-reading", "+todo").code == 0
    assert set(tags(pkm)) == {"todo", "work/plans"}
    assert pkm("undo").code == 0
    assert set(tags(pkm)) == {"reading", "work/plans"}


def test_tags_of_items_and_quotes_come_back_when_the_store_is_made_again(pkm, item):
    pkm("sense", item.id, "--quote", "People search for doubts", "-m", "So do we, I think.")
    [quote] = found(pkm, "in:quotes doubts")
    assert pkm("tag", item.id, quote, "+reading", "+gone").code == 0
    assert pkm("tag", item.id, quote, "-gone").code == 0
    before = tags(pkm)
    assert before["reading"] == before["reading"] | {"items": 1, "quotes": 1}

    assert pkm("doctor", "--rebuild", "--yes").code == 0
    assert tags(pkm) == before


def test_a_note_a_source_and_an_item_are_tagged_as_one_command(pkm, home, item):
    path = note(home, "a.md", "id: n-000000000001\ntitle: A # mine\n")
    before = path.read_bytes()
    assert pkm("tag", "notes/a.md", item.source, item.id, "+x").code == 0

    assert path.read_text() == "---\nid: n-000000000001\ntitle: A # mine\ntags:\n  - x\n---\nWords of mine.\n"
    assert "x" in (home / "sources.opml").read_text()
    assert tags(pkm)["x"] == {"tag": "x", "notes": 1, "items": 1, "sources": 1, "quotes": 0, "with_below": 3}
    assert pkm("undo").code == 0
    assert tags(pkm) == {}
    assert path.read_bytes() == before


def test_a_new_name_reaches_notes_items_and_what_stands_below(pkm, home, item):
    one = note(home, "a.md", "id: n-000000000001\ntags: [todo, 'todo/now', 2024, 1.10]  # mine\n")
    two = note(home, "b.md", "id: n-000000000002\ntag: todo\n")
    pkm("tag", item.id, "+todo/later")
    code, _, err = pkm("tags", "rename", "todo", "work")

    assert code == 0, err
    assert "3 things" in err
    assert one.read_text().splitlines()[2] == "tags: [work, 'work/now', 2024, 1.10]  # mine"
    assert two.read_text().splitlines()[2] == "tag: work"
    assert set(tags(pkm)) == {"work", "work/now", "work/later", "2024", "1.10"}
    assert tags(pkm)["work"]["with_below"] == 4
    assert pkm("undo").code == 0
    assert "tags: [todo, 'todo/now', 2024, 1.10]  # mine" in one.read_text()
    assert "todo/later" in tags(pkm)


def test_a_name_in_use_is_merged_only_when_that_is_meant(pkm, home):
    one = note(home, "a.md", "id: n-000000000001\ntags: [albums, x]\n")
    note(home, "b.md", "id: n-000000000002\ntags: [album]\n")
    code, _, err = pkm("tags", "rename", "albums", "album")

    assert code == 2
    assert "Merge 'albums' into it, 1 thing?" in err
    assert "--yes" in err
    assert "albums" in one.read_text()
    assert pkm("tags", "rename", "albums", "album", "--yes").code == 0
    assert tags(pkm)["album"]["notes"] == 2


def test_tags_that_look_alike_are_shown_in_pairs(pkm, home):
    note(home, "a.md", "tags: [album, to-do, zebra]\n")
    note(home, "b.md", "tags: [album, albums, todo, law]\n")
    told = json.loads(pkm("tags", "list", "--similar", "--json").out)["similar"]

    assert told == [["album", "albums"], ["to-do", "todo"]]
    assert "pkm tags rename albums album" in pkm("tags", "list", "--similar").out


def test_a_note_that_cannot_be_edited_is_named_and_the_others_are_tagged(pkm, home):
    note(home, "bad.md", "title: [\n")
    note(home, "good.md", "id: n-000000000002\n")
    code, _, err = pkm("tag", "notes/bad.md", "notes/good.md", "+x")

    assert code == 5
    assert "notes/bad.md" in err
    assert tags(pkm)["x"]["notes"] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["tag", "+x"], 2),
        (["tag", "notes/a.md"], 2),
        (["tag", "notes/none.md", "+x"], 1),
        (["tag", "notes/a.md", "+"], 2),
        (["tag", "notes/a.md", "+a,b"], 2),
        (["tags", "rename", "nothing", "x"], 1),
        (["tags", "rename", "a", "b c"], 2),
    ],
)
def test_bad_words_change_nothing(pkm, home, words, code):
    path = note(home, "a.md", "id: n-000000000001\ntags: [a]\n")
    before = path.read_bytes()
    answer = pkm(*words)

    assert answer.code == code
    assert answer.err.count("\n") >= 2
    assert path.read_bytes() == before


def test_the_table_at_a_terminal_says_what_comes_next(pkm, home):
    note(home, "a.md", "tags: [a/b, a]\n")
    _, out, _ = pkm("tags", terminal=True, columns=60)

    assert "Next: pkm find tag:NAME" in out
