"""Take back a command: states, files, sources; whatever was changed since is left alone."""

import json
from dataclasses import dataclass
from typing import Final

from pkm.errors import NotFound, Refused
from pkm.model.decision import By
from pkm.model.item import State
from pkm.shelf import following, journal, listrest, noteindex, pen, plan, pointers, ruled
from pkm.shelf.decide import Move, decide, item_state, put_question
from pkm.shelf.shelf import Shelf
from pkm.store.hiding import View
from pkm.store.undo_log import Change, Command
from pkm.vault import write

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
    verbs = {
        "item": _item,
        "question": _question,
        "file": _file,
        "move": plan.move_back,
        "source": _source,
        "list": listrest.restored,
        "capture": _capture,
        "via": pointers.restore,
        "quote": _quote,
        "digest": _digest,
        "view": ruled.restore_view,
        "tags": ruled.drop_tags,
    }
    return verbs[change.what](shelf, change)


def _item(shelf: Shelf, change: Change) -> str | None:
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    if json.loads(item_state(item))["state"] != json.loads(change.after or "{}").get("state"):
        return f"{item.title or item.id} was decided anew since"
    before = json.loads(change.before or "{}")
    state = State(before["state"])
    question = shelf.store.questions.of_item(item.id) if state == State.KEPT else None
    decide(shelf, [item], Move(after=state, by=By.UNDO, reason="undo", question=question), command=None)
    kept, later = (journal.moment(before, key) for key in ("kept_at", "later_at"))
    shelf.store.items.set_state(item.id, state, kept_at=kept, later_at=later)
    if hidden_by := journal.text(before, "hidden_by"):
        shelf.store.hiding.set([(item.id, View(hidden_by=hidden_by))])
    return None


def _question(shelf: Shelf, change: Change) -> str | None:
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    if item.state != State.KEPT or shelf.store.questions.of_item(item.id) != change.after:
        return f"{item.title or item.id} was decided anew since"
    put_question(shelf, [item], change.before, command=None, by=By.UNDO)
    return None


def _file(shelf: Shelf, change: Change) -> str | None:
    path = shelf.home.root / change.ref
    current = path.read_bytes() if path.is_file() else None
    if (write.sha(current) if current is not None else None) != change.after:
        return f"{change.ref} was edited since"
    if change.before is None:
        pen.remove(shelf, path, command=None)
    else:
        kept = shelf.home.trash / change.before
        if not kept.is_file():
            return f"what {change.ref} held before is no longer in the trash"
        data = write.read_file(kept)
        if current is not None:
            pen.keep(shelf, path, current)  # it holds the sentence that is taken back
        pen.replace(shelf, path, data, current=current)
    _reindex(shelf, change.ref)
    return None


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


def _capture(shelf: Shelf, change: Change) -> str | None:
    """A capture taken back is let go: what was put in is not thrown away."""
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    decide(shelf, [item], Move(after=State.LET_GO, by=By.UNDO, reason="undo"), command=None)
    return None


def _quote(shelf: Shelf, change: Change) -> str | None:
    quote = shelf.store.quotes.get(change.ref)
    if quote is None:
        return f"{change.ref} is gone"
    journal.append(
        shelf, shelf.home.quotes, shelf.now(), {"do": "un-quote", "id": quote.id, "item": quote.item}
    )
    shelf.store.quotes.remove(quote.id)
    shelf.store.search.drop("quote", quote.id)
    return None


def _digest(shelf: Shelf, change: Change) -> str | None:
    shelf.store.digests.remove(change.ref)
    return None
