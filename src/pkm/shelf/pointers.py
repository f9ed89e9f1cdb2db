"""Whose pointer led to an item: set by the user, in the journal and in the store."""

import json
from collections.abc import Mapping
from dataclasses import replace

from pkm.model.item import Item, Via
from pkm.shelf import journal
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change


def point(shelf: Shelf, item: Item, *, via: Via | None, hat_tip: str | None, command: int | None) -> Item:
    """Set an item's pointer and hat tip; inside `shelf.writing`. None leaves what it has.

    Returns:
        The item as it now is.
    """
    pointed = replace(item, via=via or item.via, hat_tip=hat_tip or item.hat_tip)
    if pointed == item:
        return item
    _store(shelf, pointed)
    if command is not None:
        change = Change(what="via", ref=item.id, before=_state(item), after=_state(pointed))
        shelf.store.undo_log.add(command, [change])
    return pointed


def restore(shelf: Shelf, change: Change) -> str | None:
    """Bring a pointer back to what the undo log says; the reason if it was left."""
    item = shelf.store.items.get(change.ref)
    if item is None:
        return f"{change.ref} is gone"
    if _state(item) != change.after:
        return f"the pointer of {item.title or item.id} was changed since"
    said = json.loads(change.before or "{}")
    hat_tip = said.get("hat_tip") if isinstance(said, Mapping) else None
    _store(shelf, replace(item, via=journal.to_via(said.get("via")), hat_tip=hat_tip))
    return None


def _store(shelf: Shelf, item: Item) -> None:
    journal.append(
        shelf,
        shelf.home.decisions,
        shelf.now(),
        {"do": "via", **journal.item_fields(item, None, None)},
    )
    shelf.store.items.update(item)


def _state(item: Item) -> str:
    return json.dumps({"via": journal.via_fields(item.via), "hat_tip": item.hat_tip}, sort_keys=True)
