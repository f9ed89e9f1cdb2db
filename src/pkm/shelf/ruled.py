"""What rules did with items that are here, so that it can be taken back: places in view, and tags."""

import json
from collections.abc import Mapping, Sequence

from pkm.model.decision import By
from pkm.model.item import Item, State
from pkm.shelf import index, journal
from pkm.shelf.shelf import Shelf
from pkm.store.hiding import View
from pkm.store.undo_log import Change


def set_views(shelf: Shelf, views: Mapping[str, View], *, command: int) -> int:
    """Bring items into view or out of it; inside `shelf.writing`. How many changed."""
    before = shelf.store.hiding.views(list(views))
    changed = {item: view for item, view in views.items() if item in before and before[item] != view}
    shelf.store.hiding.set(changed.items())
    shelf.store.undo_log.add(
        command,
        [
            Change(what="view", ref=item, before=_text(before[item]), after=_text(view))
            for item, view in changed.items()
        ],
    )
    return len(changed)


def view_in_the_way(shelf: Shelf, change: Change) -> str | None:
    """Why one of them cannot be undone; None if it can."""
    current = shelf.store.hiding.views([change.ref]).get(change.ref)
    if current is None:
        return f"{change.ref} is gone"
    if current.hidden_by != _view(change.after).hidden_by:
        return f"{change.ref} was hidden or shown anew since"
    return None


def restore_view(shelf: Shelf, change: Change) -> None:
    """Undo one of them; nothing is in the way."""
    shelf.store.hiding.set([(change.ref, _view(change.before))])


def add_tags(shelf: Shelf, tags: Sequence[tuple[Item, tuple[str, ...]]], *, command: int) -> int:
    """Tag items by rule; inside `shelf.writing`. How many items gained a tag."""
    gained = 0
    for item, names in tags:
        known = {tag.casefold() for tag in item.tags}
        fresh = [name for name in names if name.casefold() not in known]
        if not fresh:
            continue
        gained += 1
        _journal(shelf, item.id, {"add": fresh})
        shelf.store.undo_log.add(
            command, [Change(what="tags", ref=item.id, after=json.dumps(fresh, ensure_ascii=False))]
        )
        tag_by_rule(shelf, item.id, fresh)
    return gained


def tag_by_rule(shelf: Shelf, item_id: str, add: Sequence[str], take: Sequence[str] = ()) -> None:
    """Let an item have these tags of the rules, and lose those; inside `shelf.writing`, nothing is logged."""
    if not add and not take:
        return
    shelf.store.items.drop_tags([(item_id, name.casefold()) for name in take], by="rule")
    shelf.store.items.add_tags([(item_id, name, name.casefold()) for name in add], by="rule")
    item = shelf.store.items.get(item_id)
    if item is not None:
        shelf.store.search.put([index.of_item(item, shelf.store.texts.get(item.text_sha))])


def _journal(shelf: Shelf, item_id: str, tags: Mapping[str, Sequence[str]]) -> None:
    """A line about the tags of a kept item; what is not kept is no concern of the files, and keeping tells them."""
    item = shelf.store.items.get(item_id)
    if item is not None and item.state == State.KEPT:
        line = {"do": "tag", "by": str(By.RULE), **tags, **journal.item_fields(item, None, None)}
        journal.append(shelf, shelf.home.decisions, shelf.now(), line)


def drop_tags(shelf: Shelf, change: Change) -> None:
    """Undo the tags of one item; nothing is in the way."""
    names = json.loads(change.after or "[]")
    _journal(shelf, change.ref, {"take": names})
    tag_by_rule(shelf, change.ref, (), names)


def _text(view: View) -> str:
    shown = journal.stamp(view.shown_at) if view.shown_at else None
    return json.dumps({"hidden_by": view.hidden_by, "shown_at": shown}, ensure_ascii=False)


def _view(text: str | None) -> View:
    said = json.loads(text or "{}")
    return View(hidden_by=journal.text(said, "hidden_by"), shown_at=journal.moment(said, "shown_at"))
