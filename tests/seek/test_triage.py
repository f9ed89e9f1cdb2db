from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import UsageError
from pkm.model.item import State, Via
from pkm.model.source import Tie
from pkm.rules.reading import minutes_for
from pkm.seek.look import Ask, look
from pkm.seek.reasons import Fold, draw, fold, posts_seldom
from pkm.seek.triage import KeepWishes, keep, let_go, older
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened, stored_item, stored_source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path), now=Clock(NOW)) as one:
        yield one


def several(shelf, count, *, source=None, **fields):
    start = len(list(shelf.store.items.each()))
    return [
        stored_item(
            shelf,
            title=f"Item {n}",
            url=f"https://example.org/{n}",
            source=source,
            published_at=NOW - timedelta(hours=n),
            **fields,
        )
        for n in range(start, start + count)
    ]


def titles(looked):
    return [row.listed.item.title for row in looked.rows]


def seen(shelf, **wishes):
    return look(shelf, Ask(**wishes), random_below=Random(1).randrange)


def test_what_is_new_stands_newest_first(shelf):
    several(shelf, 3)
    assert titles(seen(shelf)) == ["Item 0", "Item 1", "Item 2"]


def test_of_one_source_three_stand_together_and_the_rest_is_one_line(shelf):
    one, two = stored_source(shelf), stored_source(shelf, "https://b.example/feed")
    several(shelf, 5, source=one)
    several(shelf, 1, source=two)
    looked = seen(shelf)
    assert titles(looked) == ["Item 0", "Item 1", "Item 2", "Item 5"]
    assert looked.folds == (Fold(source=one.id, count=2, after=3),)
    assert looked.undecided == tuple(row.listed.item.id for row in looked.rows)


def test_a_source_asked_for_by_name_is_not_folded(shelf):
    several(shelf, 5)
    assert len(seen(shelf, source=stored_source(shelf).id).rows) == 5


def test_kept_and_let_go_are_shown_only_when_all_is_asked_for(shelf):
    first, second, _third = several(shelf, 3)
    keep(shelf, [first], KeepWishes())
    let_go(shelf, [second])
    assert titles(seen(shelf)) == ["Item 2"]
    looked = seen(shelf, everything=True)
    assert titles(looked) == ["Item 0", "Item 1", "Item 2"]
    assert len(looked.undecided) == 1


def test_words_tags_spaces_and_times_narrow_the_list(shelf):
    several(shelf, 2, tags=("design",))
    stored_item(shelf, title="Décisions", url="https://example.org/z", html="<p>logs</p>")
    assert titles(seen(shelf, words="decisions -verdict")) == ["Décisions"]
    assert titles(seen(shelf, words="nowhere")) == []
    assert titles(seen(shelf, tag="Design")) == ["Item 0", "Item 1"]
    assert titles(seen(shelf, space="team")) == []
    assert titles(seen(shelf, since=NOW - timedelta(minutes=30), words="item")) == ["Item 0"]


def test_the_reasons_are_a_strong_tie_several_sources_and_a_source_that_seldom_posts(shelf):
    dear = stored_source(shelf, "https://dear.example/feed", tie=Tie.STRONG)
    stored_item(shelf, title="A", url="https://c.example/a", source=dear, published_at=NOW)
    for days in (20, 60):
        stored_item(
            shelf,
            title=f"old {days}",
            url=f"https://c.example/{days}",
            source=dear,
            published_at=NOW - timedelta(days=days),
        )
    stored_item(shelf, title="A", url="https://c.example/a", source="https://b.example/feed", raw_id="other")
    [row] = [row for row in seen(shelf).rows if row.listed.item.title == "A"]
    assert row.because == ("strong tie", "2 of your sources link to it", "seldom posts")


def test_a_source_is_called_seldom_only_after_four_weeks_of_history():
    assert posts_seldom(3, timedelta(days=90))
    assert not posts_seldom(20, timedelta(days=90))
    assert not posts_seldom(1, timedelta(days=20))
    assert not posts_seldom(0, timedelta(days=90))


def test_by_chance_says_so_and_keeps_the_order(shelf):
    several(shelf, 6)
    looked = seen(shelf, random=3)
    assert len(looked.rows) == 3
    assert titles(looked) == sorted(titles(looked))
    assert {row.because for row in looked.rows} == {("by chance",)}


def test_minutes_of_reading_end_the_list_but_one_row_stands_always(shelf):
    several(shelf, 4, html=f"<p>{'word ' * 460}</p>")
    looked = seen(shelf, minutes=4)
    assert (len(looked.rows), looked.minutes, looked.matching) == (2, 4, 4)
    assert len(seen(shelf, minutes=1).rows) == 1


def test_reading_is_counted_in_words_and_in_characters():
    assert minutes_for("word " * 230) == pytest.approx(1)
    assert minutes_for("漢" * 400) == pytest.approx(1)
    assert minutes_for("") == 0


