"""The share log: what was planned, what went, and what nobody can be sure of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pkm.model.digest import Share, ShareState
from pkm.shelf import journal
from pkm.shelf.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A share with what the user knows it by.

    Attributes:
        title: Of the item, else of the note; None if neither is known any more.
    """

    share: Share
    title: str | None


def record(shelf: Shelf, shares: Sequence[Share], *, stays: bool = True) -> tuple[Share, ...]:
    """Log shares, durably and before anything else happens; inside `shelf.writing`.

    The event, moment and device of what is given are those of the line that is written.

    Args:
        shelf: Where.
        shares: What to log.
        stays: The lines outlive a transaction that fails; False for what is taken back with it.
    """
    now = shelf.now()
    lines = [journal.share_fields(one) for one in shares]
    events = journal.extend(shelf, shelf.home.share_log, now, lines, stays=stays)
    written = tuple(
        replace(one, event=event, at=now, device=shelf.device)
        for one, event in zip(shares, events, strict=True)
    )
    for one in written:
        shelf.store.shares.add(one)
    return written


def history(
    shelf: Shelf, *, audience: str | None = None, item: str | None = None, since: datetime | None = None
) -> tuple[Logged, ...]:
    """What went to whom, newest first; what was planned and never confirmed is `unknown`.

    The store is in step with the files.

    Args:
        shelf: Where.
        audience: Only what went to it.
        item: Only what is about this item.
        since: Aware; only what happened at or after it.
    """
    ids = (item, *shelf.store.items.former(item)) if item else (None,)
    found = {
        share.event: share for one in ids for share in shelf.store.shares.listing(audience=audience, item=one)
    }
    newest = sorted(found.values(), key=lambda share: (share.at, share.event), reverse=True)
    told = [share for share in settled(newest) if since is None or share.at >= since]
    # Lines of one moment stand in the order of their edition.
    told.sort(key=lambda share: share.event)
    told.sort(key=lambda share: share.at, reverse=True)
    return tuple(Logged(share=share, title=_title(shelf, share)) for share in told)


def settled(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Shares, newest first, each once: a plan that was carried out is no line of its own."""
    kept: list[Share] = []
    told: set[tuple[object, ...]] = set()
    for share in shares:
        key = (share.device, share.digest, share.audience, share.edition, share.item, share.note)
        if share.state is not ShareState.PLANNED:
            if share.state is not ShareState.WIDENED:
                told.add(key)
            kept.append(share)
        elif key not in told:
            told.add(key)
            kept.append(replace(share, state=ShareState.UNKNOWN))
    return tuple(kept)


def _title(shelf: Shelf, share: Share) -> str | None:
    item = shelf.store.items.get(share.item) if share.item else None
    if item and item.title:
        return item.title
    note = shelf.store.notes.get(share.note) if share.note else None
    return note.title if note else None
