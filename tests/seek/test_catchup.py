from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.item import State
from pkm.model.source import Tie
from pkm.rules.tails import short_ids
from pkm.seek.ask import ask
from pkm.seek.catchup import Order, let_go, plan
from pkm.seek.triage import KeepWishes, keep, put_off
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened, stored_item, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def item(shelf, title, source="https://a.example/feed", **fields):
    return stored_item(
        shelf, title=title, url=f"https://x.example/{title.replace(' ', '-')}", source=source, **fields
    )


def everything(shelf):
    return {one.id: (one.state, one.kept_at, one.later_at) for one in shelf.store.items.each()}


def said(planned):
    return {row.listed.item.title: row.because for row in planned.rows}


def test_each_row_says_why_it_stays(shelf):
    question = ask(shelf, "How do teams decide?").question
    dear = stored_source(shelf, "https://dear.example/feed", tie=Tie.STRONG)
    item(shelf, "Dear", source=dear)
    item(shelf, "How a team may decide")
    item(shelf, "Linked", raw_id="1")
    stored_item(
        shelf, title="Linked", url="https://x.example/Linked", source="https://b.example/feed", raw_id="2"
    )
    item(shelf, "Plain", source="https://c.example/feed")
    assert said(plan(shelf, Order())) == {
        "Dear": ("strong tie",),
        "How a team may decide": (f"your question {short_ids([question.id])[0]} (team, decide)",),
        "Linked": ("2 of your sources link to it",),
        "Plain": ("by turn",),
    }


def test_the_rest_is_let_go_and_undo_restores_every_state_exactly(shelf, clock):
    kept = item(shelf, "Kept", keep=True)
    later = item(shelf, "Later")
    put_off(shelf, later)
    for n in range(9):
        item(
            shelf, f"Item {n}", source=f"https://s{n % 3}.example/feed", published_at=NOW - timedelta(hours=n)
        )
    before = everything(shelf)
    clock.forward(days=22)
    planned = plan(shelf, Order(limit=4))
    assert (len(planned.rows), len(planned.going), planned.put_off) == (4, 5, 1)
    assert let_go(shelf, planned) == 5
    states = [state for state, _kept, _later in everything(shelf).values()]
    assert [states.count(one) for one in (State.NEW, State.KEPT, State.LET_GO)] == [5, 1, 5]
    assert everything(shelf)[kept.id] == before[kept.id]
    undo(shelf)
    assert everything(shelf) == before


def test_what_was_decided_while_the_plan_was_read_stays_decided(shelf):
    items = [item(shelf, f"Item {n}") for n in range(4)]
    planned = plan(shelf, Order(limit=1))
    mine = shelf.store.items.get(planned.going[0])
    keep(shelf, [mine], KeepWishes())
    assert let_go(shelf, planned) == len(items) - 2
    assert shelf.store.items.get(mine.id).state == State.KEPT


def test_a_plan_alone_changes_nothing(shelf):
    for n in range(4):
        item(shelf, f"Item {n}")
    before = everything(shelf)
    plan(shelf, Order(limit=1))
    assert everything(shelf) == before
    assert let_go(shelf, plan(shelf, Order(limit=9))) == 0
    assert shelf.store.undo_log.last() is None


def test_since_looks_only_at_what_came_in_then(shelf, clock):
    item(shelf, "Before")
    clock.forward(days=3)
    item(shelf, "After")
    planned = plan(shelf, Order(since=NOW + timedelta(days=1)))
    assert (list(said(planned)), planned.waiting) == (["After"], 1)


def test_for_a_question_nothing_else_stays_in_view(shelf):
    question = ask(shelf, "How do teams decide?").question
    item(shelf, "How a team may decide")
    item(shelf, "Other")
    planned = plan(shelf, Order(question=question))
    assert (list(said(planned)), len(planned.going)) == (["How a team may decide"], 1)


def test_the_absence_begins_with_the_last_decision_note_or_share(shelf, clock):
    assert plan(shelf, Order()).away_since is None
    ask(shelf, "How do teams decide?")
    clock.forward(days=30)
    assert plan(shelf, Order()).away_since == NOW
