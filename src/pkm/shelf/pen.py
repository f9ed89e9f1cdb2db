"""Writing the user's files: the old bytes kept for `undo`, the index brought in step at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pkm.model.note import FileStamp
from pkm.shelf.shelf import Shelf
from pkm.store.undo_log import Change
from pkm.vault import write


def make(shelf: Shelf, path: Path, data: bytes, *, command: int | None) -> FileStamp:
    """Make a file that is not there; inside `shelf.writing`.

    Raises:
        ChangedUnderneath: It is there.
    """
    stamp = write.create(path, data, root=shelf.home.root_of(path))
    shelf.on_failure.append(lambda: _unmake(path, data))
    _log(shelf, command, path, before=None, after=stamp.sha)
    return stamp


def change(shelf: Shelf, path: Path, edit: Callable[[bytes], bytes], *, command: int | None) -> bytes:
    """Change a file; inside `shelf.writing`. The same bytes are no change.

    Returns:
        The bytes as they now are.

    Raises:
        NotFound, NoteUnreadable, Refused, DiskFull: As `vault.write.save` says.
    """
    before, after = b"", b""

    def keeping(data: bytes) -> bytes:
        nonlocal before, after
        before, after = data, edit(data)
        return after

    write.save(path, keeping, at=local_now(shelf), root=shelf.home.root_of(path))
    if after != before:
        shelf.on_failure.append(lambda: _restore(shelf, path, before, after))
        kept = keep(shelf, path, before)
        _log(shelf, command, path, before=kept, after=write.sha(after))
    return after


def remove(shelf: Shelf, path: Path, *, command: int | None) -> None:
    """Move a file to the trash; inside `shelf.writing`."""
    data = write.read_file(path)
    kept = keep(shelf, path, data)
    with write.told(path):
        path.unlink()
        write.sync_folder(path.parent)
    shelf.on_failure.append(lambda: _restore(shelf, path, data, None))
    _log(shelf, command, path, before=kept, after=None)


def replace(shelf: Shelf, path: Path, data: bytes, *, current: bytes | None) -> FileStamp:
    """Put whole bytes in the place of those just read, None if there is no file; inside `shelf.writing`.

    Raises:
        ChangedUnderneath: The file holds something else by now.
    """
    stamp = write.publish(path, data, expected=current, root=shelf.home.root_of(path))
    if current is None:
        shelf.on_failure.append(lambda: _unmake(path, data))
    else:
        shelf.on_failure.append(lambda: _restore(shelf, path, current, data))
    return stamp


def _restore(shelf: Shelf, path: Path, data: bytes, current: bytes | None) -> None:
    write.publish(path, data, expected=current, root=shelf.home.root_of(path))


def _unmake(path: Path, data: bytes) -> None:
    if path.is_file() and path.read_bytes() == data:
        path.unlink()


def keep(shelf: Shelf, path: Path, data: bytes) -> str:
    """Keep bytes in the trash; the name of the copy there."""
    return write.keep_old(shelf.home.trash, path, data, at=local_now(shelf)).name


def local_now(shelf: Shelf) -> datetime:
    """The moment in the home's zone, as file names and front matter write it."""
    return shelf.now().astimezone(shelf.zone)


def _log(shelf: Shelf, command: int | None, path: Path, *, before: str | None, after: str | None) -> None:
    if command is not None:
        change_ = Change(what="file", ref=shelf.home.relative(path), before=before, after=after)
        shelf.store.undo_log.add(command, [change_])
