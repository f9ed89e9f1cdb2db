from dataclasses import replace
from datetime import timedelta

import pytest

from pkm.errors import Refused, UsageError
from pkm.model.source import Source
from pkm.seek.sourceset import mute, remove, settle, unmute
from pkm.seek.sourcewords import Said, applied
from support.shelves import NOW, new_home, opened, stored_item, stored_source

SOURCE = Source(id="s-" + "a" * 12, url="https://a.example/feed", title="A")


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def say(shelf, source, *, auth_cmd=None, **said):
    return settle(shelf, [source], Said(**said), auth_cmd=auth_cmd)


def test_a_source_that_waits_is_asked_at_once_when_it_is_asked_otherwise(shelf):
    source = stored_source(shelf)
    later = replace(source.health, failures=1, next_check_at=NOW + timedelta(days=1))
    with shelf.writing():
        shelf.store.sources.set_health(source.id, later)
    source = shelf.store.sources.get(source.id)
    say(shelf, source, why="other words change nothing of that")
    assert shelf.store.sources.get(source.id).health.next_check_at is not None
    say(shelf, shelf.store.sources.get(source.id), headers=("X-A: secret:work",))
    assert shelf.store.sources.get(source.id).health.next_check_at is None


def test_what_was_not_said_stays_and_none_takes_back():
    once = applied(
        SOURCE, Said(why="because", tags=("+a", "b"), interval="6h", user_agent="R/1", proxy="direct")
    )
    assert applied(once, Said()) == once
    assert Said().nothing
    taken = Said(why="", tags=("-a", "-b"), interval="none", user_agent="none", proxy="none")
    assert applied(once, taken) == SOURCE


def test_a_login_makes_a_source_private_once_and_the_user_may_say_otherwise():
    login = Said(headers=("Authorization: secret:work",))
    assert applied(SOURCE, login).private
    assert not applied(SOURCE, replace(login, private=False)).private
    opened_up = replace(applied(SOURCE, login), private=False)
    assert not applied(opened_up, Said(headers=("Authorization: Bearer secret:work",))).private


def test_a_source_whose_address_is_a_secret_stays_private():
    secret = replace(SOURCE, url="https://a.example/feed?token=0123456789abcdef", private=True)
    with pytest.raises(Refused, match="stays private"):
        applied(secret, Said(private=False))


def test_nothing_of_captures_can_be_said(shelf):
    stored_item(shelf)
    captures = Source(id="s-" + "c" * 12, url="captures:", kind="captures")
    for refused in (lambda: say(shelf, captures, why="x"), lambda: mute(shelf, [captures])):
        with pytest.raises(Refused):
            refused()


def test_muting_twice_keeps_the_first_date_and_unmuting_takes_it_off(shelf):
    source = stored_source(shelf)
    muted = mute(shelf, [source]).sources[0]
    assert mute(shelf, [muted]).changed == ()
    assert unmute(shelf, [muted]).sources[0].muted_at is None


def test_removing_keeps_the_items(shelf):
    item = stored_item(shelf, keep=True)
    source = shelf.store.sources.get(item.source)
    assert remove(shelf, [source]).changed
    assert not shelf.store.sources.get(source.id).followed
    assert shelf.store.items.get(item.id) == item


@pytest.mark.parametrize("said", [{"url": "https://b.example/"}, {"title": "B"}])
def test_an_address_and_a_title_are_one_sources_own(shelf, said):
    sources = [stored_source(shelf), stored_source(shelf, "https://b.example/feed")]
    with pytest.raises(UsageError):
        settle(shelf, sources, Said(**said))


def test_the_address_of_another_source_is_refused(shelf):
    source = stored_source(shelf)
    stored_source(shelf, "https://b.example/feed")
    with pytest.raises(Refused, match="is the address of"):
        say(shelf, source, url="https://b.example/feed")
