from contextlib import contextmanager

import pytest

from pkm.errors import NoteUnreadable, NotFound, UsageError
from pkm.model.item import State, Via
from pkm.sense.annotate import Sentence, annotate, think
from pkm.shelf.shelf import Shelf
from pkm.shelf.sync import sync
from pkm.shelf.undo import undo
from support.shelves import Clock, new_home, opened, stored_item

HTML = "<p>Teams keep logs. People search for doubts, not for verdicts.</p>"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def shelf(tmp_path, clock):
    with opened(new_home(tmp_path), now=clock) as one:
        yield one


def text_of(shelf: Shelf, note) -> str:
    return (shelf.home.root / note.path).read_text(encoding="utf-8")


def test_a_sentence_makes_the_items_comment_note_and_keeps_the_item(shelf):
    item = stored_item(shelf, title="On logs", html=HTML, authors=("Ana",))
    sensed = annotate(shelf, item, Sentence(text="We should log doubts."))

    assert sensed.made
    assert sensed.kept
    assert shelf.store.items.get(item.id).state == State.KEPT
    assert sensed.note.path == "notes/on-logs.md"
    text = text_of(shelf, sensed.note)
    assert f"item: {item.id}\nkind: comment\n" in text
    assert text.endswith("# On logs\n\nWe should log doubts.\n")
    assert "We should log doubts" in str(shelf.store.notes.on(item.id)[0].file.body)


def test_a_second_sentence_is_appended_and_nothing_else_changes(shelf, clock):
    item = stored_item(shelf)
    first = annotate(shelf, item, Sentence(text="First thing I think."))
    before = text_of(shelf, first.note)
    clock.forward(hours=1)
    second = annotate(shelf, item, Sentence(text="Second thing I think."))

    assert not second.made
    assert second.note.id == first.note.id
    after = text_of(shelf, second.note)
    stamped = before.replace("---\n\n#", "modified: 2026-11-22T13:00:00\n---\n\n#")
    assert after == stamped + "\nSecond thing I think.\n"


def test_another_kind_or_new_makes_a_file_of_its_own(shelf):
    item = stored_item(shelf)
    comment = annotate(shelf, item, Sentence(text="A comment of mine."))
    question = annotate(shelf, item, Sentence(text="Who says so, really?", kind="question"))
    other = annotate(shelf, item, Sentence(text="Another comment of mine.", new=True))

    assert len({comment.note.path, question.note.path, other.note.path}) == 3
    assert question.note.file.status == "open"
    again = annotate(shelf, item, Sentence(text="And on it goes."))
    assert again.note.id == comment.note.id


def test_a_note_on_several_items_is_not_the_one_that_grows(shelf):
    one, two = stored_item(shelf), stored_item(shelf, url="https://example.org/b", title="B")
    path = shelf.home.notes / "both.md"
    path.write_text(
        f"---\nid: n-000000000001\nitem: [{one.id}, {two.id}]\nkind: comment\n---\nBoth of them.\n"
    )
    sensed = annotate(shelf, one, Sentence(text="Of the first alone."))

    assert sensed.made
    assert sensed.note.path != "notes/both.md"


def test_a_passage_stands_in_the_note_with_its_mark_and_in_the_journal(shelf):
    item = stored_item(shelf, html=HTML)
    sensed = annotate(shelf, item, Sentence(text="So log the doubts."), passage="people  search for doubts")

    assert sensed.quote.anchor.exact == "People search for doubts"
    text = text_of(shelf, sensed.note)
    assert f"> People search for doubts\n\n^{sensed.quote.id}\n\nSo log the doubts.\n" in text
    assert shelf.store.quotes.of_item(item.id) == (sensed.quote,)
    assert sensed.quote.note == sensed.note.id
    assert sensed.quote.id in shelf.home.quotes.read_text()
    assert len(list(shelf.home.quotes.read_text().splitlines())) == 1


