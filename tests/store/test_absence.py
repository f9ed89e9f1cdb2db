from datetime import UTC, datetime

import pytest

from pkm.model.asked import Asked
from pkm.model.item import ParsedFeed, ParsedItem
from pkm.rules.gaps import gaps
from pkm.seek.arrive import bring
from pkm.seek.triage import KeepWishes, keep
from pkm.shelf import notes
from pkm.shelf.notes import NewNote
from support.shelves import Clock, new_home, opened, stored_item, stored_source

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def asked(shelf, source, *days):
    """The feed shows items of these days of May, and the request is logged as a pull does."""
    items = tuple(
        ParsedItem(
            raw_id=str(day),
            title=f"Day {day}",
            url=f"https://a.example/{day}",
            published_at=datetime(2026, 5, day, tzinfo=UTC),
        )
        for day in days
    )
    with shelf.writing():
        brought = bring(shelf, source, ParsedFeed(format="rss20", items=items), now=shelf.now())
        shelf.store.fetches.log(
            Asked(
                source=source.id,
                at=shelf.now(),
                status=200,
                seen=brought.seen,
                new=brought.new,
                oldest_key=brought.oldest_key,
                newest_key=brought.newest_key,
            )
        )


def test_a_feed_that_rolled_over_while_nobody_asked_shows_its_gap(shelf, clock):
    source = stored_source(shelf)
    clock.at = datetime(2026, 5, 3, tzinfo=UTC)
    asked(shelf, source, 1, 2, 3)
    clock.at = datetime(2026, 5, 12, tzinfo=UTC)
    asked(shelf, source, 9, 10, 11)
    clock.at = datetime(2026, 5, 13, tzinfo=UTC)
    asked(shelf, source, 10, 11, 12)
    [gap] = gaps(shelf.store.absence.windows(datetime(2026, 5, 4, tzinfo=UTC)))
    assert (gap.source, gap.after.day, gap.before.day) == (source.id, 3, 9)


def test_what_was_missed_before_the_absence_is_not_told_again(shelf, clock):
    source = stored_source(shelf)
    for now, days in ((3, (1, 2)), (12, (9, 10)), (20, (10, 19))):
        clock.at = datetime(2026, 5, now, 23, tzinfo=UTC)
        asked(shelf, source, *days)
    assert gaps(shelf.store.absence.windows(datetime(2026, 5, 15, tzinfo=UTC))) == ()


def test_the_last_act_is_a_decision_a_note_or_a_share_and_never_a_pull(shelf, clock):
    absence = shelf.store.absence
    assert absence.last_act() is None
    item = stored_item(shelf)
    assert absence.last_act() is None
    clock.forward(days=1)
    keep(shelf, [item], KeepWishes())
    assert absence.last_act() == clock.at
    clock.forward(days=1)
    with shelf.writing():
        notes.make(shelf, NewNote(text="A thought of mine."), command=None)
    assert absence.last_act() == clock.at
