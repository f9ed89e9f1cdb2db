"""The moves of sources: permanent redirects seen, and addresses that feeds name as their own; and taking them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pkm.model.asked import Move, Proposed
from pkm.model.source import Source
from pkm.rules.amounts import counted
from pkm.rules.asking import has_login
from pkm.rules.limits import MOVE_DAYS, MOVE_SIGHTINGS
from pkm.rules.urls import display_url, has_secret
from pkm.seek.moves import leads_to_login
from pkm.shelf import following
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Another address for a source.

    Attributes:
        target: Where to; show `display_url` of it.
        seen: How often; 0 if the feed itself says so.
        since: Aware, UTC; when it was first seen.
        learnt_at: Aware, UTC; when the source took it. None: it asks at the old one.
        obstacle: Why it is not taken by `--apply`; empty if it would be.
        by_name: The obstacle yields if the user names the source.
    """

    source: Source
    url: str
    target: str
    seen: int
    since: datetime
    learnt_at: datetime | None = None
    obstacle: str = ""
    by_name: bool = False

    @property
    def becomes_due(self) -> str:
        """When it will be taken without the user's doing, in words; empty if never."""
        if self.learnt_at or self.obstacle or not self.seen:
            return ""
        left = max(MOVE_SIGHTINGS - self.seen, 0)
        day = self.since + timedelta(days=MOVE_DAYS)
        times = f"{counted(left, 'more sighting')}, and " if left else ""
        return f"{times}not before {day:%Y-%m-%d}"


def redirects(shelf: Shelf, sources: Sequence[Source], *, named: bool) -> tuple[Redirect, ...]:
    """The moves of these sources, the latest first.

    Args:
        shelf: Where.
        sources: Whose.
        named: The user named these very sources.
    """
    by_id = {source.id: source for source in sources}
    moves = [one for one in shelf.store.addresses.moves() if one.source in by_id]
    found = [_of_move(shelf, by_id[move.source], move) for move in moves]
    watched = {(one.source.id, one.target) for one in found}
    for proposal in shelf.store.proposals.of():
        source = by_id.get(proposal.source)
        if proposal.kind != Proposed.MOVED or source is None or (source.id, proposal.url) in watched:
            continue
        move = Move(source=source.id, url=source.url, target=proposal.url, seen=0, first_seen=proposal.at)
        found.append(_of_move(shelf, source, move))
    settled = [replace(one, obstacle="") if named and one.by_name else one for one in found]
    return tuple(sorted(settled, key=lambda one: one.since, reverse=True))


def apply(shelf: Shelf, chosen: Collection[Redirect]) -> tuple[Redirect, ...]:
    """Ask at the new addresses from now on; those that were taken, others are passed over."""
    ready = {one.source.id: one for one in chosen if not one.learnt_at and not one.obstacle}
    if not ready:
        return ()
    with shelf.writing():
        command = shelf.store.undo_log.begin(
            "source", f"took the new address of {counted(len(ready), 'source')}", shelf.now()
        )
        after = [replace(one.source, url=one.target) for one in ready.values()]
        following.save(shelf, after, command=command)
        for one in ready.values():
            if one.seen:
                move = Move(
                    source=one.source.id, url=one.url, target=one.target, seen=one.seen, first_seen=one.since
                )
                shelf.store.addresses.learnt(move, shelf.now())
            else:
                shelf.store.proposals.withdraw(one.source.id, [Proposed.MOVED])
            shelf.store.sources.set_health(
                one.source.id, replace(one.source.health, next_check_at=None, parked_at=None)
            )
    return tuple(ready.values())


def _of_move(shelf: Shelf, source: Source, move: Move) -> Redirect:
    holder = shelf.store.sources.at(move.target)
    other = holder if holder is not None and holder.id != source.id and holder.followed else None
    obstacle, by_name = _obstacle(source, move, other)
    return Redirect(
        source=source,
        url=move.url,
        target=move.target,
        seen=move.seen,
        since=move.first_seen,
        learnt_at=move.learnt_at,
        obstacle="" if move.learnt_at else obstacle,
        by_name=by_name,
    )


def _obstacle(source: Source, move: Move, holder: Source | None) -> tuple[str, bool]:
    """Why a move is not taken, and whether naming the source is enough to take it all the same."""
    if move.url != source.url:
        return "the source has another address by now", False
    if holder is not None:
        return f"{holder.title or display_url(holder.url)} has it: pkm source remove {source.id[-4:]}", False
    if has_secret(source.url) or has_login(source.asking):
        return f"your login is for the old one: pkm source set {source.id[-4:]} --url URL", False
    if leads_to_login(move):
        return f"it looks like a log-in page: pkm source redirects {source.id[-4:]} --apply", True
    if not move.seen:
        return f"the feed says so: pkm source redirects {source.id[-4:]} --apply", True
    return "", False
