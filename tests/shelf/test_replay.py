"""Lines of journals that the store does not know, applied: after a crash, a merge, a rebuild."""

import json
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pkm.model.decision import By
from pkm.model.item import State, Via
from pkm.shelf import journal
from pkm.shelf.decide import Move, decide
from pkm.shelf.sync import sync
from support.shelves import NOW, Clock, new_home, opened, stored_item, stored_source

NUMBERS = count()
DEVICE = {"v": 1, "device": "other"}


@pytest.fixture
def at(tmp_path):
    return new_home(tmp_path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(at, clock):
    with opened(at, now=clock) as opened_shelf:
        yield opened_shelf


def add(path, *lines):
    with path.open("ab") as file:
        for line in lines:
            event = {"event": f"e-{next(NUMBERS):012x}", "at": "2026-11-22T10:00:00Z"}
            file.write(json.dumps({**DEVICE, **event, **line}).encode() + b"\n")


def state(shelf, item_id):
    return shelf.store.items.get(item_id).state


def move(shelf, item, after, **fields):
    with shelf.writing():
        decide(shelf, [item], Move(after=after, **fields), command=None)


def test_an_older_line_from_elsewhere_does_not_overrule_what_was_decided_here_since(at, shelf):
    item = stored_item(shelf)
    move(shelf, item, State.LET_GO)
    add(at.decisions, {"do": "keep", "id": item.id, "at": "2026-11-21T10:00:00Z"})
    sync(shelf)
    assert state(shelf, item.id) == State.LET_GO
    assert len(shelf.store.decisions.of(item.id)) == 2


def test_a_line_from_elsewhere_wins_over_what_a_first_pull_filed_away(at, shelf):
    item = stored_item(shelf)
    move(shelf, item, State.LET_GO, by=By.FIRST_PULL)
    add(at.decisions, {"do": "keep", "id": item.id, "at": "2026-11-21T10:00:00Z"})
    sync(shelf)
    assert state(shelf, item.id) == State.KEPT


def test_a_keep_that_was_taken_back_is_new_again_on_the_other_machine_too(at, shelf):
    item = stored_item(shelf, keep=True)
    move(shelf, shelf.store.items.get(item.id), State.NEW, by=By.UNDO)
    at.store.unlink()
    with opened(at) as other:
        sync(other)
        assert state(other, item.id) == State.NEW


def test_a_line_about_an_item_that_is_here_under_another_id_joins_it_by_its_address(at, shelf):
    item = stored_item(shelf, url="https://example.org/a?utm_source=x")
    add(at.decisions, {"do": "keep", "id": "i-000000000007", "url": "http://www.example.org/a/"})
    sync(shelf)
    found = shelf.store.items.get(item.id)
    assert (found.id, found.state) == ("i-000000000007", State.KEPT)
    assert shelf.store.count("items") == 1


def test_a_line_about_an_item_without_an_address_joins_it_by_its_source_and_key(at, shelf):
    source = stored_source(shelf)
    item = stored_item(shelf, url=None, raw_id="guid-1", source=source)
    [arrival] = shelf.store.arrivals.of_item(item.id)
    line = {"do": "keep", "id": "i-000000000007", "source_url": source.url, "key": arrival.key}
    add(at.decisions, line)
    sync(shelf)
    assert shelf.store.items.get(item.id).id == "i-000000000007"


def test_a_capture_comes_back_with_the_words_that_were_pasted(at, shelf):
    line = {
        "do": "capture",
        "id": "i-000000000007",
        "kind": "text",
        "title": "Pasted",
        "text": "One.\n\nTwo <b>.",
    }
    add(at.decisions, line)
    sync(shelf)
    item = shelf.store.items.get("i-000000000007")
    assert (item.state, item.kind, item.title) == (State.KEPT, "text", "Pasted")
    assert shelf.store.texts.get(item.text_sha).text == "One.\n\nTwo <b>."


def test_a_pointer_comes_back_in_all_its_forms(at, shelf):
    for number, via in enumerate(
        ["direct", {"name": "Ana"}, {"name": "Ana", "url": "https://example.org/ana"}]
    ):
        add(at.decisions, {"do": "keep", "id": f"i-00000000000{number}", "title": "T", "via": via})
    sync(shelf)
    found = [shelf.store.items.get(f"i-00000000000{number}").via for number in range(3)]
    assert found == [Via(direct=True), Via(name="Ana"), Via(name="Ana", url="https://example.org/ana")]


def test_a_verb_of_a_newer_pkm_is_kept_not_reported_and_not_counted_as_applied(at, shelf):
    add(at.decisions, {"do": "levitate", "id": "i-000000000007"})
    assert sync(shelf).torn == ()
    [line] = at.decisions.read_bytes().splitlines()
    assert shelf.store.files.applied([json.loads(line)["event"]]) == set()


def test_a_quote_comes_back_and_goes_when_it_was_taken_back(at, shelf):
    quote = {
        "id": "h-000000000001",
        "item": "i-000000000001",
        "note": "n-000000000001",
        "exact": "A passage.",
    }
    add(at.quotes, quote)
    sync(shelf)
    assert shelf.store.quotes.get("h-000000000001").anchor.exact == "A passage."
    add(at.quotes, {"do": "un-quote", "id": "h-000000000001", "at": "2026-11-22T11:00:00Z"})
    sync(shelf)
    assert shelf.store.quotes.get("h-000000000001") is None


def test_the_share_log_comes_back_whole(at, shelf):
    with shelf.writing():
        fields = {"state": "sent", "audience": "team", "level": "team", "channel": "file:md", "edition": 3}
        journal.append(
            shelf, at.share_log, NOW, {**fields, "item": "i-000000000001", "note": "n-000000000001"}
        )
    at.store.unlink()
    with opened(at) as other:
        sync(other)
        [share] = other.store.shares.listing()
    assert (share.audience, share.edition, share.item, share.at) == ("team", 3, "i-000000000001", NOW)


ODD = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.text(max_size=20)
    | some.sampled_from(
        ["i-000000000008", "x" * 5_000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = some.sampled_from(
    [
        "do",
        "id",
        "url",
        "title",
        "at",
        "text",
        "via",
        "key",
        "source_url",
        "published",
        "authors",
        "kind",
        "to",
        "item",
        "note",
        "exact",
        "start",
        "state",
        "audience",
        "channel",
        "edition",
        "by",
        "language",
        "hat_tip",
    ]
)
SENSIBLE = {
    "do": "keep",
    "id": "i-000000000007",
    "item": "i-000000000007",
    "note": "n-000000000001",
    "exact": "A passage.",
    "state": "sent",
    "audience": "team",
    "channel": "item",
    "url": "https://example.org/a",
}


@given(line=some.dictionaries(NAMES, ODD, max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_line_of_any_journal_can_break_the_look_at_the_files(at, shelf, line):
    for path in (at.decisions, at.quotes, at.share_log):
        path.unlink(missing_ok=True)
        add(path, {**SENSIBLE, **line})
    for seen in (sync(shelf), sync(shelf)):
        assert seen.pending == 0
    assert shelf.store.broken_references() == 0
