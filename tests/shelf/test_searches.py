import pytest

from pkm.errors import NotFound, Refused, UsageError
from pkm.rules.query import parse_query
from pkm.shelf import searches
from pkm.shelf.undo import undo
from support.shelves import new_home, opened


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def test_a_saved_search_is_a_text_file_that_undo_takes_back(shelf):
    saved, new = searches.save(shelf, "@Weekly", "tag:letter   is:kept")

    assert (saved.name, saved.path, new) == ("Weekly", "searches/Weekly.txt", True)
    assert (shelf.home.searches / "Weekly.txt").read_text() == "tag:letter is:kept\n"
    assert searches.get(shelf, "@weekly") == saved
    undo(shelf)
    assert searches.all_saved(shelf) == ()


def test_a_name_that_is_taken_gets_the_new_query_and_undo_the_old_one(shelf):
    searches.save(shelf, "weekly", "one")
    _, new = searches.save(shelf, "WEEKLY", "two")

    assert not new
    assert [one.query for one in searches.all_saved(shelf)] == ["two"]
    undo(shelf)
    assert [one.query for one in searches.all_saved(shelf)] == ["one"]


def test_a_removed_search_comes_back_by_undo(shelf):
    searches.save(shelf, "weekly", "one")
    searches.remove(shelf, "weekly")

    with pytest.raises(NotFound, match="no saved search 'weekly'"):
        searches.remove(shelf, "@weekly")
    undo(shelf)
    assert searches.get(shelf, "weekly").query == "one"


def test_files_made_by_hand_are_read_as_their_lines_say(shelf):
    shelf.home.searches.mkdir()
    for name, text in (
        ("mine.txt", "# what I read\n#design\n\n  OR tag:ux\n#\n"),
        ("Größe.txt", "alpha\n"),
        ("bad name.txt", "x\n"),
        ("notes.md", "x\n"),
        ("empty.txt", "# nothing\n"),
        ("long.txt", "x" * 20_000),
    ):
        (shelf.home.searches / name).write_text(text)

    assert {one.name: one.query for one in searches.all_saved(shelf)} == {
        "Größe": "alpha",
        "mine": "#design OR tag:ux",
    }
    assert parse_query("@GRÖSSE", searches.queries(shelf, "@")) == parse_query("alpha")


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", ".hidden", "x" * 61, "a/b", "@"])
def test_what_is_no_name_is_refused(shelf, name):
    with pytest.raises(UsageError, match="no name for a search"):
        searches.save(shelf, name, "words")


def test_a_search_cannot_name_itself(shelf):
    with pytest.raises(Refused, match="@Mine"):
        searches.save(shelf, "Mine", "a @mine")
