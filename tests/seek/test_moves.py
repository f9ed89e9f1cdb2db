"""Which permanent redirects are believed."""

from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.asked import Move
from pkm.model.source import Source
from pkm.seek.moves import Belief, belief, leads_to_login

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD = "https://a.example/feed"


def believed(target="https://b.example/feed", *, url=OLD, seen=3, days=7, holder=None):
    source = Source(id="s-1", url=url)
    move = Move(source="s-1", url=url, target=target, seen=seen, first_seen=NOW - timedelta(days=days))
    return belief(move, source, holder=holder, at=NOW)


@pytest.mark.parametrize(
    ("seen", "days", "verdict"),
    [(3, 7, Belief.LEARN), (9, 90, Belief.LEARN), (2, 90, Belief.WAIT), (90, 6.9, Belief.WAIT)],
)
def test_three_sightings_and_seven_days_are_needed_both(seen, days, verdict):
    assert believed(seen=seen, days=days) is verdict


def test_an_address_with_a_secret_is_never_left():
    assert believed(url="https://me:pw@a.example/feed") is Belief.NEVER


def test_the_address_of_another_source_is_never_taken():
    assert believed(holder=Source(id="s-2", url="https://b.example/feed")) is Belief.TWIN
    assert believed(holder=Source(id="s-1", url=OLD)) is Belief.LEARN
    assert believed(holder=Source(id="s-2", url="x", removed_at=NOW)) is Belief.LEARN


@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/login?next=/feed",
        "https://a.example/Sign-In",
        "https://sso.a.example/feed",
        "https://captive.hotel.example/",
        "https://a.example/wp-login.php",
        "https://a.example/cgi-sys/suspendedpage.cgi",
        "https://a.example/%6cogin",
        "http://parking.example/?d=a.example",
    ],
)
def test_what_looks_like_a_log_in_or_a_parked_page_is_never_learnt(target):
    assert believed(target) is Belief.NEVER


@pytest.mark.parametrize(
    "target",
    [
        "https://authors.example/feed",
        "https://a.example/blogin/feed",
        "https://portals.example/feed",
        "https://www.a.example/feed.xml",
        "https://guests.example/feed",
    ],
)
def test_words_that_only_begin_alike_are_words_like_others(target):
    assert believed(target) is Belief.LEARN


def test_a_site_about_logging_in_may_move_within_itself():
    move = Move(
        source="s-1",
        url="https://login.example/feed",
        target="https://login.example/rss",
        seen=1,
        first_seen=NOW,
    )
    assert not leads_to_login(move)
