from dataclasses import replace
from datetime import timedelta

import pytest

from pkm.model.asked import Proposal, Proposed
from pkm.model.source import Asking
from pkm.seek.redirects import apply, redirects
from pkm.shelf.undo import undo
from support.shelves import NOW, new_home, opened, stored_source

OLD, NEW = "https://a.example/feed", "https://b.example/feed"


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def seen(shelf, source, target=NEW, times=1):
    with shelf.writing():
        for number in range(times):
            shelf.store.addresses.saw_move(source, target, NOW - timedelta(days=3 - number))


def listed(shelf, *, named=False):
    return redirects(shelf, shelf.store.sources.all(), named=named)


def test_a_watched_move_says_how_often_since_when_and_when_it_will_be_taken(shelf):
    seen(shelf, stored_source(shelf, OLD), times=2)
    [one] = listed(shelf)
    assert (one.target, one.seen, one.learnt_at, one.obstacle) == (NEW, 2, None, "")
    assert one.since == NOW - timedelta(days=3)
    assert one.becomes_due == "1 more sighting, and not before 2026-11-26"


def test_a_move_is_taken_now_and_undo_goes_back(shelf):
    source = stored_source(shelf, OLD)
    seen(shelf, source)
    assert [one.source.id for one in apply(shelf, listed(shelf))] == [source.id]
    assert shelf.store.sources.get(source.id).url == NEW
    [one] = listed(shelf)
    assert one.learnt_at == NOW
    assert apply(shelf, listed(shelf)) == ()
    # The old address still leads to it, so that a list which names it brings no second one.
    assert shelf.store.sources.at(OLD).id == source.id
    undo(shelf)
    assert shelf.store.sources.get(source.id).url == OLD


@pytest.mark.parametrize(
    ("fields", "target", "word"),
    [
        ({"asking": Asking(headers=(("X-Key", "secret:k"),))}, NEW, "login"),
        ({"url": "https://a.example/feed?token=0123456789abcdef"}, NEW, "login"),
        ({}, "https://b.example/login", "log-in page"),
    ],
)
def test_what_would_carry_a_login_along_or_lead_to_one_is_left(shelf, fields, target, word):
    source = stored_source(shelf, OLD)
    with shelf.writing():
        shelf.store.sources.save(replace(source, **fields))
    seen(shelf, shelf.store.sources.get(source.id), target)
    [one] = listed(shelf)
    assert word in one.obstacle
    assert apply(shelf, [one]) == ()


def test_the_address_of_another_source_is_left(shelf):
    seen(shelf, stored_source(shelf, OLD))
    other = stored_source(shelf, NEW)
    [one] = listed(shelf)
    assert other.title in one.obstacle


def test_an_address_that_the_feed_names_is_taken_if_the_user_names_the_source(shelf):
    source = stored_source(shelf, OLD)
    with shelf.writing():
        shelf.store.proposals.set(Proposal(source=source.id, kind=Proposed.MOVED, url=NEW, at=NOW))
    [one] = listed(shelf)
    assert (one.seen, apply(shelf, [one])) == (0, ())
    assert len(apply(shelf, listed(shelf, named=True))) == 1
    assert shelf.store.sources.get(source.id).url == NEW
    assert shelf.store.proposals.of(source.id) == ()


def test_a_source_that_was_given_another_address_meanwhile_is_left(shelf):
    source = stored_source(shelf, OLD)
    seen(shelf, source)
    with shelf.writing():
        shelf.store.sources.save(replace(source, url="https://c.example/"))
    assert apply(shelf, listed(shelf)) == ()
