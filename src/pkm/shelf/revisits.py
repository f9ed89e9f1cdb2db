"""Answers to what was met again: in the journal first, then in the store; and back."""

from datetime import datetime
from typing import Final

from pkm.model.item import Item
from pkm.model.note import Note
from pkm.model.revisit import Answer
from pkm.shelf import journal
from pkm.shelf.journal import Line
from pkm.shelf.shelf import Shelf
from pkm.store.revisits import TAKEN_BACK
from pkm.store.undo_log import Change

_DONE: Final = "revisit"
_UNDONE: Final = "un-revisit"
LINES: Final = frozenset({_DONE, _UNDONE})
"""What such lines of `decisions.jsonl` do."""


def record(shelf: Shelf, met: Note | Item, answer: Answer, *, command: int) -> None:
    """File an answer; inside `shelf.writing`."""
    now = shelf.now()
    fields = {
        "do": _DONE,
        "id": met.id,
        "answer": str(answer),
        "title": met.title,
        "url": met.url if isinstance(met, Item) else None,
    }
    event = journal.append(shelf, shelf.home.decisions, now, fields)
    shelf.store.revisits.add(event, met.id, now, answer)
    shelf.store.undo_log.add(command, [Change(what="revisit", ref=event)])


def take_back(shelf: Shelf, change: Change) -> None:
    """Take an answer back, for `undo`; inside `shelf.writing`."""
    now = shelf.now()
    event = journal.append(shelf, shelf.home.decisions, now, {"do": _UNDONE, "of": change.ref})
    shelf.store.revisits.add(event, change.ref, now, TAKEN_BACK)


def apply(shelf: Shelf, event: str, line: Line, at: datetime) -> bool | None:
    """Apply such a line of a journal: True done, False it lacks something, None it is of a newer pkm."""
    if journal.text(line, "do") == _UNDONE:
        ref, answer = journal.text(line, "of"), TAKEN_BACK
    else:
        ref, answer = journal.text(line, "id"), journal.text(line, "answer") or ""
        if answer and answer not in set(Answer):
            return None
    if not ref or not answer:
        return False
    shelf.store.revisits.add(event, ref, at, answer)
    return True
