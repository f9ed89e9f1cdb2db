from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import ParsedItem, State
from pkm.rules.identity import keyed
from pkm.rules.limits import ITEMS_FIRST_PULL, ITEMS_PER_PULL
from pkm.seek.compare import (
    Near,
    compare,
    first_states,
    later_states,
    names_of,
    newest,
    sort_moment,
    unburied,
)
from pkm.seek.said import Said, believable
from pkm.store.arrivals import KnownArrival

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(raw_id, *, sha="a", days=0, **fields):
    item = ParsedItem(raw_id=raw_id, published_at=NOW - timedelta(days=days), **fields)
    return Said(keyed=keyed([item])[0], content_sha=sha)


def known(row, key, sha="a", **fields):
    return KnownArrival(
        row=row,
        key=key,
        item=f"i-{row}",
        content_sha=sha,
        first_seen=NOW,
        date_source="feed",
        revisions=0,
        **fields,
    )


def test_what_is_not_known_is_new():
    assert [one.keyed.key for one in compare([said("1"), said("2")], {}).new] == ["g:1", "g:2"]


def test_what_is_known_and_says_the_same_is_only_still_there():
    changes = compare([said("1")], {"g:1": known(7, "g:1")})
    assert (changes.new, changes.revised, changes.still_there) == ((), (), (7,))


def test_what_is_known_and_says_otherwise_is_a_revision():
    changes = compare([said("1", sha="b")], {"g:1": known(7, "g:1")})
    assert [one.known.row for one in changes.revised] == [7]
    assert changes.still_there == ()


@pytest.mark.parametrize("witness", [{"title": "  a TITLE"}, {"published_at": NOW}])
def test_an_item_whose_id_changed_is_known_by_its_link_and_one_more_witness(witness):
    one = said("new-id", url="https://a.example/1", title="A title")
    changes = compare([one], {"u:https://a.example/1": known(7, "g:old-id", **witness)})
    assert (changes.new, changes.still_there) == ((), (7,))
    assert [name for learnt in changes.learnt for name in learnt.names] == ["g:new-id"]


def test_a_second_piece_about_one_page_is_not_taken_for_an_edit_of_the_first():
    one = said("2", url="https://c.example/x", title="Once more")
    other = known(7, "g:1", title="A page", published_at=NOW - timedelta(days=9))
    assert compare([one], {"u:https://c.example/x": other}).new == (one,)


def test_an_item_without_an_id_is_its_link():
    one = said(None, url="https://a.example/1", title="Other title")
    changes = compare([one], {"u:https://a.example/1": known(7, "u:https://a.example/1", title="A title")})
    assert changes.new == ()


def test_the_path_of_an_id_alone_does_not_make_one_of_two_blogs_in_a_planet():
    one = said("https://b.example/hello", title="Hello from B")
    assert compare([one], {"p:/hello": known(7, "g:https://a.example/hello", title="Hello from A")}).new == (
        one,
    )


def test_a_piece_whose_names_all_changed_with_its_headline_is_known_by_its_moment():
    one = said("https://a.example/right", url="https://a.example/right", title="A right headline")
    before = known(7, "g:https://a.example/wrnog", title="A wrnog headline", published_at=NOW)
    assert compare([one], {}, Near(dated={NOW: [before]})).still_there == (7,)
    other = known(7, "g:x", title="Something else entirely", published_at=NOW)
    assert compare([one], {}, Near(dated={NOW: [other]})).new == (one,)


def test_a_date_that_comes_after_a_guess_is_taken_and_no_edit():
    [dated] = compare([said("1")], {"g:1": replace(known(7, "g:1"), date_source="seen")}).dated
    assert dated.known.row == 7
    assert compare([said("1")], {"g:1": known(7, "g:1")}).dated == ()


def test_two_items_of_one_document_are_never_one_arrival():
    both = [said("1", url="https://a.example/x"), said("2", url="https://a.example/x")]
    changes = compare(both, {"u:https://a.example/x": known(7, "g:0"), "g:1": known(7, "g:0")})
    assert [one.keyed.key for one in changes.new] == ["g:2"]


def test_what_was_pruned_for_good_does_not_come_back():
    one = said("1", url="https://a.example/1")
    assert unburied([one], {"g:1"}, set()) == ()
    assert unburied([one], {"u:https://a.example/1"}, set()) == ()
    assert unburied([one], set(), {"https://a.example/1"}) == ()
    assert unburied([one], {"g:2"}, {"https://a.example/2"}) == (one,)


def test_the_past_of_a_feed_served_again_is_filed_away_and_what_is_only_late_is_not():
    oldest = NOW - timedelta(days=100)
    parts = [said("old", days=101), said("between", days=99), said("late", days=29)]
    assert later_states(parts, oldest=oldest, now=NOW) == (State.LET_GO, State.NEW, State.NEW)
    assert later_states(parts, oldest=NOW, now=NOW)[2] == State.NEW
    assert later_states(parts, oldest=None, now=NOW) == (State.NEW,) * 3


def test_the_names_asked_for_are_key_and_aliases():
    assert names_of([said("https://a.example/7?x=1")]) == ["g:https://a.example/7?x=1", "p:/7?x=1"]


def test_the_newest_few_of_a_first_pull_wait_and_the_rest_is_filed_away():
    states = first_states([said(str(n), days=n) for n in (9, 1, 3, 2)], most_new=2)
    assert states == (State.LET_GO, State.NEW, State.LET_GO, State.NEW)


def test_of_a_huge_feed_the_newest_are_taken_in_document_order():
    many = [said(str(n), days=n) for n in range(ITEMS_PER_PULL + 5)][::-1]
    taken = newest(many, first_pull=False)
    assert len(taken) == ITEMS_PER_PULL
    assert taken[-1] is many[-1]
    assert taken[0].item.raw_id == str(ITEMS_PER_PULL - 1)
    assert len(newest(many, first_pull=True)) == min(len(many), ITEMS_FIRST_PULL)


def test_a_date_before_the_first_feeds_is_no_date():
    assert believable(datetime(1970, 1, 1, tzinfo=UTC)) is None
    assert believable(NOW) == NOW


def test_a_date_in_the_future_never_lifts_an_item_above_what_came_later():
    item = ParsedItem(published_at=NOW + timedelta(days=400))
    assert sort_moment(item, NOW) == NOW


def test_undated_items_that_came_together_keep_their_order():
    first, second = (sort_moment(ParsedItem(position=n), NOW) for n in (0, 1))
    assert first > second


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.text("abc", min_size=1, max_size=2), unique=True, max_size=8),
    st.lists(st.text("abc", min_size=1, max_size=2), unique=True, max_size=8),
)
def test_every_item_is_new_or_still_there_and_never_both(now_said, before):
    kept = {f"g:{name}": known(row, f"g:{name}") for row, name in enumerate(before)}
    changes = compare([said(name) for name in now_said], kept)
    new = {one.item.raw_id for one in changes.new}
    there = {before[row] for row in changes.still_there}
    assert new | there == set(now_said)
    assert not new & there


def test_who_bears_the_very_key_is_the_arrival_before_anybody_whom_an_alias_leads_to_it():
    by_alias = said("other", url="https://a.example/x")
    by_key = said("1")
    changes = compare([by_alias, by_key], {"g:1": known(7, "g:1"), "u:https://a.example/x": known(7, "g:1")})
    assert changes.still_there == (7,)
    assert changes.new == (by_alias,)
