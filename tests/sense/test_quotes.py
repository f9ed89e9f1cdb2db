import pytest

from pkm.errors import NotFound, UsageError
from pkm.sense.annotate import Sentence, annotate
from pkm.sense.quotes import already, passage_of
from support.shelves import new_home, opened, stored_item, stored_source


@pytest.fixture
def shelf(tmp_path):
    with opened(new_home(tmp_path)) as one:
        yield one


def test_a_passage_is_found_whatever_its_spaces_and_quotation_marks(shelf):
    item = stored_item(shelf, html="<p>He said: “It’s\na promise – nobody watches.”</p>")

    found = passage_of(shelf, item, '"It\'s a promise - nobody watches."')
    assert found.anchor.exact.startswith("“It’s")
    assert found.text_sha == item.text_sha


def test_a_passage_that_stands_twice_is_asked_about(shelf):
    item = stored_item(shelf, html="<p>Again and again.</p><p>Again and again.</p>")
    with pytest.raises(UsageError, match="2 places"):
        passage_of(shelf, item, "Again and again")


def test_the_text_of_another_arrival_will_do(shelf):
    item = stored_item(shelf, html="<p>Only a summary.</p>")
    other = stored_source(shelf, "https://other.example/feed")
    stored_item(shelf, html="<p>The whole text, with the passage.</p>", source=other)

    found = passage_of(shelf, item, "with the passage")
    assert found.text_sha != item.text_sha


def test_the_nearest_passages_are_those_of_the_shown_text(shelf):
    item = stored_item(shelf, html="<p>People search for doubts. They do.</p>")
    with pytest.raises(NotFound) as caught:
        passage_of(shelf, item, "Peopel serch for doubts")

    assert "People search for doubts" in caught.value.why


def test_a_quote_whose_note_is_gone_does_not_stand_in_the_way(shelf):
    item = stored_item(shelf, html="<p>People search for doubts.</p>")
    sensed = annotate(shelf, item, Sentence(), passage="search for doubts")
    passage = passage_of(shelf, item, "search for doubts")

    assert already(shelf, item, passage) == sensed.quote
    with shelf.writing():
        shelf.store.notes.remove(sensed.note.id)
    assert already(shelf, item, passage) is None
