"""The store hands out its nouns, each loaded when it is first asked for."""

import pytest

from pkm.store.store import Store, open_store


def test_every_noun_is_what_its_annotation_says(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        nouns = {name: type(getattr(store, name)).__name__ for name in Store.__annotations__}
    assert nouns == Store.__annotations__


def test_a_noun_is_made_once(tmp_path):
    with open_store(tmp_path / "store.db") as store:
        assert store.items is store.items


def test_what_is_no_noun_is_an_attribute_error(tmp_path):
    with open_store(tmp_path / "store.db") as store, pytest.raises(AttributeError):
        store.articles  # noqa: B018 - asking is the test
