"""Triage: keep it, let it go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pkm.errors import UsageError
from pkm.model.item import Item, State, Via
from pkm.model.note import Kind, Note
from pkm.rules.amounts import counted
from pkm.rules.limits import BUSY_S
from pkm.shelf import notes
from pkm.shelf.decide import Move, decide, put_question
from pkm.shelf.pointers import point
from pkm.shelf.shelf import Shelf
from pkm.store.items import ItemFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepWishes:
    """What is said with a keep.

    Attributes:
        words: A sentence of the user's own; None for none.
        via: Whose pointer led to it.
        hat_tip: Who set the user off.
        question: Id of the question that it is kept for.
    """

    words: str | None = None
    via: Via | None = None
    hat_tip: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of a decision.

    Attributes:
        items: As they now are, in the order asked for.
        moved: How many of them were elsewhere before.
        note: The note that took the sentence; None if there was none.
        put: How many that were kept already are now kept for the question.
        command: Its number for `undo`; None if nothing changed.
    """

    items: tuple[Item, ...]
    moved: int
    note: Note | None = None
    put: int = 0
    command: int | None = None


def keep(shelf: Shelf, items: Sequence[Item], wishes: KeepWishes) -> Decided:
    """Keep items, and file the sentence that was said about them.

    Raises:
        UsageError: There are no words in the sentence, or the question is none.
    """
    if wishes.words is not None:
        notes.must_hold_words(wishes.words)
    _must_be_question(shelf, wishes.question)
    with shelf.writing():
        items = _as_now(shelf, items)  # another pkm may have decided since they were read
        if not _changes(shelf, items, State.KEPT, wishes):
            return Decided(items=tuple(items), moved=0)
        command = shelf.store.undo_log.begin("keep", f"kept {counted(len(items), 'item')}", shelf.now())
        if wishes.via or wishes.hat_tip:
            items = tuple(
                point(shelf, item, via=wishes.via, hat_tip=wishes.hat_tip, command=command) for item in items
            )
        question = wishes.question
        moved = decide(shelf, items, Move(after=State.KEPT, question=question), command=command)
        put = put_question(shelf, items, question, command=command) if question else 0
        note = None
        if wishes.words:
            note = annotate(shelf, items, wishes.words, command=command, question=question)
    return Decided(items=_as_now(shelf, items), moved=len(moved), note=note, put=put, command=command)


def _changes(shelf: Shelf, items: Sequence[Item], after: State, wishes: KeepWishes) -> bool:
    """Whether anything would change; what changes nothing is nothing to take back."""
    said = wishes.words or wishes.via or wishes.hat_tip
    if any(item.state != after for item in items) or (items and said):
        return True
    of_item = shelf.store.questions.of_item
    return wishes.question is not None and any(of_item(item.id) != wishes.question for item in items)


def annotate(
    shelf: Shelf, items: Sequence[Item], words: str, *, command: int, question: str | None = None
) -> Note:
    """File a sentence: with the comment on one item, or as a new note on several; inside `shelf.writing`."""
    if len(items) == 1 and (comment := notes.comment_note(shelf, items[0])) is not None:
        note = notes.append(shelf, comment, words, command=command)
        if question is None or note.file.question is not None:
            return note
        return notes.set_front_matter(shelf, note, {"question": question}, command=command)
    new = notes.NewNote(text=words, items=tuple(items), kind=Kind.COMMENT, question=question)
    return notes.make(shelf, new, command=command)


def let_go(shelf: Shelf, items: Sequence[Item]) -> Decided:
    """Let items go; one that was kept is kept no longer, its notes stay."""
    with shelf.writing(wait_s=BUSY_S):
        items = _as_now(shelf, items)
        if not _changes(shelf, items, State.LET_GO, KeepWishes()):
            return Decided(items=tuple(items), moved=0)
        command = shelf.store.undo_log.begin("drop", f"let go {counted(len(items), 'item')}", shelf.now())
        moved = decide(shelf, items, Move(after=State.LET_GO), command=command)
    return Decided(items=_as_now(shelf, items), moved=len(moved), command=command)


def put_off(shelf: Shelf, item: Item) -> Decided:
    """Later: the item stays new, and stands at the end when it is gone through one by one."""
    with shelf.writing(wait_s=BUSY_S):
        items = [one for one in _as_now(shelf, [item]) if one.state == State.NEW]
        if not items or items[0].later_at is not None:
            return Decided(items=tuple(items), moved=0)
        command = shelf.store.undo_log.begin("seek", f"put off {counted(len(items), 'item')}", shelf.now())
        moved = decide(shelf, items, Move(after=State.NEW, later=True), command=command)
    return Decided(items=_as_now(shelf, items), moved=len(moved), command=command)


def older(shelf: Shelf, before: datetime) -> tuple[Item, ...]:
    """The new items that stand before a moment.

    Args:
        shelf: Where.
        before: Aware.
    """
    found = shelf.store.items.listing(
        ItemFilter(states=(State.NEW,), until=before), shelf.store.sources.by_id()
    )
    return tuple(one.item for one in found)


def _as_now(shelf: Shelf, items: Sequence[Item]) -> tuple[Item, ...]:
    found = shelf.store.items.many([item.id for item in items])
    return tuple(islice((found[item.id] for item in items if item.id in found), len(items)))


def _must_be_question(shelf: Shelf, question: str | None) -> None:
    if question is None:
        return
    note = shelf.store.notes.get(question)
    if note is None or note.kind != Kind.QUESTION:
        raise UsageError(
            f"{question} is no question",
            why=f"it is a note of kind {note.kind}" if note else "there is no such note",
            hint='pkm questions shows them; pkm ask "…" makes one',
        )
