from datetime import date, timedelta

import pytest

from pkm.errors import NotFound
from pkm.model.revisit import Answer, Why
from pkm.rules.limits import REVISITS_A_DAY
from pkm.sense.annotate import Sentence, think
from pkm.sense.revisit import answer, drip, offered
from pkm.shelf.rebuild import rebuild
from pkm.shelf.shelf import ShelfOptions
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.shelves import NOW, Clock, new_home, opened, stored_item


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def shelf(at, clock):
    with opened(at, now=clock) as one:
        yield one


def thought(shelf, clock, text, *, days_ago, **fields):
    today, clock.at = clock.at, clock.at - timedelta(days=days_ago)
    note = think(shelf, Sentence(text=text, **fields)).note
    clock.at = today
    return note


def offers(shelf):
    return {again.met.id: again.why for again in offered(shelf)}


def test_a_note_is_met_again_after_a_week_or_so_and_says_why(shelf, clock):
    fresh = thought(shelf, clock, "Only some days old.", days_ago=3)
    old = thought(shelf, clock, "Nine days are enough.", days_ago=9)
    [again] = offered(shelf)

    assert again.met.id == old.id != fresh.id
    assert again.because == "written 9 days ago, not met since"


def test_after_a_year_away_a_day_has_as_many_as_ever(shelf, clock):
    for number in range(40):
        thought(shelf, clock, f"An older thought, number {number}.", days_ago=30 + number)
    first = offers(shelf)
    clock.forward(days=365)

    assert len(first) == len(offers(shelf)) == REVISITS_A_DAY
    assert offers(shelf).keys() != first.keys()


def test_the_days_list_stands_still_while_it_is_answered(shelf, clock):
    notes = [thought(shelf, clock, f"An older thought, number {number}.", days_ago=30) for number in range(9)]
    before = list(offers(shelf))
    answer(shelf, shelf.store.notes.get(before[0]), Answer.FRUITFUL)
    clock.forward(hours=5)

    assert list(offers(shelf)) == before[1:]
    assert len(notes) == 9


def test_what_is_put_off_stays_away_until_its_day(shelf, clock):
    note = thought(shelf, clock, "Put me off, please.", days_ago=9)
    due = answer(shelf, note, Answer.NOT_NOW).due
    seen = []
    for _ in range(30):
        clock.forward(days=1)
        seen.append((clock.at.date(), note.id in offers(shelf)))

    assert [day for day, shown in seen if shown] == [day for day, _ in seen if day >= due]
    assert 15 <= (due - NOW.date()).days <= 20


def test_done_is_done_even_on_the_day_of_the_year(shelf, clock):
    note = thought(shelf, clock, "Written a year ago today.", days_ago=365)
    assert offers(shelf) == {note.id: Why.THIS_DAY}

    answer(shelf, note, Answer.DONE)
    clock.forward(days=365)
    assert offers(shelf) == {}
    assert drip(shelf) is None


def test_an_older_note_that_one_of_this_week_links_to_is_offered(shelf, clock):
    old = thought(shelf, clock, "Doubts are worth a column.", days_ago=40)
    stem = old.path.removeprefix("notes/").removesuffix(".md")
    thought(shelf, clock, f"See [[{stem}]] once more, it holds.", days_ago=2)
    [again] = offered(shelf)

    assert (again.met.id, again.why) == (old.id, Why.LINKED)
    assert "which you wrote this week, links to it" in again.because


def test_a_kept_item_without_words_is_offered_after_two_weeks(shelf, clock):
    item = stored_item(shelf, keep=True)
    assert offers(shelf) == {}
    clock.forward(days=16)

    [again] = offered(shelf)
    assert (again.met.id, again.because) == (item.id, "kept 2 weeks ago, no words of yours yet")
    answer(shelf, item, Answer.DONE)
    clock.forward(days=400)
    assert offers(shelf) == {}


def test_an_item_that_is_not_kept_does_not_come_back(shelf):
    item = stored_item(shelf)

    with pytest.raises(NotFound, match="not kept"):
        answer(shelf, item, Answer.FRUITFUL)


def test_an_answer_can_be_taken_back(shelf, clock):
    note = thought(shelf, clock, "Nine days are enough.", days_ago=9)
    answer(shelf, note, Answer.DONE)
    assert offers(shelf) == {}
    undo(shelf)

    assert offers(shelf) == {note.id: Why.UNMET}


def test_answers_come_back_from_the_files_alone(at, clock):
    with opened(at, now=clock) as shelf:
        notes = [
            thought(shelf, clock, f"An older thought {number}.", days_ago=30 + number) for number in range(4)
        ]
        item = stored_item(shelf, keep=True)
        for note, said in zip(notes, (*Answer, Answer.FRUITFUL), strict=True):
            answer(shelf, note, said)
            clock.forward(minutes=1)
        answer(shelf, item, Answer.NOT_NOW)
        undo(shelf)
        clock.forward(days=40)
        before, offered_before = shelf.store.revisits.answers(), offers(shelf)
    rebuild(at, options=ShelfOptions(), now=clock)
    with opened(at, now=clock) as shelf:
        sync(shelf, wait=True)

        assert shelf.store.revisits.answers() == before
        assert offers(shelf) == offered_before
        assert len(before) == 4


def test_an_answer_to_an_adopted_note_stays_its_own_when_it_gets_an_id(shelf, clock):
    path = shelf.home.notes / "adopted.md"
    path.write_text("Words from another program.\n", encoding="utf-8")
    sync(shelf, wait=True)
    adopted = shelf.store.notes.at("notes/adopted.md")
    answer(shelf, adopted, Answer.FRUITFUL)
    path.write_text("---\nid: n-000000000042\n---\nWords from another program.\n", encoding="utf-8")
    clock.forward(seconds=5)
    sync(shelf, wait=True)

    assert list(shelf.store.revisits.answers()) == ["n-000000000042"]


def test_the_drip_is_one_note_a_day_and_on_mondays_an_open_question(shelf, clock):
    for number in range(6):
        thought(shelf, clock, f"An older thought {number}.", days_ago=30 + number)
    question = thought(shelf, clock, "How do teams keep decisions?", days_ago=30, kind="question")
    met = []
    for _ in range(21):
        clock.forward(days=1)
        note = drip(shelf)
        assert drip(shelf).id == note.id
        met.append(note.id)
        if clock.at.date().weekday() == 0:
            assert note.id == question.id

    assert len(set(met)) >= 5


def test_nothing_to_drip_is_nothing(shelf, clock):
    thought(shelf, clock, "Only some days old.", days_ago=3)

    assert drip(shelf) is None


def test_a_note_of_an_odd_time_does_no_harm(shelf, clock):
    (shelf.home.notes / "odd.md").write_text(
        "---\ndate: 9998-12-30T00:00:00\n---\nWords from the end of time.\n", encoding="utf-8"
    )
    (shelf.home.notes / "old.md").write_text(
        "---\ndate: 1901-01-02T00:00:00\n---\nWords from the first days.\n", encoding="utf-8"
    )
    sync(shelf, wait=True)

    assert len(offers(shelf)) == 1
    assert offered(shelf)[0].rhythm.due <= date(1901, 1, 11)
