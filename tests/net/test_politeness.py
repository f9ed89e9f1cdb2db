from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.net.politeness import Ask, Turns, ask_for, server_of


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


def test_a_host_that_wants_a_minute_gets_it_under_all_its_names():
    turns = Turns(asks("https://www.reddit.com/r/a/.rss", "https://old.reddit.com/r/b/.rss"))
    turns.finished(turns.start(0.0))
    assert turns.start(60.9) is None
    assert turns.wait_s(60.0) == 1.0
    assert turns.start(61.0).about == "https://old.reddit.com/r/b/.rss"


def test_a_host_may_be_kept_waiting_from_the_start():
    turns = Turns(asks("http://a.example/1", "http://b.example/1"), earliest_s={"a.example": 30.0})
    assert turns.start(0.0).about == "http://b.example/1"
    assert turns.start(29.0) is None
    assert turns.start(30.0).about == "http://a.example/1"


def test_a_host_that_wants_quiet_loses_its_turns():
    turns = Turns(asks("http://a.example/1", "http://a.example/2", "http://b.example/1"))
    first = turns.start(0.0)
    assert [ask.about for ask in turns.stop_host("a.example")] == ["http://a.example/2"]
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
