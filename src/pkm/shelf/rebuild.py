"""Make the store again from the user's files.

The old store is moved aside, never deleted: what only feeds gave can still be looked up in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pkm.errors import UsageError
from pkm.model.digest import Digest, DraftState
from pkm.rules.draft import read_draft
from pkm.rules.ids import is_id, path_id
from pkm.rules.when import parse_period
from pkm.shelf import home as homes
from pkm.shelf import locks
from pkm.shelf.following import read_own
from pkm.shelf.home import Home
from pkm.shelf.shelf import Shelf, ShelfOptions, open_shelf
from pkm.shelf.sync import Synced, sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came back.

    Attributes:
        aside: Where the old store lies; None if there was none.
        sources, items, notes, quotes, shares, digests: How many of each.
        synced: What the look at the files had to say.
    """

    aside: Path | None
    sources: int
    items: int
    notes: int
    quotes: int
    shares: int
    digests: int
    synced: Synced


def rebuild(home: Home, *, options: ShelfOptions, now: Callable[[], datetime]) -> Rebuilt:
    """Make the store anew from the files of a home; if that fails, the old store stands as it did.

    Raises:
        Busy: Another pkm pulls or writes.
        Refused: `sources.opml` cannot be read.
    """
    homes.must_exist(home)
    homes.ensure_state(home)
    if home.sources.is_file():
        read_own(home.sources)
    with locks.pulling(home.state):
        with locks.writing(home.state):
            aside = _move_aside(home, now())
        try:
            return _fill(home, aside, options=options, now=now)
        except BaseException:
            if aside is not None:
                with locks.writing(home.state):
                    _move(aside, home.store)
            raise


def _fill(home: Home, aside: Path | None, *, options: ShelfOptions, now: Callable[[], datetime]) -> Rebuilt:
    with open_shelf(home, options=options, now=now) as shelf:
        synced = sync(shelf, wait=True)
        if synced.broken_list is not None:
            raise synced.broken_list
        with shelf.writing():
            # An adopted note was known by its path before it had an id; journals may name it so.
            shelf.store.notes.lead_here((path_id(path), note) for path, note in shelf.store.notes.paths())
            digests = read_digests(shelf)
        return _count(shelf, aside, synced, digests)


def _move_aside(home: Home, at: datetime) -> Path | None:
    if not home.store.exists():
        return None
    aside = home.state / f"store.{at.astimezone(UTC):%Y%m%dT%H%M%S}.db"
    _move(home.store, aside)
    return aside


def _move(database: Path, to: Path) -> None:
    """Give a database another name; what has that name is replaced."""
    for ending in ("", "-wal", "-shm", "-journal"):
        part, target = (path.with_name(path.name + ending) for path in (database, to))
        if part.exists():
            part.replace(target)
        else:
            target.unlink(missing_ok=True)


def read_digests(shelf: Shelf) -> int:
    """Index the drafts and editions that lie in the digests folder; inside `shelf.writing`."""
    found = 0
    if not shelf.home.digests.is_dir():
        return 0
    for path in sorted(shelf.home.digests.glob("*.md")):
        found += read_digest(shelf, path)
    return found


def read_digest(shelf: Shelf, path: Path) -> bool:
    """Index one draft; whether the file is one. Inside `shelf.writing`."""
    draft = read_draft(path.read_bytes())
    if not draft.id or not is_id(draft.id) or not draft.audience or not draft.period:
        return False
    starts_at, ends_at = _bounds(shelf, draft.period, path)
    sent = shelf.store.shares.of_digest(draft.id)
    last = sent[0] if sent else None
    # Two machines apart may have given one number twice; the first to be met keeps it.
    taken = {one.edition for one in shelf.store.digests.editions(draft.audience) if one.id != draft.id}
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    shelf.store.digests.save(
        Digest(
            id=draft.id,
            audience=draft.audience,
            period=draft.period,
            starts_at=starts_at,
            ends_at=ends_at,
            path=shelf.home.relative(path),
            template=draft.template or "weekly",
            state=DraftState.EXPORTED if last else DraftState.DRAFT,
            edition=last.edition if last and last.edition not in taken else None,
            created_at=made,
            exported_at=last.at if last else None,
        )
    )
    return True


def _bounds(shelf: Shelf, period: str, path: Path) -> tuple[datetime, datetime]:
    first, dots, last = period.partition("..")
    try:
        starts = parse_period(first, zone=shelf.zone)
        ends = parse_period(last, zone=shelf.zone) if dots else starts
        return starts.starts_at, ends.ends_at
    except UsageError:
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return made, made


def _count(shelf: Shelf, aside: Path | None, synced: Synced, digests: int) -> Rebuilt:
    def count(table: str) -> int:
        return shelf.store.count(table)

    return Rebuilt(
        aside=aside,
        sources=count("sources"),
        items=count("items"),
        notes=count("notes"),
        quotes=count("quotes"),
        shares=count("shares"),
        digests=digests,
        synced=synced,
    )
