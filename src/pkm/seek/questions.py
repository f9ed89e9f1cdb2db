"""Questions: see what matched each since the last look. They steer seeking; they never hide anything."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pkm.errors import Busy, DiskFull
from pkm.model.item import Item
from pkm.model.question import Question
from pkm.rules.steering import NOTHING, Steer, steer
from pkm.rules.tails import short_ids
from pkm.shelf.shelf import Shelf

SHOWN_MOST = 3
"""So many of the items that matched are named beside a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A new item that matches a question.

    Attributes:
        words: What it holds of what the question looks for.
    """

    item: Item
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a question stands.

    Attributes:
        looked_for: What it looks for; its signs are empty if there is nothing.
        waiting: How many new items match.
        fresh: How many of them came since the last look.
        shown: The newest of the fresh ones; else empty.
        looked_at: Aware, UTC; when the user last looked. None: never.
        kept: Ids of the items kept for it.
        notes: Ids of the notes about it.
    """

    question: Question
    looked_for: Steer
    waiting: int = 0
    fresh: int = 0
    shown: tuple[Match, ...] = ()
    looked_at: datetime | None = None
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def overview(shelf: Shelf, *, everything: bool = False) -> tuple[Standing, ...]:
    """Every open question, the newest first; with `everything` those that are answered or dropped too."""
    stored = shelf.store.questions
    asked = stored.all() if everything else stored.open()
    sought = [steer(one.title, one.words) for one in asked]
    # What is closed looks for nothing any more.
    waiting = stored.waiting([one if asked[n].is_open else NOTHING for n, one in enumerate(sought)])
    looks = stored.looks()
    return tuple(
        _standing(shelf, *together, looks.get(together[0].id))
        for together in zip(asked, sought, waiting, strict=True)
    )


def _standing(
    shelf: Shelf,
    question: Question,
    looked_for: Steer,
    waiting: Mapping[str, tuple[str, ...]],
    look: tuple[datetime, int] | None,
) -> Standing:
    stored = shelf.store.questions
    looked_at, row = look or (None, 0)
    fresh = stored.after(list(waiting), row)
    items = shelf.store.items.many(fresh[:SHOWN_MOST])
    return Standing(
        question=question,
        looked_for=looked_for,
        waiting=len(waiting),
        fresh=len(fresh),
        shown=tuple(Match(item=items[one], words=waiting[one]) for one in fresh[:SHOWN_MOST] if one in items),
        looked_at=looked_at,
        kept=stored.kept_for(question.id),
        notes=stored.notes_for(question.id),
    )


def looked(shelf: Shelf, questions: Sequence[Question]) -> None:
    """Remember that the user saw what matches these; a home that is busy or read-only just does not."""
    with suppress(Busy, DiskFull), shelf.writing(wait_s=0.0):
        row = shelf.store.questions.last_row()
        for question in questions:
            shelf.store.questions.set_look(question.id, shelf.now(), row)


def whys(shelf: Shelf, items: Sequence[str], asked: Sequence[Question] | None = None) -> dict[str, list[str]]:
    """Which open questions each of these items matches, as the words beside a row.

    Args:
        shelf: Where.
        items: Their ids.
        asked: The questions; None for all that are open.
    """
    questions = shelf.store.questions.open() if asked is None else tuple(asked)
    if not questions or not items:
        return {}
    tails = short_ids([question.id for question in questions])
    said: dict[str, list[str]] = {}
    sought = [steer(question.title, question.words) for question in questions]
    for tail, held in zip(tails, shelf.store.questions.held(sought, items), strict=True):
        for item, words in held.items():
            said.setdefault(item, []).append(f"your question {tail} ({', '.join(words)})")
    return said
