"""Keep, let go, later: the user's decisions about items, in the journal and in the store."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.model.decision import By, Decision
from pkm.model.item import Item, State
from pkm.model.source import CAPTURES
from pkm.shelf import journal
from pkm.shelf.shelf import Shelf
from pkm.store.hiding import View
from pkm.store.undo_log import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where items go, and why.

    Attributes:
        later: The user put them off: they stay new.
        reason: The user's words, or a rule's name.
        question: Id of the question they were kept for.
    """

    after: State
    by: By = By.USER
    later: bool = False
    reason: str | None = None
    question: str | None = None


def item_state(item: Item) -> str:
    """The state of an item as the undo log keeps it."""
    hidden = {"hidden_by": item.hidden_by} if item.hidden_by else {}
    return json.dumps(_state(item.state, item.kept_at, item.later_at) | hidden)


def _state(state: State, kept_at: datetime | None, later_at: datetime | None) -> dict[str, str | None]:
    return {
        "state": str(state),
        "kept_at": journal.stamp(kept_at) if kept_at else None,
        "later_at": journal.stamp(later_at) if later_at else None,
    }


def decide(shelf: Shelf, items: Sequence[Item], move: Move, *, command: int | None) -> tuple[Item, ...]:
    """Move items; inside `shelf.writing`. Those that are there already are left alone.

    Returns:
        The items that moved, as they were before.
    """
    now = shelf.now()
    # What the caller holds may be stale by now: another pkm may have decided in between.
    found = shelf.store.items.many([item.id for item in items])
    present = [found[item.id] for item in items if item.id in found]
    moved = [item for item in present if item.state != move.after or (move.later and item.later_at is None)]
    events = _journal(shelf, moved, move, now)
    for item in moved:
        kept_at = (item.kept_at or now) if move.after == State.KEPT else None
        later_at = now if move.later else None
        event = events.get(item.id)
        shelf.store.items.set_state(item.id, move.after, kept_at=kept_at, later_at=later_at)
        if item.hidden_by is not None and move.after == State.KEPT and move.by == By.USER:
            shelf.store.hiding.set([(item.id, View(shown_at=now))])  # the user's word, against a rule's
        shelf.store.decisions.add(
            [_decision(item, move, now, event=event, command=command, device=shelf.device)]
        )
        if command is not None:
            after = json.dumps(_state(move.after, kept_at, later_at))
            change = Change(what="item", ref=item.id, before=item_state(item), after=after)
            shelf.store.undo_log.add(command, [change])
    return tuple(moved)


def put_question(
    shelf: Shelf, items: Sequence[Item], question: str | None, *, command: int | None, by: By = By.USER
) -> int:
    """Say of kept items which question they are kept for; inside `shelf.writing`.

    Args:
        shelf: Where.
        items: Those that are not kept are passed over.
        question: Its id; None: they are kept for none any more.
        command: For `undo`.
        by: Who says so.

    Returns:
        How many were kept for another one, or for none.
    """
    now, changed = shelf.now(), 0
    move = Move(after=State.KEPT, by=by, question=question)
    for item in shelf.store.items.many([item.id for item in items]).values():
        before = shelf.store.questions.of_item(item.id)
        if item.state != State.KEPT or before == question:
            continue
        event = journal.append(shelf, shelf.home.decisions, now, _line(shelf, item, move))
        shelf.store.decisions.add(
            [_decision(item, move, now, event=event, command=command, device=shelf.device)]
        )
        if command is not None:
            change = Change(what="question", ref=item.id, before=before, after=question)
            shelf.store.undo_log.add(command, [change])
        changed += 1
    return changed


def _journal(shelf: Shelf, items: Sequence[Item], move: Move, now: datetime) -> dict[str, str]:
    """Write the lines of a move, all in one; the events by item."""
    # What was let go is not a file's concern: only what the user decided to keep, and to keep no longer.
    told = [item for item in items if State.KEPT in {item.state, move.after} and item.state != move.after]
    if not told:
        return {}
    lines = [_line(shelf, item, move) for item in told]
    events = journal.extend(shelf, shelf.home.decisions, now, lines)
    return dict(zip([item.id for item in told], events, strict=True))


def _line(shelf: Shelf, item: Item, move: Move) -> dict[str, object]:
    arrivals = shelf.store.arrivals.of_item(item.id)
    shown = next((one for one in arrivals if one.source == item.source), arrivals[0] if arrivals else None)
    source = shelf.store.sources.get(shown.source) if shown else None
    return {
        "do": "keep" if move.after == State.KEPT else "un-keep",
        "to": str(move.after) if move.after == State.NEW else None,
        **journal.item_fields(item, shown, source.url if source and source.kind != CAPTURES else None),
        "by": str(move.by) if move.by != By.USER else None,
        "reason": move.reason,
        "question": move.question,
        # Rules are asked once, of what arrives: of what files bring back nobody asks them again.
        "tags": list(shelf.store.tags.by_rule(item.id)) if move.after == State.KEPT else None,
    }


def _decision(  # noqa: PLR0913 - a row of the log, written out once
    item: Item, move: Move, now: datetime, *, event: str | None, command: int | None, device: str
) -> Decision:
    return Decision(
        item=item.id,
        before=item.state,
        after=move.after,
        at=now,
        by=move.by,
        reason=move.reason,
        question=move.question,
        event=event,
        device=device,
        command=command,
    )
