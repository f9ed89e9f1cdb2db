"""Digests and the log of shares."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from pkm.model.digest import Digest, DraftState, Share, ShareState
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def digest(number=1, **fields):
    defaults = {
        "id": f"d-00000000000{number}",
        "audience": "team",
        "period": "2026-W47",
        "starts_at": NOW - timedelta(days=7),
        "ends_at": NOW,
        "path": f"digests/team-{number}.md",
        "created_at": NOW,
    }
    return Digest(**{**defaults, **fields})


def edition(number, **fields):
    return digest(number, state=DraftState.EXPORTED, edition=number, exported_at=NOW, sha="00", **fields)


def share(number=1, **fields):
    defaults = {
        "event": f"e-00000000000{number}",
        "at": NOW,
        "device": "d1",
        "state": ShareState.SENT,
        "audience": "team",
        "level": "team",
        "channel": "file:md",
    }
    return Share(**{**defaults, **fields})


def save(store, *digests):
    with store.transaction():
        for one in digests:
            store.digests.save(one)


def log(store, *shares):
    with store.transaction():
        for one in shares:
            store.shares.add(one)


def test_a_digest_comes_back_as_it_was_stored(store):
    save(store, digest(1), edition(2))
    assert store.digests.get("d-000000000001") == digest(1)
    assert store.digests.at("digests/team-2.md") == edition(2)
    assert store.digests.drafts() == (digest(1),)
    assert store.digests.editions() == (edition(2),)


def test_editions_are_numbered_by_audience(store):
    assert store.digests.next_edition("team") == 1
    save(store, edition(1), edition(2), digest(3), edition(4, audience="readers"))
    assert store.digests.next_edition("team") == 3
    assert store.digests.next_edition("readers") == 5
    assert store.digests.next_edition("nobody") == 1


def test_no_number_is_given_twice(store):
    save(store, edition(1))
    with pytest.raises(sqlite3.IntegrityError):
        save(store, edition(1, id="d-000000000009", path="digests/other.md"))


def test_an_edition_is_not_taken_out_of_the_index(store):
    save(store, digest(1), edition(2))
    with store.transaction():
        store.digests.remove("d-000000000001")
        store.digests.remove("d-000000000002")
    assert store.digests.get("d-000000000001") is None
    assert store.digests.get("d-000000000002") is not None


def test_a_share_is_logged_once_and_never_changed(store):
    log(store, share(1), share(1, channel="other"))
    assert store.shares.listing() == (share(1),)


def test_only_what_was_sent_in_an_edition_counts_as_having_stood_in_one(store):
    log(
        store,
        share(1, note="n-000000000001", item="i-000000000001", edition=1),
        share(2, note="n-000000000002", item="i-000000000002", edition=1, state=ShareState.PLANNED),
        share(3, note="n-000000000003", item="i-000000000003"),
        share(4, note="n-000000000004", item="i-000000000004", edition=1, audience="readers"),
    )
    assert store.shares.notes_sent("team") == {"n-000000000001"}


def test_the_log_is_shown_newest_first_and_narrows(store):
    log(
        store,
        share(1, at=NOW - timedelta(days=1), item="i-000000000001"),
        share(2),
        share(3, audience="readers"),
    )
    assert [one.event[-1] for one in store.shares.listing()] == ["3", "2", "1"]
    assert [one.event[-1] for one in store.shares.listing(audience="team")] == ["2", "1"]
    assert [one.event[-1] for one in store.shares.listing(item="i-000000000001")] == ["1"]
    assert [one.event[-1] for one in store.shares.listing(since=NOW)] == ["3", "2"]
