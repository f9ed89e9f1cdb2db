"""The table of items."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pkm.model.decision import Decision
from pkm.model.item import Item, State, Via
from pkm.model.source import Source
from pkm.rules.ids import ALPHABET
from pkm.store.items import ItemFilter
from pkm.store.store import open_store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
MOMENTS = some.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    timezones=some.just(UTC),
).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
URLS = WORDS.map(lambda text: f"https://example.org/{text}")
NAMES = WORDS.filter(
    lambda text: text.strip() == text and text and not set(text) & set("<>") and text != "direct"
)
VIAS = some.one_of(
    some.none(),
    some.just(Via(direct=True)),
    some.builds(Via, name=NAMES, url=some.none()),
    some.builds(Via, name=some.none() | NAMES, url=some.just("https://example.org/via")),
)
NUMBERS = count()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("items") / "store.db") as opened:
        yield opened


@pytest.fixture
def fresh(tmp_path):
    with open_store(tmp_path / "store.db") as opened:
        yield opened


def item_id(number):
    return "i-" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(55, -1, -5))


def item(number=None, **fields):
    number = next(NUMBERS) if number is None else number
    return Item(
        **{"id": item_id(number), "title": f"Title {number}", "first_seen": NOW, "sort_at": NOW, **fields}
    )


def put(store, *items):
    with store.transaction():
        store.items.add(items)


@given(
    title=some.none() | WORDS,
    url=some.none() | URLS,
    authors=some.lists(WORDS, max_size=3).map(tuple),
    published_at=some.none() | MOMENTS,
    via=VIAS,
    hat_tip=some.none() | WORDS,
    kept_at=some.none() | MOMENTS,
    state=some.sampled_from(State),
    kind=some.sampled_from(["page", "talk", "mail", "text"]),
    stub=some.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_an_item_comes_back_as_it_was_stored(store, **fields):
    stored = item(**fields)
    put(store, stored)
    assert store.items.get(stored.id) == stored


def test_an_id_that_nobody_has_gives_nothing(fresh):
    assert fresh.items.get(item_id(1)) is None


def test_an_item_is_found_by_the_last_characters_of_its_id_and_only_by_those(fresh):
    one, other = item(1), item(32**4 + 1)
    put(fresh, one, other)
    assert set(fresh.items.ending(one.id[-4:])) == {one.id, other.id}
    assert fresh.items.ending(other.id[-6:]) == (other.id,)
    assert fresh.items.ending("zzzz") == ()


def test_an_old_id_leads_to_the_item_after_it_was_renamed_and_so_does_one_before_that(fresh):
    first, second, third = (item_id(number) for number in (1, 2, 3))
    put(fresh, item(1))
    with fresh.transaction():
        fresh.items.rename(first, second)
        fresh.items.rename(second, third)
    for name in (first, second, third):
        found = fresh.items.get(name)
        assert found is not None
        assert found.id == third
    assert fresh.broken_references() == 0


def test_renaming_takes_along_all_that_hangs_on_the_item(fresh):
    put(fresh, item(1))
    with fresh.transaction():
        fresh.items.name([("https://example.org/1", item_id(1))])
        fresh.items.add_tags([(item_id(1), "Notes", "notes")], by="feed")
        fresh.decisions.add([Decision(item=item_id(1), before=State.NEW, after=State.KEPT, at=NOW)])
        fresh.items.rename(item_id(1), item_id(2))
    assert fresh.items.matching(["https://example.org/1"]) == {"https://example.org/1": item_id(2)}
    found = fresh.items.get(item_id(2))
    assert found is not None
    assert found.tags == ("Notes",)
    assert len(fresh.decisions.of(item_id(2))) == 1
    assert fresh.broken_references() == 0


def test_an_address_leads_to_the_first_item_that_had_it(fresh):
    put(fresh, item(1), item(2))
    with fresh.transaction():
        fresh.items.name([("https://example.org/a", item_id(1))])
        fresh.items.name([("https://example.org/a", item_id(2))])
    assert fresh.items.matching(["https://example.org/a"]) == {"https://example.org/a": item_id(1)}


def test_more_addresses_and_ids_than_one_statement_takes_are_all_found(fresh):
    items = [item(number) for number in range(1_300)]
    put(fresh, *items)
    addresses = [f"https://example.org/{number}" for number in range(1_300)]
    with fresh.transaction():
        fresh.items.name([(address, one.id) for address, one in zip(addresses, items, strict=True)])
    assert len(fresh.items.matching(addresses)) == 1_300
    assert len(fresh.items.many([one.id for one in items])) == 1_300
    assert [one.id for one in fresh.items.each()] == sorted(one.id for one in items)


def test_updating_an_item_does_not_move_it(fresh):
    put(fresh, item(1, state=State.KEPT, kept_at=NOW))
    with fresh.transaction():
        fresh.items.update(item(1, title="Other", state=State.NEW))
    found = fresh.items.get(item_id(1))
    assert found is not None
    assert (found.title, found.state, found.kept_at) == ("Other", State.KEPT, NOW)


def test_lists_show_the_newest_first_and_narrow_by_every_word_of_the_filter(fresh):
    source = Source(id="s-000000000001", url="https://example.org/feed")
    with fresh.transaction():
        fresh.sources.save(source)
    put(
        fresh,
        item(1, sort_at=NOW - timedelta(days=9), source=source.id),
        item(2, sort_at=NOW),
        item(3, sort_at=NOW - timedelta(days=1), state=State.KEPT, kept_at=NOW),
        item(4, hidden_by="mute"),
    )
    with fresh.transaction():
        fresh.items.add_tags([(item_id(2), "PKM", "pkm")], by="user")

    def shown(**chosen):
        return [one.item.id for one in fresh.items.listing(ItemFilter(**chosen), {source.id: source})]

    assert shown() == [item_id(2), item_id(3), item_id(1)]
    assert shown(states=(State.NEW,)) == [item_id(2), item_id(1)]
    assert shown(since=NOW - timedelta(days=2)) == [item_id(2), item_id(3)]
    assert shown(tag="pkm") == [item_id(2)]
    assert shown(unsensed=True) == [item_id(3)]
    assert shown(ids=(item_id(1), item_id(3))) == [item_id(3), item_id(1)]
    assert shown(limit=1) == [item_id(2)]
    assert item_id(4) in shown(hidden=True)


def test_only_a_file_of_the_users_makes_an_id_stand(fresh):
    put(fresh, item(1), item(2))
    with fresh.transaction():
        fresh.decisions.add(
            [
                Decision(item=item_id(1), before=State.NEW, after=State.LET_GO, at=NOW),
                Decision(item=item_id(2), before=State.NEW, after=State.KEPT, at=NOW, event="e-000000000001"),
            ]
        )
    assert not fresh.items.stands_in_a_file(item_id(1))
    assert fresh.items.stands_in_a_file(item_id(2))