def test_a_sentence_on_one_item_makes_its_note_and_the_next_is_added_to_it(shelf):
    [item] = several(shelf, 1)
    first = keep(shelf, [item], KeepWishes(words="Decide in writing."))
    second = keep(shelf, [item], KeepWishes(words="Or decide twice."))
    assert first.note.path == second.note.path == "notes/item-0.md"
    text = (shelf.home.root / first.note.path).read_text(encoding="utf-8")
    assert "Decide in writing.\n\nOr decide twice." in text
    assert (first.moved, second.moved) == (1, 0)


def test_a_sentence_on_several_items_makes_one_new_note_on_all(shelf):
    items = several(shelf, 2)
    note = keep(shelf, items, KeepWishes(words="These two disagree.")).note
    assert note.file.items == tuple(item.id for item in items)
    assert len(list(shelf.home.notes.iterdir())) == 1


def test_whose_pointer_it_was_is_kept_and_written_into_the_note(shelf):
    [item] = several(shelf, 1)
    via = Via(name="Ana", url="https://ana.example/")
    decided = keep(shelf, [item], KeepWishes(words="Three words here.", via=via, hat_tip="Jo"))
    assert (decided.items[0].via, decided.items[0].hat_tip) == (via, "Jo")
    assert 'via: "Ana <https://ana.example/>"' in (shelf.home.root / decided.note.path).read_text("utf-8")


def test_undo_takes_back_state_note_and_pointer(shelf):
    [item] = several(shelf, 1)
    note = keep(shelf, [item], KeepWishes(words="Three words here.", via=Via(name="Ana"))).note
    undo(shelf)
    back = shelf.store.items.get(item.id)
    assert (back.state, back.via, back.kept_at) == (State.NEW, None, None)
    assert not (shelf.home.root / note.path).exists()


def test_undo_brings_back_what_was_let_go(shelf):
    items = several(shelf, 3)
    keep(shelf, items[:1], KeepWishes())
    assert let_go(shelf, items).moved == 3
    undo(shelf)
    assert [shelf.store.items.get(item.id).state for item in items] == [State.KEPT, State.NEW, State.NEW]


def test_an_empty_sentence_changes_nothing(shelf):
    [item] = several(shelf, 1)
    with pytest.raises(UsageError):
        keep(shelf, [item], KeepWishes(words="  "))
    assert shelf.store.items.get(item.id).state == State.NEW


def test_keeping_for_a_question_wants_a_question(shelf):
    [item] = several(shelf, 1)
    note = keep(shelf, [item], KeepWishes(words="Three words here.")).note
    with pytest.raises(UsageError):
        keep(shelf, [item], KeepWishes(question=note.id))


def test_older_means_new_items_before_a_moment(shelf):
    items = several(shelf, 3)
    keep(shelf, items[2:], KeepWishes())
    assert [item.title for item in older(shelf, NOW - timedelta(minutes=30))] == ["Item 1"]


orders = st.lists(st.tuples(st.uuids().map(str), st.sampled_from(["a", "b", None])), max_size=40)


@settings(deadline=None, max_examples=100)
@given(orders, st.integers(0, 10), st.integers(0, 4))
def test_folding_loses_nothing_above_the_end_and_never_reorders(order, limit, most):
    shown, folds = fold(order, limit=limit, per_source=most)
    ids = [item for item, _source in order]
    assert shown == [item for item in ids if item in set(shown)]
    assert not limit or len(shown) <= limit
    if not limit:
        assert len(shown) + sum(one.count for one in folds) == len(order)
    source_of = dict(order)
    runs = [source_of[item] or "" for item in shown]
    if most and not folds:
        assert all(len(set(runs[n : n + most + 1])) > 1 for n in range(len(runs) - most))


counts = st.dictionaries(st.sampled_from(["a", "b", None]), st.integers(0, 3))


@settings(deadline=None, max_examples=80)
@given(orders, counts, st.integers(0, 50), st.randoms())
def test_chance_draws_each_at_most_once_in_their_order_and_rare_sources_first(order, decided, count, chance):
    drawn, rare = draw(order, decided, count, chance.randrange)
    assert drawn == [item for item, _source in order if item in set(drawn)]
    assert len(drawn) == min(count, len(order))
    sources = {source for _item, source in order}
    assert not rare or sources - rare
    if any(source not in rare for item, source in order if item in set(drawn)):
        assert {item for item, source in order if source in rare} <= set(drawn)


def test_a_rarely_seen_source_has_fewer_decisions_than_the_average_one():
    order = [("1", "busy"), ("2", "busy"), ("3", "quiet"), ("4", "never")]
    drawn, rare = draw(order, {"busy": 7, "quiet": 1}, 2, lambda _below: 0)
    assert (drawn, rare) == (["3", "4"], {"quiet", "never"})
    assert draw(order, {}, 1, lambda _below: 0)[1] == frozenset()


def test_chance_names_the_sources_that_are_rarely_seen(shelf):
    busy, quiet = stored_source(shelf), stored_source(shelf, "https://b.example/feed")
    seen_before = several(shelf, 3, source=busy)
    several(shelf, 1, source=quiet)
    let_go(shelf, seen_before[:2])
    [row] = seen(shelf, random=1).rows
    assert (row.listed.item.source, row.because) == (quiet.id, ("rarely seen source", "by chance"))
