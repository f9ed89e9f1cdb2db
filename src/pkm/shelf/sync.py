"""Bring the store in step with the user's files: notes, journals, `sources.opml`.

Cheap when nothing changed: one stat a file, no lock, no write. A reader that finds the write lock taken
goes on with what the store knows, and says how much is not yet in it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pkm.errors import Busy, Refused
from pkm.model.note import FileStamp, Level
from pkm.rules.limits import BUSY_S
from pkm.shelf.shelf import Shelf
from pkm.vault import jsonl, write
from pkm.vault.scan import Scan, scan

_DEFAULT_LEVEL = "default_level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a look at the files found.

    Attributes:
        changed: Notes that were new or changed, and are now indexed.
        pending: Notes that are changed and could not be indexed, since another pkm writes.
        missing: Paths of notes whose files are gone; their rows are kept.
        unreadable: Files that could not be read, and why.
        conflicts: Copies that a sync tool made; they are not notes.
        torn: Journal lines that could not be read; they are kept.
        vanished: So much is gone that nothing was believed.
        followed: Sources that `sources.opml` brought.
        unfollowed: Sources that it no longer lists.
        doubted: Sources that it no longer lists and that are followed all the same: too many at once.
        broken_list: Why `sources.opml` cannot be read; what is followed then stays as it was.
    """

    changed: tuple[str, ...] = ()
    pending: int = 0
    missing: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
    conflicts: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    vanished: bool = False
    followed: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    broken_list: Refused | None = None


def sync(shelf: Shelf, *, wait: bool = False, believe: bool = False) -> Synced:
    """Look at the files, and store what they say.

    Args:
        shelf: Where.
        wait: Wait for another writer (a command that changes something does); else go on without.
        believe: Take it as meant if over a fifth of the notes is gone.

    Raises:
        Busy: Another pkm wrote all that time; only with `wait`.
    """
    now_ns = int(datetime.now(UTC).timestamp() * 1_000_000_000)  # the clock of the files, not of the shelf
    found = scan(shelf.home.root, shelf.home.note_folders, shelf.store.notes.stamps(), now_ns=now_ns)
    if believe:
        found = replace(found, vanished=False)
    journals = _changed_files(shelf)
    gone = found.gone and not found.vanished
    if not (found.changed or found.touched or gone or journals or _has_other_default(shelf)):
        return Synced(unreadable=found.unreadable, conflicts=found.conflicts, vanished=found.vanished)
    try:
        with shelf.writing(wait_s=BUSY_S if wait else 0.0):
            return _store(shelf, found, journals, now_ns)
    except Busy:
        if wait:
            raise
        return Synced(pending=len(found.changed), unreadable=found.unreadable, conflicts=found.conflicts)


def _store(shelf: Shelf, found: Scan, journals: tuple[Path, ...], now_ns: int) -> Synced:
    # Loaded only where a file changed: the readers of notes and outlines cost a third of a search.
    from pkm.shelf import following, noteindex, replay  # noqa: PLC0415 - as above

    if _has_other_default(shelf):
        shelf.store.notes.set_default_level(shelf.options.level)
        shelf.store.files.set_fact(_DEFAULT_LEVEL, shelf.options.level.word)
    torn: list[str] = []
    listed, broken = following.TakenIn(), None
    for path in journals:
        stamp = write.stamp(path, now_ns=now_ns)
        if path == shelf.home.sources:
            try:
                listed = following.take_in(shelf)
            except Refused as error:
                broken = error  # its stamp is not kept, so it is looked at again
                continue
        else:
            torn += replay.apply(shelf, path, jsonl.read(path))
        shelf.store.files.set_stamp(shelf.home.relative(path), stamp)
    # Of two files with one id the shorter name is the note and the longer one the copy.
    for read in sorted(found.changed, key=lambda one: (len(one.path), one.path)):
        noteindex.put(shelf, read.path, read.data, read.stamp)
    for relative, stamp in found.touched:
        shelf.store.notes.restamp(relative, stamp)
    missing = () if found.vanished else _lose(shelf, found.gone)
    return Synced(
        changed=tuple(read.path for read in found.changed),
        missing=missing,
        unreadable=found.unreadable,
        conflicts=found.conflicts,
        torn=tuple(torn),
        vanished=found.vanished,
        followed=listed.followed,
        unfollowed=listed.unfollowed,
        doubted=listed.doubted,
        broken_list=broken,
    )


def _has_other_default(shelf: Shelf) -> bool:
    """Whether the setting `[notes] visibility` was changed since the store was last in step with it."""
    known = shelf.store.files.fact(_DEFAULT_LEVEL) or Level.PRIVATE.word
    return known != shelf.options.level.word


def _lose(shelf: Shelf, gone: tuple[str, ...]) -> tuple[str, ...]:
    """Remember that files are gone; one that stands elsewhere now has been moved, not lost."""
    lost: list[str] = []
    for path in gone:
        note = shelf.store.notes.at(path)
        if note is None:
            continue
        twins = [
            one
            for one in shelf.store.notes.with_sha(note.stamp.sha)
            if one.path != path and not one.missing_since
        ]
        if len(twins) == 1 and note.id.startswith("n~"):
            shelf.store.notes.remove(note.id)
            shelf.store.search.drop("note", note.id)
            shelf.store.notes.move_id(note.id, twins[0].id)
            continue
        shelf.store.notes.set_missing(note.id, shelf.now())
        shelf.store.search.drop("note", note.id)
        lost.append(path)
    return tuple(lost)


def _changed_files(shelf: Shelf) -> tuple[Path, ...]:
    home = shelf.home
    return tuple(
        path
        for path in (home.sources, home.decisions, home.quotes, home.share_log)
        if _is_changed(path, shelf.store.files.stamp(home.relative(path)))
    )


def _is_changed(path: Path, known: FileStamp | None) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    return (
        known is None
        or known.racy
        or (found.st_size, found.st_mtime_ns, found.st_ino) != (known.size, known.mtime_ns, known.inode)
    )
