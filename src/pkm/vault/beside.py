"""New bytes in a file of their own beside the one that they are for: durable there before they get its name."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from pkm.errors import Refused

_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_NAME_BYTES: Final = 200  # of the 255 that Linux allows; the rest is for the temporary name


def draft_of(target: Path, mark: str) -> Path:
    """The name of a draft for a file: hidden, so that no scan takes it for a note."""
    return target.with_name(f".{short(target.name)}.pkm-{mark}")


def write_draft(draft: Path, data: bytes, *, mode: int) -> os.stat_result:
    """Write a draft and make it durable; it is removed again if that fails.

    Raises:
        OSError: As the system says; FileExistsError if there is one.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(draft, flags, 0o600)
    try:
        try:
            write_all(handle, data)
            os.fchmod(handle, mode)
            os.fsync(handle)
            return os.fstat(handle)
        finally:
            os.close(handle)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def put_new(draft: Path, target: Path) -> None:
    """Give a file another name if nothing has it; a hard link does that in one step.

    Raises:
        FileExistsError: The name is taken.
    """
    if draft.is_symlink():  # a link to it would be a link to what it points to
        _put_without_link(draft, target)
        return
    try:
        os.link(draft, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _put_without_link(draft, target)
    else:
        draft.unlink()


def _put_without_link(draft: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    draft.replace(target)


def target_of(path: Path, root: Path) -> Path:
    """Where the bytes really go: the end of a link, if that lies inside the root.

    Raises:
        Refused: It leads out.
    """
    if not path.is_symlink():
        return path
    target = path.resolve()
    if not target.is_relative_to(root.resolve()):
        raise Refused(
            f"{path}: a link that leads out of {root}",
            why=f"it points to {target}",
            hint="edit that file itself",
        )
    return target


def mode_of(target: Path, mode: int) -> int:
    """The permission bits of a file, or those for a new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return mode


def write_all(handle: int, data: bytes) -> None:
    """Write every byte: a write may take fewer than it is given."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def short(name: str) -> str:
    """A file's name as far as it leaves room for an ending, cut between characters."""
    return os.fsdecode(os.fsencode(name)[:_NAME_BYTES].decode("utf-8", "ignore").encode())
