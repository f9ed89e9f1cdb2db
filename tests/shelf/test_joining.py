"""Two items that turn out to be one keep all that either had."""

import pytest

from pkm.model.item import State
from pkm.rules.query import parse_query
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf.joining import join
from pkm.shelf.lookup import item_of
from pkm.shelf.undo import undo
from pkm.store.joins import MOVED
from support.shelves import new_home, opened, stored_item


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


@pytest.fixture
def pair(shelf):
    one = stored_item(shelf, title="Short link", url="https://a.example/?p=1", tags=("a", "both"))
    other = stored_item(
        shelf,
        title="A page",
        url="https://a.example/page",
        source="https://b.example/feed",
        tags=("b", "both"),
    )
    return one, other


def joined(shelf, one, other):
    with shelf.writing():
        found = join(shelf, shelf.store.items.get(one.id), shelf.store.items.get(other.id))
    assert shelf.store.broken_references() == 0
    assert shelf.store.search.check()
    return found


def test_both_ids_and_both_addresses_lead_to_the_one(shelf, pair):
    item = joined(shelf, *pair)
    assert {shelf.store.items.get(one.id).id for one in pair} == {item.id}
    assert item_of(shelf, pair[1].id).id == item.id
    found = shelf.store.items.matching(["https://a.example/page", "https://a.example?p=1"])
    assert set(found.values()) == {item.id}
    assert len(shelf.store.arrivals.of_item(item.id)) == 2
    assert set(item.tags) == {"a", "b", "both"}
    assert [hit.ref for hit in shelf.store.search.find(parse_query("words"), limit=0)] == [item.id]


@pytest.mark.parametrize("kept", [0, 1])
def test_it_is_kept_if_either_was_and_has_the_notes_of_both(shelf, pair, kept):
    keep(shelf, [pair[kept]], KeepWishes(words="My own words here."))
    let_go(shelf, [pair[1 - kept]])
    item = joined(shelf, *pair)
    assert item.state == State.KEPT
    assert item.id == pair[kept].id  # it stands in a file
    assert len(shelf.store.notes.on(item.id)) == 1


def test_what_was_let_go_is_not_new_again(shelf, pair):
    let_go(shelf, [pair[1]])
    assert joined(shelf, *pair).state == State.LET_GO


def test_notes_on_both_are_notes_on_the_one(shelf, pair):
    for one in pair:
        keep(shelf, [one], KeepWishes(words=f"On {one.title}, some words."))
    item = joined(shelf, *pair)
    assert item.id == pair[0].id  # of two that stand in files the older
    assert len(shelf.store.notes.on(item.id)) == 2


def test_what_was_decided_before_can_still_be_undone(shelf, pair):
    keep(shelf, [pair[1]], KeepWishes())
    item = joined(shelf, *pair)
    undo(shelf)
    assert shelf.store.items.get(item.id).state == State.NEW


def test_an_item_joined_with_itself_is_itself(shelf, pair):
    assert joined(shelf, pair[0], pair[0]).id == pair[0].id


def test_no_table_that_names_items_is_forgotten(shelf):
    tables = shelf.store.connection.execute(
        "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' AND c.name = 'item'"
    ).fetchall()
    assert {name for (name,) in tables} - {"note_items"} == set(MOVED)
