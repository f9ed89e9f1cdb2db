"""The walk through what was kept and has no words of the user's yet: oldest promise first."""

from dataclasses import dataclass

from pkm.errors import NotFound
from pkm.model.item import Item, State
from pkm.shelf import journal
from pkm.shelf.decide import item_state
from pkm.shelf.shelf import Shelf
from pkm.store.items import ItemFilter
from pkm.store.undo_log import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of the items that wait are gone through.

    Attributes:
        source: Id of the one they come from.
        tag: Theirs, or one above it.
        question: Id of the question that they were kept for.
        limit: 0 for all.
    """

    source: str | None = None
    tag: str | None = None
    question: str | None = None
    limit: int = 0

    @property
    def narrowed(self) -> bool:
        """Whether some that wait are left out for what they are."""
        return bool(self.source or self.tag or self.question)


def next_unsensed(shelf: Shelf, wanted: Wanted) -> tuple[Item, ...]:
    """The items that wait longest for a sentence; one that was skipped waits from then on anew.

    Args:
        shelf: Where; its files were looked at already.
        wanted: Which of them.
    """
    chosen = ItemFilter(
        unsensed=True,
        oldest_first=True,
        source=wanted.source,
        tag=wanted.tag,
        ids=shelf.store.questions.kept_for(wanted.question) if wanted.question else None,
        limit=wanted.limit,
        hidden=True,
    )
    rows = shelf.store.items.listing(chosen, {})
    return tuple(row.item for row in rows)


def skip(shelf: Shelf, item: Item) -> None:
    """Put an item at the end of the walk; it stays kept.

    Raises:
        NotFound: It is not kept, so nothing waits.
    """
    if item.state != State.KEPT:
        raise NotFound(
            f"'{item.title or item.id}' is not kept, so there is nothing to skip",
            hint=f"pkm keep {item.id} keeps it",
        )
    now = shelf.now()
    with shelf.writing():
        command = shelf.store.undo_log.begin("sense", f"skipped '{item.title or item.id}'", now)
        before = item_state(item)
        fields = {"do": "skip", "id": item.id, "url": item.url}
        journal.append(shelf, shelf.home.decisions, now, fields)
        shelf.store.items.set_state(item.id, item.state, kept_at=item.kept_at, later_at=now)
        after = shelf.store.items.get(item.id)
        change = Change(what="item", ref=item.id, before=before, after=item_state(after or item))
        shelf.store.undo_log.add(command, [change])
