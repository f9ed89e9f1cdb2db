import pytest

from pkm.errors import NoteUnreadable
from pkm.model.audience import SELF
from pkm.model.note import Level
from pkm.rules.draft import is_edited, read_draft
from pkm.share.filing import file_words
from pkm.shelf.notes import NewNote, make
from pkm.shelf.undo import undo
from support.sharing import TEAM, drafted, file_of, sensed, typed
from support.shelves import stored_item

WORDS = "Seven words of mine about this thing."
BLOCK = "\n<!-- item {id} -->\n## [A title](https://example.org/x)\n\n{words}\n<!-- /item -->\n"


def note_text(shelf, note):
    return (shelf.home.root / note.path).read_text()


def add_block(shelf, digest, item, words):
    path = file_of(shelf, digest)
    path.write_text(path.read_text() + BLOCK.format(id=item.id, words=words))


def test_words_typed_below_the_notes_part_are_added_to_the_note_once(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, WORDS, f"{WORDS}\n\nOn Friday I try it.")

    [words] = file_words(shelf, digest, name="share edit").words

    assert (words.note, words.new, words.words) == (note.id, False, 5)
    assert note_text(shelf, note).endswith(f"{WORDS}\n\nOn Friday I try it.\n")
    assert file_words(shelf, digest, name="share edit").words == ()
    assert note_text(shelf, note).count("On Friday I try it.") == 1
    [block] = read_draft(file_of(shelf, digest).read_bytes()).blocks
    assert not is_edited(block)


def test_words_in_a_block_without_a_note_become_one_for_that_audience_alone(shelf):
    sensed(shelf, title="Other")
    digest = drafted(shelf).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    add_block(shelf, digest, item, "What this means to us.")

    [words] = file_words(shelf, digest, name="share edit").words

    note = shelf.store.notes.get(words.note)
    assert words.new
    assert (note.kind, note.file.items, note.level, note.file.only) == (
        "comment",
        (item.id,),
        Level.TEAM,
        ("team",),
    )
    blocks = read_draft(file_of(shelf, digest).read_bytes()).blocks
    assert blocks[-1].note == note.id
    assert file_words(shelf, digest, name="share edit").words == ()


def test_for_oneself_a_new_note_names_nobody(shelf):
    sensed(shelf, title="Other")
    digest = drafted(shelf, SELF).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    add_block(shelf, digest, item, "What this means to me.")

    [words] = file_words(shelf, digest, name="share edit").words

    text = note_text(shelf, shelf.store.notes.get(words.note))
    assert "only" not in text
    assert "visibility" not in text


def test_a_private_comment_note_is_left_alone(shelf):
    sensed(shelf, title="Other")
    digest = drafted(shelf).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    with shelf.writing():
        private = make(shelf, NewNote(text="Only for me, this.", items=(item,)), command=None)
    add_block(shelf, digest, item, "What this means to us.")

    [words] = file_words(shelf, digest, name="share edit").words

    assert words.note != private.id
    assert "to us" not in note_text(shelf, private)


def test_an_altered_sentence_is_named_and_the_note_stays(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    before = note_text(shelf, note)
    typed(shelf, digest, WORDS, "Eight words of mine about this very thing.")

    filed = file_words(shelf, digest, name="share edit")

    assert filed.words == ()
    assert [one.text for one in filed.altered] == ["Eight words of mine about this very thing."]
    assert note_text(shelf, note) == before
    assert "Eight words" in file_of(shelf, digest).read_text()


def test_words_outside_the_blocks_stay_in_the_edition(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    before = note_text(shelf, note)
    typed(shelf, digest, "<!-- intro", "Hello all of you.\n\n<!-- intro")

    assert file_words(shelf, digest, name="share edit").words == ()
    assert note_text(shelf, note) == before


def test_words_for_a_note_that_became_private_are_filed_and_never_lost(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, WORDS, f"{WORDS}\n\nOn Friday I try it.")
    path = shelf.home.root / note.path
    path.write_text(path.read_text().replace("visibility: team", "visibility: private"))

    [words] = file_words(shelf, digest, name="share edit").words

    assert words.note == note.id
    assert "On Friday I try it." in note_text(shelf, note)


def test_words_on_an_item_that_nobody_knows_stay_where_they_are(shelf):
    sensed(shelf)
    digest = drafted(shelf).digest
    path = file_of(shelf, digest)
    path.write_text(path.read_text() + BLOCK.format(id="i-000000000000", words="Words on nothing known."))

    assert file_words(shelf, digest, name="share edit").words == ()
    assert "Words on nothing known." in path.read_text()


def test_words_for_a_note_that_cannot_be_read_wait_in_the_draft(shelf):
    first, second = (
        sensed(shelf, title="First"),
        sensed(shelf, title="Second", text="Other words of mine here."),
    )
    digest = drafted(shelf).digest
    typed(shelf, digest, "Other words of mine here.", "Other words of mine here.\n\nMore for the second.")
    typed(shelf, digest, WORDS, f"{WORDS}\n\nMore for the first.")
    path = shelf.home.root / first.path
    path.write_text(path.read_text().replace("kind: comment", "kind: *nope"))
    before = note_text(shelf, second)

    filed = file_words(shelf, digest, name="share edit")

    # The unreadable note cannot even be compared with, so its words wait in the draft.
    assert [one.note for one in filed.words] == [second.id]
    assert before != note_text(shelf, second)
    assert "More for the first." in file_of(shelf, digest).read_text()


def test_a_draft_whose_front_matter_is_broken_files_nothing(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    add_block(shelf, digest, item, "What this means to us.")
    typed(shelf, digest, "template: weekly", "template: *weekly")
    before = note_text(shelf, note)
    count = shelf.store.count("notes")

    with pytest.raises(NoteUnreadable):
        file_words(shelf, digest, name="share edit")

    assert note_text(shelf, note) == before
    assert shelf.store.count("notes") == count
    assert len(list(shelf.home.notes.glob("*.md"))) == count


def test_filing_can_be_undone(shelf):
    note = sensed(shelf)
    digest = drafted(shelf).digest
    typed(shelf, digest, WORDS, f"{WORDS}\n\nOn Friday I try it.")
    draft, before = file_of(shelf, digest).read_bytes(), note_text(shelf, note)
    file_words(shelf, digest, name="share edit")

    undo(shelf)

    assert note_text(shelf, note) == before
    assert file_of(shelf, digest).read_bytes() == draft


def test_a_crash_between_note_and_anchor_files_no_word_twice(shelf):
    sensed(shelf, title="Other")
    digest = drafted(shelf).digest
    item = stored_item(shelf, title="Bare", url="https://example.org/bare", keep=True)
    add_block(shelf, digest, item, "What this means to us.")
    draft = file_of(shelf, digest).read_bytes()
    file_words(shelf, digest, name="share edit")
    file_of(shelf, digest).write_bytes(draft)

    file_words(shelf, digest, name="share edit")

    notes = shelf.store.notes.on(item.id)
    assert len(notes) == 1
    assert note_text(shelf, notes[0]).count("What this means to us.") == 1


def test_other_scripts_are_filed_like_any_words(shelf):
    note = sensed(shelf, text="这篇文章改变了我的看法。")
    digest = drafted(shelf, TEAM).digest
    typed(shelf, digest, "这篇文章改变了我的看法。", "这篇文章改变了我的看法。\n\n下周我要试一试。")

    [words] = file_words(shelf, digest, name="share edit").words

    assert words.words == 7
    assert "下周我要试一试。" in note_text(shelf, note)
