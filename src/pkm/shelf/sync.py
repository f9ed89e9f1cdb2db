"""Bring the store in step with the user's files: notes, journals, `sources.opml`.

Cheap when nothing changed: one stat a file, no lock, no write. A reader that finds the write lock taken
goes on with what the store knows, and says how much is not yet in it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pkm.errors import Busy, Refused
from pkm.model.note import FileStamp, Level
from pkm.rules.limits import BUSY_S, WHOLE_LOOK_DAYS
from pkm.rules.vaultnames import original_of
from pkm.shelf.shelf import Shelf
from pkm.vault import jsonl, write
from pkm.vault.scan import Scan, scan

READING: Final = "2"
"""Counts how notes are read: what raises it lets every note be read again once."""

_DEFAULT_LEVEL: Final = "default_level"
_WHOLE_LOOK: Final = "whole_look"
_READING: Final = "reading"


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
        absent: Folders of notes that are not there; their notes stay in the index.
        released: How many notes went off the index, since no folder of the settings holds them any more.
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
    absent: tuple[str, ...] = ()
    released: int = 0
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
    look = _look(shelf, now_ns, believe=believe)
    found = look.found
    seen = Synced(
        unreadable=found.unreadable, conflicts=found.conflicts, vanished=found.vanished, absent=found.absent
    )
    if not look.news:
        return seen
    try:
        with shelf.writing(wait_s=BUSY_S if wait else 0.0):
            return _store(shelf, look, seen)
    except Busy:
        if wait:
            raise
        return replace(seen, pending=len(found.changed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look at the files found, before any of it is stored.

    Attributes:
        released: Paths of notes outside the folders of the settings.
        journals: Journals and lists that changed.
        copies: Conflict copies, each with the note that it is a copy of; None if they are known.
        whole: Every file was read, not only looked at.
        now_ns: When, nanoseconds since 1970.
    """

    found: Scan
    released: tuple[str, ...]
    journals: tuple[Path, ...]
    copies: dict[str, str] | None
    whole: bool
    other_default: bool
    now_ns: int

    @property
    def news(self) -> bool:
        """Whether there is anything to store."""
        gone = self.found.gone and not self.found.vanished
        changed = self.found.changed or self.found.touched or gone
        copies = self.copies is not None
        return bool(changed or self.released or self.journals or copies or self.whole or self.other_default)


def _look(shelf: Shelf, now_ns: int, *, believe: bool) -> _Look:
    stamps = shelf.store.notes.stamps()
    released = tuple(path for path in stamps if not shelf.home.holds(path))
    for path in released:
        del stamps[path]
    whole = bool(stamps) and _is_whole_look_due(shelf)
    if whole:
        stamps = _doubted(stamps, read_anew=shelf.store.files.fact(_READING) != READING)
    found = scan(shelf.home.root, shelf.home.note_folders, stamps, now_ns=now_ns)
    copies = {path: original_of(path) for path in found.conflicts}
    return _Look(
        found=replace(found, vanished=False) if believe else found,
        released=released,
        journals=_changed_files(shelf),
        copies=None if copies == shelf.store.files.copies() else copies,
        whole=whole,
        other_default=_has_other_default(shelf),
        now_ns=now_ns,
    )


def _is_whole_look_due(shelf: Shelf) -> bool:
    """Whether the last look that read every file is a week ago, or was made by a pkm that read notes otherwise.

    A restored time with the same size hides a change from any look at stats.
    """
    last = shelf.store.files.fact(_WHOLE_LOOK)
    if last is None:
        return False  # the first that finds anything new is one
    if shelf.store.files.fact(_READING) != READING:
        return True
    return shelf.now() - datetime.fromisoformat(last) > timedelta(days=WHOLE_LOOK_DAYS)


def _doubted(stamps: dict[str, FileStamp], *, read_anew: bool) -> dict[str, FileStamp]:
    """Stamps that make a scan read each file; with `read_anew` each counts as changed."""
    return {
        path: replace(stamp, racy=True, sha="" if read_anew else stamp.sha) for path, stamp in stamps.items()
    }


def _store(shelf: Shelf, look: _Look, seen: Synced) -> Synced:
    # Loaded only where a file changed: the readers of notes and outlines cost a third of a search.
    from pkm.shelf import noteindex  # noqa: PLC0415 - as above

    found = look.found
    _set_facts(shelf, look)
    seen = _take_in(shelf, look, seen)
    # Of two files with one id the shorter name is the note and the longer one the copy.
    for read in sorted(found.changed, key=lambda one: (len(one.path), one.path)):
        noteindex.put(shelf, read.path, read.data, read.stamp)
    for relative, stamp in found.touched:
        shelf.store.notes.restamp(relative, stamp)
    return replace(
        seen,
        changed=tuple(read.path for read in found.changed),
        missing=() if found.vanished else noteindex.lose(shelf, found.gone),
        released=noteindex.release(shelf, look.released),
    )


def _set_facts(shelf: Shelf, look: _Look) -> None:
    if look.other_default:
        shelf.store.notes.set_default_level(shelf.options.level)
        shelf.store.files.set_fact(_DEFAULT_LEVEL, shelf.options.level.word)
    if look.copies is not None:
        shelf.store.files.set_copies(look.copies)
    if look.whole or shelf.store.files.fact(_WHOLE_LOOK) is None:
        shelf.store.files.set_fact(_WHOLE_LOOK, shelf.now().isoformat())
        shelf.store.files.set_fact(_READING, READING)


def _take_in(shelf: Shelf, look: _Look, seen: Synced) -> Synced:
    """Apply the journals and the list of sources that changed."""
    from pkm.shelf import following, replay  # noqa: PLC0415 - as in `_store`

    torn: list[str] = []
    listed, broken = following.TakenIn(), None
    for path in look.journals:
        stamp = write.stamp(path, now_ns=look.now_ns)
        if path == shelf.home.sources:
            try:
                listed = following.take_in(shelf)
            except Refused as error:
                broken = error  # its stamp is not kept, so it is looked at again
                continue
        else:
            torn += replay.apply(shelf, path, jsonl.read(path))
        shelf.store.files.set_stamp(shelf.home.relative(path), stamp)
    return replace(
        seen,
        torn=tuple(torn),
        followed=listed.followed,
        unfollowed=listed.unfollowed,
        doubted=listed.doubted,
        broken_list=broken,
    )


def _has_other_default(shelf: Shelf) -> bool:
    """Whether the setting `[notes] visibility` was changed since the store was last in step with it."""
    known = shelf.store.files.fact(_DEFAULT_LEVEL) or Level.PRIVATE.word
    return known != shelf.options.level.word


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
