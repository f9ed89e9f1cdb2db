"""The diary of one's work: what is logged on one day stands in one file, each entry with its time."""

from datetime import datetime

from pkm.model.note import Kind, Note
from pkm.rules.resolve import stem_of
from pkm.shelf import notes, pen
from pkm.shelf.notes import NewNote
from pkm.shelf.shelf import Shelf
from pkm.store.notes import NoteFilter


def enter(shelf: Shelf, text: str, *, command: int) -> tuple[Note, bool]:
    """Add an entry to the day's file; inside `shelf.writing`. The note, and whether it is new."""
    now = pen.local_now(shelf)
    entry = f"{now:%H:%M} {text.strip()}"
    known = _of_day(shelf, now)
    if known is not None:
        return notes.append(shelf, known, entry, command=command), False
    return notes.make(shelf, NewNote(text=entry, title=_day(now), kind=Kind.LOG), command=command), True


def _of_day(shelf: Shelf, now: datetime) -> Note | None:
    """The file of a day, if it can be added to."""
    day = _day(now)
    return next(
        (
            note
            for note in shelf.store.notes.listing(NoteFilter(kind=Kind.LOG))
            if day in {note.title, stem_of(note.path)} and note.file.problem is None
        ),
        None,
    )


def _day(now: datetime) -> str:
    return f"{now:%Y-%m-%d}"
