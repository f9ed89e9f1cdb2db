from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.asked import Asked, Purpose
from pkm.net.door import Door
from pkm.seek.audit import FORBIDDEN, Verdict, audit, share_conditional
from pkm.seek.pull import PullOptions, pull
from support.feeds import numbered, rss
from support.server import Site
from support.shelves import NOW, Clock, new_home, opened, stored_source

GOOD = Asked(
    source="s-a",
    at=NOW,
    status=200,
    url="https://a.example/feed",
    host="a.example",
    sent=("accept", "accept-encoding", "host", "user-agent"),
    gave=("e1", "d1"),
)


def after(hours=2.0, **fields):
    sent = (*GOOD.sent, "if-none-match", "if-modified-since")
    told = {
        "at": NOW + timedelta(hours=hours),
        "status": 304,
        "sent": sent,
        "asked_with": ("e1", "d1"),
        "gave": (None, None),
    }
    return replace(GOOD, **{**told, **fields})


def verdict(name, *requests):
    return next(one for one in audit(requests) if one.name == name).verdict


def test_nothing_holds_of_no_requests_at_all():
    assert {one.verdict for one in audit([])} == {Verdict.TOO_FEW}


def test_a_polite_log_holds():
    assert Verdict.BROKEN not in {one.verdict for one in audit([GOOD, after(), after(4.0)])}
    assert verdict("conditional", GOOD, after()) == Verdict.HOLDS
    assert verdict("verbatim", GOOD, after()) == Verdict.HOLDS
    assert share_conditional([GOOD, after()]) == (1, 2)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("conditional", after(asked_with=(None, None))),
        ("verbatim", after(asked_with=("other", None))),
        ("gap-per-address", after(0.5)),
        ("gap-per-host", after(0.0001, source="s-b", url="https://a.example/other")),
        ("nothing-forbidden", after(sent=("cookie", "user-agent"))),
        ("packed", after(sent=("user-agent",))),
        ("named", after(sent=("accept-encoding",))),
    ],
)
def test_each_rule_is_broken_by_what_breaks_it(name, bad):
    assert verdict(name, GOOD, bad) == Verdict.BROKEN


def test_an_address_without_validators_is_daily():
    bare = replace(GOOD, gave=(None, None))
    assert (
        verdict("gap-without-validators", bare, replace(bare, at=NOW + timedelta(hours=3))) == Verdict.BROKEN
    )
    assert (
        verdict("gap-without-validators", bare, replace(bare, at=NOW + timedelta(hours=24))) == Verdict.HOLDS
    )


def test_retry_after_counts_for_the_whole_host():
    asked = replace(GOOD, status=429, retry_after_s=7_200.0)
    other = after(1.0, source="s-b", url="https://a.example/other")
    assert verdict("retry-after", asked, other) == Verdict.BROKEN
    assert verdict("retry-after", asked, replace(other, at=NOW + timedelta(hours=2))) == Verdict.HOLDS
    assert verdict("retry-after", asked, replace(other, host="b.example")) == Verdict.TOO_FEW
    assert verdict("retry-after", asked, replace(other, purpose=Purpose.NAMED)) == Verdict.TOO_FEW


def test_what_is_gone_twice_is_asked_by_name_alone():
    gone = [replace(GOOD, status=410, at=NOW + timedelta(days=days)) for days in (0, 2)]
    assert verdict("gone", *gone) == Verdict.HOLDS
    assert (
        verdict("gone", *gone, replace(GOOD, at=NOW + timedelta(days=4), purpose=Purpose.NAMED))
        == Verdict.HOLDS
    )
    assert verdict("gone", *gone, replace(GOOD, at=NOW + timedelta(days=4))) == Verdict.BROKEN


def test_what_the_user_asked_for_by_name_and_this_computers_own_servers_are_no_matter_of_the_schedule():
    assert verdict("gap-per-address", GOOD, after(0.1, purpose=Purpose.NAMED)) == Verdict.TOO_FEW
    here = replace(GOOD, host="127.0.0.1")
    assert verdict("gap-per-address", here, replace(here, at=NOW)) == Verdict.TOO_FEW


def test_a_request_without_validators_on_purpose_is_none_that_forgot_them():
    assert (
        verdict("conditional", GOOD, after(purpose=Purpose.WHOLE, asked_with=(None, None))) == Verdict.TOO_FEW
    )


def test_what_was_under_way_when_a_host_asked_for_patience_is_no_breach():
    busy = replace(GOOD, status=429, retry_after_s=7200.0, took_ms=800)
    assert verdict("retry-after", busy, replace(GOOD, source="s-b")) == Verdict.TOO_FEW
    later = replace(GOOD, source="s-b", at=NOW + timedelta(milliseconds=700))
    assert verdict("retry-after", busy, later) == Verdict.TOO_FEW
    assert verdict("retry-after", busy, replace(later, at=NOW + timedelta(seconds=5))) == Verdict.BROKEN


REQUESTS = st.builds(
    Asked,
    source=st.sampled_from(["s-a", "s-b"]),
    at=st.timedeltas(timedelta(), timedelta(days=40)).map(lambda delta: NOW + delta),
    purpose=st.sampled_from(list(Purpose)),
    status=st.sampled_from([None, 200, 304, 404, 410, 429, 503]),
    url=st.none() | st.just("https://a.example/feed"),
    host=st.none() | st.sampled_from(["a.example", "127.0.0.1"]),
    sent=st.lists(st.sampled_from(["user-agent", "accept-encoding", *FORBIDDEN]), max_size=3).map(tuple),
    asked_with=st.tuples(st.none() | st.just("e"), st.none() | st.just("d")),
    gave=st.tuples(st.none() | st.just("e"), st.none() | st.just("d")),
    retry_after_s=st.none() | st.floats(0, 1e6),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(REQUESTS, max_size=12))
def test_any_log_is_judged_and_broken_requests_are_among_those_looked_at(requests):
    for check in audit(sorted(requests, key=lambda one: one.at)):
        assert set(map(id, check.broken)) <= set(map(id, requests))
        assert (check.verdict == Verdict.TOO_FEW) == (not check.looked_at and not check.broken)


def test_our_own_pulls_hold_every_rule_that_they_are_enough_for(tmp_path):
    clock = Clock()
    with Site() as site, opened(new_home(tmp_path), now=clock) as shelf:
        site.serve("/feed", rss(*numbered(3)), etag='"a"', last_modified="Fri, 20 Nov 2026 08:00:00 GMT")
        site.serve("/busy", status=429, headers={"Retry-After": "7200"})
        for path in ("/feed", "/busy"):
            stored_source(shelf, site.url(path), private_host=True)
        for _ in range(3):
            with Door(user_agent="pkm/0.1 (feed reader)", proxies={}) as door:
                due = shelf.store.sources.all()
                list(pull(shelf, due, door=door, options=PullOptions()))
            clock.forward(hours=3)
        checks = audit(shelf.store.fetches.since(NOW - timedelta(days=1)))
    assert {one.name for one in checks if one.verdict == Verdict.BROKEN} == set()
    held = {one.name for one in checks if one.verdict == Verdict.HOLDS}
    assert {"conditional", "verbatim", "nothing-forbidden", "packed", "named"} <= held
