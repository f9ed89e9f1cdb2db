import pytest

from pkm.errors import NotFound
from pkm.model.item import State
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.walk import Wanted, next_unsensed, skip
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened, stored_item


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def kept(shelf, clock, number):
    clock.forward(minutes=1)
    return stored_item(shelf, url=f"https://example.org/{number}", title=f"T{number}", keep=True)


def test_the_oldest_promise_comes_first(shelf, clock):
    items = [kept(shelf, clock, number) for number in range(3)]
    stored_item(shelf, url="https://example.org/new", title="not kept")

    assert [item.id for item in next_unsensed(shelf, Wanted(limit=0))] == [item.id for item in items]
    assert [item.id for item in next_unsensed(shelf, Wanted(limit=2))] == [item.id for item in items[:2]]


def test_an_item_with_own_words_waits_no_more(shelf, clock):
    one, two = kept(shelf, clock, 1), kept(shelf, clock, 2)
    annotate(shelf, one, Sentence(text="Three own words."))

    assert [item.id for item in next_unsensed(shelf, Wanted(limit=0))] == [two.id]


def test_two_words_are_not_yet_words_of_ones_own(shelf, clock):
    one = kept(shelf, clock, 1)
    annotate(shelf, one, Sentence(text="Two words"))

    assert [item.id for item in next_unsensed(shelf, Wanted(limit=0))] == [one.id]


def test_what_is_skipped_waits_at_the_end_and_stays_kept(shelf, clock):
    items = [kept(shelf, clock, number) for number in range(3)]
    clock.forward(minutes=5)
    skip(shelf, items[0])

    assert [item.id for item in next_unsensed(shelf, Wanted(limit=0))] == [
        items[1].id,
        items[2].id,
        items[0].id,
    ]
    assert shelf.store.items.get(items[0].id).state == State.KEPT
    undo(shelf)
    assert [item.id for item in next_unsensed(shelf, Wanted(limit=0))] == [item.id for item in items]


def test_what_is_not_kept_cannot_be_skipped(shelf):
    item = stored_item(shelf)
    with pytest.raises(NotFound, match="not kept"):
        skip(shelf, item)


def test_a_skip_stands_in_the_journal(shelf, clock):
    item = kept(shelf, clock, 1)
    skip(shelf, item)

    assert '"do":"skip"' in shelf.home.decisions.read_text()
