"""`pkm doctor --forget`: a secret that was captured by mistake is in no file that pkm alone writes."""

import json
import shutil

import pytest

from pkm.shelf import home as homes
from pkm.shelf.prune import plan, prune
from pkm.store.store import open_store
from support.feeds import rss
from support.server import Site
from support.shelves import NOW, opened

SECRET = "hunter2-SEKRIT-7f3a9"
TEXT = f"A page that I pasted.\n\nThe password is {SECRET} and nobody may know it.\n"


@pytest.fixture
def captured(pkm):
    """A home with the secret in a capture, kept with a sentence, and everything that follows from that; its id."""
    pkm("init")
    pkm("add", "-", "--title", f"Page with {SECRET}", stdin=TEXT)
    [item] = json.loads(pkm("seek", "--all", "--json").out)["items"]
    return item["id"]


def holding(folder, word=SECRET):
    """The files below a folder that hold a word."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes()
    )


def test_nothing_of_it_is_left_in_any_file(pkm, captured):
    pkm("note", "Another note of mine, of which nothing shall be lost.")
    shutil.copy(pkm.home / ".pkm" / "store.db", pkm.home / ".pkm" / "store.db.before-2")
    shutil.copy(pkm.home / ".pkm" / "store.db", pkm.home / ".pkm" / "store.20260101T000000.db")
    assert ".pkm/store.db" in holding(pkm.home)
    code, out, err = pkm("doctor", "--forget", captured)
    assert code == 2
    assert "There is no undo" in err
    assert "of decisions.jsonl" in err
    assert "store.db.before-2" in err
    assert SECRET in (pkm.home / "decisions.jsonl").read_text(encoding="utf-8")
    code, out, err = pkm("doctor", "--forget", captured, "--yes", "--json")
    assert code == 0
    assert holding(pkm.home) == []
    assert all(path.startswith(".pkm/lists/") for path in holding(pkm.home, captured))  # its id alone
    document = json.loads(out)
    assert document["schema"] == "pkm.forgotten/1"
    assert (document["remains"], document["left"]) == ([], [])
    assert pkm("doctor").code == 0
    assert len(json.loads(pkm("notes", "list", "--json").out)["notes"]) == 1
    assert SECRET not in pkm("undo", "--list").out
    assert pkm("find", "password").out == ""


def test_it_does_not_come_back_from_the_files(pkm, captured):
    pkm("doctor", "--forget", captured, "--yes")
    assert pkm("seek", "--all").out == ""
    assert pkm("doctor", "--rebuild", "--yes").code == 0
    assert pkm("seek", "--all").out == ""
    assert holding(pkm.home) == []


def test_what_the_user_wrote_about_it_stays_and_is_named(pkm, captured):
    pkm("sense", captured, "-m", f"I should not have pasted {SECRET} here, should I?")
    pkm("sense", captured, "-m", "A second thought about it, and a third.")
    [note] = (pkm.home / "notes").iterdir()
    assert len(holding(pkm.home / ".pkm" / "trash")) == 1
    code, _, err = pkm("doctor", "--forget", captured, "--yes")
    assert code == 0
    assert f"still in a file of yours: notes/{note.name}" in err
    assert "your notes about it stay" in err
    assert holding(pkm.home / ".pkm" / "trash") == []
    assert holding(pkm.home) == [".pkm/store.db", f"notes/{note.name}"]  # the index of the note that stays
    assert pkm("notes", "list").code == 0
    assert pkm("doctor").code == 0
    assert SECRET not in pkm("seek", "--all").out


def test_quotes_of_it_go_with_their_lines(pkm, captured):
    pkm("sense", captured, "--quote", f"The password is {SECRET}", "-m", "Words of my own on that.")
    assert SECRET in (pkm.home / "quotes.jsonl").read_text(encoding="utf-8")
    pkm("doctor", "--forget", captured, "--yes")
    assert SECRET not in (pkm.home / "quotes.jsonl").read_text(encoding="utf-8")
    with opened(homes.at(pkm.home)) as shelf:
        assert shelf.store.count("quotes") == 0


def test_a_pull_does_not_bring_it_again_and_says_that_its_address_is_kept(pkm):
    with Site() as site:
        site.serve(
            "/feed", rss((f"Leaked {SECRET}", "https://a.example/1"), ("Harmless", "https://a.example/2"))
        )
        pkm("init")
        pkm("follow", site.url("/feed"))
        items = json.loads(pkm("seek", "--all", "--json").out)["items"]
        [leaked] = [item["id"] for item in items if SECRET in item["title"]]
        _, _, err = pkm("doctor", "--forget", leaked, "--yes")
        assert "its address stays in the store" in err
        site.serve("/feed", rss((f"Leaked {SECRET}", "https://a.example/1"), ("New", "https://a.example/3")))
        pkm("pull")
    assert holding(pkm.home) == []
    titles = {item["title"] for item in json.loads(pkm("seek", "--all", "--json").out)["items"]}
    assert "Harmless" in titles
    assert not any(SECRET in title for title in titles)


def test_what_was_pruned_with_it_is_removed_from_the_trash(pkm, captured):
    home = homes.at(pkm.home)
    with opened(home, now=NOW) as shelf:
        item = shelf.store.items.get(captured)
        shelf.store.connection.execute("DELETE FROM decisions")
        shelf.store.connection.execute("UPDATE items SET state = 'let-go', kept_at = NULL")
        shelf.store.connection.execute("UPDATE sources SET kind = 'feed'")
        later = item.first_seen.replace(year=item.first_seen.year + 1)
        planned = plan(shelf, before=later)
        assert prune(shelf, planned, before=later).items == 1
    pkm("undo")
    assert len(list((pkm.home / ".pkm" / "trash").iterdir())) == 1
    pkm("doctor", "--forget", captured, "--yes")
    assert list((pkm.home / ".pkm" / "trash").iterdir()) == []


def test_only_items_are_forgotten(pkm, captured):
    pkm("note", "A note of mine about nothing.")
    [note] = json.loads(pkm("notes", "list", "--json").out)["notes"]
    code, _, err = pkm("doctor", "--forget", note["id"], "--yes")
    assert code == 5
    assert "pkm trash empty" in err
    assert pkm("doctor", "--forget", "zzzz", "--yes").code == 1
    assert pkm("doctor", "--forget", captured, "--fix").code == 2


def test_git_is_named_where_we_cannot_look(pkm, captured):
    (pkm.home / ".git").mkdir()
    _, _, err = pkm("doctor", "--forget", captured, "--yes")
    assert "history of git" in err
    with open_store(pkm.home / ".pkm" / "store.db") as store:
        assert store.quick_check() == "ok"
