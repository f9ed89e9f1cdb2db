"""Catch up: after an absence few items stay in view, the rest is let go; all of it can be taken back.

what waits | what stays, and why | the plan, for the user to agree to | the rest is let go
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pkm.model.decision import By
from pkm.model.item import State
from pkm.model.question import Question
from pkm.model.source import Source, Tie
from pkm.rules.amounts import counted
from pkm.rules.gaps import Gap, gaps
from pkm.rules.limits import CATCHUP_LIMIT
from pkm.rules.steering import steer
from pkm.seek.look import Row, seldom
from pkm.seek.pick import Candidate, Picked, pick
from pkm.seek.questions import whys
from pkm.seek.reasons import Known, because
from pkm.shelf.decide import Move, decide
from pkm.shelf.shelf import Shelf
from pkm.store.absence import Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to plan.

    Attributes:
        limit: So many items stay in view at most.
        since: Aware; only what came in since then is looked at, the rest stays as it is. None for all.
        question: Only what matches it stays in view.
        per_source: So many of one source at most, while others have something for a reason.
    """

    limit: int = CATCHUP_LIMIT
    since: datetime | None = None
    question: Question | None = None
    per_source: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would stay, what would go, and what cannot be had any more.

    Attributes:
        rows: What stays in view, in the order of the reasons.
        going: Ids of what is let go.
        from_sources: How many of those come from each source, the most first.
        put_off: How many stay as they are since the user said "later".
        waiting: How many new items were looked at.
        away_since: Aware, UTC; the last decision, note or share of the user. None: there was none.
        gaps: What the feeds may have dropped while nobody asked, since then.
        failing: Sources that fail now, and did not before.
    """

    rows: tuple[Row, ...]
    going: tuple[str, ...]
    from_sources: tuple[tuple[Source | None, int], ...]
    put_off: int
    waiting: int
    away_since: datetime | None
    gaps: tuple[tuple[Source, Gap], ...]
    failing: tuple[Source, ...]


def plan(shelf: Shelf, order: Order) -> Plan:
    """What to keep in view and what to let go; nothing is changed."""
    waits = shelf.store.absence.waiting(order.since)
    sources = shelf.store.sources.by_id()
    open_to = [one for one in waits if not one.put_off]
    picked = pick(
        _candidates(shelf, open_to, sources, order.question),
        limit=order.limit,
        per_source=order.per_source,
    )
    stays = {one.item for one in picked}
    going = [one for one in open_to if one.item not in stays]
    away_since = shelf.store.absence.last_act()
    return Plan(
        rows=_rows(shelf, picked, sources, order.question),
        going=tuple(one.item for one in going),
        from_sources=_by_source(going, sources),
        put_off=len(waits) - len(open_to),
        waiting=len(waits),
        away_since=away_since,
        gaps=_gaps(shelf, sources, order.since or away_since),
        failing=_failing(sources, order.since or away_since),
    )


def _candidates(
    shelf: Shelf, waits: Sequence[Waits], sources: dict[str, Source], question: Question | None
) -> list[Candidate]:
    asked = shelf.store.questions.open() if question is None else (question,)
    sought = [steer(one.title, one.words) for one in asked]
    matching = {item for held in shelf.store.questions.waiting(sought) for item in held}
    rarely = seldom(shelf, (source for one in waits if (source := sources.get(one.source or "")) is not None))
    strong = {source.id for source in sources.values() if source.tie == Tie.STRONG}
    near = strong | rarely
    return [
        Candidate(
            item=one.item,
            source=one.source,
            near=one.source in near,
            asked=one.item in matching,
            links=one.links,
        )
        for one in waits
        if question is None or one.item in matching
    ]


def _rows(
    shelf: Shelf, picked: Sequence[Picked], sources: dict[str, Source], question: Question | None
) -> tuple[Row, ...]:
    ids = [one.item for one in picked]
    found = shelf.store.items.many(ids)
    listed = shelf.store.items.listed([found[one] for one in ids], sources)
    known = Known(
        seldom=seldom(shelf, (one.source for one in listed if one.source is not None)),
        questions=whys(shelf, ids, None if question is None else (question,)),
        by_turn=frozenset(one.item for one in picked if one.by_turn),
    )
    return tuple(Row(listed=one, because=because(one, known)) for one in listed)


def _by_source(going: Sequence[Waits], sources: dict[str, Source]) -> tuple[tuple[Source | None, int], ...]:
    counts = Counter(one.source for one in going)
    return tuple((sources.get(source or ""), count) for source, count in counts.most_common())


def _gaps(shelf: Shelf, sources: dict[str, Source], since: datetime | None) -> tuple[tuple[Source, Gap], ...]:
    if since is None:
        return ()
    found = gaps(shelf.store.absence.windows(since))
    return tuple((sources[one.source], one) for one in found if one.source in sources)


def _failing(sources: dict[str, Source], since: datetime | None) -> tuple[Source, ...]:
    return tuple(
        source
        for source in sources.values()
        if source.followed
        and source.muted_at is None
        and source.health.failing_since is not None
        and (since is None or source.health.failing_since >= since)
    )


def let_go(shelf: Shelf, planned: Plan) -> int:
    """Let go of what the plan lets go; what was decided since it was made is left alone.

    Returns:
        How many items went.
    """
    with shelf.writing():
        found = shelf.store.items.many(planned.going)
        items = [item for item in found.values() if item.state == State.NEW and item.later_at is None]
        if not items:
            return 0
        summary = f"let go {counted(len(items), 'item')}, {len(planned.rows)} stayed in view"
        command = shelf.store.undo_log.begin("catchup", summary, shelf.now())
        moved = decide(shelf, items, Move(after=State.LET_GO, by=By.CATCHUP), command=command)
    return len(moved)
