"""A site that moved to another platform: all its pieces at once, under new names."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pkm.model.item import ParsedItem
from pkm.rules.identity import keyed
from pkm.seek.moved import FEWEST, rekeyed
from pkm.seek.said import Said
from pkm.store.arrivals import KnownArrival

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def said(number, *, host="new.example", path="/post/{}", title="Piece {}", days=None):
    return Said(
        keyed=keyed(
            [
                ParsedItem(
                    raw_id=f"new-{number}",
                    url=f"https://{host}{path.format(number)}",
                    title=title.format(number),
                    published_at=NOW - timedelta(days=number if days is None else days),
                )
            ]
        )[0],
        content_sha="new",
    )


def known(number, *, host="old.example", path="/post/{}", title="Piece {}", days=None):
    return KnownArrival(
        row=number,
        key=f"g:old-{number}",
        item=f"i-{number}",
        content_sha="old",
        first_seen=NOW,
        date_source="feed",
        revisions=0,
        title=title.format(number),
        url=f"https://{host}{path.format(number)}",
        published_at=NOW - timedelta(days=number if days is None else days),
    )


def rows(found):
    return {key: one.row for key, one in found.items()}


def test_pieces_are_found_by_the_path_of_their_links():
    found = rekeyed([said(n, title="Other {}", days=0) for n in range(6)], [known(n) for n in range(9)])
    assert rows(found) == {f"g:new-{n}": n for n in range(6)}


def test_pieces_are_found_by_title_and_day():
    found = rekeyed([said(n, path="/new/{}") for n in range(6)], [known(n) for n in range(9)])
    assert rows(found) == {f"g:new-{n}": n for n in range(6)}


def test_the_rest_that_is_really_new_stays_new():
    new = [said(n) for n in range(6)] + [said(n) for n in range(100, 104)]
    assert set(rows(rekeyed(new, [known(n) for n in range(6)])).values()) == set(range(6))


def test_fewer_than_five_or_less_than_three_fifths_are_no_move():
    assert rekeyed([said(n) for n in range(FEWEST - 1)], [known(n) for n in range(9)]) == {}
    assert rekeyed([said(n) for n in range(10)], [known(n) for n in range(5)]) == {}
    assert len(rekeyed([said(n) for n in range(10)], [known(n) for n in range(6)])) == 6


def test_where_many_bear_one_title_on_one_day_nobody_is_matched():
    new = [said(n, path="/new/{}", title="Untitled", days=0) for n in range(6)]
    assert rekeyed(new, [known(n, title="Untitled", days=0) for n in range(6)]) == {}


def test_a_front_page_as_link_proves_nothing():
    new = [said(n, path="/", title="Other {}", days=0) for n in range(6)]
    assert rekeyed(new, [known(n, path="/") for n in range(6)]) == {}


def test_a_path_is_told_apart_by_its_query():
    found = rekeyed(
        [said(n, path="/?p={}", title="Other {}", days=0) for n in range(6)],
        [known(n, path="/?p={}") for n in range(6)],
    )
    assert rows(found) == {f"g:new-{n}": n for n in range(6)}


numbers = st.lists(st.integers(0, 12), unique=True, max_size=12)
titles = st.sampled_from(["Piece {}", "Untitled", "Links"])


@settings(deadline=None, max_examples=80)
@given(numbers, numbers, titles, titles, st.sampled_from([None, 0]))
def test_nobody_is_matched_twice_and_only_on_a_shared_path_or_title(new, old, title, before, days):
    found = rekeyed(
        [said(n, title=title, days=days) for n in new], [known(n, title=before, days=days) for n in old]
    )
    matched = list(rows(found).values())
    assert len(matched) == len(set(matched))
    assert not found or len(found) >= 0.6 * len(new) >= 3
    assert all(key.removeprefix("g:new-") == str(row) or title == before for key, row in rows(found).items())
