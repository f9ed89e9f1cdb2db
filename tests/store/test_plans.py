"""What is asked at every command, or for every note, reads no whole table and sorts none: SQLite says how it answers."""

from datetime import UTC, datetime

import pytest

from pkm.model.item import State
from pkm.store import waiting
from pkm.store.items import ItemFilter
from pkm.store.store import open_store

LISTS = {
    "what is new": ItemFilter(states=(State.NEW,)),
    "every state": ItemFilter(),
    "what is new since a day": ItemFilter(states=(State.NEW,), since=datetime(2026, 11, 1, tzinfo=UTC)),
    "what is new of a source": ItemFilter(states=(State.NEW,), source="s-1"),
    "what is new of a space": ItemFilter(states=(State.NEW,), space="team"),
}


def plans(store, ask):
    """How SQLite answered the questions that a call asked."""
    asked = []
    store.connection.set_trace_callback(asked.append)
    ask()
    store.connection.set_trace_callback(None)
    return [
        step[3]
        for statement in asked
        for step in store.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    ]


@pytest.mark.parametrize("chosen", LISTS.values(), ids=LISTS)
def test_a_list_comes_in_its_order_by_an_index(chosen, tmp_path):
    with open_store(tmp_path / "store.db") as store:
        steps = plans(store, lambda: list(store.items.in_order(chosen)))
    assert [step for step in steps if "items_in_view" in step or "items_newest" in step]
    assert not [step for step in steps if "B-TREE" in step or "CORRELATED" in step]


def test_the_items_of_a_source_are_looked_up_once_and_not_for_each_item(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        steps = plans(store, lambda: list(store.items.in_order(ItemFilter(source="s-1"))))
    assert not [step for step in steps if "CORRELATED" in step]


def test_notes_of_the_same_bytes_are_found_by_an_index(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        steps = plans(store, lambda: store.notes.with_sha("x"))
    assert [step for step in steps if "notes_sha" in step]


def test_a_look_at_the_files_reads_no_texts_of_notes(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        steps = plans(store, store.notes.stamps)
    assert [step for step in steps if "notes_stamps" in step]


def test_what_waits_is_counted_without_a_look_at_every_note(tmp_path):
    since = datetime(2026, 11, 1, tzinfo=UTC)
    with open_store(tmp_path / "store.db") as store:
        steps = plans(store, lambda: waiting.count(store.connection, since=since, audience="self", level=0))
    assert not [step for step in steps if step.startswith("SCAN notes")]
