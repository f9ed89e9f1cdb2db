"""Take back a command: states, files, sources; whatever was changed since is left alone."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkm.errors import NotFound, Refused
from pkm.model.decision import By
from pkm.model.item import Item, State
from pkm.shelf import (
    following,
    journal,
    listrest,
    noteindex,
    pen,
    plan,
    pointers,
    prune,
    quoting,
    revisits,
    ruled,
    tagged,
)
from pkm.shelf.decide import Move, decide, put_question
from pkm.shelf.outlook import in_the_way
from pkm.shelf.shelf import Shelf
from pkm.store.hiding import View
from pkm.store.undo_log import Change, Command
from pkm.vault import write

if TYPE_CHECKING:
    from collections.abc import Callable

_OF_THE_LIST: Final = frozenset({"source", "list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back.

    Attributes:
        left: What was not, since it changed after the command; each with its reason.
    """

    command: Command
    taken_back: int
    left: tuple[str, ...] = ()


def undo(shelf: Shelf, number: int | None = None) -> Undone:
    """Take back the newest command that stands, or the one of that number.

    Raises:
        NotFound: There is none, or it was taken back already.
        Refused: Everything that it changed was changed again since, or it is one that cannot be taken back.
    """
    with shelf.writing():
        command = _chosen(shelf, number)
        changes = shelf.store.undo_log.changes(command.number)
        _refuse_sent(changes)
        if any(change.what in _OF_THE_LIST for change in changes):
            following.catch_up(shelf)
        left = [reason for change in changes if (reason := _take_back(shelf, change)) is not None]
        if changes and len(left) == len(changes):
            raise Refused(
                f"'{command.name}' cannot be taken back: {command.summary}",
                why="; ".join(left),
                hint="change it back by hand; pkm undo --list shows what was done",
            )
        if any(change.what in _OF_THE_LIST for change in changes):
            following.write_file(shelf)
        shelf.store.undo_log.mark_undone(command.number, shelf.now())
    return Undone(command=command, taken_back=len(changes) - len(left), left=tuple(left))


def _chosen(shelf: Shelf, number: int | None) -> Command:
    log = shelf.store.undo_log
    command = log.last() if number is None else log.get(number)
    if command is None:
        what = "there is nothing to undo" if number is None else f"no command has the number {number}"
        raise NotFound(what, hint="pkm undo --list shows what was done")
    if command.undone_at is not None:
        raise NotFound(f"{number} was taken back already", hint="pkm undo --list shows what stands")
    return command


def _refuse_sent(changes: tuple[Change, ...]) -> None:
    if any(change.what == "edition" for change in changes):
        raise Refused(
            "an export cannot be called back",
            why="what was handed out is with its readers; the share log keeps the record of it",
            hint="pkm share log shows what went to whom; `pkm undo NUMBER` takes back what was done before it",
        )


def _take_back(shelf: Shelf, change: Change) -> str | None:
    """Take one change back; the reason if it was left."""
    verbs: dict[str, Callable[[Shelf, Change], str | None]] = {
        "item": _item,
        "question": _question,
        "file": _file,
        "move": plan.move_back,
        "source": _source,
        "list": listrest.restored,
        "capture": _capture,
        "via": pointers.restore,
        "quote": quoting.restore,
        "digest": _digest,
        "view": ruled.restore_view,
        "tags": ruled.drop_tags,
        "user-tags": tagged.restore,
        "pruned": prune.put_back,
        "revisit": revisits.take_back,
    }
    return in_the_way(shelf, change) or verbs[change.what](shelf, change)


def _item(shelf: Shelf, change: Change) -> None:
    item, before = _the_item(shelf, change), json.loads(change.before or "{}")
    state = State(before["state"])
    question = shelf.store.questions.of_item(item.id) if state == State.KEPT else None
    decide(shelf, [item], Move(after=state, by=By.UNDO, reason="undo", question=question), command=None)
    kept, later = (journal.moment(before, key) for key in ("kept_at", "later_at"))
    shelf.store.items.set_state(item.id, state, kept_at=kept, later_at=later)
    if hidden_by := journal.text(before, "hidden_by"):
        shelf.store.hiding.set([(item.id, View(hidden_by=hidden_by))])


def _question(shelf: Shelf, change: Change) -> None:
    put_question(shelf, [_the_item(shelf, change)], change.before, command=None, by=By.UNDO)


def _the_item(shelf: Shelf, change: Change) -> Item:
    found = shelf.store.items.get(change.ref)
    if found is None:
        raise NotFound(f"{change.ref} is gone")  # `in_the_way` has looked: never here
    return found


def _file(shelf: Shelf, change: Change) -> None:
    path = shelf.home.root / change.ref
    current = path.read_bytes() if path.is_file() else None
    if change.before is None:
        pen.remove(shelf, path, command=None)
    else:
        data = write.read_file(shelf.home.trash / change.before)
        if current is not None:
            pen.keep(shelf, path, current)  # it holds the sentence that is taken back
        pen.replace(shelf, path, data, current=current)
    _reindex(shelf, change.ref)


def _reindex(shelf: Shelf, relative: str) -> None:
    path = shelf.home.root / relative
    if not relative.endswith(".md") or shelf.store.notes.at(relative) is None:
        return
    if path.is_file():
        data = path.read_bytes()
        noteindex.put(shelf, relative, data, write.stamp(path, data))
        return
    note = shelf.store.notes.at(relative)
    if note is not None:
        shelf.store.notes.remove(note.id)
        shelf.store.search.drop("note", note.id)


def _source(shelf: Shelf, change: Change) -> str | None:
    return following.restored(shelf, change.ref, change.before)


def _capture(shelf: Shelf, change: Change) -> None:
    """A capture taken back is let go: what was put in is not thrown away."""
    move = Move(after=State.LET_GO, by=By.UNDO, reason="undo")
    decide(shelf, [_the_item(shelf, change)], move, command=None)


def _digest(shelf: Shelf, change: Change) -> None:
    shelf.store.digests.remove(change.ref)
