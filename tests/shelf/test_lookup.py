"""From a typed word to what it names."""

import pytest

from pkm.errors import NotFound, UsageError
from pkm.shelf import lookup, notes
from pkm.shelf.notes import NewNote
from pkm.shelf.sync import sync
from support.shelves import new_home, opened, stored_item, stored_source


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as opened_shelf:
        yield opened_shelf


def note(shelf, *items):
    with shelf.writing():
        return notes.make(shelf, NewNote(text="Words of my own.", title="T", items=items), command=None)


def test_an_item_is_named_by_its_id_its_tail_a_note_on_it_or_a_former_id(shelf):
    item = stored_item(shelf)
    on_it = note(shelf, item)
    with shelf.writing():
        shelf.store.items.alias("i-00000000000z", item.id)
    for word in (
        item.id,
        item.id[-4:],
        item.id[-7:],
        f"…{item.id[-5:]}",
        on_it.id,
        on_it.id[-12:],
        "i-00000000000z",
    ):
        if word == on_it.id[-12:]:
            continue  # a tail names items alone where an item is asked for
        assert lookup.item_of(shelf, word).id == item.id


@pytest.mark.parametrize(
    "word", ["zzzz", "abc", "", "i-00000000zzzz", "two words", "ilou", "%___", "../../etc"]
)
def test_a_word_that_names_nothing_is_told_with_what_to_type(shelf, word):
    stored_item(shelf)
    with pytest.raises(NotFound) as told:
        lookup.item_of(shelf, word)
    assert told.value.hint
    assert told.value.exit_code == 1


def test_a_tail_that_two_things_share_is_asked_back(shelf):
    stored_item(shelf)
    with shelf.writing():
        for number in range(2):
            one = next(shelf.store.items.each())
            shelf.store.items.add([one.__class__(**{**fields(one), "id": f"i-0000000{number}aaaa"})])
    with pytest.raises(UsageError) as told:
        lookup.item_of(shelf, "aaaa")
    assert "i-00000000aaaa" in told.value.what
    assert lookup.item_of(shelf, "0aaaa").id == "i-00000000aaaa"


def fields(thing):
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def test_a_note_on_several_items_does_not_stand_for_one_of_them(shelf):
    items = [stored_item(shelf, title=name, url=f"https://example.org/{name}") for name in "ab"]
    both = note(shelf, *items)
    with pytest.raises(UsageError):
        lookup.item_of(shelf, both.id)


def test_a_note_is_named_by_its_id_or_its_path(shelf):
    made = note(shelf)
    for word in (made.id, made.id[-4:], made.path, f"./{made.path}", str(shelf.home.root / made.path)):
        assert lookup.note_of(shelf, word).id == made.id
    with pytest.raises(NotFound):
        lookup.note_of(shelf, "notes/nothing.md")


def test_a_source_is_named_by_id_address_or_part_of_its_title(shelf):
    source = stored_source(shelf, "https://example.org/feed", title="Harold's Blog")
    stored_source(shelf, "https://example.org/other", title="Other blog")
    for word in (source.id, source.id[-4:], source.url, "harold", "HAROLD"):
        assert lookup.source_of(shelf, word).id == source.id
    with pytest.raises(UsageError):
        lookup.source_of(shelf, "blog")
    with pytest.raises(NotFound):
        lookup.source_of(shelf, "nobody")


def test_a_path_names_its_note_in_whatever_unicode_form_it_is_typed(shelf):
    composed, apart = "notes/caf\u00e9.md", "notes/cafe\u0301.md"
    (shelf.home.root / apart).write_text("Words of mine.\n", encoding="utf-8")
    sync(shelf)
    assert lookup.note_of(shelf, composed).path == apart
    assert lookup.note_of(shelf, apart).path == apart
