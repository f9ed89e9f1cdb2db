import json

import pytest

from support.feeds import numbered, rss
from support.server import Site


@pytest.fixture(scope="module")
def site():
    with Site() as one:
        one.serve("/feed", rss(*numbered(5)))
        yield one


@pytest.fixture
def here(pkm, site):
    pkm("init")
    pkm("follow", site.url("/feed"))
    pkm("seek", "--limit", "0", "--source", "notes")
    return pkm


def state_of(pkm, title):
    items = json.loads(pkm("seek", "--json", "--all", "--limit", "0").out)["items"]
    return next(item["state"] for item in items if item["title"] == title)


def test_a_keep_is_counted_and_undo_is_named(here):
    code, out, err = here("keep", "1", "3-4")
    assert (code, out) == (0, "")
    assert err.splitlines()[0] == "kept 3 items · undo: pkm undo"
    assert here("undo").code == 0
    assert state_of(here, "Item 0") == "new"


def test_a_sentence_becomes_a_note_and_its_path_is_data(here):
    code, out, _err = here(
        "keep", "2", "-m", "Decide in writing, or decide twice.", "--via", "Ana <https://ana.example>"
    )
    assert (code, out) == (0, "notes/item-1.md\n")
    text = (here.home / "notes" / "item-1.md").read_text(encoding="utf-8")
    assert "Decide in writing" in text
    assert 'via: "Ana <https://ana.example>"' in text


def test_kept_twice_says_so_and_leaves_nothing_to_undo(here):
    here("keep", "1")
    assert "kept already" in here("keep", "1").err
    here("undo")
    assert state_of(here, "Item 0") == "new"


def test_what_was_kept_is_no_rest(here):
    here("keep", "2", "5")
    assert "let go 3 items" in here("drop", "rest").err
    assert state_of(here, "Item 1") == "kept"
    assert "Nothing to let go" in here("drop", "rest").err


def test_a_program_gets_the_items_as_they_now_are(here):
    document = json.loads(here("keep", "1", "-m", "Some words of mine.", "--json").out)
    assert (document["schema"], document["moved"]) == ("pkm.items/1", 1)
    [item] = document["items"]
    assert (item["state"], item["notes"]) == ("kept", [document["note"]["id"]])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("keep", "9"), 1),
        (("keep", "zzzz"), 1),
        (("keep", "i-000000000000"), 1),
        (("keep", "1", "-m", "  "), 2),
        (("keep",), 2),
        (("keep", "5-3"), 2),
        (("drop",), 2),
        (("drop", "1", "--older", "3d"), 2),
        (("drop", "--older", "soon"), 2),
        (("keep", "1", "--for", "zzzz"), 1),
    ],
)
def test_bad_words_change_nothing_and_say_what_to_type(here, words, code):
    answer = here(*words)
    assert answer.code == code
    assert answer.err.startswith("pkm: ")
    assert len(answer.err.splitlines()) >= 2
    assert state_of(here, "Item 0") == "new"


def test_one_bad_id_among_good_ones_changes_nothing(here):
    assert here("keep", "1", "99").code == 1
    assert state_of(here, "Item 0") == "new"


def test_letting_go_of_what_is_old_asks_first(here):
    pending = here("drop", "--older", "2026-11-23")
    assert (pending.code, "--yes" in pending.err) == (2, True)
    assert "Nothing was changed" in here("drop", "--older", "2026-11-23", terminal=True, stdin="n\n").err
    assert state_of(here, "Item 0") == "new"
    assert "let go 5 items" in here("drop", "--older", "2026-11-23", "--yes").err
    here("undo")
    assert state_of(here, "Item 0") == "new"


def test_ids_and_their_ends_need_no_list(here):
    items = json.loads(here("seek", "--json").out)["items"]
    here.setenv(PKM_SESSION="")
    assert here("keep", items[0]["id"]).code == 0
    assert here("keep", items[1]["id"][-6:]).code == 0
