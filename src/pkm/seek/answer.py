"""Answer a question: the user's words and what led there, in the question's own note."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from pkm.errors import NotFound
from pkm.model.item import Item
from pkm.model.note import Note, Status
from pkm.model.question import Question
from pkm.rules.clean import Sink, clean
from pkm.rules.markdown import escape_inline, link
from pkm.rules.notefile import append_paragraph, set_keys
from pkm.rules.urls import without_secrets
from pkm.rules.when import local_stamp
from pkm.shelf import notes
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of it.

    Attributes:
        cited: How many items and notes are named as what led there.
    """

    note: Note
    cited: int


def answer(shelf: Shelf, question: Question, words: str, *, dropped: bool = False) -> Answered:
    """Close a question, with the user's words and a list of what was kept and written for it.

    The list stands between marks of a generated part: it counts as nobody's words, and leaves with no
    digest. What the note names already is not named again.

    Args:
        shelf: Where.
        question: Open or not; a second answer stands below the first.
        words: The answer, or why it is dropped; may be empty where it is dropped.
        dropped: It is given up, not answered.

    Raises:
        UsageError: An answer without words.
        NoteUnreadable: The note cannot be edited safely; nothing was changed.
    """
    if not dropped:
        notes.must_hold_words(words)
    status = Status.DROPPED if dropped else Status.ANSWERED
    with shelf.writing():
        note = shelf.store.notes.get(question.id)
        if note is None:
            raise NotFound(f"the question '{question.title}' is gone", hint="pkm questions")
        title = clean(question.title[:60], Sink.LINE)
        command = shelf.store.undo_log.begin("answer", f"{status} '{title}'", shelf.now())
        cited = list(_cited(shelf, note))
        changes = {"status": status, "modified": local_stamp(shelf.now(), shelf.zone)}

        def edit(data: bytes) -> bytes:
            text = "\n\n".join(part for part in (words.strip(), _led_here(cited)) if part)
            return set_keys(append_paragraph(data, text) if text else data, changes)

        note = notes.change(shelf, note, edit, command=command)
    return Answered(note=note, cited=len(cited))


def _led_here(lines: list[str]) -> str:
    if not lines:
        return ""
    listed = "\n".join(f"- {line}" for line in lines)
    return f"<!-- pkm:begin led-here -->\nWhat led here:\n\n{listed}\n<!-- pkm:end led-here -->"


def _cited(shelf: Shelf, note: Note) -> Iterator[str]:
    """A line for each item that was kept for it and each note about it, without those that it names already."""
    kept = shelf.store.questions.kept_for(note.id)
    items = shelf.store.items.many(kept)
    for item in (items[one] for one in kept if one in items):
        if item.id not in note.file.body:
            yield _item_line(item)
    for one in shelf.store.questions.notes_for(note.id):
        about = shelf.store.notes.get(one)
        stem = PurePosixPath(about.path).stem if about else ""
        if about is not None and f"[[{stem}|" not in note.file.body:
            yield f"[[{stem}|{_label(about.title)}]]"


def _item_line(item: Item) -> str:
    title = item.title or item.url or item.id
    shown = link(title, without_secrets(item.url)) if item.url else escape_inline(title)
    return f"{shown} ({item.id})"


def _label(title: str) -> str:
    plain = "".join(" " if char in "[]|" else char for char in clean(title, Sink.NOTE_TITLE))
    return " ".join(plain.split())
