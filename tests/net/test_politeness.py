from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.politeness import (
    Ask,
    Facts,
    Trouble,
    Turns,
    ask_for,
    backoff,
    next_check_at,
    server_of,
    trouble_of,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def due_in(*, polite=False, jitter=0.0, **facts):
    return next_check_at(NOW, Facts(**facts), jitter=jitter, polite=polite) - NOW


def test_a_feed_with_validators_is_asked_hourly_at_most():
    assert due_in(has_validators=True) == HOUR


def test_a_feed_without_validators_is_asked_daily_at_most():
    assert due_in() == 24 * HOUR


@pytest.mark.parametrize("said", ["max_age_s", "ttl_s", "usual_gap_s", "retry_after_s"])
def test_what_the_server_says_is_honoured_up_to_a_week(said):
    assert due_in(has_validators=True, **{said: 7_200}) == 2 * HOUR
    assert due_in(has_validators=True, **{said: 10}) == HOUR
    assert due_in(has_validators=True, **{said: 400 * 24 * 3600}) == timedelta(days=7)


def test_jitter_adds_a_tenth_at_most():
    assert due_in(has_validators=True, jitter=1.0) == 1.1 * HOUR


def test_loopback_knows_no_floor_unless_polite():
    assert due_in(loopback=True, max_age_s=9_000, ttl_s=9_000, failures=3) == timedelta(0)
    assert due_in(loopback=True, polite=True) == 24 * HOUR


def test_loopback_too_may_ask_to_wait():
    assert due_in(loopback=True, retry_after_s=60) == timedelta(seconds=60)


def test_failures_are_waited_out_longer_and_longer():
    hours = [due_in(has_validators=True, failures=n, trouble=Trouble.PASSING) / HOUR for n in range(1, 8)]
    assert hours == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (Trouble.MISSING, [12, 24, 48, 168, 168]),
        (Trouble.BLOCKED, [6, 12, 24, 24]),
        (Trouble.LOGIN, [24, 24]),
        (Trouble.BUSY, [1, 2, 4, 8, 16, 24, 24]),
        (Trouble.GONE, [24, 24 * 365 * 100]),
    ],
)
def test_each_trouble_has_its_own_patience(kind, hours):
    assert [backoff(n + 1, kind) / HOUR for n in range(len(hours))] == hours


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (None, Trouble.PASSING),
        (200, Trouble.PASSING),
        (408, Trouble.PASSING),
        (500, Trouble.PASSING),
        (503, Trouble.PASSING),
        (522, Trouble.PASSING),
        (404, Trouble.MISSING),
        (418, Trouble.MISSING),
        (403, Trouble.BLOCKED),
        (451, Trouble.BLOCKED),
        (401, Trouble.LOGIN),
        (410, Trouble.GONE),
        (429, Trouble.BUSY),
    ],
)
def test_statuses_are_sorted_by_what_helps(status, kind):
    assert trouble_of(status) is kind


def test_a_busy_server_that_says_how_long_makes_the_host_wait():
    assert trouble_of(503, asked_to_wait=True) is Trouble.BUSY


def asks(*urls):
    return [ask_for(url, url) for url in urls]


def test_one_host_gets_one_request_at_a_time_a_second_apart():
    turns = Turns(asks("http://a.example/1", "http://A.example:81/2", "https://a.example./3"))
    first = turns.start(0.0)
    assert turns.start(5.0) is None
    turns.finished(first)
    second = turns.start(5.0)
    turns.finished(second)
    assert turns.start(5.5) is None
    assert turns.wait_s(5.5) == 0.5
    assert turns.start(6.0).about == "https://a.example./3"


def test_other_hosts_need_not_wait():
    turns = Turns(asks("http://a.example/1", "http://a.example/2", "http://b.example/1"))
    assert [turns.start(0.0).about, turns.start(0.0).about] == ["http://a.example/1", "http://b.example/1"]
    assert turns.start(0.0) is None
    assert turns.wait_s(0.0) is None


def test_a_loopback_host_gets_eight_at_once_and_no_gap():
    turns = Turns(asks(*(f"http://127.0.0.1:8000/{n}" for n in range(20))))
    started = [turns.start(0.0) for _ in range(8)]
    assert all(started)
    assert turns.start(0.0) is None
    turns.finished(started[0])
    assert turns.start(0.0) is not None


def test_a_polite_pull_treats_loopback_like_all_others():
    turns = Turns(asks("http://127.0.0.1/1", "http://127.0.0.1/2"), polite=True)
    turns.finished(turns.start(0.0))
    assert turns.wait_s(0.0) == 1.0


def test_no_more_than_32_requests_at_once_in_all():
    turns = Turns(asks(*(f"http://h{n}.example/" for n in range(40))))
    assert len([ask for ask in (turns.start(0.0) for _ in range(40)) if ask]) == 32


def test_a_host_that_wants_quiet_loses_its_turns():
    turns = Turns(asks("http://a.example/1", "http://a.example/2", "http://b.example/1"))
    first = turns.start(0.0)
    assert [ask.about for ask in turns.stop_host("http://a.example/other")] == ["http://a.example/2"]
    turns.finished(first)
    turns.finished(turns.start(0.0))
    assert turns.start(9.0) is None
    assert turns.done


def test_what_is_no_address_still_gets_its_turn():
    turns = Turns([Ask(url="http://[", about=1), Ask(url="", about=2)])
    assert {turns.start(0.0).about, turns.start(0.0).about} == {1, 2}


HOSTS = st.sampled_from(["http://a.example/", "http://b.example/", "http://127.0.0.1/", "http://localhost/"])


@given(st.lists(HOSTS, max_size=30), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_in_any_order_of_events_all_get_a_turn_and_no_host_two_at_once(urls, dice):
    turns, flying, now, started = Turns(asks(*urls), at_once=5), [], 0.0, {}
    seen = []
    while not turns.done:
        ask = turns.start(now) if dice.random() < 0.5 else None
        if ask:
            server = server_of(ask.url)
            if not ask.is_loopback:
                assert all(server_of(other.url) != server for other in flying)
                assert now - started.get(server, -9.0) >= 1.0
            started[server] = now
            flying.append(ask)
            seen.append(ask.url)
            assert len(flying) <= 5
        elif flying:
            turns.finished(flying.pop(dice.randrange(len(flying))))
        else:
            now += turns.wait_s(now)
    assert sorted(seen) == sorted(urls)
