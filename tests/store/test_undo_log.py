"""The log that `undo` reads."""

from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.decision import Decision
from pkm.model.item import Item, State
from pkm.store.store import open_store
from pkm.store.undo_log import Change

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def done(store, name="keep", *changes, at=NOW):
    with store.transaction():
        number = store.undo_log.begin(name, f"did {name}", at)
        store.undo_log.add(number, changes)
    return number


def change(ref="i-000000000001", **fields):
    return Change(what="item", ref=ref, before="a", after="b", **fields)


def test_the_newest_command_that_stands_is_taken_back_first(store):
    first, second = done(store, "keep", change()), done(store, "drop", change())
    assert store.undo_log.last().number == second
    with store.transaction():
        store.undo_log.mark_undone(second, NOW)
    assert store.undo_log.last().number == first


def test_a_command_that_changed_nothing_is_not_the_one_to_take_back(store):
    first = done(store, "keep", change())
    done(store, "keep")
    assert store.undo_log.last().number == first


def test_changes_come_back_last_first(store):
    number = done(store, "keep", change("i-000000000001"), change("i-000000000002"))
    assert [one.ref for one in store.undo_log.changes(number)] == ["i-000000000002", "i-000000000001"]


def test_the_list_shows_undone_commands_too_and_heeds_its_limit(store):
    numbers = [done(store, "keep", change()) for _ in range(3)]
    with store.transaction():
        store.undo_log.mark_undone(numbers[2], NOW)
    assert [one.number for one in store.undo_log.listing(0)] == numbers[::-1]
    assert [one.undone_at for one in store.undo_log.listing(1)] == [NOW]


def test_what_is_too_old_to_be_taken_back_goes_and_the_decisions_stay(store):
    old = done(store, "keep", change(), at=NOW - timedelta(days=91))
    new = done(store, "keep", change())
    with store.transaction():
        store.items.add([Item(id="i-000000000001", title="A", first_seen=NOW, sort_at=NOW)])
        store.decisions.add(
            [Decision(item="i-000000000001", before=State.NEW, after=State.KEPT, at=NOW, command=old)]
        )
        assert store.undo_log.forget_before(NOW - timedelta(days=90)) == 1
    assert [one.number for one in store.undo_log.listing(0)] == [new]
    assert store.undo_log.changes(old) == ()
    assert [one.command for one in store.decisions.of("i-000000000001")] == [None]
