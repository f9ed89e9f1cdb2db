"""The trash: bytes as they were before a change, listed and put back; and what is too old to be kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pkm.errors import NotFound, Refused, UsageError
from pkm.rules.limits import MISSING_DAYS, TRASH_BYTES, UNDO_DAYS
from pkm.shelf import noteindex, pen
from pkm.shelf.shelf import Shelf
from pkm.store.notes import NoteFilter
from pkm.store.undo_log import Command
from pkm.vault import write

_NAME: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}-(?P<name>.+)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A copy in the trash.

    Attributes:
        name: Its own, in the trash.
        at: Aware, UTC; when it was kept.
        size: Bytes.
        path: The file that it is of, as files name it; None if the undo log no longer says.
        command: What changed that file; None likewise.
    """

    name: str
    at: datetime
    size: int
    path: str | None = None
    command: Command | None = None

    @property
    def called(self) -> str:
        """The file's path, or at least its name."""
        found = _NAME.fullmatch(self.name)
        return self.path or (found["name"] if found else self.name)


def listing(shelf: Shelf) -> tuple[Kept, ...]:
    """What is in the trash, newest first."""
    folder = shelf.home.trash
    paths = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    known = shelf.store.undo_log.of_kept(path.name for path in paths)
    found = []
    for path in paths:
        stat = path.stat()
        ref, command = known.get(path.name, (None, None))
        at = datetime.fromtimestamp(stat.st_mtime, UTC)
        found.append(Kept(name=path.name, at=at, size=stat.st_size, path=ref, command=command))
    return tuple(sorted(found, key=lambda one: (one.at, one.name), reverse=True))


def named(shelf: Shelf, word: str) -> Kept:
    """The copy of that name, or the newest one of that file.

    Raises:
        NotFound: There is none.
    """
    for kept in listing(shelf):
        if word in {kept.name, kept.path} or (kept.path is None and word == kept.called):
            return kept
    raise NotFound(f"there is nothing of '{word}' in the trash", hint="pkm trash lists what there is")


def restore(shelf: Shelf, kept: Kept, *, to: str | None = None) -> str | None:
    """Put the bytes of a copy back where they were; what is there now goes into the trash, and `undo` works.

    Args:
        shelf: Where.
        kept: Which.
        to: Another path in the home.

    Returns:
        The path; None if the file holds these very bytes already.

    Raises:
        UsageError: Nobody knows where it was.
        Refused: It is no copy of a file, or the path leads out of the home.
    """
    if kept.name.endswith(".jsonl.gz"):
        raise Refused(
            f"{kept.name} holds pruned items, not a file",
            hint="pkm undo --list numbers the prune; pkm undo NUMBER brings them back",
        )
    if to is None and kept.path is None:
        raise UsageError(
            f"it is no longer known where {kept.called} was",
            hint=f"say where it shall go: pkm trash restore {kept.name} --to notes/{kept.called}",
        )
    path = _inside(shelf, to) if to else shelf.home.root / str(kept.path)
    data = write.read_file(shelf.home.trash / kept.name)
    with shelf.writing():
        current = path.read_bytes() if path.is_file() else None
        if current == data:
            return None
        relative = shelf.home.relative(path)
        command = shelf.store.undo_log.begin("trash restore", f"put back {relative}", shelf.now())
        if current is None:
            pen.make(shelf, path, data, command=command)
        else:
            pen.change(shelf, path, lambda _now: data, command=command)
    return relative


def empty(shelf: Shelf, kept: Sequence[Kept]) -> int:
    """Take copies away for good; how many."""
    for one in kept:
        (shelf.home.trash / one.name).unlink(missing_ok=True)
    return len(kept)


def _inside(shelf: Shelf, word: str) -> Path:
    root = shelf.home.root.resolve()
    path = (root / word).resolve()
    if not path.is_relative_to(root) or path.is_relative_to(shelf.home.state.resolve()):
        raise Refused(f"{word} is no place for a file of yours", why="it leads out of the home")
    return shelf.home.root / path.relative_to(root)


def sweep(shelf: Shelf) -> None:
    """Forget commands and requests older than `UNDO_DAYS`, of the trash what is older or past `TRASH_BYTES`.

    And of the notes those whose files have been gone for `MISSING_DAYS`.

    Takes the write lock only where there is something to forget.
    """
    oldest = shelf.now() - timedelta(days=UNDO_DAYS)
    if shelf.store.undo_log.has_before(oldest) or shelf.store.fetches.has_before(oldest):
        with shelf.writing():
            shelf.store.undo_log.forget_before(oldest)
            shelf.store.fetches.forget_before(oldest)
    _forget_missing(shelf)
    # After the commit: what the log still names must still be there.
    for path in _surplus(shelf.home.trash, oldest.timestamp()):
        path.unlink(missing_ok=True)


def _forget_missing(shelf: Shelf) -> None:
    """Take notes off the index whose files have been gone for `MISSING_DAYS`."""
    oldest = shelf.now() - timedelta(days=MISSING_DAYS)
    gone = [
        note
        for note in shelf.store.notes.listing(NoteFilter(missing=True))
        if note.missing_since is not None and note.missing_since < oldest
    ]
    if gone:
        with shelf.writing():
            for note in gone:
                noteindex.drop(shelf, note)


def _surplus(folder: Path, oldest: float) -> list[Path]:
    """The files of the trash that go: by age, then the oldest until the rest is small enough."""
    if not folder.is_dir():
        return []
    found = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda pair: -pair[0].st_mtime)
    surplus, total = [], 0
    for stat, path in found:
        total += stat.st_size
        if stat.st_mtime < oldest or total > TRASH_BYTES:
            surplus.append(path)
    return surplus
