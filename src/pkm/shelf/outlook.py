"""What `undo` would take back of a command, and what stands in its way; nothing is changed by looking."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkm.model.item import State
from pkm.rules.amounts import counted
from pkm.shelf import quoting, ruled
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change, Command
from pkm.vault import write

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 200  # changes of one command that are held against what is there now
_NOUNS: Final = {
    "item": "item",
    "question": "question of an item",
    "move": "moved file",
    "capture": "capture",
    "via": "pointer",
    "file": "file",
    "source": "source",
    "list": "list",
    "quote": "quote",
    "digest": "draft",
    "view": "hidden item",
    "tags": "tagged item",
    "revisit": "answer",
    "pruned": "batch of pruned items",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What to expect of taking a command back.

    Attributes:
        takes: How many of which kind would go back, in words; empty if nothing would.
        left: Why some of it would stay as it is; one reason each.
        final: Why nothing can be taken back at all; empty if something can.
    """

    takes: str = ""
    left: tuple[str, ...] = ()
    final: str = ""


def outlook(shelf: Shelf, command: Command) -> Outlook:
    """What `undo` would do to a command that stands."""
    changes = shelf.store.undo_log.changes(command.number)
    if any(change.what == "edition" for change in changes):
        return Outlook(final="it was handed out; pkm share log keeps the record")
    reasons = [(change, _in_the_way(shelf, command, change)) for change in changes[:_MOST]]
    left = tuple(reason for _, reason in reasons if reason is not None)
    if changes and len(left) == len(changes):
        return Outlook(left=left, final="; ".join(dict.fromkeys(left)))
    going = Counter(change.what for change, reason in reasons if reason is None)
    going.update(change.what for change in changes[_MOST:])
    takes = ", ".join(counted(number, _NOUNS.get(what, what)) for what, number in going.items())
    return Outlook(takes=takes, left=left)


def _in_the_way(shelf: Shelf, command: Command, change: Change) -> str | None:
    """The same, with the way round: a later command that changed the thing again can be undone first."""
    reason = in_the_way(shelf, change)
    later = shelf.store.undo_log.later(command.number, change) if reason else None
    return f"undo {later} first: it changed {change.ref} again" if later else reason


def in_the_way(shelf: Shelf, change: Change) -> str | None:
    """Why a change cannot be taken back as things are now; None if it can."""
    tests: dict[str, Callable[[Shelf, Change], str | None]] = {
        "item": _item,
        "question": _question,
        "capture": _there,
        "file": _file,
        "quote": quoting.in_the_way,
        "view": ruled.view_in_the_way,
        "tags": _there,
        "pruned": _kept,
    }
    test = tests.get(change.what)
    return test(shelf, change) if test else None


def _there(shelf: Shelf, change: Change) -> str | None:
    return None if shelf.store.items.get(change.ref) else f"{change.ref} is gone"


def _item(shelf: Shelf, change: Change) -> str | None:
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    if item.state != json.loads(change.after or "{}").get("state"):
        return f"{item.title or item.id} was decided anew since"
    return None


def _question(shelf: Shelf, change: Change) -> str | None:
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    if item.state != State.KEPT or shelf.store.questions.of_item(item.id) != change.after:
        return f"{item.title or item.id} was decided anew since"
    return None


def _file(shelf: Shelf, change: Change) -> str | None:
    path = shelf.home.root / change.ref
    current = path.read_bytes() if path.is_file() else None
    if (write.sha(current) if current is not None else None) != change.after:
        return f"{change.ref} was edited since"
    if change.before is not None and not (shelf.home.trash / change.before).is_file():
        return f"what {change.ref} held before is no longer in the trash"
    return None


def _kept(shelf: Shelf, change: Change) -> str | None:
    kept = (shelf.home.trash / change.ref).is_file()
    return None if kept else "what was pruned is no longer in the trash"
