"""What is kept of our requests, of hosts and of addresses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.asked import Asked, HostState, Move, Proposal, Proposed, Purpose
from pkm.model.source import Health, Manner, Rhythm, Source, Validators
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, OTHER = "s-000000000001", "s-000000000002"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as one, one.transaction():
        for source, url in ((ONE, "https://a.example/feed"), (OTHER, "https://b.example/feed")):
            one.sources.save(Source(id=source, url=url, interval_s=7_200))
        yield one


def test_a_request_comes_back_from_the_log_as_it_was(store):
    asked = Asked(
        source=ONE,
        at=NOW,
        purpose=Purpose.WHOLE,
        status=200,
        seen=9,
        new=2,
        revised=1,
        error="status",
        url="https://a.example/feed",
        host="a.example",
        hops=((301, "https://a.example/new"),),
        sent=("accept", "user-agent"),
        asked_with=("0123456789ab", None),
        gave=(None, "0123456789ab"),
        body_bytes=12,
        took_ms=34,
        retry_after_s=56.5,
        next_at=NOW + DAY,
        next_because="floor",
    )
    store.fetches.log(asked)
    store.fetches.log(replace(asked, source=OTHER, at=NOW - DAY))
    assert store.fetches.of(ONE) == (asked,)
    assert store.fetches.since(NOW - 2 * DAY) == (replace(asked, source=OTHER, at=NOW - DAY), asked)
    assert store.fetches.since(NOW) == (asked,)


def test_old_requests_are_forgotten_but_the_last_of_each_source(store):
    for days in (9, 8, 1):
        store.fetches.log(Asked(source=ONE, at=NOW - days * DAY))
    store.fetches.log(Asked(source=OTHER, at=NOW - 9 * DAY))
    assert store.fetches.has_before(NOW - 2 * DAY)
    store.fetches.forget_before(NOW - 2 * DAY)
    assert [one.at for one in store.fetches.since(NOW - 99 * DAY)] == [NOW - 9 * DAY, NOW - DAY]
    assert not store.fetches.has_before(NOW - 2 * DAY)


def test_a_host_is_left_alone_until_its_time_and_forgotten_when_it_is_well(store):
    state = HostState(host="a.example", not_before=NOW + DAY, reason="429", strikes=2, asked_at=NOW)
    store.hosts.save(state)
    assert store.hosts.stopped(NOW) == {"a.example": state}
    assert store.hosts.stopped(NOW + DAY) == {}
    assert store.hosts.get("a.example") == state
    store.hosts.forget("a.example")
    assert store.hosts.get("a.example") is None


def test_what_an_address_gave_and_how_it_wants_to_be_asked_are_kept(store):
    manner = Manner(any_type=True, unpacked=True, date_only=True, same_bodies=2, unchanged_since=NOW)
    given = Validators(
        url="https://a.example/feed", etag='"v1"', last_modified="then", body_sha="00", manner=manner
    )
    store.addresses.set(ONE, given)
    store.addresses.set(ONE, replace(given, etag=None))
    assert store.addresses.of(ONE) == {given.url: replace(given, etag=None)}


def test_an_address_of_a_followed_source_is_not_taken_from_it(store):
    mine = Validators(url="https://c.example/feed", etag='"v1"')
    store.addresses.set(ONE, mine)
    store.addresses.set(OTHER, replace(mine, etag='"v2"'))
    assert store.addresses.of(ONE) == {mine.url: mine}
    assert store.addresses.of(OTHER) == {}


def test_a_move_is_counted_until_it_is_believed_and_then_stays_on_record(store):
    source = store.sources.get(ONE)
    target = "https://new.example/feed"
    store.addresses.saw_move(source, target, NOW)
    move = store.addresses.saw_move(source, target, NOW + DAY)
    assert move == Move(source=ONE, url=source.url, target=target, seen=2, first_seen=NOW)
    store.addresses.learnt(move, NOW + DAY)
    store.addresses.saw_no_move(ONE)
    assert store.addresses.moves(ONE) == (replace(move, learnt_at=NOW + DAY),)
    assert store.addresses.moves() == store.addresses.moves(ONE)


def test_a_move_that_stops_is_forgotten(store):
    store.addresses.saw_move(store.sources.get(ONE), "https://new.example/", NOW)
    store.addresses.saw_no_move(ONE)
    assert store.addresses.moves() == ()


def test_a_proposal_stands_until_it_is_withdrawn_and_keeps_its_date(store):
    first = Proposal(source=ONE, kind=Proposed.MOVED, url="https://new.example/", at=NOW)
    store.proposals.set(first)
    store.proposals.set(replace(first, at=NOW + DAY))
    assert store.proposals.of(ONE) == (first,)
    store.proposals.set(replace(first, url="https://newer.example/", at=NOW + DAY))
    assert store.proposals.of()[0].at == NOW + DAY
    store.proposals.withdraw(ONE, [Proposed.PAGE])
    assert len(store.proposals.of(ONE)) == 1
    store.proposals.withdraw(ONE, list(Proposed))
    assert store.proposals.of(ONE) == ()


def test_rhythm_health_and_the_wished_interval_come_back(store):
    health = Health(
        checked_at=NOW,
        failures=2,
        error_kind="status",
        error="no",
        trouble="gone",
        next_check_at=NOW + DAY,
        next_because="trouble",
        parked_at=NOW,
        parked_because="gone",
    )
    rhythm = Rhythm(gap_s=3_600.5, newest_at=NOW, ttl_s=60, skip_hours=(0, 23), skip_days=(6,))
    store.sources.set_health(ONE, health)
    store.sources.set_rhythm(ONE, rhythm)
    found = store.sources.get(ONE)
    assert (found.health, found.rhythm, found.interval_s) == (health, rhythm, 7_200)
    assert found.health.word == "parked"
