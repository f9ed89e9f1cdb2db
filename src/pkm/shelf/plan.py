"""Changes of several files that belong together: a note that moves, and the links to it.

Either all of them are made, with one entry in the undo log, or none; also if the process dies between.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pkm.errors import NotFound
from pkm.model.note import Note
from pkm.shelf import halfway, noteindex, pen
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change
from pkm.vault import plans, write
from pkm.vault.plans import Step, Steps
from pkm.vault.write import ChangedUnderneath

Edit = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to become of which file; paths as notes have them.

    Attributes:
        edits: By path (the one before a move): the hash of the bytes that the edit was made from, as
            `vault.write.sha` gives it, and the new bytes.
        moves: From old path to new path.
    """

    edits: Mapping[str, Edit] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)


def edited(shelf: Shelf, path: str, change: Callable[[bytes], bytes]) -> Edit | None:
    """The edit that a function of a file's bytes makes; None if they stay.

    Raises:
        NotFound, Refused: The file cannot be read.
        NoteUnreadable: `change` will not edit it.
    """
    data = write.read_file(shelf.home.root / path)
    new = change(data)
    return None if new == data else (write.sha(data), new)


def carry_out(shelf: Shelf, plan: Plan, *, command: int | None) -> tuple[Note, ...]:
    """Make all changes of a plan and bring the index in step; inside `shelf.writing`, once in it.

    Returns:
        The notes that were changed or moved, as they now are.

    Raises:
        ChangedUnderneath: A file is not what its edit was made from; nothing was changed: plan again.
        Refused: A file stands where one is to go; nothing was changed.
        DiskFull: Nothing was changed.
    """
    steps, data = _steps(shelf, plan)
    if not steps.steps:
        return ()
    plans.keep(shelf.home.plan, steps)
    shelf.on_failure.append(lambda: _take_back(shelf, steps))
    shelf.on_success.append(lambda: plans.forget(shelf.home.plan))
    plans.carry_out(shelf.home.root, steps, data)
    halfway.mark_done(shelf.store, steps)
    if command is not None:
        shelf.store.undo_log.add(command, [change for step in steps.steps for change in _changes(step)])
    return tuple(note for step in steps.steps if (note := _index(shelf, step)) is not None)


def _take_back(shelf: Shelf, steps: Steps) -> None:
    plans.roll_back(shelf.home.root, shelf.home.trash, steps)
    plans.forget(shelf.home.plan)


def _steps(shelf: Shelf, plan: Plan) -> tuple[Steps, dict[str, bytes]]:
    steps: list[Step] = []
    data: dict[str, bytes] = {}
    for path in dict.fromkeys((*plan.edits, *plan.moves)):
        full = shelf.home.root / path
        current = write.read_file(full)
        before = write.sha(current)
        wanted, new = plan.edits.get(path, (before, current))
        if before != wanted:
            raise ChangedUnderneath(full, current)
        to = plan.moves.get(path)
        if new != current:
            data[path] = new
        if new != current or to not in {None, path}:
            kept = pen.keep(shelf, full, current) if new != current else None
            steps.append(
                Step(path=path, to=to if to != path else None, before=before, after=write.sha(new), kept=kept)
            )
    return Steps(id=secrets.token_hex(6), steps=tuple(steps)), data


def _changes(step: Step) -> list[Change]:
    """For the undo log, which is read backwards: first back to its place, then back to its bytes."""
    changes = []
    if step.kept is not None:
        changes.append(Change(what="file", ref=step.path, before=step.kept, after=step.after))
    if step.to is not None:
        changes.append(Change(what="move", ref=step.path, before=step.path, after=step.to))
    return changes


def _index(shelf: Shelf, step: Step) -> Note | None:
    former = shelf.store.notes.at(step.path)
    path = step.to or step.path
    if former is None or not path.endswith(".md"):
        return None
    return reindex(shelf, step.path, path)


def reindex(shelf: Shelf, old: str, new: str) -> Note:
    """Index a note's file again that stands elsewhere now, perhaps; inside `shelf.writing`.

    Raises:
        NotFound: It is gone.
    """
    former = shelf.store.notes.at(old)
    path = shelf.home.root / new
    data = write.read_file(path)
    note = noteindex.put(shelf, new, data, write.stamp(path, data))
    if former is not None and former.id != note.id and former.id.startswith("n~"):
        shelf.store.search.drop("note", former.id)
        shelf.store.notes.remove(former.id)
        shelf.store.notes.move_id(former.id, note.id)
    return note


def move_back(shelf: Shelf, change: Change) -> str | None:
    """Take one move of a plan back, whatever was written in the file since; the reason if it was left."""
    old, new = change.before or "", change.after or ""
    steps = _steps_back(shelf, old, new)
    if isinstance(steps, str):
        return steps
    plans.carry_out(shelf.home.root, steps, {})
    shelf.on_failure.append(lambda: _move_again(shelf, steps))
    if shelf.store.notes.at(new) is not None:
        reindex(shelf, new, old)
    return None


def _steps_back(shelf: Shelf, old: str, new: str) -> Steps | str:
    try:
        found = write.sha(write.read_file(shelf.home.root / new))
    except NotFound:
        return f"{new} is gone"
    if (shelf.home.root / old).exists() and PurePosixPath(old).name.casefold() != PurePosixPath(
        new
    ).name.casefold():
        return f"there is another file at {old}"
    return Steps(id=secrets.token_hex(6), steps=(Step(path=new, to=old, before=found, after=found),))


def _move_again(shelf: Shelf, steps: Steps) -> None:
    plans.roll_back(shelf.home.root, shelf.home.trash, steps)
