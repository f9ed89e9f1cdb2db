"""The user's tags on items and quotes: in a journal and in the store, to be taken back."""

import json
from collections.abc import Sequence

from pkm.shelf import index, journal, quoting
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change


def tag(shelf: Shelf, owner: str, add: Sequence[str], take: Sequence[str], *, command: int | None) -> bool:
    """Tag an item or a quote; inside `shelf.writing`. Whether anything changed.

    Args:
        shelf: Where.
        owner: Its id.
        add: Tags that it gains.
        take: Tags that it loses.
        command: For `undo`.
    """
    before = shelf.store.tags.of(owner)
    known = {one.casefold() for one in before}
    leaving = {one.casefold() for one in take}
    fresh = tuple(
        one for one in dict.fromkeys(add) if one.casefold() not in known or one.casefold() in leaving
    )
    gone = tuple(one for one in before if one.casefold() in leaving)
    if not fresh and not gone:
        return False
    _store(shelf, owner, fresh, gone)
    if command is not None:
        after = json.dumps(shelf.store.tags.of(owner), ensure_ascii=False)
        change = Change(
            what="user-tags", ref=owner, before=json.dumps(before, ensure_ascii=False), after=after
        )
        shelf.store.undo_log.add(command, [change])
    return True


def restore(shelf: Shelf, change: Change) -> str | None:
    """Undo the tags of one item or quote; the reason if they are left."""
    now = shelf.store.tags.of(change.ref)
    if list(now) != json.loads(change.after or "[]"):
        return f"the tags of {change.ref} were changed since"
    before = json.loads(change.before or "[]")
    _store(
        shelf,
        change.ref,
        tuple(one for one in before if one not in now),
        tuple(one for one in now if one not in before),
    )
    return None


def apply(shelf: Shelf, owner: str, line: journal.Line) -> None:
    """Do what a journal line says of the tags of something that is here."""
    shelf.store.tags.take(owner, journal.texts(line, "take"))
    shelf.store.tags.put(owner, journal.texts(line, "add"))
    _index(shelf, owner)


def _store(shelf: Shelf, owner: str, add: Sequence[str], take: Sequence[str]) -> None:
    changes = {"do": "tag", "add": list(add), "take": list(take)}
    if owner.startswith("i-"):
        item = shelf.store.items.get(owner)
        fields = journal.item_fields(item, None, None) if item is not None else {"id": owner}
        journal.append(shelf, shelf.home.decisions, shelf.now(), {**changes, **fields})
    else:
        journal.append(shelf, shelf.home.quotes, shelf.now(), {**changes, "id": owner})
    shelf.store.tags.take(owner, take)
    shelf.store.tags.put(owner, add)
    _index(shelf, owner)


def _index(shelf: Shelf, owner: str) -> None:
    item = shelf.store.items.get(owner) if owner.startswith("i-") else None
    if item is not None:
        shelf.store.search.put([index.of_item(item, shelf.store.texts.get(item.text_sha))])
    quote = shelf.store.quotes.get(owner) if owner.startswith("h-") else None
    if quote is not None:
        quoting.put(shelf, [quote])
