"""Retention: what nobody made anything of goes, nothing else; it does not come back by itself, and undo brings it."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.errors import Refused
from pkm.model.item import ParsedFeed, ParsedItem, State, Via
from pkm.model.quote import Anchor, Quote
from pkm.rules.query import parse_query
from pkm.seek.arrive import bring
from pkm.seek.triage import KeepWishes, keep, let_go
from pkm.shelf import notes
from pkm.shelf.notes import NewNote
from pkm.shelf.prune import plan, prune
from pkm.shelf.undo import undo
from pkm.store.hiding import View
from support.shelves import NOW, Clock, new_home, opened, stored_item, stored_source

YEAR = timedelta(days=365)


@pytest.fixture
def clock():
    return Clock(NOW - YEAR)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def old(shelf, title, **fields):
    return stored_item(
        shelf, title=title, url=f"https://example.org/{title}", html=f"<p>Words of {title}.</p>", **fields
    )


def gone(shelf, title, **fields):
    item = old(shelf, title, **fields)
    let_go(shelf, [item])
    return shelf.store.items.get(item.id)


def titles(shelf):
    return {item.title for item in shelf.store.items.each()}


def pruned(shelf, *, before=NOW, **wishes):
    keeps = [parse_query(words) for words in wishes.pop("keep", ())]
    planned = plan(shelf, before=before, keep=keeps, **wishes)
    return prune(shelf, planned, before=before, **wishes)


def sound(shelf):
    assert shelf.store.search.check()
    assert shelf.store.broken_references() == 0
    assert shelf.store.quick_check() == "ok"


def test_what_was_let_go_goes_with_its_text_and_the_index(shelf):
    gone(shelf, "gone")
    old(shelf, "undecided")
    done = pruned(shelf)
    assert (done.items, done.reversible) == (1, True)
    assert titles(shelf) == {"undecided"}
    assert shelf.store.search.find(parse_query("gone"), limit=1) == ()
    assert shelf.store.connection.execute("SELECT count(*) FROM texts").fetchone() == (1,)
    sound(shelf)


def test_what_is_younger_stays(shelf, clock):
    gone(shelf, "old")
    clock.forward(days=300)
    gone(shelf, "young")
    gone(shelf, "dated long ago but seen now", published_at=NOW - 3 * YEAR)
    assert pruned(shelf, before=NOW - timedelta(days=180)).items == 1
    assert titles(shelf) == {"young", "dated long ago but seen now"}


def test_what_the_user_made_something_of_is_never_touched(shelf):
    kept = old(shelf, "kept once")
    keep(shelf, [kept], KeepWishes())
    let_go(shelf, [kept])
    noted, quoted, tagged, pointed = (
        gone(shelf, title) for title in ("noted", "quoted", "tagged", "pointed")
    )
    with shelf.writing():
        notes.make(shelf, NewNote(text="Words of my own.", items=(noted,)), command=None)
        quote = Quote(
            id=shelf.ids.new("h"), item=quoted.id, url=None, anchor=Anchor(exact="Words"), text_sha=None, note="n-x", created_at=NOW
        )  # fmt: skip
        shelf.store.quotes.save(quote, event="e")
        shelf.store.items.add_tags([(tagged.id, "mine", "mine")], by="user")
        shelf.store.items.add_tags([(pointed.id, "feed", "feed")], by="feed")
        shelf.store.items.set_state(pointed.id, State.LET_GO, kept_at=None, later_at=NOW)
    assert pruned(shelf, undecided=True).items == 0


def test_what_a_rule_hides_goes_and_undecided_only_when_asked(shelf):
    hidden = old(shelf, "hidden")
    old(shelf, "waiting")
    with shelf.writing():
        shelf.store.hiding.set([(hidden.id, View(hidden_by="a rule"))])
    assert pruned(shelf).items == 1
    assert titles(shelf) == {"waiting"}
    assert pruned(shelf, undecided=True).items == 1


def test_what_answers_to_a_query_stays(shelf):
    gone(shelf, "alpha", authors=("Étienne",))
    gone(shelf, "beta")
    gone(shelf, "gamma")
    assert pruned(shelf, keep=["author:étienne", "title:beta"]).items == 1
    assert titles(shelf) == {"alpha", "beta"}


def test_a_pull_does_not_bring_pruned_items_again(shelf, clock):
    item = ParsedItem(raw_id="1", title="One", url="https://example.org/1", html="<p>x</p>")
    feed = ParsedFeed(format="rss20", items=(item,))
    source = stored_source(shelf)
    with shelf.writing():
        bring(shelf, source, feed, now=clock())
    let_go(shelf, list(shelf.store.items.each()))
    pruned(shelf)
    with shelf.writing():
        assert bring(shelf, source, feed, now=NOW).new == 0
    assert titles(shelf) == set()


def test_undo_brings_all_of_it_back_and_pulls_know_it_again(shelf, clock):
    source = stored_source(shelf)
    item = ParsedItem(
        raw_id="1", title="One", url="https://example.org/1", html="<p>\u2028x</p>", tags=("T",)
    )
    feed = ParsedFeed(format="rss20", items=(item,))
    with shelf.writing():
        bring(shelf, source, feed, now=clock())
    let_go(shelf, list(shelf.store.items.each()))
    [before] = [shelf.store.items.get(one.id) for one in shelf.store.items.each()]
    decisions, arrivals = shelf.store.decisions.of(before.id), shelf.store.arrivals.of_item(before.id)
    pruned(shelf)
    undone = undo(shelf)
    assert undone.left == ()
    assert shelf.store.items.get(before.id) == before
    assert shelf.store.arrivals.of_item(before.id) == arrivals
    assert [(one.before, one.after, one.by) for one in shelf.store.decisions.of(before.id)] == [
        (one.before, one.after, one.by) for one in decisions
    ]
    assert [hit.ref for hit in shelf.store.search.find(parse_query("one tag:t"), limit=2)] == [before.id]
    with shelf.writing():
        assert bring(shelf, source, feed, now=NOW).new == 0
    sound(shelf)


def test_undo_leaves_alone_what_came_in_anew_meanwhile(shelf):
    item = gone(shelf, "again")
    pruned(shelf)
    with shelf.writing():
        shelf.store.tombstones.dig_up([item.id])
    anew = old(shelf, "again")
    undo(shelf)
    assert shelf.store.items.get(anew.id) == anew
    sound(shelf)


def test_what_was_kept_between_plan_and_prune_stays(shelf):
    item = gone(shelf, "wanted after all")
    planned = plan(shelf, before=NOW)
    keep(shelf, [item], KeepWishes(via=Via(name="Bo")))
    assert prune(shelf, planned, before=NOW).items == 0
    assert titles(shelf) == {"wanted after all"}


def test_without_its_copy_in_the_trash_a_prune_cannot_be_undone(shelf):
    gone(shelf, "x")
    pruned(shelf)
    for path in shelf.home.trash.iterdir():
        path.unlink()
    with pytest.raises(Refused, match="cannot be taken back"):
        undo(shelf)


@settings(max_examples=25, deadline=None)
@given(
    bodies=st.lists(st.text(max_size=30), min_size=1, max_size=4),
    tags=st.lists(st.text(min_size=1, max_size=5), max_size=2),
)
def test_whatever_is_pruned_undo_gives_it_back_as_it_was(tmp_path_factory, bodies, tags):
    with opened(new_home(tmp_path_factory.mktemp("any")), now=Clock(NOW - YEAR)) as shelf:
        source = stored_source(shelf)
        feed = ParsedFeed(
            format="rss20",
            items=tuple(
                ParsedItem(
                    raw_id=str(n),
                    title=body or None,
                    html=body,
                    url=f"https://e.example/{n}",
                    tags=tuple(tags),
                )
                for n, body in enumerate(bodies)
            ),
        )
        with shelf.writing():
            bring(shelf, source, feed, now=NOW - YEAR)
        let_go(shelf, list(shelf.store.items.each()))
        before = list(shelf.store.items.each())
        assert pruned(shelf).items == len(bodies)
        undo(shelf)
        assert list(shelf.store.items.each()) == before
        sound(shelf)
