"""What the store says of links: who stands alone, who leads nowhere, what is broken."""

import pytest

from pkm.shelf.sync import sync
from support.shelves import new_home, opened


@pytest.fixture
def shelf(tmp_path):
    home = new_home(tmp_path)
    files = {
        "a": "[[b]] and [[a]]\n",
        "b": "[[nowhere]] ![[picture.png]]\n",
        "c": "[[same]]\n",
        "one/same": "Words.\n",
        "two/same": "[[a]]\n",
    }
    for name, text in files.items():
        path = home.notes / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with opened(home) as one:
        sync(one)
        yield one


def names(shelf, word):
    return {
        shelf.store.notes.get(note).path.removeprefix("notes/")[:-3]
        for note in shelf.store.links.marked(word)
    }


@pytest.mark.parametrize(
    ("word", "paths"),
    [
        ("orphan", {"c", "one/same", "two/same"}),
        ("deadend", {"b", "c", "one/same"}),
        ("broken", {"b", "c"}),
    ],
)
def test_notes_are_marked_by_what_their_links_mean_now(shelf, word, paths):
    assert names(shelf, word) == paths


def test_a_note_whose_file_is_gone_is_linked_by_nobody_and_links_to_nobody(shelf):
    (shelf.home.notes / "b.md").unlink()
    sync(shelf, believe=True)

    assert names(shelf, "broken") == {"a", "c"}
    assert "a" in names(shelf, "deadend")


def test_what_a_note_was_called_before_is_remembered_once(shelf):
    path = shelf.home.notes / "c.md"
    path.write_text("---\nid: n-000000000001\ntitle: First\n---\n[[same]]\n", encoding="utf-8")
    sync(shelf)
    for title in ("Second", "First", "Second"):
        path.write_text(f"---\nid: n-000000000001\ntitle: {title}\n---\n[[same]]\n", encoding="utf-8")
        sync(shelf)

    former = {one.title for one in shelf.store.links.former() if one.id == "n-000000000001"}
    assert {"First", "Second"} <= former
