"""Write a user's file whole, and never over words that we did not read.

The steps of `publish`: a new file beside the old one, all bytes, mode, fsync | is the old file still
what the caller read? | rename over it | fsync of the folder. A reader sees the old file or the new
one; whatever fails before the rename leaves the old one and no trace.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from pkm.errors import DiskFull, NoteUnreadable, NotFound, PkmError, Refused
from pkm.model.note import FileStamp
from pkm.rules import limits
from pkm.vault import beside

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_TRIES: Final = 3
_RACY_NS: Final = int(limits.RACY_S * 1_000_000_000)


class ChangedUnderneath(Refused):
    """The file is not what the caller read; nothing was written.

    Attributes:
        path: The file.
        current: Its bytes now; None if it is gone.
    """

    kind = "changed-underneath"

    def __init__(self, path: Path, current: bytes | None) -> None:
        happened = "is gone" if current is None else "was changed by another program"
        super().__init__(
            f"{path}: the file {happened} meanwhile", why="it was left as it is", hint="run the command again"
        )
        self.path = path
        self.current = current


def stamp(path: Path, data: bytes | None = None, *, now_ns: int | None = None) -> FileStamp:
    """What the file is now.

    Args:
        path: The file; a link is followed.
        data: Its bytes, if they were just read; else they are read here.
        now_ns: The time, to tell whether its own time is so young that a later write could bear the same
            one; without it the stamp says that it could.
    """
    found = os.stat(path)  # noqa: PTH116 - Path.stat would do, but scan.py uses the same call on strings
    content = path.read_bytes() if data is None else data
    return stamp_of(found, content, now_ns=now_ns)


def stamp_of(found: os.stat_result, data: bytes, *, now_ns: int | None = None) -> FileStamp:
    """The stamp of a stat and the bytes that belong to it."""
    return FileStamp(
        size=found.st_size,
        mtime_ns=found.st_mtime_ns,
        inode=found.st_ino,
        sha=sha(data),
        racy=now_ns is None or found.st_mtime_ns > now_ns - _RACY_NS,
    )


def sha(data: bytes) -> str:
    """The hash of a file's bytes: blake2b of 16 bytes, hex."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def publish(
    path: Path, data: bytes, *, expected: bytes | None, mode: int = 0o600, root: Path | None = None
) -> FileStamp:
    """Put `data` in the place of `expected`, whole or not at all.

    Args:
        path: The file; a symbolic link is followed, and stays a link.
        data: All its bytes.
        expected: What the caller read there; None if there must be no file.
        mode: Permission bits of a new file; an old file keeps its own.
        root: The folder that a link may not lead out of; without it the file's own folder.

    Raises:
        ChangedUnderneath: The file holds something else, or is gone, or is there.
        DiskFull: No space, over quota, or read-only.
        Refused: A link that leads out, or no permission.
    """
    with told(path):
        target = beside.target_of(path, root or path.parent)
        draft = beside.draft_of(target, os.urandom(6).hex())
        written = beside.write_draft(draft, data, mode=beside.mode_of(target, mode))
        try:
            _replace(draft, target, path, expected)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
        sync_folder(target.parent)
    return stamp_of(written, data)


def create(path: Path, data: bytes, *, mode: int = 0o600, root: Path | None = None) -> FileStamp:
    """Make a new file, and the folders it needs.

    Raises:
        ChangedUnderneath: The name is taken: try another.
        DiskFull: As `publish`.
        Refused: As `publish`.
    """
    with told(path):
        make_folder(path.parent)
    return publish(path, data, expected=None, mode=mode, root=root)


def save(
    path: Path,
    edit: Callable[[bytes], bytes],
    *,
    at: datetime,
    root: Path | None = None,
    trash: Path | None = None,
) -> FileStamp:
    """Read, edit, publish; if the file changes meanwhile, edit what it is now, up to three times.

    Args:
        path: The file.
        edit: From its bytes to those wanted; may be called several times. The same bytes: no write.
        at: Now, in the zone of the home; names a conflict file and the trash's copy.
        root: As for `publish`.
        trash: Folder that keeps the old bytes, None if the caller keeps them.

    Raises:
        NotFound: There is no such file.
        NoteUnreadable: `edit` refused the bytes that it was given first.
        Refused: The file kept changing; the edited text lies beside it, and the message names it.
    """
    data, wanted = b"", None
    for _ in range(_TRIES):
        data = read_file(path)
        try:
            wanted = edit(data)
            if wanted == data:
                return stamp(path, data)
            if trash is not None:
                keep_old(trash, path, data, at=at)
            return publish(path, wanted, expected=data, root=root)
        except ChangedUnderneath:
            continue
        except NoteUnreadable:
            if wanted is None:
                raise
            break
    raise _conflict(path, wanted or data, at=at)


def keep_old(trash_dir: Path, path: Path, data: bytes, *, at: datetime) -> Path:
    """Keep bytes that are about to be replaced or removed; the same bytes are kept once a second.

    Returns:
        The copy: `TIME-HASH-NAME` in the trash.
    """
    kept = trash_dir / f"{_time(at)}-{sha(data)[:12]}-{beside.short(path.name)}"
    with suppress(ChangedUnderneath):
        create(kept, data)
    return kept


def read_file(path: Path) -> bytes:
    """The bytes of a file of the user.

    Raises:
        NotFound: It is not there.
        Refused: It cannot be read.
    """
    with told(path):
        return path.read_bytes()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, for the user alone."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        with suppress(FileExistsError):
            one.mkdir(mode=0o700)
            sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's names durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems cannot sync a folder; they say so by EINVAL.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the system says about `path` into an error that the user can be told."""
    try:
        yield
    except OSError as error:
        raise _told(path, error) from error


def _told(path: Path, error: OSError) -> PkmError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return DiskFull(
            f"{path}: not written", why=reason, hint="make room (or make it writable), then try again"
        )
    if error.errno == errno.ENOENT:
        return NotFound(f"{path}: no such file", hint="`pkm notes list` shows the notes")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Refused(f"{path}: no permission", why=reason, hint=f"look at `ls -l {path}`")
    return Refused(f"{path}: the system refused", why=reason)


def _replace(draft: Path, target: Path, path: Path, expected: bytes | None) -> None:
    if expected is None:
        _put_new(draft, target, path)
        return
    try:
        current: bytes | None = target.read_bytes()
    except FileNotFoundError:
        current = None
    if current != expected:
        raise ChangedUnderneath(path, current)
    draft.replace(target)


def _put_new(draft: Path, target: Path, path: Path) -> None:
    try:
        beside.put_new(draft, target)
    except FileExistsError as error:
        raise ChangedUnderneath(path, target.read_bytes() if target.is_file() else b"") from error


def _conflict(path: Path, data: bytes, *, at: datetime) -> Refused:
    count = 0
    while True:
        ending = f".conflict-{_time(at)}{f'-{count + 1}' if count else ''}{path.suffix}"
        other = path.with_name(beside.short(path.stem) + ending)
        try:
            create(other, data)
        except ChangedUnderneath:
            count += 1
            continue
        return Refused(
            f"{path}: another program keeps changing the file",
            why=f"your text is in {other}",
            hint="compare the two, and remove the one you do not need",
        )


def _time(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")