def test_a_passage_alone_makes_a_note_that_does_not_count_as_sensed(shelf):
    item = stored_item(shelf, html=HTML, keep=True)
    sensed = annotate(shelf, item, Sentence(), passage="People search for doubts")

    assert sensed.made
    assert sensed.note.file.own_words == 0
    assert shelf.store.items.unsensed() == 1


def test_a_passage_that_is_not_there_stores_nothing(shelf):
    item = stored_item(shelf, html=HTML)
    with pytest.raises(NotFound) as caught:
        annotate(
            shelf, item, Sentence(text="Words of mine here."), passage="Peple serch for doubts, not verdicts"
        )

    assert "People search for doubts" in caught.value.why
    assert f"pkm read {item.id}" in caught.value.hint
    assert list(shelf.home.notes.iterdir()) == []
    assert shelf.store.items.get(item.id).state == State.NEW
    assert shelf.store.undo_log.last() is None
    assert not shelf.home.quotes.exists()


def test_an_item_without_text_cannot_be_quoted_from(shelf):
    item = stored_item(shelf, html=None)
    with pytest.raises(NotFound, match="no text"):
        annotate(shelf, item, Sentence(), passage="anything")


def test_the_same_passage_is_marked_once(shelf):
    item = stored_item(shelf, html=HTML)
    first = annotate(shelf, item, Sentence(), passage="People search for doubts")
    again = annotate(shelf, item, Sentence(), passage="people search for DOUBTS")
    more = annotate(shelf, item, Sentence(text="And three words more."), passage="People search for doubts")

    assert again.marked
    assert again.quote == first.quote == more.quote
    assert text_of(shelf, more.note).count("> People") == 1
    assert text_of(shelf, more.note).endswith("And three words more.\n")


def test_a_passage_goes_into_the_comment_note_and_a_question_beside_it(shelf):
    item = stored_item(shelf, html=HTML)
    sensed = annotate(
        shelf,
        item,
        Sentence(text="Who does that, then?", kind="question"),
        passage="People search for doubts",
    )

    holder = shelf.store.notes.get(sensed.quote.note)
    assert sensed.note.kind == "question"
    assert holder.kind == "comment"
    assert "^h-" not in text_of(shelf, sensed.note)


def test_everything_of_one_call_is_taken_back_together(shelf):
    item = stored_item(shelf, html=HTML)
    annotate(shelf, item, Sentence(text="So log the doubts."), passage="People search for doubts")
    undo(shelf)

    assert list(shelf.home.notes.iterdir()) == []
    assert shelf.store.items.get(item.id).state == State.NEW
    assert shelf.store.quotes.of_item(item.id) == ()
    sync(shelf)
    assert shelf.store.quotes.of_item(item.id) == ()


def test_taking_back_the_second_sentence_leaves_the_first(shelf):
    item = stored_item(shelf, html=HTML)
    first = annotate(shelf, item, Sentence(text="First thing I think."))
    before = text_of(shelf, first.note)
    annotate(shelf, item, Sentence(text="Second thing."), passage="People search for doubts")
    undo(shelf)

    assert text_of(shelf, first.note) == before
    assert shelf.store.items.get(item.id).state == State.KEPT


@contextmanager
def note_of(shelf, item, data: bytes):
    path = shelf.home.notes / "mine.md"
    path.write_bytes(data.replace(b"ITEM", item.id.encode()))
    yield path


@pytest.mark.parametrize(
    "data",
    [
        b"---\r\nid: n-000000000001\r\ntitle: 'odd'   # why\r\nitem: ITEM\r\n---\r\n\r\nMine.\r\n",
        b"\xef\xbb\xbf---\nid: n-000000000001\nitem: ITEM\n# a comment\nmy: [1,  2]\n---\nMine.",
        b'---\nItem: "ITEM"\nid:   n-000000000001\ntags: [a,b]\n...\nMine.\n\n## Links\n\n- see: [[x]]\n',
    ],
)
def test_bytes_that_the_sentence_is_not_about_stay(shelf, data):
    item = stored_item(shelf, html=HTML)
    with note_of(shelf, item, data) as path:
        before = path.read_bytes()
        sensed = annotate(shelf, item, Sentence(text="Words of mine."), passage="People search for doubts")
        after = path.read_bytes()

    newline = b"\r\n" if b"\r\n" in before else b"\n"
    added = [line for line in after.split(newline) if line and line not in before.split(newline)]
    assert [line for line in before.split(newline) if line not in after.split(newline)] == []
    assert added == [
        b"modified: 2026-11-22T12:00:00",
        b"> People search for doubts",
        b"^" + sensed.quote.id.encode(),
        b"Words of mine.",
    ]
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    undo(shelf)
    assert path.read_bytes() == before


def test_a_note_that_cannot_be_edited_refuses_and_nothing_is_stored(shelf):
    item = stored_item(shelf, html=HTML)
    data = b"---\nid: n-000000000001\nitem: ITEM\na: &x 1\n---\nMine.\n"
    with note_of(shelf, item, data) as path, pytest.raises(NoteUnreadable) as caught:
        annotate(shelf, item, Sentence(text="Words of mine."), passage="People search for doubts")

    assert "notes/mine.md" in caught.value.what
    assert "pkm notes edit n-000000000001" in caught.value.hint
    assert path.read_bytes() == data.replace(b"ITEM", item.id.encode())
    assert shelf.store.items.get(item.id).state == State.NEW
    assert not shelf.home.decisions.exists()
    assert not shelf.home.quotes.exists()


def test_an_adopted_comment_gets_an_id_and_its_quotes_know_it(shelf):
    item = stored_item(shelf, html=HTML)
    with note_of(shelf, item, b"---\nitem: ITEM\n---\nMine.\n"):
        sensed = annotate(shelf, item, Sentence(), passage="People search for doubts")

    assert sensed.note.id.startswith("n-")
    assert sensed.quote.note == sensed.note.id
    assert shelf.store.quotes.of_note(sensed.note.id) == (sensed.quote,)


def test_the_pointer_of_a_feed_stands_in_the_note(shelf):
    item = stored_item(shelf, via=Via(name="Ana", url="https://ana.example/"))
    sensed = annotate(shelf, item, Sentence(text="Three words here."))

    assert 'via: "Ana <https://ana.example/>"' in text_of(shelf, sensed.note)


def test_a_secret_of_the_address_does_not_go_into_the_note(shelf):
    item = stored_item(shelf, url="https://example.org/a?token=0123456789abcdef")
    sensed = annotate(shelf, item, Sentence(text="Three words here."))

    assert "0123456789abcdef" not in text_of(shelf, sensed.note)


def test_no_words_are_refused(shelf):
    with pytest.raises(UsageError, match="no words"):
        annotate(shelf, stored_item(shelf), Sentence(text=" \n"))


@pytest.mark.parametrize(
    "wrong", [{"kind": "rant"}, {"status": "done"}, {"visibility": "friends"}, {"insight": "luck"}]
)
def test_words_of_closed_lists_are_checked_before_anything_is_made(shelf, wrong):
    item = stored_item(shelf)
    with pytest.raises(UsageError) as caught:
        annotate(shelf, item, Sentence(text="Three words here.", **wrong))

    assert "use one of" in caught.value.hint
    assert list(shelf.home.notes.iterdir()) == []


def test_a_thought_needs_no_item(shelf):
    sensed = think(shelf, Sentence(text="Friday: ask first, then look.", kind="practice", tags=("habit",)))

    assert sensed.note.path == "notes/friday-ask-first-then-look.md"
    assert sensed.note.file.items == ()
    assert sensed.note.kind == "practice"
    assert sensed.note.file.tags == ("habit",)
    undo(shelf)
    assert list(shelf.home.notes.iterdir()) == []
